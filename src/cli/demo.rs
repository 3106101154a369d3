//! `navette demo`: the story in `crate::demo`, on this terminal.

use crate::demo::{self, Demo};

use super::args::DemoArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt;

/// Plays it.
pub(super) async fn run(console: &Console, args: &DemoArgs) -> Result<Exit, Failure> {
    let printer = console.clone();
    let demo = Demo {
        texts: console.texts.clone(),
        keep: args.keep,
        folder: args.folder.clone(),
        print: Box::new(move |line| printer.print(line)),
    };
    demo::run(demo, interrupt::wanted()).await?;
    Ok(Exit::Equal)
}
