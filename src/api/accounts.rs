//! The accounts of the pairs that are watched, and what their servers last told.

use std::path::Path;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{AskError, each};
use super::document::{Account, Quota};
use super::pairs::Watched;
use crate::clock::SystemClock;
use crate::server::Portrait;
use crate::settings;

/// The accounts of these pairs. What was last seen is told at once; if that was
/// long ago, it is asked for, for the next who wants to know.
pub(super) fn told(meant: &[Rc<Watched>], clock: &SystemClock) -> Value {
    let mut accounts: Vec<(Account, bool)> = Vec::new();
    for pair in meant {
        let portrait = pair.board.portrait();
        let is_seen = portrait.is_some();
        let told = || account_of(&pair.account, portrait.as_ref());
        match accounts.iter_mut().find(|(known, _)| known.name == pair.account.name) {
            None => {
                pair.asks_for_portrait(clock);
                accounts.push((told(), is_seen));
            }
            Some((known, seen)) if !*seen && is_seen => {
                pair.asks_for_portrait(clock);
                (*known, *seen) = (told(), true);
            }
            Some(_) => {}
        }
    }
    json!({"accounts": accounts.into_iter().map(|(account, _)| account).collect::<Vec<_>>()})
}

/// The account as it is configured, with what its server has told of it.
fn account_of(account: &settings::Account, portrait: Option<&Portrait>) -> Account {
    let host = account.server.host();
    let seen = portrait.cloned().unwrap_or_default();
    Account {
        name: account.name.clone(),
        server: account.server.as_str().to_owned(),
        title: seen.title.unwrap_or_else(|| host.clone()),
        host,
        product: seen.product,
        user: account.user.clone(),
        display_name: seen.display_name.or_else(|| account.display_name.clone()),
        quota: seen.room.map(|room| Quota { used: room.used, total: room.total }),
    }
}

/// All accounts that are `configured`, in that order, and all others that are
/// worked with: as those tell of them that watch, by their sockets in `dir`.
pub async fn accounts(dir: &Path, configured: &[settings::Account]) -> Vec<Account> {
    let told = match each(dir, "accounts", &json!({})).await {
        Ok(answers) => answers,
        Err(AskError::Nobody) => Vec::new(),
        Err(error) => {
            tracing::debug!(%error, "accounts");
            Vec::new()
        }
    };
    let lists =
        told.into_iter().filter_map(|told| Vec::<Account>::deserialize(&told["accounts"]).ok());
    let mut accounts: Vec<Account> =
        configured.iter().map(|account| account_of(account, None)).collect();
    for told in lists.flatten() {
        match accounts.iter_mut().find(|known| known.name == told.name) {
            // Whoever has its pair open knows more than others.
            Some(known) if told.product.is_some() => *known = told,
            Some(_) => {}
            None => accounts.push(told),
        }
    }
    accounts
}
