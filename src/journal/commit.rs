//! Changes into the journal.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};

use super::column::{Bits, FileId, body_columns, stand_columns};
use super::{JournalError, Result};
use crate::model::{
    Aside, BaseRow, Change, Chosen, Hold, Intent, LocalRow, NodeId, PairState, RemoteRow, Rows,
    RuleTexts, Side, UploadAt,
};

/// Writes `changes` in their order; `known` is what the journal holds before them.
pub(super) fn write(to: &Transaction<'_>, known: &Rows, changes: &[Change]) -> Result<()> {
    let mut pair_before = &known.pair;
    for change in changes {
        match change {
            Change::Base(node, row) => base(to, *node, row.as_ref())?,
            Change::Local(node, row) => local(to, *node, row.as_ref())?,
            Change::Remote(node, row) => remote(to, *node, row.as_ref())?,
            Change::Intent(node, row) => intent(to, *node, row.as_ref())?,
            Change::Upload(node, row) => upload(to, *node, row.as_ref())?,
            Change::Hold(node, row) => hold(to, *node, row.as_ref())?,
            Change::Aside(number, row) => aside(to, *number, row.as_ref())?,
            Change::Pair(state) => {
                pair(to, pair_before, state)?;
                pair_before = state;
            }
        }
    }
    Ok(())
}

fn run(to: &Transaction<'_>, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<()> {
    to.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn base(to: &Transaction<'_>, node: NodeId, row: Option<&BaseRow>) -> Result<()> {
    let Some(row) = row else {
        return run(to, "DELETE FROM base WHERE node = ?", params![node]);
    };
    let place = &row.entry.place;
    let (kind, hash) = body_columns(row.entry.body);
    run(
        to,
        "REPLACE INTO base (node, parent, name, kind, hash, sha1, size, etag, presumed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            node,
            place.parent,
            place.name,
            kind,
            hash,
            row.sha1,
            Bits(row.size),
            row.etag,
            row.presumed,
        ],
    )
}

fn local(to: &Transaction<'_>, node: NodeId, row: Option<&LocalRow>) -> Result<()> {
    let Some(row) = row else {
        return run(to, "DELETE FROM local WHERE node = ?", params![node]);
    };
    let (place, seen) = (&row.entry.place, &row.seen);
    let (kind, hash) = body_columns(row.entry.body);
    let (stand, alias) = stand_columns(&row.stand);
    run(
        to,
        "REPLACE INTO local (node, parent, name, kind, hash, sha1, racy, stand, alias, given,
             volume, file_id, born, size, mtime, ctime, links)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            node,
            place.parent,
            place.name,
            kind,
            hash,
            row.sha1,
            row.racy,
            stand,
            alias,
            row.given,
            Bits(seen.volume),
            FileId(seen.file_id),
            seen.born,
            Bits(seen.size),
            seen.mtime,
            seen.ctime,
            Bits(seen.links),
        ],
    )
}

fn remote(to: &Transaction<'_>, node: NodeId, row: Option<&RemoteRow>) -> Result<()> {
    let Some(row) = row else {
        return run(to, "DELETE FROM remote WHERE node = ?", params![node]);
    };
    let (place, seen) = (&row.entry.place, &row.seen);
    let (kind, hash) = body_columns(row.entry.body);
    // An alias is never remote; the table refuses it.
    let (stand, _) = stand_columns(&row.stand);
    run(
        to,
        "REPLACE INTO remote (node, parent, name, kind, hash, listed, holds_ignored, racy, stand,
             file_id, etag, sha1, perms, size, mtime)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            node,
            place.parent,
            place.name,
            kind,
            hash,
            row.listed,
            row.holds_ignored,
            row.racy,
            stand,
            seen.file_id,
            seen.etag,
            seen.sha1,
            seen.perms,
            seen.size.map(Bits),
            seen.mtime,
        ],
    )
}

fn intent(to: &Transaction<'_>, node: NodeId, row: Option<&Intent>) -> Result<()> {
    // What was sent and asked goes with its intent.
    run(to, "DELETE FROM intent WHERE node = ?", params![node])?;
    let Some(row) = row else { return Ok(()) };
    run(
        to,
        "INSERT INTO intent (node, unknown, deleting, gone_from, creating) VALUES (?, ?, ?, ?, ?)",
        params![node, row.unknown, row.deleting, row.gone_from, row.creating],
    )?;
    for (seq, digest) in (0_i64..).zip(&row.sent) {
        run(
            to,
            "INSERT INTO intent_sent (node, seq, hash, sha1, size) VALUES (?, ?, ?, ?, ?)",
            params![node, seq, digest.hash, digest.sha1, Bits(digest.size)],
        )?;
    }
    for (seq, place) in (0_i64..).zip(&row.asked) {
        run(
            to,
            "INSERT INTO intent_asked (node, seq, parent, name) VALUES (?, ?, ?, ?)",
            params![node, seq, place.parent, place.name],
        )?;
    }
    Ok(())
}

