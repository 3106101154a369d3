//! testsyncengine, its part about names: in any script, refused by the server,
//! or one and the same for this disk.

use navette::cloud::Dialect;
use navette::disk::sim::SimConfig;
use navette::report::End;

use crate::lab::{Hand, Lab, on_all};

/// What each family refuses of itself; other names are not its business.
#[test]
fn testsyncengine_invalid_file_names_of_the_server() {
    on_all(|lab| {
        lab.here().write("A/a:b", "text");
        lab.here().write("A/.htaccess", "text");
        lab.here().write("B/b3", "goes");
        let report = lab.runs().unwrap();
        let refuses = matches!(lab.dialect(), Dialect::Nextcloud | Dialect::OwnCloud10);
        assert_eq!(report.end, if refuses { End::Unfinished } else { End::Equal });
        let is_listed = report.items.iter().any(|item| item.path == "A/.htaccess");
        assert_eq!(is_listed, refuses, "{:?}", report.items);
        assert_eq!(lab.there().text("A/.htaccess").is_none(), refuses);
        assert_eq!(lab.there().text("A/a:b").as_deref(), Some("text"));
        assert_eq!(lab.there().text("B/b3").as_deref(), Some("goes"));
        assert_eq!(lab.here().text("A/.htaccess").as_deref(), Some("text"), "it stays here");
    });
}

#[test]
fn testsyncengine_names_in_any_script_go_up_and_down() {
    on_all(|lab| {
        let names = ["a\u{105}b\u{107}", "\u{6f22}\u{5b57}", "\u{440}\u{443}", "\u{1f4c4}.txt"];
        for name in names {
            lab.here().write(&format!("A/{name}"), "here");
            lab.there().write(&format!("B/{name}/{name}"), "there");
        }
        let (_, asked) = lab.syncs();
        assert_eq!((asked.get > 0, asked.moved, asked.deleted), (true, 0, 0));
        let here = lab.here().shows();
        assert_eq!((here.len(), &here), (8 + 8, &lab.there().shows()), "{:?}", lab.dialect());
        assert!(here.contains(&format!("B/{0}/{0}=there", names[0])), "{here:?}");
    });
}

/// A file, a folder and a name that Windows cannot have, all in one another's
/// way; then one of them is renamed on the server, and only that ends.
#[test]
fn testsyncengine_names_that_clash_here_are_shown_until_the_server_has_others() {
    for dialect in Dialect::ALL {
        let lab = Lab::on(dialect, SimConfig::windows());
        for path in ["A/file", "A/FILE", "B/dir/inside", "B/DIR/Inside", "C/in:valid/deep"] {
            lab.there().write(path, path);
        }
        let before = lab.there().shows();
        lab.syncs();
        let texts = |side: Hand<'_>| -> Vec<String> {
            let shown = side.shows().into_iter();
            let mut texts: Vec<_> = shown
                .filter_map(|line| line.split_once('=').map(|(_, text)| text.to_owned()))
                .collect();
            texts.sort();
            texts
        };
        assert_eq!(texts(lab.here()), texts(lab.there()), "{dialect:?}: all are here");
        assert_eq!(lab.there().shows(), before, "{dialect:?}: nothing is renamed for this disk");
        let aliased = |lab: &Lab| lab.here().shows().difference(&lab.there().shows()).count();
        let clashing = aliased(&lab);
        assert_eq!(clashing, 3, "{dialect:?}: {:?}", lab.here().shows());

        lab.there().rename("A/FILE", "A/other");
        lab.there().rename("C/in:valid", "C/valid");
        lab.syncs();
        assert_eq!(aliased(&lab), 1, "{dialect:?}: {:?}", lab.here().shows());
        let here = lab.here().shows();
        assert!(here.contains("A/other=A/FILE") && here.contains("C/valid/deep=C/in:valid/deep"));
        let (_, asked) = lab.syncs();
        assert_eq!(asked.work(), 0, "{dialect:?}");
    }
}
