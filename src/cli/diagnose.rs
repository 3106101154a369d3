//! `navette diagnose`.

use crate::diagnose::{GatherError, Sought, gather};
use crate::settings::Places;

use super::args::DiagnoseArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::password;
use super::target::open_settings;

/// Writes an archive for whoever is asked for help.
pub(super) async fn run(console: &Console, args: &DiagnoseArgs) -> Result<Exit, Failure> {
    // What is wrong with the settings is remarked upon here, too.
    open_settings(console)?;
    let sought = Sought {
        names: args.with_names,
        password: password::given(args.sign_in.password_file.as_deref())?,
        proxy_password: password::given_for_proxy(),
        ca_file: args.sign_in.ca_file.clone(),
    };
    gather(&Places::find()?, &sought, &args.out).await.map_err(|error| match error {
        GatherError::Settings(error) => error.into(),
        GatherError::Log(dir, error) => Failure::File(dir, error),
        GatherError::Unwritten(path, error) => Failure::Unwritten(path, error),
    })?;
    let id = if args.with_names { "diagnose-done-names" } else { "diagnose-done" };
    console.say(id, &[("path", args.out.to_string_lossy().into())]);
    Ok(Exit::Equal)
}
