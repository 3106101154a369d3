//! One pair in memory, and the people on both of its sides.

use std::collections::BTreeMap;
use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, SharedCloud, Shot};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::report::{End, EngineError, Gate, Report, SyncOptions};

use navette_sim::world::{SimWorld, Turn, run};

pub(crate) struct Pair {
    pub(crate) world: SimWorld,
    pub(crate) journal: InMemory,
}

impl Pair {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let cloud = SharedCloud::new(Cloud::new(dialect, 7));
        let server = Direct::new(cloud, "u", RelPath::root());
        let world = SimWorld::new(SimDisk::new(SimConfig::default()), server);
        world.pass(Duration::from_secs(1));
        Self { world, journal: InMemory::new() }
    }

    /// A pair on a disk that is read in large pieces.
    pub(crate) fn with_large_blocks(dialect: Dialect) -> Self {
        Self::on_disk(dialect, SimConfig { block: 1 << 20, ..SimConfig::default() })
    }

    /// A pair on such a disk.
    pub(crate) fn on_disk(dialect: Dialect, config: SimConfig) -> Self {
        let pair = Self::new(dialect);
        let world = SimWorld::new(SimDisk::new(config), pair.world.server.clone());
        world.pass(Duration::from_secs(1));
        Self { world, ..pair }
    }

    /// A pair that agrees on these files.
    pub(crate) fn synced(dialect: Dialect, files: &[&str]) -> Self {
        let pair = Self::new(dialect);
        files.iter().for_each(|path| pair.write_here(path, path));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.world.pass(Duration::from_secs(10));
        pair
    }

    pub(crate) fn run(&self, options: SyncOptions) -> Result<Report, EngineError> {
        let (world, journal) = (self.world.clone(), self.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            let report = engine.sync(&options).await;
            engine.close()?;
            report
        };
        run(&self.world, future, || Turn::Go).expect("nobody cuts it off")
    }

    pub(crate) fn sync(&self) -> Result<Report, EngineError> {
        self.run(SyncOptions::default())
    }

    /// Runs until the file at `path` has just arrived on the server, and kills
    /// the process before it hears of it. Whether it came to that.
    pub(crate) fn killed_at(&self, path: &str) -> bool {
        let (world, journal) = (self.world.clone(), self.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            engine.sync(&SyncOptions::default()).await
        };
        let turn = || match self.there().iter().any(|there| there == path) {
            true => Turn::Cut,
            false => Turn::Go,
        };
        run(&self.world, future, turn).is_none()
    }

    pub(crate) fn gate(&self) -> Gate {
        match self.sync() {
            Err(EngineError::Gate(gate)) => gate,
            other => panic!("no gate, but {other:?}"),
        }
    }

    pub(crate) fn write_here(&self, path: &str, text: &str) {
        let path = RelPath::parse(path).unwrap();
        let user = self.world.disk.user();
        let above = std::iter::successors(path.parent(), RelPath::parent);
        let mut folders: Vec<RelPath> = above.filter(|folder| !folder.is_root()).collect();
        while let Some(folder) = folders.pop() {
            // It may be there already.
            let _ = user.mkdir(&folder);
        }
        match self.world.disk.snapshot().contains_key(path.as_str()) {
            true => user.write(&path, text.as_bytes()).unwrap(),
            false => user.create(&path, text.as_bytes()).unwrap(),
        }
    }

    pub(crate) fn remove_here(&self, path: &str) {
        self.world.disk.user().remove_tree(&RelPath::parse(path).unwrap()).unwrap();
    }

    pub(crate) fn write_there(&self, path: &str, text: &str) {
        self.world.cloud().lock().user("u").write(path, text.to_owned()).unwrap();
    }

    pub(crate) fn remove_there(&self, path: &str) {
        self.world.cloud().lock().user("u").delete(path).unwrap();
    }

    /// Names of what is here, without our own.
    pub(crate) fn here(&self) -> Vec<String> {
        self.world.disk.snapshot().into_keys().collect()
    }

    /// Names of what is there, without our own.
    pub(crate) fn there(&self) -> Vec<String> {
        let shots: BTreeMap<RelPath, Shot> = self.world.cloud().lock().user("u").snapshot();
        let names = shots.into_keys().map(|path| path.to_string());
        names.filter(|name| name != ".navette" && !name.starts_with(".navette/")).collect()
    }
}
