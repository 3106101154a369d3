//! Login, id and name of an account are three things; spaces are storages of
//! their own.

use navette::cloud::people::SpaceKind;
use navette::cloud::{Dialect, ServeOptions};
use navette::server::{ConnectError, Connection, Dav, Guard, Server as _};

use crate::families::{alice, family, with};
use crate::support::{connection, get, names, path, put, version};

const FAMILIES: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

fn account(dialect: Dialect, id: &str) -> ServeOptions {
    ServeOptions { users: vec![(id.to_owned(), "secret".to_owned())], ..family(dialect) }
}

#[tokio::test]
async fn an_email_address_signs_in_where_the_id_differs() {
    for dialect in FAMILIES {
        for id in ["alice", "ann lee", "ann@work", "Zoë Å", "a.b+c%20"] {
            with(account(dialect, id), async |cloud, base| {
                cloud.lock().describe(id, Some("Ann Lee"), Some("ann@example.test"));
                for (login, file) in [(id, "by id"), ("ann@example.test", "by e-mail")] {
                    let dav = Dav::connect(connection(base.clone(), login, "secret")).await;
                    let dav = dav.unwrap_or_else(|error| panic!("{dialect:?} {login}: {error}"));
                    assert_eq!((dav.user(), dav.display_name()), (id, "Ann Lee"), "{dialect:?}");
                    put(&dav, file, &Guard::Absent, b"first").await.unwrap();
                    // Large enough to go in chunks, where there are any.
                    let large = vec![7; 200_000];
                    put(&dav, file, &version(&dav, file).await, &large).await.unwrap();
                    assert_eq!(get(&dav, file).await, large, "{dialect:?} {login}");
                    dav.rename(&path(file), &path("moved"), &Guard::Present).await.unwrap();
                    assert_eq!(names(&dav, "").await, ["moved"]);
                    dav.delete(&path("moved"), &Guard::Present).await.unwrap();
                }
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_known_id_saves_a_request_and_a_wrong_one_does_no_harm() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let mut options = account(dialect, "4f2a");
        options.users.push(("bob".to_owned(), "other".to_owned()));
        with(options, async |cloud, base| {
            cloud.lock().describe("4f2a", Some("Ann"), Some("ann@example.test"));
            let requests = async |user_id: Option<&str>| {
                let user_id = user_id.map(str::to_owned);
                let to = connection(base.clone(), "ann@example.test", "secret");
                let dav = Dav::connect(Connection { user_id, ..to }).await.unwrap();
                assert_eq!(dav.user(), "4f2a");
                dav.requests()
            };
            let unknown = requests(None).await;
            assert_eq!(requests(Some("4f2a")).await, unknown - 1, "{dialect:?}");
            // Bob's home answers too, and is not taken (protocol.md 0.1).
            assert_eq!(requests(Some("bob")).await, unknown, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn each_space_is_a_storage_of_its_own() {
    with(family(Dialect::Ocis), async |cloud, base| {
        let (design, plans) = {
            let mut cloud = cloud.lock();
            cloud.add_space("Secret", SpaceKind::Project, &["bob"]);
            let design = cloud.add_space("Design", SpaceKind::Project, &["alice", "bob"]);
            (design, cloud.add_space("Plans", SpaceKind::Mountpoint, &["alice"]))
        };
        let to = async |space: Option<&str>| {
            let space = space.map(str::to_owned);
            Dav::connect(Connection { space, ..alice(&base) }).await
        };
        for (space, key) in [("Design", &design), ("Plans", &plans)] {
            let dav = to(Some(space)).await.unwrap();
            put(&dav, "f", &Guard::Absent, space.as_bytes()).await.unwrap();
            dav.make_dir(&path("d")).await.unwrap();
            dav.rename(&path("f"), &path("d/f"), &Guard::Present).await.unwrap();
            assert_eq!(cloud.lock().user(key).bytes("d/f").as_deref(), Some(space.as_bytes()));
            let id = dav.space().unwrap().id.clone();
            let again = to(Some(&id)).await.unwrap();
            assert_eq!(names(&again, "d").await, ["f"], "by its id {id}");
        }
        let own = to(None).await.unwrap();
        assert_eq!(names(&own, "").await, Vec::<String>::new());
        assert!(own.space().unwrap().personal);
        for wanted in ["Secret", "design"] {
            let refused = to(Some(wanted)).await.unwrap_err();
            let ConnectError::NoSpace { there, .. } = refused else { panic!("{refused}") };
            let there: Vec<_> = there.iter().map(|space| space.name.as_str()).collect();
            assert_eq!(there, ["alice", "Design", "Plans"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_without_spaces_says_so() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Plain] {
        with(family(dialect), async |_, base| {
            let space = Some("Design".to_owned());
            let refused = Dav::connect(Connection { space, ..alice(&base) }).await.unwrap_err();
            let none = matches!(&refused, ConnectError::NoSpace { there, .. } if there.is_empty());
            assert!(none, "{dialect:?}: {refused:?}");
        })
        .await;
    }
}
