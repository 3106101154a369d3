//! Apache's `mod_dav`.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha1::Digest as _;

use super::{LOGIN, PASSWORD, Real};

const MODULES: &str = "/usr/lib/apache2/modules";

/// Starts one with an empty storage at `/`.
pub fn start() -> Real {
    Real::start(|place, port| {
        prepare(place);
        let config = place.join("apache.conf");
        fs::write(&config, config_text(place, port)).unwrap();
        let mut command = Command::new("/usr/sbin/apache2");
        // In debug mode (-X) it is one process.
        command.args(["-X", "-f"]).arg(&config);
        command
    })
}

fn prepare(place: &Path) {
    fs::create_dir(place.join("locks")).unwrap();
    // `{SHA}`: Apache reads it everywhere, and the fixture needs no htpasswd.
    let sum = BASE64_STANDARD.encode(sha1::Sha1::digest(PASSWORD));
    fs::write(place.join("users"), format!("{LOGIN}:{{SHA}}{sum}\n")).unwrap();
    #[cfg(unix)]
    open_to_everybody(place);
}

/// Started by root, Apache works as another user, who must get at the files.
#[cfg(unix)]
fn open_to_everybody(place: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for folder in ["", "files", "locks"] {
        fs::set_permissions(place.join(folder), fs::Permissions::from_mode(0o777)).unwrap();
    }
}

fn config_text(place: &Path, port: u16) -> String {
    let modules = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "authz_core",
        "authz_user",
        "auth_basic",
        "dav",
        "dav_fs",
        "dir",
        "mime",
    ];
    let modules: String =
        modules.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n")).concat();
    let place = place.display();
    // Only root may change who the server is; for everybody else the lines do nothing.
    // All threads busy, Apache closes the connections that it has kept, and a
    // write that meets that has no answer, which ends a run (docs/SPEC.md): on a
    // loaded machine that is no matter of this server. So it has threads enough.
    format!(
        "ServerRoot {place}\n\
         ServerName 127.0.0.1\n\
         Listen 127.0.0.1:{port}\n\
         PidFile {place}/pid\n\
         ErrorLog {place}/error.log\n\
         DefaultRuntimeDir {place}\n\
         Mutex file:{place}/locks default\n\
         StartServers 1\n\
         ServerLimit 2\n\
         ThreadsPerChild 64\n\
         MinSpareThreads 8\n\
         MaxSpareThreads 128\n\
         MaxRequestWorkers 128\n\
         KeepAliveTimeout 30\n\
         MaxKeepAliveRequests 0\n\
         User nobody\n\
         Group nogroup\n\
         {modules}\
         DocumentRoot {place}/files\n\
         DavLockDB {place}/locks/db\n\
         TypesConfig /dev/null\n\
         DirectoryIndex disabled\n\
         <Directory {place}/files>\n\
         Dav On\n\
         AuthType Basic\n\
         AuthName storage\n\
         AuthUserFile {place}/users\n\
         Require valid-user\n\
         </Directory>\n"
    )
}
