//! How long the journal takes: to open with many rows, to commit, to make
//! durable, and to live and crash in memory as the simulation does; and what it
//! costs to remember what was done.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench stops where it fails")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use navette::activity::{Entry, Query, Store, Verb};
use navette::journal::{InMemory, Journal, OnDisk};
use sample::{file, filled};

mod sample;

fn many_rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("100,000 nodes");
    group.sample_size(10);
    let dir = tempfile::tempdir().unwrap();
    let files = OnDisk::new(dir.path());
    filled(files.clone(), 100_000).close().unwrap();
    group.bench_function("open clean", |bench| {
        bench.iter(|| Journal::open(files.clone()).unwrap().0.close().unwrap());
    });
    group.bench_function("open unclean", |bench| {
        bench.iter(|| Journal::open(files.clone()).unwrap());
    });
    group.bench_function("look", |bench| {
        bench.iter(|| black_box(Journal::read_only(&files).unwrap()));
    });
    group.bench_function("commit all", |bench| {
        let dirs = || tempfile::tempdir().unwrap();
        bench.iter_batched_ref(
            dirs,
            |dir| drop(filled(OnDisk::new(dir.path()), 100_000)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn commits(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    let mut on_disk = filled(OnDisk::new(dir.path()), 10_000);
    let mut next = 1;
    let mut one = || {
        next = next % 10_000 + 1;
        file(next).to_vec()
    };
    let mut group = criterion.benchmark_group("on disk, 10,000 nodes");
    group.bench_function("commit one file", |bench| {
        bench.iter_batched(&mut one, |it| on_disk.commit(it).unwrap(), BatchSize::SmallInput);
    });
    group.bench_function("commit one file and barrier", |bench| {
        let run = |it| {
            on_disk.commit(it).unwrap();
            on_disk.barrier().unwrap();
        };
        bench.iter_batched(&mut one, run, BatchSize::SmallInput);
    });
    group.finish();
}

fn simulated(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("in memory, 30 nodes");
    group.bench_function("open new", |bench| {
        bench.iter(|| Journal::open(InMemory::new()).unwrap());
    });
    let files = InMemory::new();
    drop(filled(files.clone(), 30));
    group.bench_function("open and crash", |bench| {
        bench.iter(|| {
            drop(Journal::open(files.clone()).unwrap());
            files.power_cut(0);
        });
    });
    let mut journal = Journal::open(files).unwrap().0;
    group.bench_function("commit one file", |bench| {
        let one = || file(3).to_vec();
        bench.iter_batched(one, |it| journal.commit(it).unwrap(), BatchSize::SmallInput);
    });
    group.finish();
}

fn remembered(criterion: &mut Criterion) {
    const NOW: i64 = 1_700_000_000;
    let entries = |from: usize| -> Vec<Entry> {
        let path = |file: usize| format!("photos/2026/{}/IMG_{file}.jpg", file % 100);
        (from..from + 256).map(|file| Entry::new(NOW, Verb::Fetched, path(file))).collect()
    };
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..400).for_each(|batch| drop(store.add(&entries(batch * 256), None, NOW).unwrap()));
    let mut group = criterion.benchmark_group("activity, 100,000 entries");
    let batch = entries(0);
    group.bench_function("write 256", |bench| {
        bench.iter(|| store.add(&batch, None, NOW).unwrap());
    });
    let page = Query { limit: Some(100), ..Query::default() };
    group.bench_function("read 100", |bench| bench.iter(|| store.page(&page).unwrap()));
    group.bench_function("open", |bench| bench.iter(|| Store::open(dir.path()).unwrap()));
    group.finish();
}

criterion_group!(benches, many_rows, commits, simulated, remembered);
criterion_main!(benches);
