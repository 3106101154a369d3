use serde_json::json;

use super::*;

fn failure(kind: ServerErrorKind) -> Failure {
    Failure::new(kind, "")
}

fn pause(failed: u32, kind: ServerErrorKind) -> Duration {
    Patience::default().pause(&Tries { failed, turned_away: 0 }, &failure(kind))
}

#[test]
fn pauses_grow_up_to_five_minutes_and_no_two_clients_wait_the_same() {
    let seconds = Duration::from_secs;
    let bounds = [(1, 1, 2), (2, 2, 4), (5, 16, 32), (8, 128, 256), (9, 150, 300), (999, 150, 300)];
    for (failed, least, most) in bounds {
        for _ in 0..100 {
            let pause = pause(failed, ServerErrorKind::Unreachable);
            assert!((seconds(least)..=seconds(most)).contains(&pause), "{failed}: {pause:?}");
        }
    }
    let some: Vec<_> = (0..10).map(|_| pause(9, ServerErrorKind::Unreachable)).collect();
    assert!(some.iter().any(|pause| *pause != some[0]), "{some:?}");
}

#[test]
fn a_server_is_left_alone_for_as_long_as_it_asks_and_longer_once_it_refuses() {
    let asked = Duration::from_secs(7200);
    assert!(pause(1, ServerErrorKind::Busy(Some(asked))) >= asked);
    assert!(pause(1, ServerErrorKind::Busy(Some(Duration::MAX))) >= asked);
    assert!(pause(1, ServerErrorKind::Busy(None)) <= Duration::from_secs(2));
    for kind in [ServerErrorKind::SignIn, ServerErrorKind::NotFound] {
        assert!(pause(1, kind) >= Duration::from_secs(60));
    }
}

#[test]
fn three_refusals_end_it_and_trouble_on_the_way_never_does() {
    let mut tries = Tries::default();
    for _ in 0..100 {
        assert_eq!(tries.after(&failure(ServerErrorKind::Unreachable)), None);
        assert_eq!(tries.after(&failure(ServerErrorKind::Nonsense)), None);
    }
    assert_eq!(tries.after(&failure(ServerErrorKind::SignIn)), None);
    assert_eq!(tries.after(&failure(ServerErrorKind::NotFound)), None);
    assert_eq!(tries.after(&failure(ServerErrorKind::Busy(None))), None);
    assert_eq!(tries.after(&failure(ServerErrorKind::SignIn)), Some(PushEnd::Refused));
}

#[test]
fn each_family_has_its_way_or_none() {
    let origin = "https://h.example/".parse().unwrap();
    let all = json!({"core": {"support-sse": true}, "notify_push": {
        "endpoints": {"websocket": "wss://h.example/push/ws"}}});
    let way = |family| Way::of(family, "/cloud", &all, &origin);
    assert!(matches!(way(Family::Nextcloud), Some(Way::Socket(_))));
    let at = "/cloud/ocs/v2.php/apps/notifications/api/v1/notifications/sse".to_owned();
    assert_eq!(way(Family::Ocis), Some(Way::Events { at }));
    assert_eq!(way(Family::OwnCloud10), None);
    assert_eq!(way(Family::Plain), None);
    for none in [json!({}), json!([]), json!({"core": {"support-sse": false}})] {
        assert_eq!(Way::of(Family::Ocis, "", &none, &origin), None);
        assert_eq!(Way::of(Family::Nextcloud, "", &none, &origin), None);
    }
}
