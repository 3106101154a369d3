//! `navette serve`: a small storage to try things on.

use std::io;

use crate::cloud::people::SpaceKind;
use crate::cloud::{self, ServeOptions};
use crate::secret::Secret;

use super::args::ServeArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::{interrupt, password};

/// Serves until it is interrupted.
pub(super) async fn run(console: &Console, args: &ServeArgs) -> Result<Exit, Failure> {
    let given = password::given(args.password_file.as_deref())?;
    let secret = given.clone().unwrap_or_else(made_up);
    let options = ServeOptions {
        listen: args.listen,
        data: Some(args.data.clone()),
        base: args.base.trim_end_matches('/').to_owned(),
        users: vec![(args.user.clone(), secret.expose().to_owned())],
        ..ServeOptions::new(args.dialect)
    };
    let ready = |ready: cloud::Ready| {
        people(args, &mut ready.cloud.lock());
        let address = format!("http://{}{}", ready.address, args.base.trim_end_matches('/'));
        let dir = args.data.to_string_lossy();
        console.say("serve-listening", &[("dir", dir.into()), ("address", address.into())]);
        console.say("serve-login", &[("user", args.user.as_str().into())]);
        if given.is_none() {
            console.say("serve-password", &[("password", secret.expose().into())]);
        }
    };
    let served = cloud::serve(options, ready, interrupt::wanted()).await;
    served.map_err(|error| failed(args, error))?;
    Ok(Exit::Equal)
}

/// Says whose the account is, and what it sees besides its own files.
fn people(args: &ServeArgs, cloud: &mut cloud::Cloud) {
    if args.email.is_some() || args.display_name.is_some() {
        cloud.describe(&args.user, args.display_name.as_deref(), args.email.as_deref());
    }
    for space in &args.space {
        cloud.add_space(space, SpaceKind::Project, &[&args.user]);
    }
}

/// Only the address or the data can be at fault.
fn failed(args: &ServeArgs, error: io::Error) -> Failure {
    // Most systems keep the ports below 1024 to themselves.
    let port_denied = error.kind() == io::ErrorKind::PermissionDenied && args.listen.port() < 1024;
    match error.kind() {
        io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable => {
            Failure::Listen(args.listen, error)
        }
        _ if port_denied => Failure::Listen(args.listen, error),
        _ => Failure::File(args.data.clone(), error),
    }
}

/// A password that nobody can guess: 122 random bits.
fn made_up() -> Secret {
    Secret::new(uuid::Uuid::new_v4().simple().to_string())
}
