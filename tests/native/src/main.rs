//! `cargo xtask native`, `soak` and `compare`.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

/// All of it works by what Linux shows of its processes and lets root do.
#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("native: only on Linux");
    std::process::ExitCode::from(2)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::PathBuf;
    use std::process::ExitCode;
    use std::time::{SystemTime, UNIX_EPOCH};

    use clap::{Parser, Subcommand};
    use navette_native::case::Case;
    use navette_native::client::Program;
    use navette_native::{compare, measure, soak};

    /// Tries to break Navette as it is shipped.
    #[derive(Debug, Parser)]
    #[command(name = "cargo xtask")]
    struct Args {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, Subcommand)]
    enum Command {
        /// Goes through one case, and tells what happened
        Native {
            #[arg(long)]
            seed: u64,
            /// As one of the cases that other programs go through too
            #[arg(long, value_parser = ["navette", "nextcloudcmd", "bisync", "bisync-quiet"])]
            compared: Option<String>,
            /// With clients that stay
            #[arg(long, conflicts_with = "compared")]
            stays: bool,
            /// Leaves on the disk what there is at the end
            #[arg(long)]
            keep: bool,
            /// So often, or until it ends badly: when things happen differs
            #[arg(long, default_value_t = 1)]
            times: u32,
        },
        /// Goes through cases for as long as asked, with one long pair beside them
        Soak {
            #[arg(long)]
            minutes: u64,
            /// The first seed [default: one that nobody had before]
            #[arg(long)]
            seed: Option<u64>,
            #[arg(long, default_value_t = 8)]
            at_once: usize,
        },
        /// The same cases with Navette, nextcloudcmd and rclone bisync
        Compare {
            #[arg(long, default_value_t = 60)]
            cases: u64,
            #[arg(long, default_value_t = 0)]
            seed: u64,
            #[arg(long, default_value_t = 8)]
            at_once: usize,
            /// Tells what happened in each case that ended badly
            #[arg(long)]
            aloud: bool,
        },
        /// How `soak` measures one process; not for people
        #[command(hide = true)]
        Measured {
            log: PathBuf,
            program: PathBuf,
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            words: Vec<PathBuf>,
        },
    }

    pub(super) fn main() -> ExitCode {
        let done = match Args::parse().command {
            Command::Native { seed, compared, stays, keep, times } => {
                let case = match compared.as_deref() {
                    None if stays => Case::staying(seed),
                    None => Case::ordinary(seed),
                    Some("nextcloudcmd") => Case::compared(seed, Program::Nextcloudcmd, false),
                    Some("bisync") => Case::compared(seed, Program::Bisync, false),
                    Some("bisync-quiet") => Case::compared(seed, Program::Bisync, true),
                    Some(_) => Case::compared(seed, Program::Navette, false),
                };
                one(&case, keep, times)
            }
            Command::Soak { minutes, seed, at_once } => {
                let seed = seed.unwrap_or_else(fresh);
                println!("from seed {seed} on");
                let orders = soak::Orders { minutes, seed, at_once, navette: navette() };
                soak::soak(&orders).map_err(|bad| bad.join("\n"))
            }
            Command::Compare { cases, seed, at_once, aloud } => {
                compare::compare(&navette(), seed, cases, at_once, aloud);
                Ok(())
            }
            Command::Measured { log, program, words } => measure::measured(&log, &program, &words),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        }
    }

    fn one(case: &Case, keep: bool, times: u32) -> Result<(), String> {
        for _ in 0..times {
            let outcome = case.play(&navette(), keep);
            println!("{}", outcome.told(case));
            if let Some(remark) = &outcome.remark {
                println!("{remark}");
            }
            if !outcome.verdict.is_good() {
                return Err("It ends badly.".to_owned());
            }
        }
        println!("It ends well.");
        Ok(())
    }

    /// The program, built beside this one.
    fn navette() -> PathBuf {
        std::env::current_exe().unwrap().with_file_name("navette")
    }

    /// A seed that nobody had before.
    #[allow(clippy::disallowed_methods, reason = "no engine runs here")]
    fn fresh() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}
