//! A screen that nobody sees.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::process::Process;

pub(crate) struct Screen {
    /// As `DISPLAY` names it.
    pub(crate) name: String,
    _server: Process,
}

impl Screen {
    /// The server itself looks for a free number, and says which it has found.
    pub(crate) fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-ac", "-screen", "0", "1280x860x24"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Process::start(command);
        let mut number = String::new();
        BufReader::new(server.child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { name: format!(":{}", number.trim()), _server: server }
    }
}
