//! What was put aside, what a file looks like, and another name for one.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::choices::reason;
use super::client::{AskError, each};
use super::document::Said;
use super::errand::{Later, asked};
use super::pairs::Watched;
use super::params::{Params, Refusal};
use crate::asides::{self, Answer, Put, Request, Where};
use crate::disk::{Disk as _, Native};
use crate::execute::Unsettled;
use crate::journal::{Journal, OnDisk};
use crate::model::{Kind, RelPath, Side};
use crate::names::{self, Fits, Misfit};
use crate::preview::{Preview, preview};
use crate::text::{self, Texts};
use crate::watch;

/// A file that is put aside, with the folder of its pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Aside {
    /// The folder of the pair.
    pub folder: String,
    /// All else.
    #[serde(flatten)]
    pub put: Put,
}

/// Whether something could be called so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Checked {
    /// It could.
    pub fits: bool,
    /// Why not.
    pub said: Option<Said>,
    /// A name like it that fits.
    pub suggestion: String,
}

/// The files of these pairs that are put aside, latest first.
pub(super) fn list(meant: Vec<Rc<Watched>>, text: Option<String>) -> Later {
    async move {
        let mut all: Vec<Aside> = Vec::new();
        for pair in &meant {
            let folder = pair.pair.local.to_string_lossy().into_owned();
            let put = asides_of(&pair.pair.local, &pair.state_dir, text.as_deref()).await?;
            all.extend(put.into_iter().map(|put| Aside { folder: folder.clone(), put }));
        }
        all.sort_by_key(|aside| (std::cmp::Reverse(aside.put.at), aside.folder.clone()));
        Ok(json!({"asides": all}))
    }
    .boxed_local()
}

async fn asides_of(
    local: &Path,
    state_dir: &Path,
    text: Option<&str>,
) -> Result<Vec<Put>, Refusal> {
    let known = Journal::asides(&OnDisk::new(state_dir)).map_err(|_| Refusal::NoJournal)?;
    let disk = Native::unlocked(local).map_err(|_| Refusal::NotOpen)?;
    Ok(asides::list(&disk, &known, text).await)
}

/// Shows a file below the folder by its path, or one that is put aside by its number.
pub(super) fn shown(pair: &Watched, params: &Params) -> Result<Later, Refusal> {
    let (local, state_dir) = (pair.pair.local.clone(), pair.state_dir.clone());
    let path = match (&params.path, params.number) {
        (Some(path), None) => RelPath::parse(path).map_err(|_| Refusal::BadParams)?,
        (None, Some(number)) => {
            let known =
                Journal::asides(&OnDisk::new(&state_dir)).map_err(|_| Refusal::NoJournal)?;
            asides::stored(known.get(&number).ok_or(Refusal::Gone)?)
        }
        _ => return Err(Refusal::BadParams),
    };
    Ok(async move {
        let disk = Native::unlocked(&local).map_err(|_| Refusal::NotOpen)?;
        // Whoever looks at what is gone by now sees nothing.
        let shown = preview(&disk, &path).await.unwrap_or(Preview::None);
        Ok(json!({"preview": shown}))
    }
    .boxed_local())
}

/// Brings a file back, or lets all of them go.
pub(super) fn later(
    pair: &Watched,
    method: &str,
    params: &Params,
    texts: Texts,
) -> Result<Later, Refusal> {
    let request = match (method, params.number) {
        ("empty_asides", None) => {
            let older = params.seconds.unwrap_or(0);
            Request::Empty(Duration::from_secs(u64::try_from(older).unwrap_or(0)))
        }
        ("bring_back", Some(number)) => {
            Request::BringBack(number, params.to.unwrap_or(Where::Place))
        }
        _ => return Err(Refusal::BadParams),
    };
    Ok(asked(pair, watch::Request::Asides(request), move |answer| match answer {
        watch::Answer::Asides(answer) => Ok(told(&texts, answer)),
        _ => Err(Refusal::NotOpen),
    }))
}

