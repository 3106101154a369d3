//! Pages for people, as plain as they can be: a heading, fields with labels, a
//! button with a name.

use super::reply::Answer;

const STYLE: &str = "body{font:16px system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem}\
label,input,button{display:block;width:100%;box-sizing:border-box}\
input,button{font:inherit;padding:.5rem;margin:.25rem 0 1rem}";

/// Asks for login and password; `refused` is the login that was just refused.
pub(super) fn sign_in(program: &str, refused: Option<&str>) -> Answer {
    let alert = match refused {
        Some(_) => "<p role=\"alert\">Wrong login or password.</p>",
        None => "",
    };
    let login = escaped(refused.unwrap_or_default());
    let form = format!(
        "{alert}<p>{} would like to access your account. Sign in first.</p>\
         <form method=\"post\">\
         <label for=\"user\">Account name or email</label>\
         <input id=\"user\" name=\"user\" value=\"{login}\" autocomplete=\"username\" required>\
         <label for=\"password\">Password</label>\
         <input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" required>\
         <button type=\"submit\">Log in</button></form>",
        escaped(program)
    );
    page(200, "Connect to your account", &form)
}

/// Asks whether the program may have access.
pub(super) fn grant(program: &str, who: &str, button: &str) -> Answer {
    let form = format!(
        "<p>Currently logged in as {}. You are about to grant {} access to your account.</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"grant\" value=\"{}\">\
         <button type=\"submit\">Grant access</button></form>",
        escaped(who),
        escaped(program),
        escaped(button)
    );
    page(200, "Account access", &form)
}

/// Says that this is all.
pub(super) fn done() -> Answer {
    page(
        200,
        "Account connected",
        "<p>Your client should now be connected. You can close this window.</p>",
    )
}

/// Says that the page is not valid any more.
pub(super) fn gone() -> Answer {
    page(
        403,
        "Access forbidden",
        "<p role=\"alert\">Your login token is invalid or has expired.</p>",
    )
}

fn page(status: u16, title: &str, main: &str) -> Answer {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{main}</main></body></html>\n"
    );
    Answer::new(status)
        .header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Frame-Options", "DENY")
        .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        .body("text/html; charset=utf-8", text)
}

/// A text that is nothing but text in a page.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_become_part_of_the_page() {
        assert_eq!(
            escaped("<a href='x'>\"&\"</a>"),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;"
        );
    }
}
