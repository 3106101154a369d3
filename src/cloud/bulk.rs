//! Many small files in one request, as Nextcloud's `dav/bulk` takes them
//! (protocol.md 4.7).

use md5::{Digest as _, Md5};

use super::blob::Blob;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::{Conditions, Done, Put};
use super::tree::Body;
use crate::model::RelPath;

/// One file of a request.
#[derive(Clone, Debug)]
pub struct BulkPart {
    /// Where it is to stand, from the root of the account.
    pub path: RelPath,
    /// The file. It is written whatever is there: conditions are passed over.
    pub put: Put,
}

/// What came of a request.
#[derive(Clone, Debug, Default)]
pub struct BulkEnd {
    /// What came of the files that were worked on, in their order.
    pub parts: Vec<Result<Done, Refusal>>,
    /// The request was refused at the file behind them: it and those that
    /// follow were not worked on.
    pub stopped: bool,
}

/// Whether a checksum, `ALGORITHM:hex`, is that of the bytes. Navette sends
/// SHA-1, Nextcloud's own client MD5.
fn is_sum(told: &str, blob: &Blob) -> bool {
    let (algorithm, told) = told.split_once(':').unwrap_or_default();
    let sum = match algorithm.to_ascii_lowercase().as_str() {
        "sha1" => blob.sha1().to_string(),
        "md5" => Md5::digest(blob.bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
        _ => return false,
    };
    told.eq_ignore_ascii_case(&sum)
}

impl Cloud {
    /// Writes files one after another. One that is refused does not keep back
    /// the next; one with a wrong checksum, or without any, ends the request.
    pub fn put_bulk(&mut self, user: &str, parts: &[BulkPart]) -> BulkEnd {
        let mut end = BulkEnd::default();
        for BulkPart { path, put } in parts {
            if !put.checksum.as_ref().is_some_and(|told| is_sum(told, &put.blob)) {
                end.stopped = true;
                break;
            }
            // Compared, and not kept.
            let put = Put { checksum: None, conditions: Conditions::none(), ..put.clone() };
            let uploaded = self.uploaded(user, path).map_or(0, |uploaded| *uploaded);
            let done = self.put(user, path, &put);
            if let (Ok(_), Some(now)) = (&done, self.uploaded(user, path)) {
                // This way of writing leaves no mark, and takes none away.
                *now = uploaded;
            }
            end.parts.push(done);
        }
        end
    }

    /// When a request of its own last brought the file at `path`.
    fn uploaded(&mut self, user: &str, path: &RelPath) -> Option<&mut i64> {
        let path = self.tidy(path);
        match &mut self.homes.get_mut(user)?.root.find_mut(&path)?.body {
            Body::File(file) => Some(&mut file.uploaded),
            Body::Folder(_) => None,
        }
    }

    /// As [`Self::put_bulk`], of a request whose body ended after `length`
    /// bytes of files: what had arrived whole may have been written.
    pub fn put_bulk_cut(&mut self, user: &str, parts: &[BulkPart], length: u64) {
        let mut left = length;
        let whole = parts.iter().take_while(|part| {
            let fits = part.put.blob.size() <= left;
            left = left.saturating_sub(part.put.blob.size());
            fits
        });
        let whole = whole.count();
        self.put_bulk(user, &parts[..whole]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_checksums_are_compared() {
        let blob = Blob::new("hello\n");
        let right = [
            "MD5:b1946ac92492d2347c6235b4d2611184",
            "md5:B1946AC92492D2347C6235B4D2611184",
            "sha1:f572d396fae9206628714fb2ce00f72e94f2258f",
        ];
        assert!(right.iter().all(|told| is_sum(told, &blob)));
        let wrong = ["md5:0", "sha1:b1946ac92492d2347c6235b4d2611184", "crc:1", ""];
        assert!(!wrong.iter().any(|told| is_sum(told, &blob)));
    }
}
