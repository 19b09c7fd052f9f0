//! The process that is killed: writers of every kind, which tell what was acknowledged.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use vestibule_dynamodb::{Action, Location, Options, Tables};

use crate::disk::say;
use crate::fixture::{EVENTS, ITEMS, Store};

/// Holds the folder to write to, in the victim.
pub(crate) const FOLDER: &str = "VESTIBULE_TEST_VICTIM";
const WRITERS: usize = 4;
/// Items of a batch.
pub(crate) const BATCH: usize = 5;

/// What a victim said before its end: each writer's name and how many rounds of it were acknowledged.
pub(crate) type Acknowledged = BTreeMap<String, u64>;

pub(crate) fn options(folder: &Path) -> Options {
    Options::new(Location::Directory(folder.to_owned()))
}

/// Starts the victim of the test of this name.
pub(crate) fn start(test: &str, folder: &Path, environment: &[(&str, String)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads what the victim says to its end; `at` is called with the number of acknowledgements.
pub(crate) fn listen(victim: &mut Child, mut at: impl FnMut(&mut Child, usize)) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    let mut number = 0;
    for line in BufReader::new(victim.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(said) = line.strip_prefix("acknowledged ") else { continue };
        let (writer, rounds) = said.split_once(' ').unwrap();
        acknowledged.insert(writer.to_owned(), rounds.parse().unwrap());
        number += 1;
        at(victim, number);
    }
    acknowledged
}

/// Writes until the process ends.
pub(crate) fn write(folder: &Path) -> ! {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
    let store = Store::open(&options(folder));
    runtime.block_on(async {
        store.tables.ensure_table(ITEMS, None).await.unwrap();
        store.tables.ensure_table(EVENTS, None).await.unwrap();
        for writer in 0..WRITERS {
            let (tables, writer) =
                (store.tables.clone(), format!("{}-{writer}", std::process::id()));
            tokio::spawn(async move {
                for round in 1_u64.. {
                    write_round(&tables, &writer, round).await;
                    say(&format!("acknowledged {writer} {round}"));
                }
            });
        }
        std::future::pending().await
    })
}

/// One write of each kind.
async fn write_round(tables: &Tables, writer: &str, round: u64) {
    let id = format!("{writer}-{round}");
    call(tables, Action::PutItem, &put(&format!("single-{id}"))).await;
    let count = format!(
        r##"{{"TableName":"items","Key":{{"id":{{"S":"count-{writer}"}}}},"UpdateExpression":"ADD #n :one","ExpressionAttributeNames":{{"#n":"n"}},"ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}"##
    );
    call(tables, Action::UpdateItem, &count).await;
    let puts: Vec<String> = (0..BATCH)
        .map(|at| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item(&format!("batch-{id}-{at}"))))
        .collect();
    let batch = format!(r#"{{"RequestItems":{{"items":[{}]}}}}"#, puts.join(","));
    call(tables, Action::BatchWriteItem, &batch).await;
    // Every other one with a token, which the engine does in a transaction of its own.
    let token = if round.is_multiple_of(2) {
        format!(r#""ClientRequestToken":"{id}","#)
    } else {
        String::new()
    };
    let pair = format!(
        r#"{{{token}"TransactItems":[{{"Put":{{"TableName":"items","Item":{}}}}},{{"Put":{{"TableName":"events","Item":{{"stream":{{"S":"pair-{id}"}},"at":{{"N":"1"}}}}}}}}]}}"#,
        item(&format!("pair-{id}"))
    );
    call(tables, Action::TransactWriteItems, &pair).await;
    call(tables, Action::PutItem, &put(&format!("gone-{id}"))).await;
    let delete = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"gone-{id}"}}}}}}"#);
    call(tables, Action::DeleteItem, &delete).await;
}

fn put(id: &str) -> String {
    format!(r#"{{"TableName":"items","Item":{}}}"#, item(id))
}

/// Large enough that a page of the file holds few.
fn item(id: &str) -> String {
    let text = "x".repeat(300);
    format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"c"}},"text":{{"S":"{text}"}}}}"#)
}

async fn call(tables: &Tables, action: Action, body: &str) {
    let reply = tables.call(action, body.to_owned().into()).await.unwrap();
    assert!(reply.is_success(), "{action} {:?}", reply.body);
}
