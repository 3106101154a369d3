//! Where lines go.

use std::io::{self, Write as _};
use std::rc::Rc;

use crate::text::{Said, Texts};

use super::failure::Failure;

/// The words and the two streams. A stream that is closed (`navette … | head`)
/// is no failure: what was asked for has been done all the same.
#[derive(Clone)]
pub(super) struct Console {
    pub(super) texts: Rc<Texts>,
}

impl Console {
    /// Prints a line of the result to standard output.
    pub(super) fn print(&self, line: &str) {
        let _ = writeln!(io::stdout().lock(), "{line}");
    }

    /// Prints a message of the result to standard output.
    pub(super) fn say(&self, id: &str, args: &crate::text::Args<'_>) {
        self.print(&self.texts.say(id, args));
    }

    /// Prints a remark to standard error.
    pub(super) fn remark(&self, said: &Said) {
        let _ = writeln!(io::stderr().lock(), "{said}");
    }

    /// Prints why the command ends to standard error; details go to the log.
    pub(super) fn complain(&self, failure: &Failure) {
        tracing::error!(cause = %failure.detail(), "ends");
        let said = failure.explain(&self.texts).to_string();
        let line = self.texts.say("line-error", &[("sentence", said.into())]);
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}
