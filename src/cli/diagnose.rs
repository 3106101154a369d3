//! `navette diagnose`.

use crate::clock::{Clock as _, SystemClock};
use crate::diagnose::{Parts, Veil, salt};
use crate::secret::keychain;
use crate::settings::Places;

use super::args::{DiagnoseArgs, SideArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::{self, open_settings};
use super::{doctor, password};

/// Writes an archive for whoever is asked for help.
pub(super) async fn run(console: &Console, args: &DiagnoseArgs) -> Result<Exit, Failure> {
    let settings = open_settings(console)?;
    let mut secrets: Vec<_> =
        password::given(args.sign_in.password_file.as_deref())?.into_iter().collect();
    for account in &settings.accounts {
        secrets.extend(keychain::load(account.name.clone()).await.ok().flatten());
    }
    let veil = if args.with_names { Veil::open(secrets) } else { Veil::drawn(salt(), secrets) };
    let mut parts = Parts::default();
    parts.about(SystemClock::new().wall());
    parts.settings(&settings, &veil);
    let nowhere = SideArgs::default();
    for (number, folder) in settings.folders.iter().enumerate() {
        for target in target::all(console, Some(&folder.path), &nowhere)? {
            let found = doctor::examined(&target, &args.sign_in).await?;
            parts.pair(number + 1, &target.state_dir, &found);
        }
    }
    let logs = Places::find()?.log_dir();
    parts.logs(&logs, &veil).map_err(|error| Failure::File(logs, error))?;
    let out = &args.out;
    parts.write(out, &veil).map_err(|error| Failure::Unwritten(out.clone(), error))?;
    let id = if args.with_names { "diagnose-done-names" } else { "diagnose-done" };
    console.say(id, &[("path", out.to_string_lossy().into())]);
    Ok(Exit::Equal)
}
