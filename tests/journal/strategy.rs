//! Any row that the engine can write, with and without each optional part.

use std::sync::Arc;

use navette::model::{
    Aside, BaseRow, Body, Change, Chosen, Content, Digest, Entry, Etag, Hash, Hold, HoldReason,
    Intent, LocalRow, LocalSeen, Name, NodeId, PairState, Perms, Place, RelPath, RemoteRow,
    RemoteSeen, RuleTexts, Sha1Sum, Side, Stand, TooLarge, UploadAt,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

/// Few ids, so that rows are written again and removed, and the largest one.
fn node() -> impl Strategy<Value = NodeId> {
    prop_oneof![8 => 1..6_u64, 1 => Just(u64::MAX)].prop_map(NodeId)
}

fn name() -> impl Strategy<Value = Name> {
    "[^/\0]{1,12}".prop_filter_map("not a name", |text| Name::new(&text).ok())
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

fn sha1() -> impl Strategy<Value = Sha1Sum> {
    any::<[u8; 20]>().prop_map(Sha1Sum)
}

fn etag() -> impl Strategy<Value = Etag> {
    let odd = prop_oneof![Just("W/\"a\"-gzip".to_owned()), Just("W/W/b".to_owned())];
    prop_oneof![4 => "\\PC{1,10}", 1 => odd]
        .prop_filter_map("not an etag", |text| Etag::parse(&text))
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Local), Just(Side::Remote)]
}

/// Folders that are no rows themselves: each side is a tree (I6).
fn place() -> impl Strategy<Value = Place> {
    let parent = prop_oneof![1 => Just(0), 8 => 10..16_u64, 1 => Just(u64::MAX - 1)];
    (parent, name()).prop_map(|(parent, name)| Place { parent: NodeId(parent), name })
}

fn known() -> impl Strategy<Value = Body> {
    prop_oneof![Just(Body::Dir), hash().prop_map(Body::known)]
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![2 => known(), 1 => Just(Body::File(Content::Unread))]
}

fn entry(body: impl Strategy<Value = Body>) -> impl Strategy<Value = Entry> {
    (place(), body).prop_map(|(place, body)| Entry { place, body })
}

fn seen() -> impl Strategy<Value = LocalSeen> {
    let times = (option::of(any::<i64>()), any::<i64>(), any::<i64>());
    (any::<[u64; 3]>(), any::<u128>(), times).prop_map(
        |([volume, size, links], file_id, (born, mtime, ctime))| LocalSeen {
            volume,
            file_id,
            born,
            size,
            mtime,
            ctime,
            links,
        },
    )
}

fn base() -> impl Strategy<Value = BaseRow> {
    (entry(known()), option::of(sha1()), any::<u64>(), option::of(etag()), any::<bool>()).prop_map(
        |(entry, sha1, size, etag, presumed)| BaseRow { entry, sha1, size, etag, presumed },
    )
}

fn local() -> impl Strategy<Value = LocalRow> {
    let stand = prop_oneof![Just(Stand::Home), Just(Stand::Parked), name().prop_map(Stand::Alias)];
    let marks = (any::<bool>(), stand, option::of(name()));
    (entry(known()), option::of(sha1()), seen(), marks).prop_map(
        |(entry, sha1, seen, (racy, stand, given))| LocalRow {
            entry,
            sha1,
            seen,
            racy,
            stand,
            given,
        },
    )
}

fn remote_seen() -> impl Strategy<Value = RemoteSeen> {
    let proofs = (option::of("\\PC{0,10}"), option::of(etag()), option::of(sha1()));
    (proofs, any::<u16>(), option::of(any::<u64>()), option::of(any::<i64>())).prop_map(
        |((file_id, etag, sha1), perms, size, mtime)| RemoteSeen {
            file_id,
            etag,
            sha1,
            perms: Perms::from_bits_truncate(perms),
            size,
            mtime,
        },
    )
}

fn remote() -> impl Strategy<Value = RemoteRow> {
    let stand = prop_oneof![Just(Stand::Home), Just(Stand::Parked)];
    (entry(body()), remote_seen(), option::of(etag()), any::<(bool, bool)>(), stand).prop_map(
        |(entry, seen, listed, (holds_ignored, racy), stand)| RemoteRow {
            entry,
            seen,
            listed,
            holds_ignored,
            racy,
            stand,
        },
    )
}

