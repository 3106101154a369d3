//! Deletions that look like an accident (amendment 21).

use navette::model::Side;
use navette::plan::{AllowDeletes, BrakeRule, BrakeState, WaitReason, plan};

use crate::amendments::{assert_ops, situation};
use crate::notation::show_plan;

fn many(count: u64, folder: &str) -> String {
    let files: Vec<String> =
        (1..=count).map(|node| format!("#{node} {folder}f{node}=v{node}")).collect();
    files.join(" ")
}

fn rule(base: &str, local: &str, brake: BrakeState) -> Option<BrakeRule> {
    let mut situation = situation(base, local, base);
    situation.brake = brake;
    let plan = plan(&situation);
    assert_eq!(plan.brakes.is_empty(), !plan.steps.is_empty(), "{}", show_plan(&plan));
    plan.brakes.first().map(|brake| brake.rule)
}

#[test]
fn the_brake_holds_what_looks_like_an_accident() {
    let usual = BrakeState::default();
    assert_eq!(rule(&many(60, ""), "#1 f1=v1", usual), Some(BrakeRule::Many));
    assert_eq!(rule(&many(60, ""), &many(41, ""), usual), None);
    assert_eq!(rule(&many(60, ""), &many(31, ""), usual), None);
    assert_eq!(rule(&many(60, ""), &many(30, ""), usual), Some(BrakeRule::Many));
    assert_eq!(rule(&many(900, ""), &many(801, ""), usual), None);
    assert_eq!(rule(&many(900, ""), &many(800, ""), usual), Some(BrakeRule::Many));
    assert_eq!(rule("#1 a=v1 #2 b=v2", "", usual), Some(BrakeRule::RootEmptied));
    assert_eq!(rule("#1 a=v1", "", usual), None);
    let rest: Vec<String> = (500..600).map(|node| format!("#{node} g{node}=v")).collect();
    let rest = rest.join(" ");
    let whole = format!("#999 top/ {} {rest}", many(20, "top/"));
    assert_eq!(rule(&whole, &rest, usual), Some(BrakeRule::TopFolder));
}

#[test]
fn a_slow_delete_cannot_pass_the_brake_in_slices() {
    let lately = BrakeState { removed_remote: 28, ..BrakeState::default() };
    assert_eq!(rule(&many(32, ""), &many(30, ""), lately), Some(BrakeRule::Many));
    assert_eq!(rule(&many(32, ""), &many(30, ""), BrakeState::default()), None);
}

#[test]
fn the_brake_does_as_it_is_told() {
    let all = BrakeState { allow: AllowDeletes::All, ..BrakeState::default() };
    let some = |most| BrakeState { allow: AllowDeletes::AtMost(most), ..BrakeState::default() };
    assert_eq!(rule(&many(60, ""), "#1 f1=v1", all), None);
    assert_eq!(rule(&many(60, ""), "#1 f1=v1", some(59)), None);
    assert_eq!(rule(&many(60, ""), "#1 f1=v1", some(58)), Some(BrakeRule::NotAllowed));
}

#[test]
fn everything_overwritten_at_once_looks_like_ransom() {
    let after = many(30, "").replace("=v", "=x");
    assert_eq!(rule(&many(30, ""), &after, BrakeState::default()), Some(BrakeRule::Overwritten));
    let most = after.replace("f30=x30", "f30=v30");
    assert_eq!(rule(&many(30, ""), &most, BrakeState::default()), None);
}

/// All have other versions there. One in a hundred is read before that counts.
#[test]
fn whatever_may_only_have_another_date_is_read_before_it_looks_like_ransom() {
    for (count, read) in [(30, 1), (250, 3)] {
        let unread: String = (1..=count).map(|node| format!("#{node} f{node}=? ")).collect();
        let mut touched = situation(&many(count, ""), &many(count, ""), &unread);
        touched.brake = BrakeState::default();
        let reads: Vec<String> = (1..=read).map(|node| format!("read #{node}")).collect();
        let reads: Vec<&str> = reads.iter().map(String::as_str).collect();
        let plan = plan(&touched);
        assert_ops(&plan, &reads);
        assert_eq!((plan.brakes, plan.waits), (vec![], vec![]));
    }
    // Those that were read are others: the rest counts as well.
    let unread: String = (2..=30).map(|node| format!("#{node} f{node}=? ")).collect();
    let mut replaced = situation(&many(30, ""), &many(30, ""), &format!("#1 f1=x {unread}"));
    replaced.brake = BrakeState::default();
    assert_eq!(plan(&replaced).brakes[0].rule, BrakeRule::Overwritten);
}

#[test]
fn a_held_delete_holds_back_nothing_else() {
    let local = format!("#1 f1=mine #500 new=v9 {}", "#2 moved=v2");
    let mut situation = situation(&many(60, ""), &local, &many(60, ""));
    situation.brake = BrakeState::default();
    let plan = plan(&situation);
    assert_ops(&plan, &["there move #2 to moved", "there send #500 new", "there update #1"]);
    assert_eq!(plan.brakes[0].files.len(), 58);
    assert_eq!((plan.brakes[0].side, plan.brakes[0].of), (Side::Remote, 60));
    assert!(plan.waits.iter().all(|wait| wait.reason == WaitReason::Brake));
}
