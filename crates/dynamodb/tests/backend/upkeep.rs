//! Backups, restores and checks of a data folder.
//!
//! Source of all: inferred (the promises of `vestibule_dynamodb::data`).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use vestibule_dynamodb::data::{Checked, backup, check, restore};
use vestibule_dynamodb::{Action, Location, Options};

use crate::damage::damage;
use crate::fixture::{EVENTS, ITEMS, Store, folder};

const MADE: &str = "2026-11-27T04:00:00Z";
const GET: &str = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;

fn open(path: &Path) -> Store {
    Store::open(&Options::new(Location::Directory(path.to_owned())))
}

/// A store in `data` with one item in an index, and a file of another part of the program.
async fn store(data: &Path) -> Store {
    let store = open(data);
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    store.put(r#"{"id":{"S":"1"},"category":{"S":"c"}}"#).await;
    fs::create_dir(data.join("issuer")).unwrap();
    fs::write(data.join("issuer/keys.json"), "{}").unwrap();
    store
}

/// The paths of all files below, in order.
fn files(below: &Path) -> Vec<String> {
    fn walk(at: &Path, below: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, below, found);
            } else {
                found.push(path.strip_prefix(below).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(below, below, &mut found);
    found.sort();
    found
}

fn texts(checked: &Checked) -> Vec<String> {
    checked.findings.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_backup_of_a_store_in_use_is_a_store() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backups/monday"));
    let store = store(&data).await;
    let done = backup(&data, &into, MADE).unwrap();
    assert_eq!(done.files, 3);
    store.put(r#"{"id":{"S":"1"},"category":{"S":"later"}}"#).await;
    assert_eq!(
        files(&into),
        ["backup.json", "format", "issuer/keys.json", "state.db", "tables.db"]
    );
    let manifest: Value =
        serde_json::from_slice(&fs::read(into.join("backup.json")).unwrap()).unwrap();
    assert_eq!(manifest["made"], MADE);
    assert_eq!(manifest["files"]["issuer/keys.json"]["bytes"], 2);
    assert_eq!(
        manifest["files"]["issuer/keys.json"]["sha256"],
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    let checked = check(&into).unwrap();
    assert_eq!((checked.tables, checked.items, texts(&checked)), (3, 2, vec![]));

    let restored = folder.path().join("restored");
    let done = restore(&into, &restored, false).unwrap();
    assert_eq!((done.files, done.is_replaced), (3, false));
    let again = open(&restored);
    let item = r#"{"Item":{"category":{"S":"c"},"id":{"S":"1"}}}"#;
    again.expect(Action::GetItem, GET, 200, item).await;
    assert_eq!(fs::read(restored.join("issuer/keys.json")).unwrap(), b"{}");
}

/// How many items a table has, over all pages.
async fn count(store: &Store, table: &str) -> u64 {
    let mut request = json!({"TableName": table, "Select": "COUNT"});
    let mut counted = 0;
    loop {
        let reply = store.reply(Action::Scan, &request.to_string()).await;
        let page: Value = serde_json::from_slice(&reply.body).unwrap();
        counted += page["Count"].as_u64().unwrap();
        match page.get("LastEvaluatedKey") {
            Some(key) => request["ExclusiveStartKey"] = key.clone(),
            None => return counted,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_writers_has_both_halves_of_each_transaction_and_every_earlier_write() {
    let folder = folder();
    let data = folder.path().join("data");
    let store = Arc::new(store(&data).await);
    let stop = Arc::new(AtomicBool::new(false));
    let write = |writer| {
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        async move {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let id = format!("p{writer}-{number}");
                let pair = format!(
                    r#"{{"TransactItems":[{{"Put":{{"TableName":"items","Item":{{"id":{{"S":"{id}"}}}}}}}},{{"Put":{{"TableName":"events","Item":{{"stream":{{"S":"{id}"}},"at":{{"N":"1"}}}}}}}}]}}"#
                );
                store.expect(Action::TransactWriteItems, &pair, 200, "{}").await;
                number += 1;
            }
        }
    };
    let writers: Vec<_> = (0..16).map(|writer| tokio::spawn(write(writer))).collect();
    for round in 0..5 {
        store.put(&format!(r#"{{"id":{{"S":"before-{round}"}}}}"#)).await;
        let into = folder.path().join(format!("backup-{round}"));
        let source = data.clone();
        let target = into.clone();
        tokio::task::spawn_blocking(move || backup(&source, &target, MADE).unwrap()).await.unwrap();
        let copy = folder.path().join(format!("copy-{round}"));
        restore(&into, &copy, false).unwrap();
        let copy = open(&copy);
        let (items, events) = (count(&copy, "items").await, count(&copy, "events").await);
        // One item was there, and one is put before each backup.
        assert_eq!(items, events + 2 + round);
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn a_store_is_replaced_only_when_it_is_said() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backup"));
    let first = store(&data).await;
    backup(&data, &into, MADE).unwrap();
    first.put(r#"{"id":{"S":"1"},"category":{"S":"later"}}"#).await;
    let in_use = restore(&into, &data, true).unwrap_err().to_string();
    assert_eq!(
        in_use,
        format!(
            "the data folder `{}` is in use by another process ({}): stop it, or name another folder",
            data.display(),
            std::process::id()
        )
    );
    drop(first);
    assert_eq!(
        restore(&into, &data, false).unwrap_err().to_string(),
        format!(
            "there is a store in `{}`: restore into another folder, or replace it with `--replace`",
            data.display()
        )
    );
    assert!(restore(&into, &data, true).unwrap().is_replaced);
    let item = r#"{"Item":{"category":{"S":"c"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, item).await;
}

#[tokio::test]
async fn a_restore_that_was_interrupted_is_ended_by_whoever_opens_the_folder_and_never_half() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backup"));
    drop(store(&data).await);
    backup(&data, &into, MADE).unwrap();
    let later = open(&data);
    later.put(r#"{"id":{"S":"1"},"category":{"S":"later"}}"#).await;
    drop(later);
    let copy = |to: &Path| {
        fs::create_dir(to).unwrap();
        for name in ["tables.db", "state.db", "format"] {
            fs::copy(into.join(name), to.join(name)).unwrap();
        }
    };
    // Interrupted before it was decided: the store is what it was.
    copy(&data.join("incoming"));
    let later = r#"{"Item":{"category":{"S":"later"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, later).await;
    // Interrupted after one of the files was moved, with a log of the former store beside it.
    copy(&data.join("restored"));
    fs::rename(data.join("restored/tables.db"), data.join("tables.db")).unwrap();
    fs::write(data.join("state.db-wal"), b"of the former store").unwrap();
    let item = r#"{"Item":{"category":{"S":"c"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, item).await;
    assert!(!data.join("restored").exists());
}

#[tokio::test]
async fn a_restore_over_another_kind_of_file_is_refused_before_it_is_decided() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backup"));
    drop(store(&data).await);
    backup(&data, &into, MADE).unwrap();
    let later = open(&data);
    later.put(r#"{"id":{"S":"1"},"category":{"S":"later"}}"#).await;
    drop(later);
    fs::remove_dir_all(data.join("issuer")).unwrap();
    fs::write(data.join("issuer"), "").unwrap();
    let refused = restore(&into, &data, true).unwrap_err().to_string();
    let path = data.join("issuer").display().to_string();
    assert_eq!(
        refused,
        format!("`{path}` is no folder, as it is in the backup: move it away, then restore again")
    );
    assert!(!data.join("incoming").exists());
    let item = r#"{"Item":{"category":{"S":"later"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, item).await;
    fs::remove_file(data.join("issuer")).unwrap();
    fs::create_dir_all(data.join("issuer/keys.json")).unwrap();
    let refused = restore(&into, &data, true).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!(
            "`{path}/keys.json` is a folder, and a file in the backup: move it away, then restore again"
        )
    );
}

#[tokio::test]
async fn a_restore_that_fails_after_its_decision_says_so_and_the_next_start_ends_it() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backup"));
    drop(store(&data).await);
    backup(&data, &into, MADE).unwrap();
    let later = open(&data);
    later.put(r#"{"id":{"S":"1"},"category":{"S":"later"}}"#).await;
    drop(later);
    let obstacle = data.join("state.db-journal");
    fs::create_dir(&obstacle).unwrap();
    let failed = restore(&into, &data, true).unwrap_err().to_string();
    let head = format!("the restore of `{}` is decided but not ended: ", data.display());
    assert!(failed.starts_with(&head), "{failed}");
    assert!(failed.ends_with(": mend that, the next start ends it"), "{failed}");
    fs::remove_dir(&obstacle).unwrap();
    let item = r#"{"Item":{"category":{"S":"c"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, item).await;
}

#[tokio::test]
async fn a_backup_that_is_not_what_it_was_is_refused_and_the_store_left_alone() {
    let folder = folder();
    let (data, into) = (folder.path().join("data"), folder.path().join("backup"));
    drop(store(&data).await);
    backup(&data, &into, MADE).unwrap();
    let file = into.join("tables.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let refusal = format!(
        "the file `{}` is damaged: it is not what was backed up: its size or SHA-256 differs",
        file.display()
    );
    assert_eq!(restore(&into, &data, true).unwrap_err().to_string(), refusal);
    let finding =
        format!("`{}`: it is not what was backed up: its size or SHA-256 differs", file.display());
    assert_eq!(texts(&check(&into).unwrap())[0], finding);
    let item = r#"{"Item":{"category":{"S":"c"},"id":{"S":"1"}}}"#;
    open(&data).expect(Action::GetItem, GET, 200, item).await;
    assert!(!data.join("incoming").exists());
}

#[tokio::test]
async fn what_is_no_store_no_backup_or_no_place_for_one_is_refused_by_name() {
    let folder = folder();
    let data = folder.path().join("data");
    drop(store(&data).await);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let at = |path: &PathBuf| path.display().to_string();
    let refused =
        |from: &PathBuf, into: &PathBuf| backup(from, into, MADE).unwrap_err().to_string();
    assert_eq!(
        refused(&empty, &folder.path().join("b")),
        format!("there is no store in `{}`: name the data folder of `vestibule serve`", at(&empty))
    );
    assert_eq!(
        refused(&data, &data),
        format!(
            "the folder `{}` is in the data folder: a backup wants one outside of it",
            at(&data)
        )
    );
    let taken = folder.path().to_path_buf();
    assert_eq!(
        refused(&data, &taken),
        format!("the folder `{}` is not empty: a backup wants a new one", at(&taken))
    );
    assert_eq!(
        restore(&data, &empty, false).unwrap_err().to_string(),
        format!(
            "there is no backup in `{}`: name a folder that `vestibule data backup` has made",
            at(&data)
        )
    );
    drop(open(&data));
}

#[tokio::test]
async fn a_check_names_each_row_that_is_not_what_its_key_says() {
    let folder = folder();
    let data = folder.path().join("data");
    let store = store(&data).await;
    for id in 2..=5 {
        store.put(&format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"c"}}}}"#)).await;
    }
    let checked = check(&data).unwrap();
    assert_eq!((checked.tables, checked.items, texts(&checked)), (3, 6, vec![]));
    damage(&data, "1");
    let file = data.join("tables.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let change = |sql: &str| assert_eq!(connection.execute(sql, []), Ok(1), "{sql}");
    change(
        r#"UPDATE items SET item_json = '{"id":{"S":"7"},"category":{"S":"c"}}' WHERE pk = 'S:2'"#,
    );
    change(r#"DELETE FROM "items::gsi::by-category" WHERE table_pk = 'S:3'"#);
    change("DELETE FROM items WHERE pk = 'S:4'");
    change(r#"UPDATE "items::gsi::by-category" SET item_json = '{' WHERE table_pk = 'S:5'"#);
    let checked = check(&data).unwrap();
    assert_eq!((checked.tables, checked.items, checked.further), (3, 5, 0));
    let at = |key: &str, digest: &str, what: &str| {
        format!("`{}`, table `items`, item `{key}` (key_digest {digest}): {what}", file.display())
    };
    assert_eq!(
        texts(&checked),
        [
            at(
                "S:1",
                "9dcea18ceabf8b04",
                "it is no item: EOF while parsing an object at line 1 column 10"
            ),
            at("S:2", "d09f5879efb99ec2", "the item in it has another key"),
            at("S:2", "d09f5879efb99ec2", "it is missing in the index `by-category`"),
            at("S:3", "eb4d353f9c685f4a", "it is missing in the index `by-category`"),
            at("S:4", "d50ac0c0a5ea252a", "the index `by-category` has it, the table has not"),
            at(
                "S:5",
                "22f81aa32a66eb1e",
                "its entry in the index `by-category` is no item: EOF while parsing an object at line 1 column 1"
            ),
        ]
    );
}

#[tokio::test]
async fn a_check_goes_on_past_keys_that_are_no_text_and_tables_without_their_index() {
    let folder = folder();
    let data = folder.path().join("data");
    let store = store(&data).await;
    store.put(r#"{"id":{"S":"2"},"category":{"S":"c"}}"#).await;
    let event = r#"{"TableName":"events","Item":{"stream":{"S":"s"},"at":{"N":"1"}}}"#;
    store.expect(Action::PutItem, event, 200, "{}").await;
    let file = data.join("tables.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let change = |sql: &str| assert_eq!(connection.execute(sql, []), Ok(1), "{sql}");
    change("UPDATE events SET pk = CAST(x'533aff' AS TEXT)");
    change(r#"UPDATE "items::gsi::by-category" SET gsi_pk = 'S:d' WHERE table_pk = 'S:2'"#);
    let texts_of = |checked: Checked| {
        let head = format!("`{}`, table ", file.display());
        let texts = texts(&checked).into_iter();
        texts.map(|text| text.strip_prefix(&head).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        texts_of(check(&data).unwrap()),
        [
            "`events`, item `S:\u{fffd} N:250011000000000000000000000000000000000000000` (key_digest 96a84f0d79fa93e3): the item in it has another key",
            "`items`, item `S:2` (key_digest d09f5879efb99ec2): it is missing in the index `by-category`",
            "`items`, item `S:2` (key_digest d09f5879efb99ec2): its entry in the index `by-category` has another key",
        ]
    );
    connection.execute_batch(r#"DROP TABLE "items::gsi::by-category""#).unwrap();
    let found = texts_of(check(&data).unwrap());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[1].starts_with(
            "`items`: it cannot be checked any further: no such table: items::gsi::by-category"
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_check_leaves_the_files_and_a_restore_that_is_not_ended_as_they_are() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    let store = store(&data).await;
    fs::create_dir(&copy).unwrap();
    for name in ["tables.db", "tables.db-wal", "state.db", "format"] {
        fs::copy(data.join(name), copy.join(name)).unwrap();
    }
    drop(store);
    let of = |name: &str| fs::read(copy.join(name)).unwrap();
    let before = ["tables.db", "tables.db-wal", "state.db"].map(of);
    assert!(check(&copy).unwrap().findings.is_empty());
    let after = ["tables.db", "tables.db-wal", "state.db"].map(of);
    assert!(before == after, "a check has changed a file");
    fs::create_dir(copy.join("restored")).unwrap();
    assert_eq!(
        check(&copy).unwrap_err().to_string(),
        format!(
            "a restore of `{}` is decided but not ended: start the program or back it up, which end it, then check again",
            copy.display()
        )
    );
    assert!(copy.join("restored").exists());
}

#[tokio::test]
async fn a_check_and_a_backup_name_a_file_whose_pages_make_no_sense() {
    let folder = folder();
    let data = folder.path().join("data");
    let store = store(&data).await;
    for id in 0..200 {
        store
            .put(&format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"{}"}}}}"#, "c".repeat(300)))
            .await;
    }
    drop(store);
    let file = data.join("tables.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let checked = check(&data).unwrap();
    assert!(!checked.findings.is_empty());
    let head = format!("`{}`: ", file.display());
    assert!(texts(&checked).iter().all(|text| text.starts_with(&head)), "{:?}", texts(&checked));
    let refused = backup(&data, &folder.path().join("backup"), MADE).unwrap_err().to_string();
    let head = format!("the file `{}` is damaged: ", file.display());
    assert!(refused.starts_with(&head), "{refused}");
    assert!(!folder.path().join("backup").exists());
}