fn upload(to: &Transaction<'_>, node: NodeId, row: Option<&UploadAt>) -> Result<()> {
    let Some(row) = row else {
        return run(to, "DELETE FROM upload WHERE node = ?", params![node]);
    };
    run(
        to,
        "REPLACE INTO upload (node, name, address) VALUES (?, ?, ?)",
        params![node, row.name, row.address],
    )
}

fn hold(to: &Transaction<'_>, node: NodeId, row: Option<&Hold>) -> Result<()> {
    let Some(row) = row else {
        return run(to, "DELETE FROM hold WHERE node = ?", params![node]);
    };
    run(
        to,
        "REPLACE INTO hold (node, side, reason, since) VALUES (?, ?, ?, ?)",
        params![node, row.side, row.reason, row.since],
    )
}

fn aside(to: &Transaction<'_>, number: u64, row: Option<&Aside>) -> Result<()> {
    let number = Bits(number);
    let Some(row) = row else {
        return run(to, "DELETE FROM aside WHERE number = ?", params![number]);
    };
    let seen = &row.seen;
    run(
        to,
        "REPLACE INTO aside (number, path, stored, hash, at, on_server,
             volume, file_id, born, size, mtime, ctime, links)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            number,
            row.path,
            row.stored,
            row.hash,
            row.at,
            row.on_server,
            Bits(seen.volume),
            FileId(seen.file_id),
            seen.born,
            Bits(seen.size),
            seen.mtime,
            seen.ctime,
            Bits(seen.links),
        ],
    )
}

/// Writes the pair; its lists only if they differ from `before`, because most
/// commits change nothing but the next id.
fn pair(to: &Transaction<'_>, before: &PairState, state: &PairState) -> Result<()> {
    run(
        to,
        "REPLACE INTO pair (one, tag, former_tags, next_node, next_aside, nonces, remote_root, root_listed,
             walked_at, fingerprint, merging, large_size, large_at)
         VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            state.tag,
            state.former_tags.join(" "),
            Bits(state.next_node),
            Bits(state.next_aside),
            state.nonces.join(" "),
            state.remote_root,
            state.root_listed,
            state.walked_at,
            state.fingerprint,
            state.merging,
            state.too_large.map(|large| Bits(large.size)),
            state.too_large.map(|large| large.at),
        ],
    )?;
    if state.deselected != before.deselected {
        deselected(to, &state.deselected)?;
    }
    if state.chosen != before.chosen {
        chosen(to, &state.chosen)?;
    }
    if state.removals != before.removals {
        removals(to, &state.removals)?;
    }
    Ok(())
}

fn deselected(to: &Transaction<'_>, nodes: &BTreeSet<NodeId>) -> Result<()> {
    run(to, "DELETE FROM deselected", params![])?;
    nodes
        .iter()
        .try_for_each(|node| run(to, "INSERT INTO deselected (node) VALUES (?)", params![node]))
}

/// `met` tells what the settings say from what waits to be seen.
fn chosen(to: &Transaction<'_>, chosen: &Chosen) -> Result<()> {
    for (nodes, delete, insert) in [
        (&chosen.kept, "DELETE FROM kept", "INSERT INTO kept (node) VALUES (?)"),
        (&chosen.asked, "DELETE FROM asked", "INSERT INTO asked (node) VALUES (?)"),
    ] {
        run(to, delete, params![])?;
        for node in nodes {
            run(to, insert, params![node])?;
        }
    }
    run(to, "DELETE FROM without", params![])?;
    for (paths, met) in [(&chosen.unmet, false), (&chosen.settings, true)] {
        for path in paths {
            run(to, "INSERT INTO without (path, met) VALUES (?, ?)", params![path, met])?;
        }
    }
    run(to, "DELETE FROM rules", params![])?;
    let texts = chosen.rules.texts();
    if *texts == RuleTexts::default() {
        return Ok(());
    }
    let text = serde_json::to_string(texts)
        .map_err(|error| JournalError::Row { table: "rules", detail: error.to_string() })?;
    run(to, "INSERT INTO rules (one, text) VALUES (1, ?)", params![text])
}

fn removals(to: &Transaction<'_>, removals: &[(i64, Side, u64)]) -> Result<()> {
    run(to, "DELETE FROM removal", params![])?;
    removals.iter().try_for_each(|(at, side, files)| {
        run(
            to,
            "INSERT INTO removal (at, side, files) VALUES (?, ?, ?)",
            params![at, side, Bits(*files)],
        )
    })
}
