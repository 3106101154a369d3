//! Login Flow v2 of Nextcloud (protocol.md 2.4): a program is given a page and
//! a token, its user signs in on the page and grants access, and with the token
//! the program then fetches an app password, once.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::request::Parts;
use http::{HeaderMap, Method};
use hyper::body::Incoming;
use serde_json::json;
use url::form_urlencoded;

use super::reply::{self, Answer};
use super::{Skin, page};

/// A page stays valid for so many seconds.
const LIFE: i64 = 1200;

/// A step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A program begins.
    Begin,
    /// It asks whether access is granted.
    Poll,
    /// Its user's page, by its token.
    Page(String),
}

impl Step {
    /// The step that the path of a URL names.
    pub(super) fn of(path: &str) -> Option<Self> {
        let below = path.strip_prefix("/index.php/login/v2")?;
        match below {
            "" => Some(Self::Begin),
            "/poll" => Some(Self::Poll),
            _ => below.strip_prefix("/flow/").map(|token| Self::Page(token.to_owned())),
        }
    }
}

/// All that have begun and not ended, by the program's token.
#[derive(Default)]
pub(super) struct Flows(Mutex<BTreeMap<String, Flow>>);

/// One sign-in on its way.
struct Flow {
    /// Names the page.
    page: String,
    began: i64,
    /// What the program calls itself.
    program: String,
    /// Who has signed in on the page, and the token of the button that grants.
    signed_in: Option<(String, String)>,
    /// The login and the app password that wait to be fetched.
    granted: Option<(String, String)>,
}

impl Flows {
    /// Those that are still valid.
    fn at(&self, now: i64) -> MutexGuard<'_, BTreeMap<String, Flow>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, flow| now - flow.began < LIFE);
        all
    }
}

/// Answers one step.
pub(super) async fn answer(
    skin: &Skin,
    step: &Step,
    head: &Parts,
    body: Incoming,
) -> io::Result<Answer> {
    let body = reply::collect(body).await?;
    let form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    Ok(match (step, &head.method) {
        (Step::Begin, &Method::POST) => begin(skin, &head.headers),
        (Step::Poll, &Method::POST) => poll(skin, &head.headers, &form),
        (Step::Page(token), &Method::GET) => shown(skin, token),
        (Step::Page(token), &Method::POST) => pressed(skin, token, &form),
        _ => Answer::new(405),
    })
}

/// A text that nobody can guess, of so many times 32 letters.
fn token(times: usize) -> String {
    (0..times).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect()
}

/// The address of the server as the program knows it.
fn origin(skin: &Skin, headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}{}", skin.base)
}

fn json_of(status: u16, body: &serde_json::Value) -> Answer {
    Answer::new(status).body("application/json; charset=utf-8", body.to_string())
}

fn begin(skin: &Skin, headers: &HeaderMap) -> Answer {
    let now = skin.cloud.lock().now();
    let (poll, page) = (token(4), token(4));
    let program = headers.get("user-agent").and_then(|name| name.to_str().ok());
    let program = program.unwrap_or("unknown").to_owned();
    let flow = Flow { page: page.clone(), began: now, program, signed_in: None, granted: None };
    skin.flows.at(now).insert(poll.clone(), flow);
    let at = format!("{}/index.php/login/v2", origin(skin, headers));
    let told = json!({
        "poll": {"token": poll, "endpoint": format!("{at}/poll")},
        "login": format!("{at}/flow/{page}"),
    });
    json_of(200, &told)
}

/// Hands out what was granted, once: after that the token is good for nothing.
fn poll(skin: &Skin, headers: &HeaderMap, form: &BTreeMap<String, String>) -> Answer {
    let now = skin.cloud.lock().now();
    let mut flows = skin.flows.at(now);
    let token = form.get("token").map(String::as_str).unwrap_or_default();
    let Some((login, password)) = flows.get(token).and_then(|flow| flow.granted.clone()) else {
        return json_of(404, &json!([]));
    };
    flows.remove(token);
    let server = origin(skin, headers);
    json_of(200, &json!({"server": server, "loginName": login, "appPassword": password}))
}

fn shown(skin: &Skin, token: &str) -> Answer {
    let now = skin.cloud.lock().now();
    let flows = skin.flows.at(now);
    match flows.values().find(|flow| flow.page == token) {
        None => page::gone(),
        Some(Flow { granted: Some(_), .. }) => page::done(),
        Some(Flow { signed_in: Some((who, button)), program, .. }) => {
            page::grant(program, who, button)
        }
        Some(flow) => page::sign_in(&flow.program, None),
    }
}

/// Somebody has signed in, or granted access.
fn pressed(skin: &Skin, token: &str, form: &BTreeMap<String, String>) -> Answer {
    let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let mut cloud = skin.cloud.lock();
    let now = cloud.now();
    let mut flows = skin.flows.at(now);
    let Some(flow) = flows.values_mut().find(|flow| flow.page == token) else {
        return page::gone();
    };
    if let Some((who, button)) = flow.signed_in.clone().filter(|_| !given("grant").is_empty()) {
        if given("grant") != button {
            return page::gone();
        }
        // The button works once.
        flow.signed_in = None;
        flow.granted = cloud.make_app_password(&who).map(|password| (who, password));
        return page::done();
    }
    // An app password signs in no person.
    let (login, password) = (given("user").trim(), given("password"));
    if !cloud.signs_in(login, password) || cloud.is_app_password(login, password) {
        return page::sign_in(&flow.program, Some(login));
    }
    let button = self::token(1);
    let page = page::grant(&flow.program, login, &button);
    flow.signed_in = Some((login.to_owned(), button));
    page
}
