//! What of the settings may change while pairs are watched, and holds at once:
//! how fast bytes go, when a pair pauses by itself, what stays free on the disk.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::model::{Rate, Reserve};
use crate::server::Budget;
use crate::settings::{Options, Policy, Result, Scope, Settings};

/// The choices of a process.
#[derive(Debug, Default)]
pub struct Live {
    /// What all pairs share.
    all: Arc<Budget>,
    /// What the pairs of an account share besides.
    accounts: BTreeMap<String, Arc<Budget>>,
    pairs: Vec<(Scope, Told)>,
    /// How fast bytes go up and down whatever the settings say.
    insisted: (Option<Rate>, Option<Rate>),
}

/// Where one pair is told what is chosen for it.
#[derive(Debug, Default)]
struct Told {
    policy: watch::Sender<Policy>,
    reserve: Rc<Cell<Reserve>>,
    links: Arc<AtomicBool>,
    called: Rc<RefCell<Option<String>>>,
}

/// What is chosen for one pair, as it changes.
#[derive(Clone, Debug)]
pub struct Choices {
    /// How fast files go: that of the process, and that of the account.
    pub budgets: Vec<Arc<Budget>>,
    /// What stays free on the disk.
    pub reserve: Rc<Cell<Reserve>>,
    /// Whether links are followed.
    pub links: Arc<AtomicBool>,
    /// What this computer is called in conflict names, if not as the system says.
    pub called: Rc<RefCell<Option<String>>>,
    /// When it pauses by itself.
    pub policy: watch::Receiver<Policy>,
}

impl Live {
    /// Whatever the settings say, so much goes up and down, where something is said.
    pub fn insisting(up: Option<Rate>, down: Option<Rate>) -> Self {
        let live = Self { insisted: (up, down), ..Self::default() };
        live.all.turn(up.unwrap_or_default(), down.unwrap_or_default());
        live
    }

    /// The choices for the pair at `scope`, of that account, as `settings` have them;
    /// for a pair that is not configured, the usual ones, which never change.
    ///
    /// # Errors
    ///
    /// If the settings do not know it.
    pub fn pair(
        &mut self,
        settings: Option<&Settings>,
        scope: Scope,
        account: &str,
    ) -> Result<Choices> {
        let own = self.accounts.entry(account.to_owned()).or_default().clone();
        let told = Told::default();
        let choices = Choices {
            budgets: vec![self.all.clone(), own],
            reserve: told.reserve.clone(),
            links: told.links.clone(),
            called: told.called.clone(),
            policy: told.policy.subscribe(),
        };
        if let Some(settings) = settings {
            told.set(&settings.options(&scope)?);
            self.pairs.push((scope, told));
            self.take(settings)?;
        }
        Ok(choices)
    }

    /// A pair is not watched any more.
    pub fn forget(&mut self, scope: &Scope) {
        self.pairs.retain(|(one, ..)| one != scope);
    }

    /// From now on these settings hold. A pair that they do not know any more keeps
    /// what held for it.
    ///
    /// # Errors
    ///
    /// If they cannot be understood.
    pub fn take(&self, settings: &Settings) -> Result<()> {
        let ((up, down), common) = (self.insisted, settings.options(&Scope::Everything)?.rates());
        self.all.turn(up.unwrap_or(common.0), down.unwrap_or(common.1));
        for (account, budget) in &self.accounts {
            let own = settings.own_options(account).rates();
            let (free_up, free_down) = (up.map(|_| Rate::Free), down.map(|_| Rate::Free));
            budget.turn(free_up.unwrap_or(own.0), free_down.unwrap_or(own.1));
        }
        for (scope, told) in &self.pairs {
            if let Ok(options) = settings.options(scope) {
                told.set(&options);
            }
        }
        Ok(())
    }
}

impl Told {
    fn set(&self, options: &Options) {
        let decided = options.policy();
        self.policy.send_if_modified(|before| std::mem::replace(before, decided) != decided);
        self.reserve.set(options.reserve());
        self.called.replace(options.computer_name());
        self.links.store(options.follows_links(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::OnMetered;

    #[test]
    fn what_somebody_insists_on_stands_above_the_settings_also_above_an_account() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        let text = "[[account]]\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\n\
                    upload_limit = \"1 MB/s\"\ndownload_limit = \"1 MB/s\"\n\
                    [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/x\"\n\
                    [sync]\nupload_limit = \"3 MB/s\"\n";
        std::fs::write(&path, text).unwrap();
        let settings = Settings::open(&path).unwrap();
        let shown = |mut live: Live| {
            let choices = live.pair(Some(&settings), Scope::Folder("/x".into()), "w").unwrap();
            format!("{:?}", choices.budgets).replace(", ..", "")
        };
        let said = |all: (&str, &str), own: (&str, &str)| {
            let budget = |(up, down)| {
                format!("Budget {{ up: Valve {{ rate: {up} }}, down: Valve {{ rate: {down} }} }}")
            };
            format!("[{}, {}]", budget(all), budget(own))
        };
        let (one, two, three) = ("Fixed(1048576)", "Fixed(2097152)", "Fixed(3145728)");
        assert_eq!(shown(Live::default()), said((three, "Free"), (one, one)));
        let insisting = Live::insisting(Some(Rate::Fixed(2 << 20)), None);
        assert_eq!(shown(insisting), said((two, "Free"), ("Free", one)));
    }

    #[test]
    fn changed_settings_hold_at_once_for_all_that_share_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        let text = |more: &str| {
            let text = format!(
                "[[account]]\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\n\
                 [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/x\"\n\
                 [[folder]]\npath = \"/y\"\naccount = \"w\"\nremote_path = \"/y\"\n{more}"
            );
            std::fs::write(&path, text).unwrap();
            Settings::open(&path).unwrap()
        };
        let (mut live, before) = (Live::default(), text("reserve = \"1 GB\"\n"));
        let pairs = ["/x", "/y"]
            .map(|path| live.pair(Some(&before), Scope::Folder(path.into()), "w").unwrap());
        assert_eq!(pairs[1].reserve.get(), Reserve::Bytes(1 << 30));
        for (one, other) in pairs[0].budgets.iter().zip(&pairs[1].budgets) {
            assert!(Arc::ptr_eq(one, other), "both share the budgets");
        }
        assert!(!pairs[0].links.load(Ordering::Relaxed));
        live.take(&text("[sync]\non_metered = \"go-on\"\nlinks = \"follow\"\n")).unwrap();
        assert!(pairs[0].links.load(Ordering::Relaxed));
        assert_eq!(pairs[1].reserve.get(), Reserve::Usual);
        assert_eq!(pairs[0].policy.borrow().on_metered, OnMetered::GoOn);
    }
}
