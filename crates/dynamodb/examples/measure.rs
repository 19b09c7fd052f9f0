//! Measures the embedded store: `cargo run --release -p vestibule-dynamodb --example measure`.
//!
//! Prints GetItem on one thread, durable PutItem on one task, and reads beside eight writers.
//! Tracked figures are the bench workspace's; this is for a look during work.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use vestibule_dynamodb::{Action, Embedded, Location, Options, Tables};

const DEFINITION: &str = r#"{"TableName":"items","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
    {"AttributeName":"category","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
"GlobalSecondaryIndexes":[{"IndexName":"by-category","KeySchema":[
    {"AttributeName":"category","KeyType":"HASH"},{"AttributeName":"id","KeyType":"RANGE"}],
    "Projection":{"ProjectionType":"ALL"}}]}"#;
const SPAN: Duration = Duration::from_secs(3);

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let options = Options::new(Location::Directory(folder.path().join("data")));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build()?;
    runtime.block_on(async {
        let start = now();
        let (tables, _state) = Embedded::open(&options)?;
        report("open a new store", start.elapsed())?;
        tables.ensure_table(DEFINITION, None).await?;
        for id in 0..1_000 {
            succeed(&tables, Action::PutItem, put(id)).await?;
        }
        line("PutItem, one task", tokio::spawn(series(tables.clone(), put_call)).await??)?;
        line("GetItem, one task", tokio::spawn(series(tables.clone(), get_call)).await??)?;
        line("Query of 20", tokio::spawn(series(tables.clone(), query_call)).await??)?;
        beside_writers(&tables).await?;
        drop((tables, _state));
        let start = now();
        let _handles = Embedded::open(&options)?;
        report("open it again", start.elapsed())
    })
}

async fn beside_writers(tables: &Tables) -> Result<(), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (tables, stop) = (tables.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut done = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    succeed(&tables, Action::PutItem, put(done % 1_000)).await?;
                    done += 1;
                }
                Ok::<u64, Failure>(done)
            })
        })
        .collect();
    let reads = tokio::spawn(series(tables.clone(), get_call)).await??;
    stop.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await??;
    }
    line("GetItem beside 8 writers", reads)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "  the writers: {:.0} puts/s", written as f64 / SPAN.as_secs_f64())?;
    Ok(())
}

type Call = fn(u64) -> (Action, Bytes);

/// Calls one after another for the span; returns how long each took, sorted.
async fn series(tables: Tables, call: Call) -> Result<Vec<Duration>, Failure> {
    let (start, mut times) = (now(), Vec::new());
    let mut number = 0;
    while start.elapsed() < SPAN {
        let (action, body) = call(number % 1_000);
        let begun = now();
        succeed(&tables, action, body).await?;
        times.push(begun.elapsed());
        number += 1;
    }
    times.sort();
    Ok(times)
}

async fn succeed(tables: &Tables, action: Action, body: Bytes) -> Result<(), Failure> {
    let reply = tables.call(action, body).await?;
    if reply.is_success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&reply.body).into_owned().into())
}

fn put(id: u64) -> Bytes {
    let text = "x".repeat(250);
    Bytes::from(format!(
        r#"{{"TableName":"items","Item":{{"id":{{"S":"{id}"}},"category":{{"S":"c{}"}},"name":{{"S":"{text}"}},"price":{{"N":"12.50"}},"tags":{{"L":[{{"S":"a"}},{{"S":"b"}}]}},"ok":{{"BOOL":true}}}}}}"#,
        id % 50
    ))
}

fn put_call(id: u64) -> (Action, Bytes) {
    (Action::PutItem, put(id))
}

fn get_call(id: u64) -> (Action, Bytes) {
    let body = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"{id}"}}}}}}"#);
    (Action::GetItem, Bytes::from(body))
}

fn query_call(id: u64) -> (Action, Bytes) {
    let body = format!(
        r#"{{"TableName":"items","IndexName":"by-category","KeyConditionExpression":"category = :c","ExpressionAttributeValues":{{":c":{{"S":"c{}"}}}}}}"#,
        id % 50
    );
    (Action::Query, Bytes::from(body))
}

fn line(what: &str, times: Vec<Duration>) -> Result<(), Failure> {
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let rate = times.len() as f64 / SPAN.as_secs_f64();
    writeln!(out, "{what}: {rate:.0}/s, p50 {:?}, p99 {:?}", at(50), at(99))?;
    Ok(())
}

fn report(what: &str, time: Duration) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{what}: {time:?}")?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the real clock")]
fn now() -> Instant {
    Instant::now()
}
