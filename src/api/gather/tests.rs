use super::*;

fn standing(folder: &str, state: &str, reason: Option<&str>) -> Value {
    json!({
        "folder": folder, "account": "a", "server": "https://a.org", "user": "a",
        "remote_path": "/", "state": state, "reason": reason,
        "said": {"sentence": "", "remedy": null}, "since": 1, "checked": null, "until": null,
        "files": 0, "runs": 0, "told": false, "progress": null, "left": [], "brakes": [],
        "recent": [], "unwatched": null,
    })
}

fn message(method: &str, params: &Value) -> Value {
    json!({"method": method, "params": params})
}

/// What was told, in short.
fn short(told: Vec<Told>) -> Vec<String> {
    let told = told.into_iter().map(|told| match told {
        Told::Standing(stands) => format!("{} {:?}", stands.folder, stands.state),
        Told::Gone(folder) => format!("{folder} gone"),
        Told::Done(entry) => format!("{} done", entry.path),
    });
    told.collect()
}

#[test]
fn of_a_folder_that_several_know_the_word_of_whoever_has_it_counts() {
    let mut gathered = Gathered::default();
    let (one, two) = (Path::new("1.sock"), Path::new("2.sock"));
    let answer = json!({"result": {"pairs": [standing("/f", "up-to-date", None)]}});
    assert_eq!(short(gathered.hear(one, answer)), ["/f UpToDate"]);
    let waits = message("standing", &standing("/f", "hindered", Some("in-use")));
    assert_eq!(short(gathered.hear(two, waits)), ["/f UpToDate"], "the other one has it");
    let works = message("standing", &standing("/f", "checking", None));
    assert_eq!(short(gathered.hear(one, works)), ["/f Checking"]);
    // It ends: now what the second says counts, and then it has the folder.
    assert_eq!(short(gathered.closed(one)), ["/f Hindered"]);
    let works = message("standing", &standing("/f", "starting", None));
    assert_eq!(short(gathered.hear(two, works)), ["/f Starting"]);
    let gone = message("gone", &json!({"folder": "/f"}));
    assert_eq!(short(gathered.hear(two, gone)), ["/f gone"]);
    assert!(gathered.closed(two).is_empty());
}

#[test]
fn what_cannot_be_understood_is_passed_over() {
    let mut gathered = Gathered::default();
    let place = Path::new("1.sock");
    for strange in [json!(1), json!({"method": "new"}), message("standing", &json!({"folder": 1}))]
    {
        assert!(gathered.hear(place, strange).is_empty());
    }
}
