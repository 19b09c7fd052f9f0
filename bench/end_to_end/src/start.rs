//! How long a start takes, from the moment the system is asked for a process to the first good answer, and what an
//! idle program takes of the memory. A store is there already: opening it is a part of the start.

use crate::Outcome;
use crate::subject::{Launch, Setting, Subject};
use vestibule_bench_report::Spread;
use vestibule_bench_serving::{Memory, QUIET};

/// What came of the starts of one subject.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Starts {
    pub(crate) subject: Subject,
    pub(crate) ready_ms: Spread,
    /// Of the last start, after a second without any request but that for readiness.
    pub(crate) idle: Memory,
}

/// Starts a subject several times.
pub(crate) fn starts(setting: &Setting, subject: Subject, times: usize) -> Outcome<Starts> {
    let mut ready_ms = Vec::new();
    for _ in 0..times {
        let running = setting.start(subject, Launch::default())?;
        ready_ms.push(running.ready_after.as_secs_f64() * 1e3);
        running.stop()?;
    }
    let running = setting.start(subject, Launch::default())?;
    std::thread::sleep(QUIET);
    let idle = running.process().memory()?;
    running.stop()?;
    Ok(Starts { subject, ready_ms: Spread::of(ready_ms), idle })
}
