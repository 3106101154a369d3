use super::*;
use crate::disk::DiskErrorKind;
use crate::model::{
    BaseRow, Change, Content, Entry, Etag, Hash, HoldReason, Level, LocalRow, LocalSeen, Name,
    Perms, Place, RemoteRow, RemoteSeen, RuleTexts, Stand,
};
use crate::plan::{Op, Why};

const NOW: i64 = 1_700_000_000;

fn at(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn entry(parent: u64, name: &str, bytes: Option<u8>) -> Entry {
    let body = bytes.map_or(Body::Dir, |byte| Body::File(Content::Known(Hash([byte; 32]))));
    Entry { place: Place::new(NodeId(parent), Name::new(name).unwrap()), body }
}

fn seen(size: u64) -> LocalSeen {
    LocalSeen { volume: 1, file_id: 7, born: None, size, mtime: NOW * SECOND, ctime: 0, links: 1 }
}

fn local(node: u64, entry: &Entry) -> Change {
    let size = if entry.body.is_dir() { 0 } else { 3 };
    let row = LocalRow::home(entry.place.clone(), entry.body, None, seen(size));
    Change::Local(NodeId(node), Some(row))
}

fn remote(node: u64, entry: &Entry, etag: &str) -> Change {
    let seen = RemoteSeen {
        file_id: Some(node.to_string()),
        etag: Etag::parse(etag),
        sha1: None,
        perms: Perms::OWN,
        size: Some(5),
        mtime: Some(NOW),
    };
    let entry = entry.clone();
    let row = RemoteRow {
        entry,
        seen,
        listed: None,
        holds_ignored: false,
        racy: false,
        stand: Stand::Home,
    };
    Change::Remote(NodeId(node), Some(row))
}

fn base(node: u64, entry: &Entry) -> Change {
    let (entry, etag) = (entry.clone(), Etag::parse("e1"));
    let row = BaseRow { entry, sha1: None, size: 3, etag, presumed: false };
    Change::Base(NodeId(node), Some(row))
}

/// A folder `d` with a file `a` that both sides agree on.
fn agreed() -> Rows {
    let (d, a) = (entry(0, "d", None), entry(1, "a", Some(1)));
    let mut rows = Rows::default();
    rows.pair.next_node = 10;
    for (node, entry) in [(1, &d), (2, &a)] {
        rows.apply([base(node, entry), local(node, entry), remote(node, entry, "e1")]);
    }
    rows
}

fn stat(file_type: FileType, size: u64) -> Option<Stat> {
    Some(Stat { file_type, seen: seen(size) })
}

fn asked(rows: &Rows, path: &str, stat: Option<Stat>) -> Explained {
    let device = "here".to_owned();
    explain(rows, Question { path: at(path), stat, now: NOW, device, ..Question::default() })
}

#[test]
fn what_both_sides_agree_on_is_in_sync_with_what_each_showed() {
    let explained = asked(&agreed(), "d/a", stat(FileType::File, 3));
    assert_eq!(explained.verdict, Verdict::InSync);
    assert_eq!(explained.here.unwrap().version.unwrap().size, Some(3));
    let there = explained.there.unwrap();
    assert_eq!((there.path.as_str(), there.etag.as_deref()), ("d/a", Some("e1")));
    assert_eq!(explained.agreed.unwrap().etag.as_deref(), Some("e1"));
    assert_eq!(asked(&agreed(), "d", stat(FileType::Dir, 0)).verdict, Verdict::InSync);
}

#[test]
fn what_differs_is_what_the_planner_would_do_about_it() {
    let mut rows = agreed();
    rows.apply([local(2, &entry(1, "a", Some(2)))]);
    let explained = asked(&rows, "d/a", stat(FileType::File, 3));
    assert_eq!(explained.verdict, Verdict::Planned);
    assert!(matches!(explained.next[0].step.op, Op::Update { .. }), "{:?}", explained.next);
    assert_eq!(explained.next[0].step.why, Why::Edited);

    let mut rows = agreed();
    rows.apply([Change::Remote(NodeId(2), None)]);
    let explained = asked(&rows, "d/a", stat(FileType::File, 3));
    assert_eq!(explained.next[0].step.why, Why::Deleted);
    assert_eq!((explained.there, explained.verdict), (None, Verdict::Planned));
}

#[test]
fn what_goes_with_its_folder_is_planned_by_the_step_of_the_folder() {
    let mut rows = agreed();
    rows.apply([Change::Local(NodeId(1), None), Change::Local(NodeId(2), None)]);
    let explained = asked(&rows, "d/a", None);
    assert!(matches!(explained.next[0].step.op, Op::Remove { side: Side::Remote, .. }));
}

#[test]
fn what_changed_since_the_last_look_or_was_never_seen_is_said_to_be_unseen() {
    let rows = agreed();
    assert_eq!(asked(&rows, "d/a", stat(FileType::File, 9)).verdict, Verdict::NotSeenYet);
    assert_eq!(asked(&rows, "d/a", None).verdict, Verdict::NotSeenYet);
    assert_eq!(asked(&rows, "d/new", stat(FileType::File, 1)).verdict, Verdict::NotSeenYet);
    assert_eq!(asked(&rows, "d/none", None).verdict, Verdict::Unknown);
    assert_eq!(asked(&Rows::default(), "d", None).verdict, Verdict::Unknown);
}

#[test]
fn rules_and_our_own_things_come_before_all_else() {
    let rows = agreed();
    let explained = asked(&rows, "d/notes.txt~", stat(FileType::File, 1));
    assert_eq!(explained.verdict, Verdict::NeverSynced);
    assert_eq!(explained.rule.unwrap().pattern, "*~");
    let explained = asked(&rows, "._x/deep/file", None);
    assert_eq!(explained.rule.unwrap().at.as_str(), "._x", "a folder above it is taken");
    for own in [".navette", ".navette/aside/1~2~x", ".NAVETTE/x"] {
        assert_eq!(asked(&rows, own, None).verdict, Verdict::Own, "{own}");
    }
    assert_eq!(asked(&rows, "", stat(FileType::Dir, 0)).verdict, Verdict::Root);
    assert_eq!(asked(&rows, "d/link", stat(FileType::Symlink, 0)).verdict, Verdict::NotAFile);
    assert_eq!(asked(&rows, "d/disk", stat(FileType::Mount, 0)).verdict, Verdict::OtherVolume);
}

#[test]
fn rules_of_every_level_are_told_as_both_sides_were_last_looked_at() {
    let mut rows = agreed();
    let texts = RuleTexts { file: "*.log\n!d/keep.log\n".to_owned(), ..RuleTexts::default() };
    rows.pair.chosen.rules = std::sync::Arc::new(texts.into());
    let explained = asked(&rows, "d/x.log", stat(FileType::File, 1));
    let rule = explained.rule.unwrap();
    assert_eq!((explained.verdict, rule.level), (Verdict::NeverSynced, Level::File));
    assert_eq!((rule.line, rule.pattern.as_str()), (Some(1), "*.log"));
    let explained = asked(&rows, "d/keep.log", stat(FileType::File, 1));
    assert_eq!(explained.verdict, Verdict::NotSeenYet);
    assert_eq!(explained.rule.unwrap().line, Some(2), "and what brings something back is told");
}

#[test]
fn what_a_run_has_left_of_a_folder_above_is_the_answer() {
    let left = Left { path: "d".to_owned(), cause: Cause::Unreadable, again: Some(NOW + 30) };
    let question = Question { path: at("d/a"), left: Some(left.clone()), ..Question::default() };
    let explained = explain(&agreed(), question);
    assert_eq!((explained.verdict, explained.left), (Verdict::Left, Some(left)));
}

#[test]
fn what_was_in_the_way_before_is_said_as_long_as_something_differs() {
    let remembered = Some(Left { path: "d/a".to_owned(), cause: Cause::Quota, again: None });
    let ask = |rows: &Rows| {
        let (path, stat) = (at("d/a"), stat(FileType::File, 3));
        let remembered = remembered.clone();
        explain(rows, Question { path, stat, remembered, ..Question::default() })
    };
    assert_eq!(ask(&agreed()).verdict, Verdict::InSync, "it is over");
    let mut rows = agreed();
    rows.apply([local(2, &entry(1, "a", Some(2)))]);
    let explained = ask(&rows);
    assert_eq!((explained.verdict, explained.left), (Verdict::Left, remembered.clone()));
    assert_eq!(explained.next.len(), 1, "and what would be done without it");
}

#[test]
fn what_is_held_says_since_when_and_a_folder_that_is_not_chosen_says_so() {
    let mut rows = agreed();
    let hold = Hold { side: Side::Remote, reason: HoldReason::MountGone, since: NOW - 60 };
    rows.apply([Change::Hold(NodeId(1), Some(hold))]);
    let explained = asked(&rows, "d/a", stat(FileType::File, 3));
    assert_eq!((explained.verdict, explained.held_since), (Verdict::Left, Some(NOW - 60)));

    let mut rows = Rows::default();
    rows.pair.next_node = 10;
    rows.apply([remote(3, &entry(0, "far", None), "e"), remote(4, &entry(3, "x", Some(1)), "e")]);
    rows.pair.deselected.insert(NodeId(3));
    assert_eq!(asked(&rows, "far/x", None).verdict, Verdict::NotChosen);

    let mut rows = agreed();
    rows.pair.chosen.kept.insert(NodeId(1));
    assert_eq!(asked(&rows, "d/a", stat(FileType::File, 3)).verdict, Verdict::Kept);
}

#[test]
fn an_alias_is_found_by_the_name_it_has_here_and_by_its_own() {
    let mut rows = agreed();
    let Change::Local(node, Some(row)) = local(2, &entry(1, "a", Some(1))) else {
        panic!("a local row");
    };
    let stand = Stand::Alias(Name::new("a (case 2)").unwrap());
    rows.apply([Change::Local(node, Some(LocalRow { stand, ..row }))]);
    for path in ["d/a", "d/a (case 2)"] {
        let explained = asked(&rows, path, stat(FileType::File, 3));
        assert_eq!(explained.shown_as.as_deref(), Some("a (case 2)"), "{path}");
        assert_eq!(explained.here.unwrap().path, "d/a (case 2)");
        assert_eq!(explained.there.unwrap().path, "d/a");
    }
}

#[test]
fn a_glance_tells_what_is_there_without_making_anything() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a"), "abc").unwrap();
    let glance = |path: &str| crate::disk::glance(dir.path(), &at(path), false);
    assert_eq!(glance("a").unwrap().unwrap().seen.size, 3);
    assert!(glance("none").unwrap().is_none() && glance("a/below").unwrap().is_none());
    assert!(!dir.path().join(".navette").exists());
    let gone = crate::disk::glance(&dir.path().join("gone"), &at("a"), false).unwrap_err();
    assert_eq!(gone.kind, DiskErrorKind::NotFound);
}
