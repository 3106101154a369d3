//! What people call the proxy on the way to a server.

use url::Url;

use crate::server::Proxy;

/// The proxy that is chosen, or that the environment names, without its login.
/// This computer is never reached by one.
pub(super) fn named(proxy: &Proxy, server: &Url) -> Option<String> {
    let host = server.host_str().unwrap_or_default();
    if host == "localhost" || host == "[::1]" || host.starts_with("127.") {
        return None;
    }
    match proxy {
        Proxy::Direct => None,
        Proxy::At { url, .. } => Some(spoken(url)),
        Proxy::System => of_environment(),
    }
}

fn of_environment() -> Option<String> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let named =
        names.iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))?;
    let full = if named.contains("://") { named } else { format!("http://{named}") };
    Url::parse(&full).ok().map(|url| spoken(&url))
}

fn spoken(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_without_its_login_and_not_for_this_computer() {
        let url = Url::parse("http://me:secret@proxy.lab:3128/").unwrap();
        let proxy = Proxy::At { url, password: None };
        let to = |server: &str| named(&proxy, &Url::parse(server).unwrap());
        assert_eq!(to("https://cloud.example/").as_deref(), Some("proxy.lab:3128"));
        assert_eq!((to("http://127.0.0.1:80/"), to("http://[::1]/")), (None, None));
        assert_eq!(named(&Proxy::Direct, &Url::parse("https://cloud.example/").unwrap()), None);
    }
}
