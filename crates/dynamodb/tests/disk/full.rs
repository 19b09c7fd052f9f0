//! A full disk: writes fail with DynamoDB's error 500, reads go on, nothing is damaged, and
//! writes go on when there is room again.
//!
//! Source: inferred (AWS has no full disks; InternalServerError is its word for what fails inside).

use std::fs;
use std::path::Path;

use vestibule_dynamodb::{Action, Reply, data};

use crate::disk::{alone, say, shim};
use crate::fixture::{EVENTS, ITEMS, Store, folder, own};
use crate::victim::{self, options};

/// Names the file whose presence makes the disk full.
const FULL: &str = "DISK_FULL";

#[test]
fn a_full_disk_fails_writes_alone_and_only_while_it_is_full() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        let full = std::env::var_os(FULL).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        runtime.block_on(fill_up(folder.as_ref(), full.as_ref()));
        say("acknowledged all 1");
        return;
    }
    let _alone = alone();
    let folder = folder();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let environment = [
        ("LD_PRELOAD", shim().display().to_string()),
        ("DISK_FOLDER", data.display().to_string()),
        (FULL, folder.path().join("full").display().to_string()),
    ];
    let test = "full::a_full_disk_fails_writes_alone_and_only_while_it_is_full";
    let mut process = victim::start(test, &data, &environment);
    let said = victim::listen(&mut process, |_, _| {});
    assert!(process.wait().unwrap().success());
    assert_eq!(said.len(), 1);
}

async fn fill_up(folder: &Path, full: &Path) {
    let store = Store::open(&options(folder));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    for id in 0..50 {
        store.put(&format!(r#"{{"id":{{"S":"{id}"}}}}"#)).await;
    }
    for round in 0..3 {
        fs::write(full, "").unwrap();
        let failed = failures(&store, round).await;
        assert!(failed > 0, "the disk of this test is not full");
        let get = r#"{"TableName":"items","Key":{"id":{"S":"7"}}}"#;
        store.expect(Action::GetItem, get, 200, r#"{"Item":{"id":{"S":"7"}}}"#).await;
        let count = r#"{"TableName":"items","Select":"COUNT"}"#;
        assert!(store.reply(Action::Scan, count).await.is_success());
        fs::remove_file(full).unwrap();
        assert_eq!(failures(&store, round).await, 0);
    }
    drop(store);
    let checked = data::check(folder).unwrap();
    assert_eq!(checked.findings, []);
    // 50 single ones, and in each round 20 of the writers', each with its pair in another table.
    assert_eq!(checked.items, 50 + 3 * 40 + 1);
}

/// Writes 20 pairs at one time; returns how many failed, each as DynamoDB says it.
async fn failures(store: &Store, round: usize) -> usize {
    let mut writes = Vec::new();
    for number in 0..20 {
        let text = "x".repeat(5_000);
        let pair = format!(
            r#"{{"TransactItems":[{{"Put":{{"TableName":"items","Item":{{"id":{{"S":"{round}-{number}"}},"text":{{"S":"{text}"}}}}}}}},{{"Put":{{"TableName":"events","Item":{{"stream":{{"S":"{round}"}},"at":{{"N":"{number}"}}}}}}}}]}}"#
        );
        let tables = store.tables.clone();
        writes.push(tokio::spawn(async move {
            tables.call(Action::TransactWriteItems, pair.into()).await.unwrap()
        }));
    }
    let mut failed = 0;
    for write in writes {
        let Reply { status, body, .. } = write.await.unwrap();
        if status != 200 {
            assert_eq!(
                (status, body),
                (500, own("InternalServerError", "Internal server error").into())
            );
            failed += 1;
        }
    }
    failed
}
