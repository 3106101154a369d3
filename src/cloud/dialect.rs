//! What each family of servers does: one table, read by the whole model.
//!
//! Every entry was seen on a real server (Nextcloud 32, ownCloud 10.16,
//! OpenCloud 0.1, Apache mod_dav). The model asks this table and never the
//! name of the dialect, so that a family is one column here and nothing else.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::names;
use super::versions::Keeps;
use crate::mutant::{Mutant, broken};
use crate::server::{Family, Profile, Together, ZipLimits};

/// The family that a cloud behaves like.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub enum Dialect {
    /// Nextcloud.
    Nextcloud,
    /// ownCloud 10.
    OwnCloud10,
    /// oCIS and OpenCloud.
    Ocis,
    /// Plain WebDAV, as Apache's mod_dav.
    Plain,
}

/// Which ids a family gives to files and folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// None.
    None,
    /// A number; `oc:id` is the padded number with the instance's id.
    Numbers,
    /// `storage$space!node`, for both.
    Spaces,
}

/// How a folder's etag follows what happens below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderEtags {
    /// All folders above a change get one and the same new etag.
    SharedUpwards,
    /// All folders above a change get a new etag each.
    OwnUpwards,
    /// Only the folder whose entries changed gets a new one.
    Nearest,
}

/// Which checksums a family shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksums {
    /// None.
    None,
    /// What a client said, unverified.
    AsSent,
    /// Computed by the server, and compared with what a client says.
    Computed,
}

/// When an overwritten file keeps its etag (protocol.md 0.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptEtag {
    /// If the new date is the old one, to the second, and the length is the same.
    SameDateAndSize,
    /// If the new date is the old one, to the second.
    SameDate,
    /// If both dates were given by a client and are equal.
    SameGivenDate,
    /// Never.
    Never,
}

/// What a family makes of `X-OC-Mtime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenDate {
    /// Takes it, but fails on dates of the first day of 1970 and earlier,
    /// and on nonsense, after storing the file.
    AfterFirstDay,
    /// Takes any; nonsense is 1970.
    Any,
    /// Passes over it.
    Ignored,
}

/// What `If-Match` means for a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderMatch {
    /// A folder never matches: always refused.
    Never,
    /// Compared as for a file.
    Compared,
}

/// What `PROPFIND` with `Depth: infinity` gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Infinity {
    /// The whole tree.
    Everything,
    /// A refusal with this status.
    Refused(u16),
}

/// What a family shows of a thing in its trash besides where it stood, when it
/// was deleted, and the length of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrashShows {
    /// `oc:fileid`.
    pub ids: bool,
    /// The etag of a file; Nextcloud shows the time of the deletion there, and as
    /// its date.
    pub etags: bool,
    /// `oc:size`, of a folder the sum of all in it.
    pub sizes: bool,
    /// What is deleted below a share lies in the trash of its owner; that of
    /// whoever deleted it gets a copy, under new ids.
    pub copies_shared: bool,
}

/// Which names a family takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRules {
    /// Nextcloud's defaults.
    Nextcloud,
    /// ownCloud 10's defaults.
    OwnCloud10,
    /// What reva checks.
    Ocis,
    /// What the file system takes.
    FileSystem,
}

