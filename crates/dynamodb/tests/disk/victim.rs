//! The process that is killed: writers of every kind, which tell what was acknowledged.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use vestibule_dynamodb::{Action, Expiry, Location, Options, Tables};

use crate::disk::say;
use crate::fixture::{ITEMS, Store};

/// Holds the folder to write to, in the victim.
pub(crate) const FOLDER: &str = "VESTIBULE_TEST_VICTIM";
const WRITERS: usize = 4;
/// Items of a batch.
pub(crate) const BATCH: usize = 5;

/// The table `events`, whose stream tells every change.
const EVENTS: &str = r#"{"TableName":"events","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"stream","AttributeType":"S"},
    {"AttributeName":"at","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"stream","KeyType":"HASH"},
    {"AttributeName":"at","KeyType":"RANGE"}],
"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}"#;

/// The table `sessions`, whose items end at `ends`, with a stream.
const SESSIONS: &str = r#"{"TableName":"sessions","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}"#;

/// The time at which items end, as the victim is told it.
const NOW_S: u64 = 1_795_752_000;

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
        store.tables.ensure_table(SESSIONS, Some("ends")).await.unwrap();
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
    call(tables, Action::TransactWriteItems, &transaction(writer, round)).await;
    if round.is_multiple_of(2) {
        // With the token of the one before: it is answered, and not done again.
        call(tables, Action::TransactWriteItems, &transaction(writer, round)).await;
    }
    let value = format!("{{'id':'statement-{id}','category':'c','text':'{}'}}", text());
    let insert = format!(r#"{{"Statement":"INSERT INTO items VALUE {value}"}}"#);
    call(tables, Action::ExecuteStatement, &insert).await;
    let value = format!("{{'id':'pair-sql-{id}','category':'c','text':'{}'}}", text());
    let inserts = format!(
        r#"{{"TransactStatements":[{{"Statement":"INSERT INTO items VALUE {value}"}},{{"Statement":"INSERT INTO events VALUE {{'stream':'pair-sql-{id}','at':1}}"}}]}}"#
    );
    call(tables, Action::ExecuteTransaction, &inserts).await;
    call(tables, Action::PutItem, &put(&format!("gone-{id}"))).await;
    let delete = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"gone-{id}"}}}}}}"#);
    call(tables, Action::DeleteItem, &delete).await;
    expire(tables, &id).await;
}

/// Two puts and an addition; every other one has a token, which the engine does in a transaction of its own.
fn transaction(writer: &str, round: u64) -> String {
    let id = format!("{writer}-{round}");
    let token = match round.is_multiple_of(2) {
        true => format!(r#""ClientRequestToken":"{id}","#),
        false => String::new(),
    };
    format!(
        r##"{{{token}"TransactItems":[{{"Put":{{"TableName":"items","Item":{}}}}},{{"Put":{{"TableName":"events","Item":{{"stream":{{"S":"pair-{id}"}},"at":{{"N":"1"}}}}}}}},{{"Update":{{"TableName":"items","Key":{{"id":{{"S":"once-{writer}"}}}},"UpdateExpression":"ADD #n :one","ExpressionAttributeNames":{{"#n":"n"}},"ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}}}]}}"##,
        item(&format!("pair-{id}"))
    )
}

/// Puts two items, and waits until the one whose time is over is seen to be gone.
async fn expire(tables: &Tables, id: &str) {
    for (kind, ends) in [("kept", NOW_S + 1), ("ended", NOW_S - 1)] {
        let put = format!(
            r#"{{"TableName":"sessions","Item":{{"id":{{"S":"{kind}-{id}"}},"ends":{{"N":"{ends}"}}}}}}"#
        );
        call(tables, Action::PutItem, &put).await;
    }
    let get = format!(r#"{{"TableName":"sessions","Key":{{"id":{{"S":"ended-{id}"}}}}}}"#);
    let mut expiry = Expiry::from(tables.clone());
    while tables.call(Action::GetItem, get.clone().into()).await.unwrap().body != "{}" {
        expiry.round(NOW_S).await.unwrap();
    }
}

fn put(id: &str) -> String {
    format!(r#"{{"TableName":"items","Item":{}}}"#, item(id))
}

pub(crate) fn item(id: &str) -> String {
    format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"c"}},"text":{{"S":"{}"}}}}"#, text())
}

/// Large enough that a page of the file holds few.
fn text() -> String {
    "x".repeat(300)
}

async fn call(tables: &Tables, action: Action, body: &str) {
    let reply = tables.call(action, body.to_owned().into()).await.unwrap();
    assert!(reply.is_success(), "{action} {:?}", reply.body);
}
