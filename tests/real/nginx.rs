//! nginx with `dav` and `dav_ext`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{LOGIN, PASSWORD, Real};

const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";

/// Starts one with an empty storage at `/`.
pub fn start() -> Real {
    Real::start(|place, port| {
        fs::create_dir(place.join("work")).unwrap();
        fs::write(place.join("users"), format!("{LOGIN}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        let config = place.join("nginx.conf");
        fs::write(&config, config_text(place, port)).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-e").arg(place.join("error.log")).arg("-c").arg(&config);
        command
    })
}

fn config_text(place: &Path, port: u16) -> String {
    let place = place.display();
    let work: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {place}/work/{what};\n"))
        .concat();
    format!(
        "load_module {MODULE};\n\
         daemon off; master_process off;\n\
         pid {place}/pid; error_log {place}/error.log;\n\
         events {{}}\n\
         http {{\n\
         access_log off; client_max_body_size 0; {work}\
         server {{\n\
         listen 127.0.0.1:{port}; root {place}/files;\n\
         auth_basic storage; auth_basic_user_file {place}/users;\n\
         location / {{\n\
         dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS;\n\
         }} }} }}\n"
    )
}
