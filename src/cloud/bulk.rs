//! Many small files in one request, as Nextcloud's `dav/bulk` takes them
//! (protocol.md 4.7).

use super::model::Cloud;
use super::refusal::Refusal;
use super::request::{Conditions, Done, Put};
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

impl Cloud {
    /// Writes files one after another. One that is refused does not keep back
    /// the next; one with a wrong checksum, or without any, ends the request.
    pub fn put_bulk(&mut self, user: &str, parts: &[BulkPart]) -> BulkEnd {
        let mut end = BulkEnd::default();
        for BulkPart { path, put } in parts {
            let sum = format!("SHA1:{}", put.blob.sha1());
            if !put.checksum.as_ref().is_some_and(|told| told.eq_ignore_ascii_case(&sum)) {
                end.stopped = true;
                break;
            }
            // Compared, and not kept.
            let put = Put { checksum: None, conditions: Conditions::none(), ..put.clone() };
            end.parts.push(self.put(user, path, &put));
        }
        end
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
