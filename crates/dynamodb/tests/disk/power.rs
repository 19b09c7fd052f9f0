//! A power cut loses what was not synced: no acknowledged write is among it, and no transaction
//! is torn. The control shows that the disk of these tests does lose what is not synced.
//!
//! Source: inferred (the promise of the crate).

use std::path::Path;

use crate::disk::{rounds, say, shim};
use crate::fixture::folder;
use crate::verdict;
use crate::victim::{self, Acknowledged};

/// Runs a victim until its power is cut.
fn cut(test: &str, folder: &Path, seed: u64, lies: bool) -> Acknowledged {
    // Early cuts meet a store that is being made, late ones a log that is written back.
    let operation = 1 + seed.wrapping_mul(2_654_435_761) % [40, 400, 4_000][(seed % 3) as usize];
    let mut environment = vec![
        ("LD_PRELOAD", shim().display().to_string()),
        ("DISK_FOLDER", folder.display().to_string()),
        ("DISK_CUT", operation.to_string()),
        ("DISK_SEED", seed.to_string()),
    ];
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
    let test = "power::no_acknowledged_write_is_lost_by_a_power_cut";
    let (mut acknowledged, mut folder) = (0, folder());
    for seed in 1..=rounds(12) {
        if seed % 6 == 0 {
            folder = crate::fixture::folder();
        }
        let said = cut(test, folder.path(), seed, false);
        acknowledged += said.values().sum::<u64>();
        let wrong = verdict::wrong(folder.path(), &said);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
    }
    say(&format!("{} power cuts, {acknowledged} acknowledged rounds of 10 items", rounds(12)));
}

#[test]
fn a_disk_that_does_not_sync_is_seen_to_lose_writes() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        victim::write(folder.as_ref());
    }
    let test = "power::a_disk_that_does_not_sync_is_seen_to_lose_writes";
    // Late enough that something is acknowledged.
    let is_lost = [2, 5, 8, 11, 14].into_iter().any(|seed| {
        let folder = folder();
        let said = cut(test, folder.path(), seed, true);
        !verdict::wrong(folder.path(), &said).is_empty()
    });
    assert!(is_lost);
}
