//! What can be typed about accounts, folders and what is chosen for them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::choice::folder_path;
use super::{SelectArgs, SignInArgs};
use crate::model::RelPath;
use crate::server::Fingerprint;

/// `navette account`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AccountCommand {
    /// Add an account, after trying to sign in, and keep its password in the keychain
    Add {
        /// The server's address
        #[arg(long, value_name = "URL")]
        server: String,
        /// The login there: a name or an e-mail address
        #[arg(long, value_name = "LOGIN", required_unless_present = "browser")]
        user: Option<String>,
        /// Sign in on the server's page, in the browser, where the server can do that
        #[arg(long, conflicts_with_all = ["user", "password_file"])]
        browser: bool,
        /// The one certificate to trust of this server although the system does not vouch for it,
        /// by its SHA-256 fingerprint
        #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
        certificate: Option<Fingerprint>,
        #[command(flatten)]
        sign_in: SignInArgs,
    },
    /// Trust the certificate that the server of an account shows, for this server only
    Trust {
        /// Its name, as `account list` shows it
        name: String,
        /// The SHA-256 fingerprint of the certificate: compare it with the server's own
        #[arg(value_parser = fingerprint)]
        fingerprint: Fingerprint,
    },
    /// Sign in anew to an account that is refused
    SignIn {
        /// Its name, as `account list` shows it
        name: String,
        /// On the server's page, in the browser
        #[arg(long, conflicts_with = "password_file")]
        browser: bool,
        /// A file whose first line is the password. Otherwise NAVETTE_PASSWORD or a question on
        /// the terminal gives it
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the accounts
    List,
    /// Remove an account and its password from this computer
    Remove {
        /// Its name, as `account list` shows it
        name: String,
    },
}

/// `navette folder`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum FolderCommand {
    /// Pair a folder with one on a server
    Add {
        /// The folder on this computer
        local_dir: PathBuf,
        /// The account's name; not needed if there is only one
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// The folder on the server; made if it is missing
        #[arg(long, value_name = "PATH", default_value = "/")]
        remote_path: String,
        /// The space on the server, by name or id, where there are spaces [default: your own]
        #[arg(long, value_name = "NAME")]
        space: Option<String>,
        /// A file whose first line is the password, needed to look for the space. Otherwise
        /// NAVETTE_PASSWORD, the keychain or a question on the terminal gives it
        #[arg(long, value_name = "FILE", requires = "space")]
        password_file: Option<PathBuf>,
        /// Folders of the server, below the remote folder, that are not to be kept here
        #[arg(long, value_name = "PATH", value_parser = folder_path, num_args = 1..)]
        without: Vec<RelPath>,
    },
    /// Choose which folders of the server are kept here
    Select(SelectArgs),
    /// List the folders
    List,
    /// End a pair; the files stay on both sides
    Remove {
        /// The folder on this computer
        local_dir: PathBuf,
    },
    /// Move the folder of a pair to another place, also on another disk, without transferring
    /// anything anew
    Relocate {
        /// The folder on this computer
        local_dir: PathBuf,
        /// Where it is to be
        new_dir: PathBuf,
    },
    /// Take over a folder of the ownCloud or Nextcloud client as it is there, without
    /// transferring anything anew
    Takeover {
        /// The folder on this computer
        local_dir: PathBuf,
        /// The settings file of that client [default: looked for in the usual places]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        sign_in: SignInArgs,
    },
}

/// Reads a fingerprint.
fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    let read = Fingerprint::parse(text);
    read.ok_or_else(|| "write the SHA-256 of the certificate, as AB:CD:…".to_owned())
}

/// For whom something is chosen.
#[derive(Debug, Args)]
pub(in crate::cli) struct ScopeArgs {
    /// Only for the account of this name
    #[arg(long, value_name = "NAME", conflicts_with = "folder")]
    pub(in crate::cli) account: Option<String>,
    /// Only for this folder
    #[arg(long, value_name = "LOCAL_DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
}

/// `navette config`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Show all options, with what holds and where that was chosen
    List {
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// Show what holds for an option
    Get {
        /// Its name, as “config list” shows it
        key: String,
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// Choose something; whoever watches folders takes it at once
    Set {
        /// Its name, as “config list” shows it
        key: String,
        /// The value
        value: String,
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// Keep the password for the proxy that is chosen in the keychain
    ProxyPassword {
        /// A file whose first line is the password. Otherwise NAVETTE_PROXY_PASSWORD or a question
        /// on the terminal gives it
        #[arg(long, value_name = "FILE", conflicts_with = "forget")]
        password_file: Option<PathBuf>,
        /// Forget it
        #[arg(long)]
        forget: bool,
        /// Of the proxy that is chosen for the account of this name
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Choose nothing any more: what is chosen more widely holds, or what is usual
    Unset {
        /// Its name, as “config list” shows it
        key: String,
        #[command(flatten)]
        scope: ScopeArgs,
    },
}
