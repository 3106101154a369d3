//! A program that ends with the case, and with it whatever it has started.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// A program in a group of its own. Dropped, the group is ended.
pub(crate) struct Process {
    pub(crate) child: Child,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let started = command.process_group(0).spawn();
        Self { child: started.unwrap_or_else(|error| panic!("{program}: {error}")) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id().try_into().unwrap());
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.wait();
    }
}
