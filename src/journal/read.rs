//! The whole journal into memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _};

use super::column::{Bits, Columns};
use super::{JournalError, Result};
use crate::model::{
    Aside, BaseRow, Chosen, Digest, Entry, Hold, Intent, LocalRow, NodeId, PairState, Place,
    RelPath, RemoteRow, RemoteSeen, Rows, RuleTexts, Stand, TooLarge, UploadAt,
};

/// Reads every row. All of it belongs to one moment if the caller holds a transaction.
pub(super) fn all(connection: &Connection) -> Result<Rows> {
    let base: BTreeMap<NodeId, BaseRow> = keyed(connection, "base", BASE, base)?;
    let local = keyed(connection, "local", LOCAL, |row| {
        let (node, mut row) = local(row)?;
        base.get(&node).into_iter().for_each(|base| row.share(base));
        Ok((node, row))
    })?;
    let remote = keyed(connection, "remote", REMOTE, |row| {
        let (node, mut row) = remote(row)?;
        base.get(&node).into_iter().for_each(|base| row.share(base));
        Ok((node, row))
    })?;
    Ok(Rows {
        base,
        local,
        remote,
        intents: intents(connection)?,
        uploads: keyed(connection, "upload", UPLOAD, upload)?,
        holds: keyed(connection, "hold", HOLD, hold)?,
        asides: asides(connection)?,
        pair: pair(connection)?,
    })
}

/// Reads what was put aside, and nothing else.
pub(super) fn asides(connection: &Connection) -> Result<BTreeMap<u64, Aside>> {
    keyed(connection, "aside", ASIDE, aside)
}

const BASE: &str = "SELECT node, parent, name, kind, hash, sha1, size, etag, presumed FROM base";

fn base(row: &mut Columns<'_>) -> rusqlite::Result<(NodeId, BaseRow)> {
    let node = row.take()?;
    let entry = entry(row)?;
    let (sha1, size, etag) = (row.take()?, row.take::<Bits>()?.0, row.take()?);
    Ok((node, BaseRow { entry, sha1, size, etag, presumed: row.take()? }))
}

const LOCAL: &str = "SELECT node, parent, name, kind, hash, sha1, racy, stand, alias, given,
    volume, file_id, born, size, mtime, ctime, links FROM local";

fn local(row: &mut Columns<'_>) -> rusqlite::Result<(NodeId, LocalRow)> {
    let node = row.take()?;
    let entry = entry(row)?;
    let (sha1, racy) = (row.take()?, row.take()?);
    let stand = stand(row.take()?, row.take()?);
    let given = row.take()?;
    Ok((node, LocalRow { entry, sha1, seen: row.seen()?, racy, stand, given }))
}

const REMOTE: &str = "SELECT node, parent, name, kind, hash, listed, holds_ignored, racy, stand,
    file_id, etag, sha1, perms, size, mtime FROM remote";

fn remote(row: &mut Columns<'_>) -> rusqlite::Result<(NodeId, RemoteRow)> {
    let node = row.take()?;
    let entry = entry(row)?;
    let (listed, holds_ignored, racy) = (row.take()?, row.take()?, row.take()?);
    let stand = stand(row.take()?, None);
    let seen = RemoteSeen {
        file_id: row.take()?,
        etag: row.take()?,
        sha1: row.take()?,
        perms: row.take()?,
        size: row.take::<Option<Bits>>()?.map(|bits| bits.0),
        mtime: row.take()?,
    };
    Ok((node, RemoteRow { entry, seen, listed, holds_ignored, racy, stand }))
}

const UPLOAD: &str = "SELECT node, name, address FROM upload";

fn upload(row: &mut Columns<'_>) -> rusqlite::Result<(NodeId, UploadAt)> {
    Ok((row.take()?, UploadAt { name: row.take()?, address: row.take()? }))
}

const HOLD: &str = "SELECT node, side, reason, since FROM hold";

fn hold(row: &mut Columns<'_>) -> rusqlite::Result<(NodeId, Hold)> {
    let node = row.take()?;
    Ok((node, Hold { side: row.take()?, reason: row.take()?, since: row.take()? }))
}

const ASIDE: &str = "SELECT number, path, stored, hash, at, on_server,
    volume, file_id, born, size, mtime, ctime, links FROM aside";

fn aside(row: &mut Columns<'_>) -> rusqlite::Result<(u64, Aside)> {
    let number = row.take::<Bits>()?.0;
    let (path, stored, hash) = (row.take()?, row.take()?, row.take()?);
    let (at, on_server) = (row.take()?, row.take()?);
    Ok((number, Aside { path, stored, seen: row.seen()?, hash, at, on_server }))
}

