//! What can be typed about how folders are: checks, and help with trouble.

use std::path::PathBuf;

use clap::Args;

use super::{SideArgs, SignInArgs};

/// `navette check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// The folder on this computer [default: all that are configured]
    pub(in crate::cli) local_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) side: SideArgs,
    #[command(flatten)]
    pub(in crate::cli) sign_in: SignInArgs,
    /// Fetch the files of which the server does not say enough; nothing of them is stored
    #[arg(long)]
    pub(in crate::cli) download: bool,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `navette doctor`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {
    /// The folder on this computer [default: all that are configured]
    pub(in crate::cli) local_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) side: SideArgs,
    #[command(flatten)]
    pub(in crate::cli) sign_in: SignInArgs,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `navette diagnose`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DiagnoseArgs {
    /// The archive, which must not be there yet
    #[arg(value_name = "OUT.zip")]
    pub(in crate::cli) out: PathBuf,
    /// Leave names of files, servers and people in it
    #[arg(long)]
    pub(in crate::cli) with_names: bool,
    #[command(flatten)]
    pub(in crate::cli) sign_in: SignInArgs,
}