fn intent() -> impl Strategy<Value = Intent> {
    let digest = (hash(), option::of(sha1()), any::<u64>()).prop_map(|(hash, sha1, size)| Digest {
        hash,
        sha1,
        size,
    });
    let flags = any::<(bool, bool, bool)>();
    (vec(digest, 0..3), vec(place(), 0..3), flags, option::of(path())).prop_map(
        |(sent, asked, (unknown, deleting, creating), gone_from)| Intent {
            sent,
            asked,
            unknown,
            deleting,
            gone_from,
            creating,
        },
    )
}

fn upload() -> impl Strategy<Value = UploadAt> {
    ("\\PC{1,10}", "\\PC{1,10}").prop_map(|(name, address)| UploadAt { name, address })
}

fn hold() -> impl Strategy<Value = Hold> {
    let reason = HoldReason::MountGone;
    (side(), any::<i64>()).prop_map(move |(side, since)| Hold { side, reason, since })
}

fn path() -> impl Strategy<Value = RelPath> {
    vec(name(), 0..4)
        .prop_map(|names| names.iter().fold(RelPath::root(), |path, name| path.join(name)))
}

fn aside() -> impl Strategy<Value = Aside> {
    let found = (option::of(hash()), any::<i64>(), any::<bool>());
    (path(), name(), seen(), found).prop_map(|(path, stored, seen, (hash, at, on_server))| Aside {
        path,
        stored,
        seen,
        hash,
        at,
        on_server,
    })
}

fn pair() -> impl Strategy<Value = PairState> {
    let words = || vec("[0-9a-f]{1,8}", 0..3);
    let texts = (
        "\\PC{0,8}",
        words(),
        words(),
        option::of("\\PC{0,8}"),
        option::of(etag()),
        option::of("\\PC{0,8}"),
    );
    let lists =
        (btree_set(node(), 0..4), vec((any::<i64>(), side(), any::<u64>()), 0..4), chosen());
    let too_large = option::of(any::<(u64, i64)>().prop_map(|(size, at)| TooLarge { size, at }));
    let times = option::of(any::<i64>());
    (texts, any::<[u64; 2]>(), lists, any::<bool>(), too_large, times).prop_map(
        |(
            (tag, former_tags, nonces, remote_root, root_listed, fingerprint),
            [next_node, next_aside],
            (deselected, removals, chosen),
            merging,
            too_large,
            walked_at,
        )| PairState {
            tag,
            former_tags,
            next_node,
            next_aside,
            nonces,
            root_listed,
            remote_root,
            fingerprint,
            deselected,
            chosen,
            removals,
            merging,
            too_large,
            walked_at,
        },
    )
}

fn chosen() -> impl Strategy<Value = Chosen> {
    let path = |text: String| RelPath::parse(&text).ok();
    let path = || "[a-z]{1,3}(/[a-z]{1,3})?".prop_filter_map("not a path", path);
    let paths = || btree_set(path(), 0..3);
    let lines = || vec("\\PC{0,6}", 0..3);
    let texts = (lines(), lines(), "\\PC{0,9}", lines());
    let rules = (texts, any::<bool>(), option::of(any::<u64>())).prop_map(
        |((account, folder, file, copies), hidden, largest)| {
            Arc::new(RuleTexts { account, folder, file, copies, hidden, largest }.into())
        },
    );
    let nodes = || btree_set(node(), 0..3);
    (nodes(), nodes(), paths(), paths(), rules).prop_map(|(kept, asked, unmet, settings, rules)| {
        Chosen { kept, asked, unmet, settings, rules }
    })
}

/// Any one change.
pub(crate) fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (node(), option::weighted(0.8, base())).prop_map(|(id, row)| Change::Base(id, row)),
        (node(), option::weighted(0.8, local())).prop_map(|(id, row)| Change::Local(id, row)),
        (node(), option::weighted(0.8, remote())).prop_map(|(id, row)| Change::Remote(id, row)),
        (node(), option::weighted(0.8, intent())).prop_map(|(id, row)| Change::Intent(id, row)),
        (node(), option::weighted(0.8, upload())).prop_map(|(id, row)| Change::Upload(id, row)),
        (node(), option::weighted(0.8, hold())).prop_map(|(id, row)| Change::Hold(id, row)),
        (node(), option::weighted(0.8, aside())).prop_map(|(id, row)| Change::Aside(id.0, row)),
        pair().prop_map(|pair| Change::Pair(Box::new(pair))),
    ]
}

/// A few commits of a few changes.
pub(crate) fn commits() -> impl Strategy<Value = Vec<Vec<Change>>> {
    vec(vec(change(), 1..12), 1..8)
}