/// Everything in which the families differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The name of the column.
    pub family: Family,
    /// Product and version, for people.
    pub product: &'static str,
    /// Ids.
    pub ids: Ids,
    /// Etags of folders.
    pub folder_etags: FolderEtags,
    /// A file's etag is weak while its date is younger than about a second,
    /// and a weak etag never satisfies `If-Match`.
    pub fresh_etags_weak: bool,
    /// Checksums.
    pub checksums: Checksums,
    /// Overwrites that leave no trace in the etag.
    pub kept_etag: KeptEtag,
    /// `X-OC-Mtime`.
    pub given_date: GivenDate,
    /// `PROPPATCH` of `lastmodified` sets the date.
    pub patches_date: bool,
    /// `If-None-Match` is honoured on PUT and GET.
    pub none_match: bool,
    /// `If-Match` is honoured on MOVE and DELETE.
    pub guards_moves: bool,
    /// `If-Match` on folders, where it is honoured.
    pub folder_match: FolderMatch,
    /// The status of a failed `If-Match` on PUT.
    pub match_failed: u16,
    /// `If-Range` is honoured.
    pub if_range: bool,
    /// The status of PUT into a folder that is not there.
    pub no_parent: u16,
    /// Files may come in chunks, put together by a MOVE.
    pub chunks: bool,
    /// What is deleted or overwritten by MOVE can be taken back, and what is
    /// shown of it until then.
    pub trash: Option<TrashShows>,
    /// `oc:permissions` are shown.
    pub letters: bool,
    /// Letters of one's own folder.
    pub own_folder: &'static str,
    /// Letters of one's own file.
    pub own_file: &'static str,
    /// `quota-available-bytes` without a limit.
    pub no_quota: Option<i64>,
    /// `quota-available-bytes` shows the limit, not what is left of it.
    pub quota_is_total: bool,
    /// MKCOL needs room too.
    pub folders_need_room: bool,
    /// `oc:data-fingerprint` is shown.
    pub fingerprint: bool,
    /// `nc:upload_time` of files is shown.
    pub upload_times: bool,
    /// Decomposed names become composed ones.
    pub composes_names: bool,
    /// Names.
    pub names: NameRules,
    /// MOVE of something locked gets 500 instead of 423.
    pub locked_move_fails: bool,
    /// A PUT over an existing file whose body is cut leaves a part of the new
    /// bytes under the old properties (protocol.md 0.17).
    pub torn_overwrites: bool,
    /// Old versions are named by their date, and a second one of the same date
    /// blocks every further PUT (protocol.md 0.14).
    pub versions_clash: bool,
    /// Which older versions are kept.
    pub versions: Option<Keeps>,
    /// How many small files it takes in one request, if it does.
    pub together: Option<Together>,
    /// How often clients are to ask whether something has changed, in seconds.
    pub poll: u64,
    /// `PROPFIND` of everything.
    pub infinity: Infinity,
    /// Somebody else's home answers an empty 207 instead of 404 (protocol.md 0.1).
    pub foreign_home_empty: bool,
}

const NEXTCLOUD: Ways = Ways {
    family: Family::Nextcloud,
    product: "Nextcloud 32.0.1",
    ids: Ids::Numbers,
    folder_etags: FolderEtags::SharedUpwards,
    fresh_etags_weak: false,
    checksums: Checksums::AsSent,
    kept_etag: KeptEtag::SameDateAndSize,
    given_date: GivenDate::AfterFirstDay,
    patches_date: true,
    none_match: true,
    guards_moves: true,
    folder_match: FolderMatch::Never,
    match_failed: 412,
    if_range: true,
    no_parent: 404,
    chunks: true,
    trash: Some(TrashShows { ids: true, etags: false, sizes: true, copies_shared: true }),
    letters: true,
    own_folder: "RGDNVCK",
    own_file: "RGDNVW",
    no_quota: Some(-3),
    quota_is_total: false,
    folders_need_room: true,
    fingerprint: true,
    upload_times: true,
    composes_names: true,
    names: NameRules::Nextcloud,
    locked_move_fails: true,
    torn_overwrites: true,
    versions_clash: false,
    versions: Some(Keeps { current: true, empty: false, by_second: true, keeps_date: true }),
    together: Some(Together::NEXTCLOUD),
    poll: 60,
    infinity: Infinity::Everything,
    foreign_home_empty: true,
};

const OWNCLOUD10: Ways = Ways {
    family: Family::OwnCloud10,
    product: "ownCloud 10.16.4",
    ids: Ids::Numbers,
    folder_etags: FolderEtags::SharedUpwards,
    fresh_etags_weak: false,
    checksums: Checksums::Computed,
    kept_etag: KeptEtag::SameDate,
    given_date: GivenDate::Any,
    patches_date: true,
    none_match: true,
    guards_moves: true,
    folder_match: FolderMatch::Never,
    match_failed: 412,
    if_range: true,
    no_parent: 409,
    chunks: true,
    // Of shares: as Nextcloud, by its code; not tried live.
    trash: Some(TrashShows { ids: false, etags: true, sizes: false, copies_shared: true }),
    letters: true,
    own_folder: "RDNVCK",
    own_file: "RDNVW",
    no_quota: Some(-3),
    quota_is_total: false,
    folders_need_room: false,
    fingerprint: true,
    upload_times: false,
    composes_names: true,
    names: NameRules::OwnCloud10,
    locked_move_fails: true,
    torn_overwrites: false,
    versions_clash: false,
    versions: Some(Keeps { current: false, empty: false, by_second: true, keeps_date: false }),
    together: None,
    poll: 30,
    infinity: Infinity::Refused(412),
    foreign_home_empty: true,
};

