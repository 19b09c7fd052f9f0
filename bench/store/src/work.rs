//! Tasks that call the store one request after another, and what is left of the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use vestibule_bench_report::Outcome;
use vestibule_dynamodb::{Action, Tables};

/// What some tasks did.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Series {
    /// Of what, for example `PutItem, 32 writers`.
    pub(crate) what: String,
    /// Calls a second, of all tasks.
    pub(crate) rate: f64,
    /// Half of the calls take this long or less, in microseconds.
    pub(crate) p50_us: f64,
    /// Of a hundred calls one takes longer, in microseconds.
    pub(crate) p99_us: f64,
}

/// How a body is made from a number that no other call has.
pub(crate) type Make = fn(u64) -> Bytes;

/// Tasks that all do the same.
pub(crate) struct Tasks {
    stop: Arc<AtomicBool>,
    running: Vec<tokio::task::JoinHandle<Outcome<Vec<Duration>>>>,
    begun: Instant,
}

pub(crate) fn start(tables: &Tables, tasks: u64, action: Action, make: Make) -> Tasks {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let stop = Arc::new(AtomicBool::new(false));
    let running = (0..tasks).map(|_| {
        let (tables, stop) = (tables.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let body = make(NEXT.fetch_add(1, Ordering::Relaxed));
                let begun = Instant::now();
                call(&tables, action, body).await?;
                times.push(begun.elapsed());
                // A read that never waits would keep its thread from the others.
                tokio::task::yield_now().await;
            }
            Ok(times)
        })
    });
    let running = running.collect();
    Tasks { stop, running, begun: Instant::now() }
}

impl Tasks {
    /// Ends the tasks.
    pub(crate) async fn end(self, what: &str) -> Outcome<Series> {
        self.stop.store(true, Ordering::Relaxed);
        let span = self.begun.elapsed().as_secs_f64();
        let mut times = Vec::new();
        for task in self.running {
            times.extend(task.await.map_err(|error| error.to_string())??);
        }
        times.sort();
        let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, micros);
        let rate = times.len() as f64 / span;
        Ok(Series { what: what.to_owned(), rate, p50_us: at(50), p99_us: at(99) })
    }
}

fn micros(time: &Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Does one call, which must succeed.
pub(crate) async fn call(tables: &Tables, action: Action, body: Bytes) -> Outcome<Bytes> {
    let reply = tables.call(action, body).await.map_err(|error| error.to_string())?;
    if reply.is_success() {
        return Ok(reply.body);
    }
    Err(format!("{action}: {}", String::from_utf8_lossy(&reply.body)))
}

/// Megabytes of a line of `/proc/self/status`, such as `RssAnon`.
pub(crate) fn megabytes(of: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(':'));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kilobytes.map(|kilobytes| kilobytes / 1024.0).ok_or_else(|| format!("no {of} in /proc"))
}
