//! A power cut loses what was not synced: no acknowledged write is among it, and no transaction
//! is torn. The control shows that the disk of these tests does lose what is not synced.
//!
//! Source: inferred (the promise of the crate).

use std::path::Path;

use vestibule_dynamodb::{Action, data};

use crate::disk::{alone, say, shim};
use crate::fixture::{ITEMS, Store, folder, rounds};
use crate::verdict;
use crate::victim::{self, Acknowledged, options};

/// Makes of small numbers numbers of all sizes.
fn spread(seed: u64) -> u64 {
    seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33
}

/// The disk of a victim whose power is cut.
fn disk(folder: &Path, operation: u64, seed: u64) -> Vec<(&'static str, String)> {
    vec![
        ("LD_PRELOAD", shim().display().to_string()),
        ("DISK_FOLDER", folder.display().to_string()),
        ("DISK_CUT", operation.to_string()),
        ("DISK_SEED", seed.to_string()),
    ]
}

/// Runs a victim until its power is cut.
fn cut(test: &str, folder: &Path, seed: u64, lies: bool) -> Acknowledged {
    // Early cuts meet a store that is being made, late ones a log that is written back.
    let operation = 1 + spread(seed) % [40, 400, 4_000][(seed % 3) as usize];
    let mut environment = disk(folder, operation, seed);
    if lies {
        environment.push(("DISK_LIES", "1".to_owned()));
    }
    let mut process = victim::start(test, folder, &environment);
    let said = victim::listen(&mut process, |_, _| {});
    assert_eq!(process.wait().unwrap().code(), Some(99), "seed {seed}: the power was not cut");
    said
}

#[test]
fn no_acknowledged_write_is_lost_by_a_power_cut() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        victim::write(folder.as_ref());
    }
    let _alone = alone();
    let test = "power::no_acknowledged_write_is_lost_by_a_power_cut";
    let (mut acknowledged, mut all, mut folder) = (0, Acknowledged::new(), folder());
    for seed in 1..=rounds(12) {
        if seed % 6 == 0 {
            folder = crate::fixture::folder();
            all.clear();
        }
        let said = cut(test, folder.path(), seed, false);
        acknowledged += said.values().sum::<u64>();
        all.extend(said);
        let wrong = verdict::wrong(folder.path(), &all);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
    }
    say(&format!("{} power cuts, {acknowledged} acknowledged rounds of 16 items", rounds(12)));
}

#[test]
fn a_disk_that_does_not_sync_is_seen_to_lose_writes() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        victim::write(folder.as_ref());
    }
    let _alone = alone();
    let test = "power::a_disk_that_does_not_sync_is_seen_to_lose_writes";
    // Late enough that something is acknowledged.
    let is_lost = [2, 5, 8, 11, 14].into_iter().any(|seed| {
        let folder = folder();
        let said = cut(test, folder.path(), seed, true);
        !verdict::wrong(folder.path(), &said).is_empty()
    });
    assert!(is_lost);
}

#[test]
fn a_restore_whose_power_is_cut_is_whole_or_never_was() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        let folder = Path::new(&folder);
        data::restore(&folder.with_file_name("backup"), folder, true).unwrap();
        say("acknowledged all 1");
        return;
    }
    let _alone = alone();
    let test = "power::a_restore_whose_power_is_cut_is_whole_or_never_was";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let item = |state: &str| format!(r#"{{"id":{{"S":"1"}},"state":{{"S":"{state}"}}}}"#);
    let mut ends = std::collections::BTreeMap::new();
    for seed in 1..=rounds(12) {
        let folder = folder();
        let folder = std::fs::canonicalize(folder.path()).unwrap().join(format!("{seed}"));
        let (at, backup) = (folder.join("data"), folder.join("backup"));
        runtime.block_on(async {
            let store = Store::open(&options(&at));
            store.tables.ensure_table(ITEMS, None).await.unwrap();
            store.put(&item("restored")).await;
            data::backup(&at, &backup, "now").unwrap();
            store.put(&item("former")).await;
        });
        let operation = 1 + spread(seed) % 80;
        let mut process = victim::start(test, &at, &disk(&at, operation, seed));
        let is_acknowledged = !victim::listen(&mut process, |_, _| {}).is_empty();
        let code = process.wait().unwrap().code();
        assert_eq!(code, Some(if is_acknowledged { 0 } else { 99 }), "seed {seed}");
        runtime.block_on(async {
            let store = Store::open(&options(&at));
            let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
            let found = store.reply(Action::GetItem, get).await.body;
            let is_restored = found == format!(r#"{{"Item":{}}}"#, item("restored"));
            let is_former = found == format!(r#"{{"Item":{}}}"#, item("former"));
            assert!(is_restored || (is_former && !is_acknowledged), "seed {seed}: {found:?}");
            *ends.entry((is_acknowledged, is_restored)).or_insert(0_u32) += 1;
        });
        assert_eq!(data::check(&at).unwrap().findings, [], "seed {seed}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let number = |key| ends.get(&key).copied().unwrap_or(0);
    say(&format!(
        "{} restores: {} never were, {} were ended at the next start, {} ended",
        rounds(12),
        number((false, false)),
        number((false, true)),
        number((true, true))
    ));
}
