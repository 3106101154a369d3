//! What is known at the moment of all pairs and accounts, as it is told.

use std::collections::BTreeMap;

use super::{Overview, Steady, overview};
use crate::api::{Account, Standing, Told};
use crate::clock::Moment;
use crate::text::Texts;

/// All that a window shows at once.
#[derive(Debug, Default)]
pub struct Picture {
    standings: BTreeMap<String, Standing>,
    accounts: Vec<Account>,
    steady: Steady,
    shown: Option<Overview>,
}

impl Picture {
    /// Takes what is told of a pair.
    pub fn hear(&mut self, told: &Told) {
        match told {
            Told::Standing(stands) => {
                self.standings.insert(stands.folder.clone(), stands.as_ref().clone());
            }
            Told::Gone(folder) => {
                self.standings.remove(folder);
            }
            Told::Done(_) => {}
        }
    }

    /// Takes what is told of accounts. Returns whether it is news.
    pub fn know(&mut self, accounts: &[Account]) -> bool {
        let news = self.accounts != accounts;
        self.accounts = accounts.to_vec();
        news
    }

    /// How all pairs stand, in the order of their folders.
    pub fn standings(&self) -> Vec<Standing> {
        self.standings.values().cloned().collect()
    }

    /// The overview at `wall` (seconds since 1970), which is `now` on the monotonic
    /// clock, if it is another one than before.
    pub fn turn(&mut self, texts: &Texts, wall: i64, now: Moment) -> Option<Overview> {
        let newest = overview(texts, &self.standings(), &self.accounts, wall);
        let shown = self.steady.take(newest, now).clone();
        let news = self.shown.as_ref() != Some(&shown);
        self.shown = Some(shown.clone());
        news.then_some(shown)
    }

    /// The overview as it is shown.
    pub fn overview(&self) -> Option<&Overview> {
        self.shown.as_ref()
    }

    /// When to turn again although nothing is told.
    pub fn due(&self, now: Moment) -> Option<Moment> {
        self.steady.due().filter(|due| *due > now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::pair;
    use super::*;
    use crate::api::PairState;
    use crate::overview::Mood;
    use crate::text::Language;

    #[test]
    fn what_is_told_changes_the_picture_and_what_is_the_same_is_no_news() {
        let (mut picture, texts) = (Picture::default(), Texts::new(Language::ENGLISH));
        let at = Duration::from_secs;
        assert_eq!(picture.turn(&texts, 0, at(0)).map(|all| all.mood), Some(Mood::Empty));
        let told = |state| Told::Standing(Box::new(pair("a", state, None)));
        picture.hear(&told(PairState::UpToDate));
        assert_eq!(picture.turn(&texts, 0, at(1)).map(|all| all.mood), Some(Mood::UpToDate));
        assert_eq!(picture.turn(&texts, 0, at(2)), None);
        picture.hear(&told(PairState::Checking));
        assert_eq!(picture.turn(&texts, 0, at(3)), None, "not for a moment");
        assert_eq!(picture.due(at(3)), Some(at(4)));
        assert_eq!(picture.turn(&texts, 0, at(4)).map(|all| all.mood), Some(Mood::Checking));
        picture.hear(&Told::Gone("/a".to_owned()));
        assert_eq!(picture.turn(&texts, 0, at(5)).map(|all| all.mood), Some(Mood::Empty));
        assert!(picture.standings().is_empty() && picture.due(at(5)).is_none());
    }
}
