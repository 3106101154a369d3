use super::*;

/// Two places on one disk; the copy is made all the same.
struct Lab {
    dir: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("from/deep")).unwrap();
        fs::write(dir.path().join("from/deep/a"), "a").unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn way(&self) -> Way {
        Way {
            from: self.path("from"),
            to: self.path("to"),
            old_state: self.path("state-old"),
            new_state: self.path("state-new"),
            today: "2026-11-30".to_owned(),
        }
    }
}

fn refuse() -> std::result::Result<(), SettingsError> {
    Err(SettingsError::NoHome)
}

#[tokio::test]
async fn a_copy_whose_settings_were_not_written_is_made_again_with_what_came_meanwhile() {
    let lab = Lab::new();
    let way = lab.way();
    let cut = copied(&way, |_, _| {}, refuse).await;
    assert!(matches!(cut, Err(RelocateError::Settings(_))));
    assert!(lab.path("from/deep/a").exists());
    fs::write(lab.path("from/deep/b"), "b").unwrap();
    check_vacant(&way).unwrap();
    let done = copied(&way, |files, bytes| assert_eq!((files, bytes), (2, 2)), || Ok(())).await;
    let Ok(Moved::Copied(done)) = done else { panic!("{done:?}") };
    assert_eq!((done.files, done.left.len(), done.changed.len()), (2, 0, 0));
    assert_eq!(done.kept, lab.path("from (moved 2026-11-30)"));
    assert_eq!(fs::read_to_string(lab.path("to/deep/b")).unwrap(), "b");
    assert!(!moving(&way.to).exists());
}

#[tokio::test]
async fn what_is_written_in_the_old_folder_at_the_last_moment_is_told() {
    let lab = Lab::new();
    let (way, late) = (lab.way(), lab.path("from/late"));
    let done = copied(
        &way,
        |_, _| {},
        || {
            fs::write(&late, "late").unwrap();
            Ok(())
        },
    );
    let Ok(Moved::Copied(done)) = done.await else { panic!("not copied") };
    assert_eq!(done.changed, [PathBuf::from("late")]);
    assert_eq!(fs::read_to_string(done.kept.join("late")).unwrap(), "late");
}

#[tokio::test]
async fn a_folder_that_holds_a_copy_of_another_one_is_taken() {
    let lab = Lab::new();
    let way = lab.way();
    begin(&Way { from: lab.path("another"), ..way.clone() }).unwrap();
    assert!(matches!(check_vacant(&way), Err(RelocateError::Taken(_))));
    assert!(matches!(relocate(&way, |_, _| {}, || Ok(())).await, Err(RelocateError::Taken(_))));
}

#[test]
fn an_old_folder_never_takes_a_name_that_is_taken() {
    let lab = Lab::new();
    fs::create_dir(lab.path("from (moved 2026-11-30)")).unwrap();
    assert_eq!(put_away(&lab.way()), lab.path("from (moved 2026-11-30 2)"));
}
