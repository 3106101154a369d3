//! What the program is started with.

use clap::Parser;
use navette::desktop::Goto;

/// Keeps folders on this computer equal to your storage on a server.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "navette-desktop", version)]
pub(crate) struct Arguments {
    /// Show no window: Navette was started with the session
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Show Navette with a small server and two folders of its own; nothing of
    /// yours is touched
    #[arg(long)]
    pub(crate) demo: bool,
    /// Where the window is to be, as `navette:attention`
    pub(crate) link: Option<String>,
}

impl Arguments {
    /// Those of another start, which came to this process.
    pub(crate) fn of_another_start(typed: Vec<String>) -> Self {
        // Whoever starts it wants to see it, whatever else was typed.
        Self::try_parse_from(typed).unwrap_or_default()
    }

    /// Where the window is to be.
    pub(crate) fn goto(&self) -> Option<Goto> {
        self.link.as_deref().and_then(Goto::of_link)
    }
}

#[cfg(test)]
mod tests {
    use navette::desktop::View;

    use super::*;

    #[test]
    fn another_start_shows_the_window_whatever_was_typed() {
        let of = |words: &[&str]| {
            let typed = ["navette-desktop"].iter().chain(words).map(ToString::to_string);
            Arguments::of_another_start(typed.collect())
        };
        assert_eq!(of(&["navette:attention"]).goto(), Some(Goto::view(View::Attention)));
        assert!(of(&["--hidden"]).hidden);
        let nonsense = of(&["--no-such-thing"]);
        assert!(!nonsense.hidden && nonsense.goto().is_none());
    }
}
