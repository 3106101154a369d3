//! The story: seven small acts, each with a picture.

use std::net::SocketAddr;
use std::time::Duration;

use crate::text::Args;

use super::computer::Computer;
use super::{Demo, DemoError, LOGIN, PASSWORD, Result, picture, project};

/// Bytes of the large file whose download is cut.
const LARGE: usize = 24 * 1024 * 1024;

/// Who plays, and for whom.
pub(super) struct Story<'a> {
    pub demo: &'a Demo,
    pub laptop: Computer,
    pub desktop: Computer,
}

impl Story<'_> {
    /// Tells the whole story, and proves its end.
    pub(super) async fn tell(&self) -> Result<()> {
        self.say("demo-welcome", &[]);
        self.first_sync().await?;
        self.edits().await?;
        self.folder_renamed().await?;
        self.conflict().await?;
        self.brought_back().await?;
        self.power_cut().await?;
        self.prove()
    }

    async fn first_sync(&self) -> Result<()> {
        self.act("demo-act-first");
        project::write(&self.laptop.folder)?;
        self.laptop.sync(self.demo, false).await?;
        self.desktop.sync(self.demo, false).await?;
        self.draw()
    }

    async fn edits(&self) -> Result<()> {
        self.act("demo-act-edits");
        project::add(&self.laptop.folder.join("paper/draft.tex"), "% A better ending is needed.")?;
        project::add(&self.desktop.folder.join("notes/reunion été.md"), "- call Henri")?;
        self.round().await?;
        self.draw()
    }

    async fn folder_renamed(&self) -> Result<()> {
        self.act("demo-act-rename");
        let folder = &self.desktop.folder;
        project::rename(&folder.join("data"), &folder.join("measurements"))?;
        self.desktop.sync(self.demo, false).await?;
        self.laptop.sync(self.demo, false).await?;
        self.draw()
    }

    async fn conflict(&self) -> Result<()> {
        self.act("demo-act-conflict");
        project::add(&self.laptop.folder.join("README.md"), "Title: A Green Line (Marie)")?;
        project::add(&self.desktop.folder.join("README.md"), "Title: The Red Doublet (Ada)")?;
        self.round().await?;
        self.draw()
    }

    async fn brought_back(&self) -> Result<()> {
        self.act("demo-act-deleted");
        project::delete(&self.laptop.folder.join("paper/draft.tex"))?;
        self.laptop.sync(self.demo, false).await?;
        self.desktop.sync(self.demo, false).await?;
        self.say("demo-regret", &[]);
        if let Some(path) = self.desktop.bring_back().await? {
            self.line("trash-restored", &[("path", path.as_str().into())]);
        }
        self.desktop.sync(self.demo, false).await?;
        self.laptop.sync(self.demo, false).await?;
        self.draw()
    }

    async fn power_cut(&self) -> Result<()> {
        self.act("demo-act-power");
        let large = project::noise(7, LARGE);
        let path = self.laptop.folder.join("measurements/simulation.bin");
        project::put(&path, &large, Duration::from_secs(60))?;
        self.laptop.sync(self.demo, false).await?;
        let arrived = self.desktop.sync_until_power_cut(LARGE as u64 / 2).await?;
        let (arrived, all) = (self.demo.texts.size(arrived), self.demo.texts.size(LARGE as u64));
        self.say("demo-cut", &[("arrived", arrived.into()), ("all", all.into())]);
        self.draw()?;
        self.say("demo-power-back", &[]);
        self.desktop.sync(self.demo, false).await?;
        self.draw()
    }

    /// Both computers until each has seen what the other did.
    async fn round(&self) -> Result<()> {
        for computer in [&self.laptop, &self.desktop, &self.laptop] {
            computer.sync(self.demo, false).await?;
        }
        Ok(())
    }

    /// Compares both folders byte for byte.
    fn prove(&self) -> Result<()> {
        let (one, other) = (picture::of(&self.laptop.folder)?, picture::of(&self.desktop.folder)?);
        if let Some(path) = picture::difference(&one, &other) {
            return Err(DemoError::Differ(path));
        }
        let files = one.values().flatten().count() as u64;
        let bytes = one.values().flatten().map(|(_, length)| length).sum();
        self.act("demo-act-proof");
        let args = [
            ("files", self.demo.texts.files(files).into()),
            ("size", self.demo.texts.size(bytes).into()),
        ];
        self.line("demo-equal", &args);
        for computer in [&self.laptop, &self.desktop] {
            (self.demo.print)(&format!("     {:8} {}", computer.name, computer.folder.display()));
        }
        Ok(())
    }

    /// Says how to play on.
    pub(super) fn invite(&self, address: SocketAddr) {
        let address = format!("http://{address}");
        let args =
            [("address", address.into()), ("login", LOGIN.into()), ("password", PASSWORD.into())];
        self.say("demo-keep", &args);
    }

    fn draw(&self) -> Result<()> {
        let (left, right) = (picture::of(&self.laptop.folder)?, picture::of(&self.desktop.folder)?);
        (self.demo.print)("");
        let titles = [self.laptop.name, self.desktop.name];
        for line in picture::draw(&self.demo.texts, titles, [&left, &right]) {
            (self.demo.print)(&line);
        }
        Ok(())
    }

    fn act(&self, id: &str) {
        (self.demo.print)("");
        (self.demo.print)(&format!("▌ {}", self.demo.texts.say(id, &[])));
    }

    fn say(&self, id: &str, args: &Args<'_>) {
        (self.demo.print)("");
        (self.demo.print)(&format!("   {}", self.demo.texts.say(id, args)));
    }

    fn line(&self, id: &str, args: &Args<'_>) {
        (self.demo.print)(&format!("     {}", self.demo.texts.say(id, args)));
    }
}
