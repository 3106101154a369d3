//! `navette doctor`.

use serde_json::{Value, json};

use crate::clock::SystemClock;
use crate::doctor::{Finding, Grade, Keychain, Patient, examine};
use crate::secret::keychain;
use crate::text;

use super::args::{DoctorArgs, SignInArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::{self, Target};
use super::{interrupt, password};

/// Looks at what pairs depend on.
pub(super) async fn run(console: &Console, args: &DoctorArgs) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    let mut worst = Grade::Ok;
    for target in target::all(console, args.local_dir.as_deref(), &args.side)? {
        let found = tokio::select! {
            biased;
            () = interrupt::wanted() => return Err(Failure::Interrupted),
            found = examined(&target, &args.sign_in) => found?,
        };
        worst = found.iter().map(Finding::grade).max().unwrap_or(Grade::Ok).max(worst);
        if args.json {
            documents.push(document(console, &target, &found));
        } else {
            print(console, &target, &found);
        }
    }
    let exit = if worst == Grade::Trouble { Exit::Unfinished } else { Exit::Equal };
    if args.json {
        console.print(&json!({ "exit": exit as u8, "pairs": documents }).to_string());
    }
    Ok(exit)
}

/// What is found of a pair. Nobody is asked for a password.
async fn examined(target: &Target, sign_in: &SignInArgs) -> Result<Vec<Finding>, Failure> {
    let pair = target.pair.clone();
    let kept = keychain::load(pair.server.account_name(&pair.user)).await;
    let keychain = Keychain::of(&kept);
    let given = password::given(sign_in.password_file.as_deref())?;
    let patient = Patient {
        proxy: target.proxy().await?,
        pair,
        state_dir: target.state_dir.clone(),
        user_id: target.user_id.clone(),
        password: given.or_else(|| kept.ok().flatten()),
        ca_file: sign_in.ca_file.clone().or_else(|| target.ca_file.clone()),
        pinned: target.pinned(),
        keychain,
    };
    Ok(examine(patient, &SystemClock::new()).await)
}

fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Ok => "doctor-ok",
        Grade::Remark => "doctor-remark",
        Grade::Trouble => "doctor-trouble",
    }
}

fn print(console: &Console, target: &Target, found: &[Finding]) {
    console.say("doctor-of", &[("path", target.pair.local.to_string_lossy().into())]);
    let host = target.pair.server.host();
    for finding in found {
        let said = text::finding(&console.texts, finding, &host).to_string();
        let grade = console.texts.say(word(finding.grade()), &[]);
        let args = [("grade", grade.into()), ("sentence", said.into())];
        console.print(&format!("  {}", console.texts.say("doctor-line", &args)));
    }
}

fn document(console: &Console, target: &Target, found: &[Finding]) -> Value {
    let host = target.pair.server.host();
    let lines = found.iter().map(|finding| {
        let said = text::finding(&console.texts, finding, &host);
        json!({
            "finding": finding.name(), "grade": finding.grade(), "values": finding.values(),
            "said": { "sentence": said.sentence, "remedy": said.remedy },
        })
    });
    json!({ "folder": target.pair.local.to_string_lossy(), "findings": lines.collect::<Vec<_>>() })
}
