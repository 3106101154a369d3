//! An account that the server refuses, and a server that works for nobody:
//! before the run, and in the middle of it.

use crate::program::{Home, ended};
use crate::refused;
use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};

const NEXTCLOUD: &str = r#"{"installed":true,"version":"32.0.1.2","extendedSupport":false}"#;
const OWNCLOUD: &str = r#"{"installed":true,"version":"10.16.4.0","product":"ownCloud"}"#;
const HOME: &str = "/remote.php/dav/files/alice/";

/// What a server answers, and what people read of it.
struct Case {
    family: &'static str,
    status: &'static str,
    headers: &'static str,
    body: String,
    said: &'static str,
    french: &'static str,
}

fn sabre(exception: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><d:error xmlns:d=\"DAV:\" \
         xmlns:s=\"http://sabredav.org/ns\"><s:exception>{exception}</s:exception>\
         <s:message>{message}</s:message></d:error>"
    )
}

fn cases() -> Vec<Case> {
    let unauthenticated = r"Sabre\DAV\Exception\NotAuthenticated";
    let unavailable = r"Sabre\DAV\Exception\ServiceUnavailable";
    let case = |family, status, body, said, french| {
        let asks = status == "401 Unauthorized" && said == "does not accept this login";
        let headers = match status {
            _ if asks => "WWW-Authenticate: Basic realm=\"x\"\r\n",
            "200 OK" => "Content-Type: text/html\r\n",
            "302 Found" => "Location: http://portal.example/login?token=s3cret\r\n",
            _ => "Content-Type: application/xml\r\n",
        };
        Case { family, status, headers, body, said, french }
    };
    vec![
        case(
            NEXTCLOUD,
            "401 Unauthorized",
            sabre(unauthenticated, "Username or password was incorrect"),
            "does not accept this login",
            "n’accepte pas",
        ),
        case(
            OWNCLOUD,
            "401 Unauthorized",
            sabre(unauthenticated, "User disabled"),
            "is disabled. Only the people who run the server can enable it",
            "est désactivé",
        ),
        case(
            NEXTCLOUD,
            "503 Service Unavailable",
            sabre(unavailable, r"OC\User\LoginException: Account disabled"),
            "is disabled. Only the people",
            "est désactivé",
        ),
        case(
            OWNCLOUD,
            "401 Unauthorized",
            sabre(unauthenticated, "Too many failed login attempts. Try again in 5 minutes."),
            "refuses even the right password for a while. Wait",
            "trop de tentatives de connexion",
        ),
        case(
            NEXTCLOUD,
            "429 Too Many Requests",
            sabre(r"OCA\DAV\Connector\Sabre\Exception\TooManyRequests", ""),
            "too many attempts to sign in",
            "trop de tentatives de connexion",
        ),
        case(
            OWNCLOUD,
            "401 Unauthorized",
            sabre(r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden", ""),
            "Make an app password",
            "mot de passe d’application",
        ),
        case(
            OWNCLOUD,
            "503 Service Unavailable",
            sabre(unavailable, "The user must reset their password."),
            "has expired. Open 127.0.0.1",
            "a expiré",
        ),
        case(
            NEXTCLOUD,
            "403 Forbidden",
            sabre(r"OCA\TermsOfService\TermsNotSignedException", "https://cloud.example/"),
            "accept its terms of use. Open it in your browser",
            "conditions d’utilisation",
        ),
        case(NEXTCLOUD, "402 Payment Required", String::new(), "Your plan on", "abonnement"),
        case(
            NEXTCLOUD,
            "503 Service Unavailable",
            sabre(r"OCA\DAV\Exception\ServerMaintenanceMode", "System is in maintenance mode."),
            "is under maintenance",
            "est en maintenance",
        ),
        case(
            NEXTCLOUD,
            "200 OK",
            "<html><p>Welcome to our hotel</p></html>".to_owned(),
            "shows a web page and holds no file storage",
            "montre une page web",
        ),
        case(
            NEXTCLOUD,
            "302 Found",
            String::new(),
            "sends Navette on to http://portal.example/login,",
            "renvoie Navette vers http://portal.example/login,",
        ),
        case(
            NEXTCLOUD,
            "511 Network Authentication Required",
            String::new(),
            "perhaps this network wants you to sign in first",
            "ce réseau veut peut-être",
        ),
    ]
}

/// A server that refuses from the first request with a password on, or only
/// to take files.
fn server(case: &Case, at_once: bool) -> Scripted {
    let Case { family, status, headers, .. } = *case;
    let body = case.body.clone();
    let root = format!(
        "{FOLDER}<d:getetag>\"r1\"</d:getetag><oc:id>00000007ocabc</oc:id><oc:fileid>7</oc:fileid>"
    );
    Scripted::start(move |line| match line {
        "GET /status.php" => answer("200 OK", "", family),
        _ if at_once || line.starts_with("PUT ") => answer(status, headers, &body),
        "GET /ocs/v2.php/cloud/user?format=json" => {
            answer("200 OK", "", r#"{"ocs":{"meta":{},"data":{"id":"alice"}}}"#)
        }
        line if line == format!("PROPFIND {HOME}") => multistatus(&entry(HOME, &root)),
        _ => answer("404 Not Found", "", ""),
    })
}

#[test]
fn each_refusal_to_sign_in_has_its_own_sentence_and_ends_with_3() {
    for case in cases() {
        let home = Home::new();
        let server = server(&case, true);
        let device = home.device("folder", server.url());
        device.write("mine.txt", "stays");
        refused(&device, &[], 3, case.said);
        let with_password =
            |heard: &crate::scripted::Heard| heard.header("authorization").is_some();
        let asked = server.heard().into_iter().filter(with_password).count();
        // Two runs, one attempt each.
        assert_eq!(asked, 2, "{}", case.said);

        let mut french = device.navette(&["sync"]);
        french.env("NAVETTE_LANG", "fr");
        let run = ended(french);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{}", run.err);
        assert!(run.err.contains(case.french), "{}", run.err);
        assert!(!run.err.contains("s3cret"), "{}", run.err);
    }
}

#[test]
fn what_happens_to_an_account_in_the_middle_stops_the_run_with_its_sentence() {
    for case in cases() {
        let home = Home::new();
        let server = server(&case, false);
        let device = home.device("folder", server.url());
        device.write("mine.txt", "stays");
        let run = device.sync(&[]);
        assert_eq!(run.code, 3, "{} {}", run.out, run.err);
        let last = run.err.lines().last().unwrap();
        assert!(last.starts_with("navette: ") && last.contains(case.said), "{}", run.err);
        assert_eq!(device.read("mine.txt"), "stays");
        let heard = server.heard();
        let puts = heard.iter().filter(|heard| heard.line().starts_with("PUT ")).count();
        assert_eq!(puts, 1, "{}", case.said);
        if case.status.starts_with('4') {
            // The account is refused: nothing was asked after that.
            assert!(heard.last().unwrap().line().starts_with("PUT "), "{}", case.said);
        }
    }
}

#[test]
fn an_upgrade_that_waits_is_said_before_and_in_the_middle() {
    let home = Home::new();
    let pending =
        r#"{"installed":true,"needsDbUpgrade":true,"version":"10.16.4.1","product":"ownCloud"}"#;
    let before = Scripted::start(move |_| answer("200 OK", "", pending));
    refused(&home.device("folder", before.url()), &[], 3, "have not finished that yet");

    let asked = std::sync::atomic::AtomicUsize::new(0);
    let root = format!(
        "{FOLDER}<d:getetag>\"r1\"</d:getetag><oc:id>00000007ocabc</oc:id><oc:fileid>7</oc:fileid>"
    );
    let during = Scripted::start(move |line| match line {
        "GET /status.php" => match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => answer("200 OK", "", OWNCLOUD),
            _ => answer("200 OK", "", pending),
        },
        "GET /ocs/v2.php/cloud/user?format=json" => {
            answer("200 OK", "", r#"{"ocs":{"meta":{},"data":{"id":"alice"}}}"#)
        }
        line if line == format!("PROPFIND {HOME}") => multistatus(&entry(HOME, &root)),
        line if line.starts_with("PUT ") => page("503 Service Unavailable"),
        _ => answer("404 Not Found", "", ""),
    });
    let device = home.device("other", during.url());
    device.write("mine.txt", "stays");
    let run = device.sync(&[]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("have not finished that yet"), "{}", run.err);
}

/// As ownCloud 10 answers to whatever is not `text/xml`.
fn page(status: &str) -> Reply {
    answer(status, "Content-Type: text/html\r\n", "<!DOCTYPE html><html></html>")
}

#[test]
fn a_name_that_the_server_does_not_trust_is_said() {
    let home = Home::new();
    let page = "<!DOCTYPE html><html><p>Untrusted</p></html>";
    for (headers, body) in [
        ("Content-Type: application/json\r\n", r#"{"error":"Trusted domain error.","code":15}"#),
        ("Content-Type: text/html\r\n", page),
    ] {
        let server = Scripted::start(move |_| answer("400 Bad Request", headers, body));
        refused(&home.device("folder", server.url()), &[], 3, "does not want to be called");
    }
}

#[test]
fn a_server_that_has_moved_is_said_with_its_new_address() {
    let home = Home::new();
    let to = "Location: https://new.example/cloud/status.php\r\n";
    let server = Scripted::start(move |_| answer("301 Moved Permanently", to, ""));
    refused(&home.device("folder", server.url()), &[], 3, "now lives at https://new.example/cloud");
    assert!(server.heard().iter().all(|heard| heard.header("authorization").is_none()));
}
