//! The local socket: a file that only its user can reach, or a named pipe on
//! Windows, which only its maker may write to.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why nobody can be reached, or reach us.
#[derive(Debug, Error)]
#[error("{}: {source}", place.display())]
pub struct SocketError {
    /// Where the socket is.
    pub place: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

#[cfg(unix)]
pub(super) use unix::{Ours, Theirs, connect, sockets};
#[cfg(windows)]
pub(super) use windows::{Ours, Theirs, connect, sockets};

#[cfg(unix)]
pub use unix::Listener;
#[cfg(windows)]
pub use windows::Listener;

fn at(place: &Path, source: io::Error) -> SocketError {
    SocketError { place: place.to_owned(), source }
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};

    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    use tokio::net::{UnixListener, UnixStream};

    use super::*;

    /// A connection that somebody opened to us.
    pub(crate) type Theirs = UnixStream;
    /// A connection that we opened to somebody.
    pub(crate) type Ours = UnixStream;

    /// Hears whoever connects. Dropped, it takes its socket away.
    #[derive(Debug)]
    pub struct Listener {
        socket: UnixListener,
        place: PathBuf,
    }

    impl Listener {
        /// Opens a socket of this process in `dir`, which is made if it is
        /// missing and closed to everybody else.
        ///
        /// # Errors
        ///
        /// If the system does not let it.
        pub fn open(dir: &Path) -> Result<Self, SocketError> {
            let mut builder = fs::DirBuilder::new();
            let made = builder.recursive(true).mode(0o700).create(dir);
            let closed =
                made.and_then(|()| fs::set_permissions(dir, fs::Permissions::from_mode(0o700)));
            closed.map_err(|source| at(dir, source))?;
            sockets(dir).iter().filter(|other| is_left(other)).for_each(|other| {
                let _ = fs::remove_file(other);
            });
            let place = dir.join(format!("{}.sock", std::process::id()));
            // Left behind by an earlier process of this number.
            let _ = fs::remove_file(&place);
            let socket = UnixListener::bind(&place).map_err(|source| at(&place, source))?;
            Ok(Self { socket, place })
        }

        /// Waits for somebody.
        pub(crate) async fn next(&mut self) -> io::Result<Theirs> {
            self.socket.accept().await.map(|(stream, _)| stream)
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.place);
        }
    }

    /// Whether a socket was left by a process that was killed. Nobody answers
    /// there, and no process has its number: the one without the other may be
    /// one that is just opening its socket, or that lives in a container.
    fn is_left(socket: &Path) -> bool {
        let connected = std::os::unix::net::UnixStream::connect(socket);
        let refused = connected.is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused);
        let number = socket.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        let gone = |pid| test_kill_process(pid) == Err(Errno::SRCH);
        refused && number.and_then(Pid::from_raw).is_some_and(gone)
    }

    /// The sockets in `dir`, perhaps of processes that have died.
    pub(crate) fn sockets(dir: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let sockets = entries.map(|entry| entry.path());
        let mut all: Vec<PathBuf> =
            sockets.filter(|path| path.extension().is_some_and(|end| end == "sock")).collect();
        all.sort();
        all
    }

    /// Connects to one of them.
    pub(crate) async fn connect(place: &Path) -> io::Result<UnixStream> {
        UnixStream::connect(place).await
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_killed_processes_left_is_taken_away_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        // Both were left by their makers; of one of them the number is in use.
        let left = [gone, 1].map(|id| dir.path().join(format!("{id}.sock")));
        for place in &left {
            drop(std::os::unix::net::UnixListener::bind(place).unwrap());
        }
        let other = dir.path().join("other.sock");
        drop(std::os::unix::net::UnixListener::bind(&other).unwrap());
        let _listener = Listener::open(dir.path()).unwrap();
        assert!(!left[0].exists() && left[1].exists() && other.exists());
        assert_eq!(sockets(dir.path()).len(), 3);
    }
}