fn intents(connection: &Connection) -> Result<BTreeMap<NodeId, Intent>> {
    let mut intents: BTreeMap<NodeId, Intent> = keyed(
        connection,
        "intent",
        "SELECT node, unknown, deleting, gone_from, creating FROM intent",
        |row| {
            let node = row.take()?;
            let (unknown, deleting) = (row.take()?, row.take()?);
            let (gone_from, creating) = (row.take()?, row.take()?);
            Ok((node, Intent { unknown, deleting, gone_from, creating, ..Intent::default() }))
        },
    )?;
    let sent = "SELECT node, hash, sha1, size FROM intent_sent ORDER BY node, seq";
    for (node, digest) in list(connection, "intent_sent", sent, |row| {
        let node: NodeId = row.take()?;
        let (hash, sha1, size) = (row.take()?, row.take()?, row.take::<Bits>()?.0);
        Ok((node, Digest { hash, sha1, size }))
    })? {
        intents.entry(node).or_default().sent.push(digest);
    }
    let asked = "SELECT node, parent, name FROM intent_asked ORDER BY node, seq";
    for (node, place) in
        list(connection, "intent_asked", asked, |row| Ok((row.take::<NodeId>()?, row.place()?)))?
    {
        intents.entry(node).or_default().asked.push(place);
    }
    Ok(intents)
}

const PAIR: &str =
    "SELECT tag, former_tags, next_node, next_aside, nonces, remote_root, root_listed,
    walked_at, fingerprint, merging, large_size, large_at FROM pair";

fn pair(connection: &Connection) -> Result<PairState> {
    let mut state = connection
        .query_row(PAIR, [], |row| {
            let row = &mut Columns::of(row);
            Ok(PairState {
                tag: row.take()?,
                former_tags: words(&row.take::<String>()?),
                next_node: row.take::<Bits>()?.0,
                next_aside: row.take::<Bits>()?.0,
                nonces: words(&row.take::<String>()?),
                remote_root: row.take()?,
                root_listed: row.take()?,
                walked_at: row.take()?,
                fingerprint: row.take()?,
                merging: row.take()?,
                too_large: too_large(row.take()?, row.take()?),
                ..PairState::default()
            })
        })
        .optional()
        .map_err(|error| unreadable("pair", error))?
        .ok_or_else(|| JournalError::Row { table: "pair", detail: "it is missing".into() })?;
    let deselected =
        list(connection, "deselected", "SELECT node FROM deselected", |row| row.take())?;
    state.deselected = deselected.into_iter().collect();
    state.chosen = chosen(connection)?;
    let removals = "SELECT at, side, files FROM removal ORDER BY seq";
    state.removals = list(connection, "removal", removals, |row| {
        Ok((row.take()?, row.take()?, row.take::<Bits>()?.0))
    })?;
    Ok(state)
}

fn chosen(connection: &Connection) -> Result<Chosen> {
    let kept = list(connection, "kept", "SELECT node FROM kept", |row| row.take())?;
    let asked = list(connection, "asked", "SELECT node FROM asked", |row| row.take())?;
    let (kept, asked) = (kept.into_iter().collect(), asked.into_iter().collect());
    let mut chosen = Chosen { kept, asked, ..Chosen::default() };
    let without = list(connection, "without", "SELECT path, met FROM without", |row| {
        Ok((row.take::<RelPath>()?, row.take::<bool>()?))
    })?;
    for (path, met) in without {
        if met {
            chosen.settings.insert(path)
        } else {
            chosen.unmet.insert(path)
        };
    }
    let rules = "SELECT text FROM rules";
    for text in list(connection, "rules", rules, |row| row.take::<String>())? {
        let texts: RuleTexts = serde_json::from_str(&text)
            .map_err(|error| JournalError::Row { table: "rules", detail: error.to_string() })?;
        chosen.rules = Arc::new(texts.into());
    }
    Ok(chosen)
}

fn too_large(size: Option<Bits>, at: Option<i64>) -> Option<TooLarge> {
    Some(TooLarge { size: size?.0, at: at? })
}

/// Nonces and tags are random words without spaces.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn entry(row: &mut Columns<'_>) -> rusqlite::Result<Entry> {
    let place: Place = row.place()?;
    Ok(Entry { place, body: row.body()? })
}

fn stand(stand: u8, alias: Option<crate::model::Name>) -> Stand {
    match (stand, alias) {
        (_, Some(alias)) => Stand::Alias(alias),
        (0, None) => Stand::Home,
        (_, None) => Stand::Parked,
    }
}

fn keyed<K: Ord, V>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    read: impl FnMut(&mut Columns<'_>) -> rusqlite::Result<(K, V)>,
) -> Result<BTreeMap<K, V>> {
    Ok(list(connection, table, sql, read)?.into_iter().collect())
}

fn list<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    mut read: impl FnMut(&mut Columns<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| read(&mut Columns::of(row)))?;
    rows.collect::<rusqlite::Result<_>>().map_err(|error| unreadable(table, error))
}

/// Tells a row that makes no sense from a database that cannot be read.
fn unreadable(table: &'static str, error: rusqlite::Error) -> JournalError {
    use rusqlite::Error as E;
    match error {
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::InvalidColumnType(..) => JournalError::Row { table, detail: error.to_string() },
        error => error.into(),
    }
}
