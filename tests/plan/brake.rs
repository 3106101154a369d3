//! Deletions that look like an accident (amendment 21).

use navette::model::Side;
use navette::plan::{
    AllowDeletes, BrakeRule, BrakeState, Plan, Situation, Verdict, WaitReason, plan,
};

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

/// What 60 files of which 59 are gone here are asked about, answered so.
fn answered(local: &str, verdict: Verdict) -> Plan {
    let mut asked = situation(&many(60, ""), "#1 f1=v1", &many(60, ""));
    asked.brake = BrakeState::default();
    let brake = plan(&asked).brakes.remove(0);
    assert_eq!(brake.held.len(), 59);
    let mut then = situation(&many(60, ""), local, &many(60, ""));
    then.brake = BrakeState::default();
    then.answered.take(&brake, verdict);
    plan(&then)
}

#[test]
fn an_answer_lets_go_what_was_asked_about_and_nothing_else() {
    let plan = answered("#1 f1=v1", Verdict::Delete);
    assert_eq!((plan.steps.len(), plan.brakes.len()), (59, 0), "{}", show_plan(&plan));
    // The last one went meanwhile: by itself it would be an emptied folder.
    let more = answered("", Verdict::Delete);
    assert_eq!((more.steps.len(), more.brakes.len()), (60, 0), "one more is no accident");
    // Of other files that are gone besides, nothing was said.
    let base = format!("{} {}", many(60, ""), many(90, "g").replace("#", "#1000"));
    let mut then = situation(&base, "#1 f1=v1", &base);
    then.brake = BrakeState::default();
    let asked = situation(&many(60, ""), "#1 f1=v1", &many(60, ""));
    let asked = Situation { brake: BrakeState::default(), ..asked };
    then.answered.take(&self::plan(&asked).brakes[0], Verdict::Delete);
    let plan = self::plan(&then);
    assert_eq!((plan.steps.len(), plan.brakes[0].files.len()), (59, 90), "{}", show_plan(&plan));
    assert!(plan.brakes[0].files.iter().all(|node| node.0 >= 1000));
}

#[test]
fn what_is_to_come_back_is_fetched_and_nothing_is_deleted() {
    let plan = answered("#1 f1=v1", Verdict::Restore);
    assert_eq!((plan.steps.len(), plan.brakes.len()), (59, 0), "{}", show_plan(&plan));
    let shown = show_plan(&plan);
    assert_eq!(shown.matches("here  fetch").count(), 59, "{shown}");
    // What somebody has put back meanwhile is simply equal.
    let back = answered(&many(60, ""), Verdict::Restore);
    assert_eq!((back.steps.len(), back.brakes.len()), (0, 0), "{}", show_plan(&back));
}

#[test]
fn folders_that_went_along_come_back_too() {
    let rest: Vec<String> = (500..600).map(|node| format!("#{node} g{node}=v")).collect();
    let rest = rest.join(" ");
    let whole = format!("#999 top/ #998 top/empty/ {} {rest}", many(20, "top/"));
    let mut then = situation(&whole, &whole, &rest);
    then.brake = BrakeState::default();
    let brake = plan(&then).brakes.remove(0);
    assert_eq!((brake.side, brake.files.len(), brake.held.len()), (Side::Local, 20, 22));
    then.answered.take(&brake, Verdict::Restore);
    let plan = plan(&then);
    let shown = show_plan(&plan);
    assert_eq!((plan.steps.len(), plan.brakes.len()), (22, 0), "{shown}");
    assert!(
        shown.contains("there make folder #998 #999/empty") && !shown.contains("remove"),
        "{shown}"
    );
}

#[test]
fn what_was_overwritten_gets_back_what_the_other_side_keeps() {
    let after = many(30, "").replace("=v", "=x");
    for (local, remote, steps) in
        [(&after, &many(30, ""), "here  replace"), (&many(30, ""), &after, "there update")]
    {
        let mut then = situation(&many(30, ""), local, remote);
        then.brake = BrakeState::default();
        let brake = plan(&then).brakes.remove(0);
        then.answered.take(&brake, Verdict::Restore);
        let restored = plan(&then);
        let shown = show_plan(&restored);
        assert_eq!((shown.matches(steps).count(), restored.brakes.len()), (30, 0), "{shown}");
        then.answered.take(&brake, Verdict::Delete);
        let gone = plan(&then);
        assert_eq!((gone.steps.len(), gone.brakes.len()), (30, 0));
        assert!(!show_plan(&gone).contains(steps), "{}", show_plan(&gone));
    }
}