/// What came of it, with words of `texts`.
pub fn told(texts: &Texts, answer: Answer) -> Value {
    let why = |why: &Unsettled| {
        let said: Said = text::unsettled(texts, why).into();
        json!({"reason": reason(why), "said": said})
    };
    match answer {
        Answer::Back(Ok((path, entry))) => json!({"path": path, "entry": entry, "reason": null}),
        Answer::Empty(Ok(purged)) => {
            json!({"gone": purged.gone.len(), "returned": purged.returned, "reason": null})
        }
        Answer::Back(Err(error)) | Answer::Empty(Err(error)) => why(&error),
    }
}

/// Whether the thing at `path` could be called so, on both sides.
pub(super) fn checked(pair: &Watched, params: &Params, texts: Texts) -> Result<Later, Refusal> {
    let (Some(path), Some(name)) = (&params.path, params.name.clone()) else {
        return Err(Refusal::BadParams);
    };
    let path = RelPath::parse(path).map_err(|_| Refusal::BadParams)?;
    let local = pair.pair.local.clone();
    let allows = pair.board.see(|standing| standing.allows.clone());
    let fits = allows.map(|allows| allows.names.clone()).unwrap_or_default();
    Ok(async move {
        let checked = check(&local, &fits, &path, &name).await;
        let said = checked.as_ref().err().map(|why| text::misfit(&texts, why).into());
        let suggestion = fits.suggest(&name, Kind::File);
        Ok(json!(Checked { fits: said.is_none(), said, suggestion }))
    }
    .boxed_local())
}

async fn check(local: &Path, fits: &Fits, path: &RelPath, name: &str) -> Result<(), Misfit> {
    let name = fits.check(name, Kind::File)?;
    let at = path.parent().unwrap_or_default().join(&name);
    let disk = Native::unlocked(local).map_err(|_| Misfit::Taken)?;
    match at != *path && matches!(disk.stat(&at).await, Ok(Some(_))) {
        true => Err(Misfit::Taken),
        false => Ok(()),
    }
}

/// Gives the thing at `path` another name, on the side that is meant.
pub(super) fn renamed(pair: &Watched, params: &Params, texts: Texts) -> Result<Later, Refusal> {
    let (Some(path), Some(name), Some(side)) = (&params.path, &params.name, params.side) else {
        return Err(Refusal::BadParams);
    };
    let path = RelPath::parse(path).map_err(|_| Refusal::BadParams)?;
    let allows = pair.board.see(|standing| standing.allows.clone()).unwrap_or_default();
    let name = match allows.names.check(name, Kind::File) {
        Ok(name) => name,
        Err(why) => {
            let said: Said = text::misfit(&texts, &why).into();
            let told = json!({"path": null, "reason": "misfit", "said": said});
            return Ok(async move { Ok(told) }.boxed_local());
        }
    };
    let request = names::Request { path, side: Side::from(side), name };
    Ok(asked(pair, watch::Request::Rename(request), move |answer| match answer {
        watch::Answer::Rename(Ok(path)) => Ok(json!({"path": path, "reason": null, "said": null})),
        watch::Answer::Rename(Err(why)) => {
            let said: Said = text::unsettled(&texts, &why).into();
            Ok(json!({"path": null, "reason": reason(&why), "said": said}))
        }
        _ => Err(Refusal::NotOpen),
    }))
}

/// What is put aside in all folders that are watched, as those tell that watch,
/// by their sockets in `dir`; in one folder if `params` name it.
///
/// # Errors
///
/// If nobody watches, or nobody watches the folder that is meant.
pub async fn asides(dir: &Path, params: &Value) -> Result<Vec<Value>, AskError> {
    let mut all = Vec::new();
    for told in each(dir, "asides", params).await? {
        all.extend(told["asides"].as_array().into_iter().flatten().cloned());
    }
    all.sort_by_key(|aside| std::cmp::Reverse(aside["at"].as_i64()));
    Ok(all)
}
