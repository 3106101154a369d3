//! Many files in one answer behind the engine's own seam.

use bytes::Bytes;

use super::direct::{Direct, yield_now};
use super::faults::{Fate, Spoilt};
use crate::model::RelPath;
use crate::server::{Effect, Result, Server as _, ServerErrorKind, Wanted};

impl Direct {
    /// As the real client takes a zip. The server reads file after file while
    /// it sends them: others act in between, and each file comes as it is then.
    pub(super) async fn get_zip(
        &self,
        dir: &RelPath,
        wanted: &[Wanted],
    ) -> Result<Vec<Option<Bytes>>> {
        let sent = self.sent("GET", dir);
        let nonsense = |detail| Err(sent.failed(ServerErrorKind::Nonsense, Effect::None, detail));
        if self.profile().zips.is_none() {
            return nonsense("this family makes no zips");
        }
        let fate = self.fate(sent.name, dir, None);
        yield_now().await;
        if let Fate::Fail(kind) = fate {
            return Err(sent.stopped(kind));
        }
        let mut files = Vec::new();
        for Wanted { name, size, .. } in wanted {
            let bytes = self.bytes_at(&dir.join(name));
            files.push(bytes.filter(|bytes| bytes.len() as u64 == *size));
            yield_now().await;
        }
        match fate {
            Fate::LoseReply | Fate::Late => Err(sent.lost()),
            Fate::CutBody(_) | Fate::Spoil(Spoilt::Unfinished) => nonsense("half a zip"),
            Fate::Spoil(Spoilt::Name | Spoilt::Byte) => {
                // Neither is taken for the file.
                if let Some(first) = files.first_mut() {
                    *first = None;
                }
                Ok(files)
            }
            _ => Ok(files),
        }
    }
}
