//! The command line. Commands convert what was typed, call, and convert what
//! came of it; they hold no rules of their own.
//!
//! Results go to standard output, everything else to standard error. Every
//! failure is one sentence with its remedy, in the user's language, and an
//! exit code ([`Exit`]); details go to the log. No secret goes anywhere.

mod account;
mod activity;
mod args;
mod check;
mod config;
mod conflicts;
mod console;
mod decide;
mod demo;
mod diagnose;
mod doctor;
mod explain;
mod failure;
mod folder;
mod generate;
mod ignore;
mod interrupt;
mod password;
mod progress;
mod relocate;
mod report;
mod select;
mod serve;
mod sign_in;
mod status;
mod sync;
mod takeover;
mod target;
mod trash;
mod watch;

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::rc::Rc;

use clap::Parser as _;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::prelude::*;

use crate::log::{Rotated, is_discreet};
use crate::secret::keep_no_core;
use crate::settings::Places;
use crate::text::{Language, Texts};

use args::{Arguments, Command};
use console::Console;
use failure::Failure;

pub use failure::Exit;

/// Runs what was typed, and returns how the process ends.
pub fn main(typed: Vec<OsString>) -> ExitCode {
    keep_no_core();
    let console = Console { texts: Rc::new(Texts::new(Language::detect())) };
    // Asked of the words themselves, for what cannot be parsed says nothing else.
    let wants_json = typed.iter().any(|word| word == "--json");
    let exit = match Arguments::try_parse_from(typed) {
        Ok(arguments) => run(&console, &arguments),
        Err(error) => refuse(&console, &error, wants_json),
    };
    ExitCode::from(exit as u8)
}

/// Prints help or what is wrong with the words that were typed.
fn refuse(console: &Console, error: &clap::Error, wants_json: bool) -> Exit {
    // A closed stream is the only thing that can go wrong.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Equal;
    }
    if wants_json {
        console.print(&report::usage_document(&error.to_string()).to_string());
    }
    Exit::Usage
}

fn run(console: &Console, arguments: &Arguments) -> Exit {
    start_log(arguments);
    // The engine is one future on one thread; only blocking work has others.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(dispatch(console, &arguments.command));
            // A keychain that never answers must not keep the process alive.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(Failure::System(error)),
    };
    ended.unwrap_or_else(|failure| {
        console.complain(&failure);
        if arguments.command.wants_json() {
            let document = report::failure_document(&console.texts, &failure);
            console.print(&document.to_string());
        }
        failure.exit()
    })
}

async fn dispatch(console: &Console, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Sync(args) => sync::sync(console, args).await,
        Command::Plan(args) => sync::plan(console, args).await,
        Command::Watch(args) => watch::watch(console, args).await,
        Command::Status(args) => status::status(console, args).await,
        Command::Pause(args) => status::pause(console, args).await,
        Command::Resume(args) => status::resume(console, args).await,
        Command::Activity(args) => activity::activity(console, args).await,
        Command::Decide(args) => decide::decide(console, args).await,
        Command::Explain(args) => explain::explain(console, args).await,
        Command::Conflicts(command) => conflicts::run(console, command).await,
        Command::Account(command) => account::run(console, command).await,
        Command::Folder(command) => folder::run(console, command).await,
        Command::Ignore(command) => ignore::run(console, command).await,
        Command::Check(args) => check::run(console, args).await,
        Command::Diagnose(args) => diagnose::run(console, args).await,
        Command::Doctor(args) => doctor::run(console, args).await,
        Command::Config(command) => config::run(console, command).await,
        Command::Trash(command) => trash::run(console, command).await,
        Command::Demo(args) => demo::run(console, args).await,
        Command::Serve(args) => serve::run(console, args).await,
        Command::Completions { shell } => Ok(generate::completions(*shell)),
        Command::Man => Ok(generate::man()),
    }
}

/// Sends the log to standard error. `NAVETTE_LOG` filters it; without, only
/// `-v` lets anything through. A watch also keeps one in files.
fn start_log(arguments: &Arguments) {
    let usual = match arguments.verbose {
        0 => "off",
        1 => "navette=info",
        _ => "navette=debug",
    };
    let filter = EnvFilter::try_from_env("NAVETTE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .with_filter(filter)
        .with_filter(filter_fn(|line| is_discreet(line.target())));
    let keeps = matches!(&arguments.command, Command::Watch(args) if !args.no_log);
    let files = keeps.then(kept_log).flatten().map(crate::log::lines);
    // Fails only if there is a log already, as in tests.
    let _ = tracing_subscriber::registry().with(lines).with(files).try_init();
}

/// The files of the log. Without them everything else goes on.
fn kept_log() -> Option<Rotated> {
    Rotated::open(&Places::find().ok()?.log_dir()).ok()
}
