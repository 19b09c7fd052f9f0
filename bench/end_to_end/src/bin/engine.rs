//! The engine alone: one action in process, without HTTP and without templates.
//! `engine FOLDER CALL` opens a store and makes the calls of a file in turn. Each line it reads is an order, each line it
//! writes is what came of it, both JSON.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::JoinSet;
use vestibule_bench_serving::{Call, Measured, Order, Stopwatch};
use vestibule_dynamodb::{Action, Embedded, Location, Options, Tables};

// The program's own: else the allocators would be compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(call), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: engine FOLDER CALL".into());
    };
    let call: Call = serde_json::from_slice(&std::fs::read(&call)?)?;
    let action = Action::from_name(&call.action).ok_or("no such action")?;
    let bodies = call.bodies.into_iter().map(Bytes::from).collect();
    // The program's runtime: a thread a processor.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let options = Options::new(Location::Directory(PathBuf::from(folder)));
    let (tables, _state) = runtime.block_on(async { Embedded::open(&options) })?;
    let engine = Arc::new(Engine { tables, action, bodies, begins: call.begins.into_bytes() });
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        let measured = runtime.block_on(run(&engine, order))?;
        writeln!(out, "{}", serde_json::to_string(&measured)?)?;
    }
    Ok(())
}

#[derive(Debug)]
struct Engine {
    tables: Tables,
    action: Action,
    bodies: Vec<Bytes>,
    /// What the answers begin with.
    begins: Vec<u8>,
}

/// Runs as many tasks as the order has connections, each with one call under way.
async fn run(engine: &Arc<Engine>, order: Order) -> Result<Measured, Failure> {
    let watch = Arc::new(Mutex::new(Stopwatch::begin(order.end)?));
    let mut tasks = JoinSet::new();
    for first in 0..order.connections {
        let (engine, watch) = (Arc::clone(engine), Arc::clone(&watch));
        tasks.spawn(async move { engine.series(&watch, first).await });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let watch = Arc::into_inner(watch).ok_or("a task still has the times")?;
    Ok(watch.into_inner().unwrap_or_else(PoisonError::into_inner).end())
}

impl Engine {
    async fn series(&self, watch: &Mutex<Stopwatch>, first: usize) -> Result<(), Failure> {
        for body in self.bodies.iter().cycle().skip(first % self.bodies.len().max(1)) {
            // One thread a processor and one processor: nobody else wants the lock.
            let Some(since) = locked(watch).ask() else { break };
            let reply = self.tables.call(self.action, body.clone()).await?;
            if !reply.is_success() || !reply.body.starts_with(&self.begins) {
                return Err(format!("wrong: {}", String::from_utf8_lossy(&reply.body)).into());
            }
            locked(watch).note(since);
            // A call ends where it begins: without this one task would do all.
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

fn locked(watch: &Mutex<Stopwatch>) -> std::sync::MutexGuard<'_, Stopwatch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}