#[cfg(windows)]
mod windows {
    use tokio::net::windows::named_pipe::{
        ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
    };
    use windows_sys::Win32::Foundation::ERROR_PIPE_BUSY;

    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    /// How long somebody who finds the pipe taken waits before looking again.
    const MOMENT: std::time::Duration = std::time::Duration::from_millis(20);

    /// A connection that somebody opened to us.
    pub(crate) type Theirs = NamedPipeServer;
    /// A connection that we opened to somebody.
    pub(crate) type Ours = NamedPipeClient;

    /// Hears whoever connects.
    #[derive(Debug)]
    pub struct Listener {
        place: PathBuf,
        next: NamedPipeServer,
    }

    /// Pipes are in one place for all users: the folder names its user.
    fn pipe(dir: &Path) -> PathBuf {
        let hash = blake3::hash(dir.as_os_str().as_encoded_bytes()).to_hex();
        PathBuf::from(format!(r"\\.\pipe\navette-{}", &hash[..16]))
    }

    impl Listener {
        /// Opens the pipe of this user. Others may not write to it: that is
        /// what Windows gives a pipe for which nobody asks for more.
        ///
        /// # Errors
        ///
        /// If there is one already, or the system does not let it.
        pub fn open(dir: &Path) -> Result<Self, SocketError> {
            let place = pipe(dir);
            let first = ServerOptions::new().first_pipe_instance(true).create(&place);
            let next = first.map_err(|source| at(&place, source))?;
            Ok(Self { place, next })
        }

        /// Waits for somebody.
        pub(crate) async fn next(&mut self) -> io::Result<Theirs> {
            let came = self.next.connect().await;
            // Whoever has come and gone already leaves an end that takes nobody
            // any more: there is a new one in any case.
            let next = ServerOptions::new().create(&self.place)?;
            let theirs = std::mem::replace(&mut self.next, next);
            came.map(|()| theirs)
        }
    }

    pub(crate) fn sockets(dir: &Path) -> Vec<PathBuf> {
        vec![pipe(dir)]
    }

    /// Connects to it. Between one that comes and the next one there is a moment
    /// in which the pipe takes nobody; how long that is waited for is the
    /// caller's business.
    pub(crate) async fn connect(place: &Path) -> io::Result<NamedPipeClient> {
        loop {
            match ClientOptions::new().open(place) {
                Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY.cast_signed()) => {
                    SystemClock::new().sleep(MOMENT).await;
                }
                opened => return opened,
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        use super::*;

        #[tokio::test]
        async fn many_who_come_at_once_are_all_heard() {
            let dir = tempfile::tempdir().unwrap();
            let mut listener = Listener::open(dir.path()).unwrap();
            let place = sockets(dir.path()).remove(0);
            let come = futures::future::join_all((0..20_u8).map(|number| {
                let place = place.clone();
                async move {
                    let mut stream = connect(&place).await.unwrap();
                    stream.write_all(&[number]).await.unwrap();
                    stream
                }
            }));
            let hear = async {
                let mut heard = Vec::new();
                for _ in 0..20 {
                    let mut stream = listener.next().await.unwrap();
                    heard.push(stream.read_u8().await.unwrap());
                }
                heard.sort_unstable();
                heard
            };
            let (_still_there, heard) = tokio::join!(come, hear);
            assert_eq!(heard, (0..20).collect::<Vec<u8>>());
        }

        #[tokio::test]
        async fn who_has_gone_again_does_not_keep_the_next_one_out() {
            let dir = tempfile::tempdir().unwrap();
            let mut listener = Listener::open(dir.path()).unwrap();
            let place = sockets(dir.path()).remove(0);
            drop(connect(&place).await.unwrap());
            let _ = listener.next().await;
            let (came, next) = tokio::join!(connect(&place), listener.next());
            assert!(came.is_ok() && next.is_ok());
        }

        #[tokio::test]
        async fn a_second_one_that_listens_says_so() {
            let dir = tempfile::tempdir().unwrap();
            let _first = Listener::open(dir.path()).unwrap();
            assert!(Listener::open(dir.path()).is_err());
        }
    }
}
