//! kill -9 in the middle of writes loses no acknowledged one and tears no transaction.
//!
//! Source: inferred (the promise of the crate). The test starts itself again as the process that
//! is killed; the two meet over a pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use vestibule_dynamodb::{Action, Location, Options};

use crate::fixture::{EVENTS, ITEMS, Store, folder};

/// Holds the folder to write to, in the process that is killed.
const VICTIM: &str = "VESTIBULE_TEST_CRASH_FOLDER";
const ROUNDS: usize = 5;
const WRITERS: usize = 4;

#[test]
fn no_acknowledged_write_is_lost_by_kill_9() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        write_until_killed(Path::new(&folder));
    }
    let folder = folder();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(kill_after(folder.path(), 40 + round * 17));
        verify(folder.path(), &acknowledged);
    }
    assert!(acknowledged.len() >= ROUNDS * 40, "{} acknowledged", acknowledged.len());
}

fn options(folder: &Path) -> Options {
    Options::new(Location::Directory(folder.to_owned()))
}

/// Starts the victim, kills it after so many acknowledgements, and returns all that it gave.
fn kill_after(folder: &Path, acknowledgements: usize) -> Vec<String> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::no_acknowledged_write_is_lost_by_kill_9", "--nocapture"])
        .env(VICTIM, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in lines {
        if let Some(id) = line.unwrap().strip_prefix("acknowledged ") {
            acknowledged.push(id.to_owned());
        }
        if acknowledged.len() == acknowledgements {
            victim.kill().unwrap();
        }
    }
    assert!(!victim.wait().unwrap().success());
    acknowledged
}

/// Puts single items and pairs of items until the process is killed.
fn write_until_killed(folder: &Path) -> ! {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
    let store = Store::open(&options(folder));
    runtime.block_on(async {
        store.tables.ensure_table(ITEMS, None).await.unwrap();
        store.tables.ensure_table(EVENTS, None).await.unwrap();
        for writer in 0..WRITERS {
            let tables = store.tables.clone();
            tokio::spawn(async move {
                for number in 0_u64.. {
                    let id = format!("{}-{writer}-{number}", std::process::id());
                    let put = tables.call(Action::PutItem, put(&id).into()).await.unwrap();
                    assert_eq!(put.body, "{}");
                    let pair = tables.call(Action::TransactWriteItems, pair(&id).into());
                    assert_eq!(pair.await.unwrap().body, "{}");
                    let mut output = std::io::stdout().lock();
                    writeln!(output, "\nacknowledged {id}").unwrap();
                    output.flush().unwrap();
                }
            });
        }
        std::future::pending().await
    })
}

fn put(id: &str) -> String {
    format!(
        r#"{{"TableName":"items","Item":{{"id":{{"S":"single-{id}"}},"category":{{"S":"c"}}}}}}"#
    )
}

fn pair(id: &str) -> String {
    format!(
        r#"{{"TransactItems":[{{"Put":{{"TableName":"items","Item":{{"id":{{"S":"pair-{id}"}}}}}}}},
            {{"Put":{{"TableName":"events","Item":{{"stream":{{"S":"pair-{id}"}},"at":{{"N":"1"}}}}}}}}]}}"#
    )
}

fn verify(folder: &Path, acknowledged: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let store = Store::open(&options(folder));
    runtime.block_on(async {
        for id in acknowledged {
            let get = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"single-{id}"}}}}}}"#);
            let item =
                format!(r#"{{"Item":{{"category":{{"S":"c"}},"id":{{"S":"single-{id}"}}}}}}"#);
            store.expect(Action::GetItem, &get, 200, &item).await;
        }
        let halves = ids(&store, "items", "id", "begins_with(id, :p)").await;
        let others = ids(&store, "events", "stream", "begins_with(stream, :p)").await;
        assert_eq!(halves, others);
        for id in acknowledged {
            assert!(halves.contains(&format!("pair-{id}")), "pair-{id} is lost");
        }
    });
}

/// Returns the keys of all items that belong to a pair.
async fn ids(store: &Store, table: &str, key: &str, filter: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut from = String::new();
    loop {
        let names = r##""#k":"key""##.replace("key", key);
        let filter = filter.replace(key, "#k");
        let scan = format!(
            r#"{{"TableName":"{table}","FilterExpression":"{filter}","ExpressionAttributeNames":{{{names}}},"ExpressionAttributeValues":{{":p":{{"S":"pair-"}}}}{from}}}"#
        );
        let reply = store.reply(Action::Scan, &scan).await;
        let page: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        for item in page["Items"].as_array().unwrap() {
            ids.push(item[key]["S"].as_str().unwrap().to_owned());
        }
        let Some(last) = page.get("LastEvaluatedKey") else { break };
        from = format!(r#","ExclusiveStartKey":{last}"#);
    }
    ids.sort();
    ids
}
