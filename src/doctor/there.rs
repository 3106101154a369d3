//! What is looked at on the server, and on the way to it.

use super::{Defect, Finding, Grade, Lack};
use crate::clock::Clock;
use crate::model::RelPath;
use crate::server::{Connection, Dav, Family, Profile, Server as _};

/// Seconds that clocks may differ before it is worth a word, and before it is trouble.
const OFF: (u64, u64) = (10, 300);

/// Days before its end when a certificate is worth a word.
const ENDS_SOON: i64 = 14;

/// Signs in, and looks at what the server is.
pub(super) async fn server(connection: Connection, clock: &impl Clock) -> Vec<Finding> {
    let mut found = Vec::new();
    match connection.tls().await {
        Ok(tls) => found.push(Finding::Tls(tls, clock.wall())),
        // The same failure is told by what follows.
        Err(error) => tracing::debug!(%error, "encryption"),
    }
    let dav = match Dav::connect(connection).await {
        Ok(dav) => dav,
        Err(error) => {
            found.push(Finding::Server(Box::new(error)));
            return found;
        }
    };
    let profile = dav.profile();
    found.push(Finding::SignedIn { product: profile.product.clone(), family: profile.family });
    let before = clock.wall();
    if let Ok(listing) = dav.list(&RelPath::root()).await
        && let Some(theirs) = listing.server_time
    {
        found.push(Finding::Clock(ahead(theirs, before, clock.wall())));
    }
    found.extend(lacks(profile, dav.push().is_some()).into_iter().map(Finding::Lacks));
    found.extend(Defect::of(profile.family).iter().copied().map(Finding::Defect));
    found
}

/// By how much this clock is ahead of theirs, which was read in between.
fn ahead(theirs: i64, before: i64, after: i64) -> i64 {
    match theirs {
        // `Date` has whole seconds, cut off.
        _ if theirs < before - 1 => before - 1 - theirs,
        _ if theirs > after => after - theirs,
        _ => 0,
    }
}

/// How much clocks may differ: dates of files come from one or the other.
pub(super) fn clock(ahead: i64) -> Grade {
    match ahead.unsigned_abs() {
        off if off >= OFF.1 => Grade::Trouble,
        off if off >= OFF.0 => Grade::Remark,
        _ => Grade::Ok,
    }
}

/// Days until `ends`, rounded down.
pub(super) fn days(ends: i64, now: i64) -> i64 {
    (ends - now).div_euclid(24 * 3600)
}

/// How a certificate stands that ends then.
pub(super) fn certificate(ends: i64, now: i64) -> Grade {
    match days(ends, now) {
        ..0 => Grade::Trouble,
        0..ENDS_SOON => Grade::Remark,
        _ => Grade::Ok,
    }
}

/// What a server lacks whose user could do something about it, or should know.
fn lacks(profile: &Profile, tells: bool) -> Vec<Lack> {
    let plain = profile.family == Family::Plain;
    let lacks = [
        (!tells && !plain, Lack::Push),
        (!profile.trash, Lack::Trash),
        (!profile.tree_etags, Lack::TreeEtags),
        (!profile.file_ids, Lack::Ids),
        (!profile.checksums, Lack::Checksums),
        (!profile.guards_creations, Lack::Guards),
        (!profile.keeps_mtime, Lack::Dates),
        (profile.family == Family::Nextcloud && profile.together.is_none(), Lack::Together),
        (!plain && profile.zips.is_none(), Lack::Zips),
    ];
    lacks.into_iter().filter(|(lacking, _)| *lacking).map(|(_, lack)| lack).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_a_little() {
        assert_eq!(ahead(100, 100, 102), 0);
        assert_eq!(ahead(99, 100, 102), 0);
        assert_eq!(ahead(40, 100, 102), 59);
        assert_eq!(ahead(500, 100, 102), -398);
        let grades = [9, 10, -299, 300].map(clock);
        assert_eq!(grades, [Grade::Ok, Grade::Remark, Grade::Remark, Grade::Trouble]);
    }

    #[test]
    fn what_is_lacking_is_what_the_profile_says() {
        let plain = Profile {
            family: Family::Plain,
            product: String::new(),
            file_ids: false,
            tree_etags: false,
            checksums: false,
            keeps_mtime: false,
            trash: false,
            guards_deletes: false,
            zips: None,
            names: crate::model::NameRules::none(),
            guards_creations: false,
            together: None,
            poll: std::time::Duration::from_secs(300),
        };
        let all =
            [Lack::Trash, Lack::TreeEtags, Lack::Ids, Lack::Checksums, Lack::Guards, Lack::Dates];
        assert_eq!(lacks(&plain, false), all);
        let full = Profile {
            family: Family::Ocis,
            file_ids: true,
            tree_etags: true,
            checksums: true,
            keeps_mtime: true,
            trash: true,
            guards_creations: true,
            zips: None,
            ..plain
        };
        assert_eq!(lacks(&full, true), [Lack::Zips]);
        assert_eq!(lacks(&full, false), [Lack::Push, Lack::Zips]);
        let nextcloud = Profile { family: Family::Nextcloud, ..full };
        assert_eq!(lacks(&nextcloud, true), [Lack::Together, Lack::Zips]);
    }

    #[test]
    fn a_certificate_is_worth_a_word_two_weeks_before_its_end() {
        let day = 24 * 3600;
        assert_eq!(certificate(100 * day, 0), Grade::Ok);
        assert_eq!(certificate(13 * day, 0), Grade::Remark);
        assert_eq!(certificate(0, 1), Grade::Trouble);
        assert_eq!(days(day - 1, 0), 0);
    }
}
