//! Whether something may be called so, on this computer and on the server, and
//! what it could be called instead.

use crate::execute::{self, Unsettled};
use crate::model::{Kind, Name, NameReason, NameRules, NodeId, RelPath, Rows, Side};
use crate::world::World;

/// What both sides take for a name.
#[derive(Clone, Debug, Default)]
pub struct Fits {
    /// What the server refuses.
    pub rules: NameRules,
    /// This disk refuses what Windows does.
    pub windows: bool,
    /// The longest name on this disk, in bytes; 0: not known.
    pub longest: usize,
}

/// Why something cannot be called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is no name at all: empty, too long, or with a separator.
    NoName,
    /// The server does not take it.
    Server(NameReason),
    /// Windows does not.
    Windows,
    /// It has more bytes than this disk takes.
    TooLong(usize),
    /// Something is called so already.
    Taken,
}

/// What no system that people use takes in a name.
const BAD: [char; 9] = ['<', '>', ':', '"', '|', '?', '*', '\\', '/'];

impl Fits {
    /// Whether `text` can be a name on both sides.
    ///
    /// # Errors
    ///
    /// If it cannot: why.
    pub fn check(&self, text: &str, kind: Kind) -> Result<Name, Misfit> {
        let name = Name::new(text).map_err(|_| Misfit::NoName)?;
        if let Some(reason) = self.rules.refuses(&name, kind) {
            return Err(Misfit::Server(reason));
        }
        if self.windows && name.is_refused_by_windows() {
            return Err(Misfit::Windows);
        }
        if self.longest > 0 && text.len() > self.longest {
            return Err(Misfit::TooLong(self.longest));
        }
        Ok(name)
    }

    /// A name that fits and is like `text`: what cannot be is replaced, what is
    /// too long is cut before its extension.
    pub fn suggest(&self, text: &str, kind: Kind) -> String {
        let is_bad =
            |c: char| c.is_control() || BAD.contains(&c) || self.rules.characters.contains(&c);
        let mut made: String = text.chars().map(|c| if is_bad(c) { '-' } else { c }).collect();
        // Each turn puts right what the last one has met; few are ever needed.
        for _ in 0..8 {
            made = made.trim().trim_end_matches('.').trim_end().to_owned();
            made = match self.check(&made, kind) {
                Ok(_) => return made,
                Err(Misfit::NoName) if made.is_empty() => "-".to_owned(),
                Err(Misfit::Server(NameReason::Ending(ending))) => {
                    let kept = made.len().saturating_sub(ending.len());
                    let (kept, gone) = made.split_at(made.floor_char_boundary(kept));
                    format!("{kept}-{}", gone.trim_start_matches('.'))
                }
                Err(Misfit::Server(NameReason::TooLong(most)) | Misfit::TooLong(most)) => {
                    cut(&made, most)
                }
                Err(Misfit::NoName) => cut(&made, 200),
                Err(_) => beside_the_stem(&made),
            };
        }
        made
    }
}

/// What is to be called otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where it is.
    pub path: RelPath,
    /// On which side.
    pub side: Side,
    /// What it is to be called.
    pub name: Name,
}

/// Gives it that name, on that side alone: the next run carries it over.
/// Returns where it is.
///
/// # Errors
///
/// See [`Unsettled`].
pub async fn rename<W: World>(
    world: &W,
    rows: &Rows,
    request: &Request,
) -> Result<RelPath, Unsettled> {
    let node = node_at(rows, request.side, &request.path).ok_or(Unsettled::Gone)?;
    execute::rename(world, rows, (request.side, node), &request.name).await
}

/// What stands at a path of a side.
pub fn node_at(rows: &Rows, side: Side, path: &RelPath) -> Option<NodeId> {
    path.names().try_fold(NodeId::ROOT, |parent, name| {
        let nodes: Box<dyn Iterator<Item = NodeId>> = match side {
            Side::Local => Box::new(rows.local.keys().copied()),
            Side::Remote => Box::new(rows.remote.keys().copied()),
        };
        let is_it = |node: &NodeId| {
            rows.entry(side, *node).is_some_and(|entry| {
                entry.place.parent == parent && entry.place.name.as_str() == name
            })
        };
        nodes.into_iter().find(is_it)
    })
}

/// A word that is refused is not the word with a mark: `con.txt`, `con-.txt`.
fn beside_the_stem(text: &str) -> String {
    let dot = text.char_indices().skip(1).find(|(_, c)| *c == '.').map(|(at, _)| at);
    let (stem, rest) = text.split_at(dot.unwrap_or(text.len()));
    format!("{stem}-{rest}")
}

/// At most so many bytes, with the extension if there is a short one.
fn cut(text: &str, most: usize) -> String {
    let dot = text.rfind('.').filter(|&dot| dot > 0 && text.len() - dot <= 20);
    let (stem, extension) = text.split_at(dot.unwrap_or(text.len()));
    let room = most.saturating_sub(extension.len());
    format!("{}{extension}", &stem[..stem.floor_char_boundary(room)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits() -> Fits {
        let rules = NameRules {
            words: vec![".htaccess".to_owned()],
            stems: vec!["aux".to_owned()],
            characters: vec!['\\', '/', '#'],
            endings: vec![".part".to_owned()],
            no_blank: true,
            file: crate::model::Longest { bytes: Some(250), characters: None },
            ..NameRules::none()
        };
        Fits { rules, windows: true, longest: 255 }
    }

    #[test]
    fn what_is_suggested_fits_and_is_as_near_as_can_be() {
        for (bad, good) in [
            ("a:b?.txt", "a-b-.txt"),
            ("draft.", "draft"),
            (" x ", "x"),
            ("con.txt", "con-.txt"),
            ("aux", "aux-"),
            ("movie.part", "movie-part"),
            ("a#b", "a-b"),
            (".htaccess", ".htaccess-"),
            ("fine.txt", "fine.txt"),
            ("...", "-"),
        ] {
            assert_eq!(fits().suggest(bad, Kind::File), good);
        }
        let long = format!("{}.txt", "é".repeat(200));
        let made = fits().suggest(&long, Kind::File);
        assert!(made.ends_with("é.txt") && made.len() <= 250, "{made}");
    }

    #[test]
    fn whatever_is_suggested_can_be() {
        for bad in [
            "",
            ".",
            "..",
            "nul",
            "COM1.tar.gz",
            "a\nb",
            "\u{7f}",
            "*",
            "a. . .",
            "é".repeat(300).as_str(),
        ] {
            let made = fits().suggest(bad, Kind::File);
            assert!(fits().check(&made, Kind::File).is_ok(), "{bad:?}: {made:?}");
        }
    }
}