const OCIS: Ways = Ways {
    family: Family::Ocis,
    product: "OpenCloud 0.1.0+ebba86148",
    ids: Ids::Spaces,
    folder_etags: FolderEtags::OwnUpwards,
    fresh_etags_weak: false,
    checksums: Checksums::Computed,
    kept_etag: KeptEtag::SameGivenDate,
    given_date: GivenDate::Any,
    patches_date: false,
    none_match: false,
    guards_moves: false,
    folder_match: FolderMatch::Compared,
    match_failed: 409,
    if_range: false,
    no_parent: 409,
    chunks: false,
    // Seen in the source of reva; not tried live.
    trash: Some(TrashShows { ids: false, etags: false, sizes: false, copies_shared: false }),
    letters: true,
    own_folder: "RDNVCKZP",
    own_file: "RDNVWZP",
    no_quota: Some(-2),
    quota_is_total: true,
    folders_need_room: false,
    fingerprint: false,
    upload_times: false,
    composes_names: false,
    names: NameRules::Ocis,
    locked_move_fails: false,
    torn_overwrites: false,
    versions_clash: true,
    versions: Some(Keeps { current: false, empty: true, by_second: false, keeps_date: false }),
    together: None,
    poll: 60,
    infinity: Infinity::Refused(400),
    foreign_home_empty: false,
};

const PLAIN: Ways = Ways {
    family: Family::Plain,
    product: "WebDAV",
    ids: Ids::None,
    folder_etags: FolderEtags::Nearest,
    fresh_etags_weak: true,
    checksums: Checksums::None,
    kept_etag: KeptEtag::Never,
    given_date: GivenDate::Ignored,
    patches_date: false,
    none_match: true,
    guards_moves: true,
    folder_match: FolderMatch::Compared,
    match_failed: 412,
    if_range: true,
    no_parent: 409,
    chunks: false,
    trash: None,
    letters: false,
    own_folder: "DNVCK",
    own_file: "DNVW",
    no_quota: None,
    quota_is_total: false,
    folders_need_room: false,
    fingerprint: false,
    upload_times: false,
    composes_names: false,
    names: NameRules::FileSystem,
    locked_move_fails: false,
    torn_overwrites: false,
    versions_clash: false,
    versions: None,
    together: None,
    poll: 300,
    infinity: Infinity::Refused(403),
    foreign_home_empty: false,
};

impl Ways {
    /// What a client finds out about a server that does so.
    pub fn profile(&self) -> Profile {
        Profile {
            family: self.family,
            product: self.product.to_owned(),
            file_ids: self.ids != Ids::None,
            tree_etags: self.folder_etags != FolderEtags::Nearest,
            checksums: self.checksums == Checksums::Computed
                || (self.checksums == Checksums::AsSent && broken(Mutant::ChecksumBelieved)),
            keeps_mtime: self.given_date != GivenDate::Ignored,
            trash: self.trash.is_some(),
            guards_deletes: self.guards_moves && self.ids != Ids::None,
            zips: ZipLimits::of(self.family),
            names: names::rules(self.names),
            guards_creations: self.none_match,
            together: self.together,
            poll: Duration::from_secs(self.poll),
        }
    }
}

impl Dialect {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Nextcloud, Self::OwnCloud10, Self::Ocis, Self::Plain];

    /// What this family does.
    pub fn ways(self) -> &'static Ways {
        match self {
            Self::Nextcloud => &NEXTCLOUD,
            Self::OwnCloud10 => &OWNCLOUD10,
            Self::Ocis => &OCIS,
            Self::Plain => &PLAIN,
        }
    }

    /// What it does where the administrator has switched the trash off.
    pub fn ways_without_trash(self) -> &'static Ways {
        match self {
            Self::Nextcloud => &Ways { trash: None, ..NEXTCLOUD },
            Self::OwnCloud10 => &Ways { trash: None, ..OWNCLOUD10 },
            Self::Ocis => &Ways { trash: None, ..OCIS },
            Self::Plain => &PLAIN,
        }
    }

    /// What a client finds out about a server of this family.
    pub fn profile(self) -> Profile {
        self.ways().profile()
    }
}
