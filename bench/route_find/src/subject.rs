//! An API and the requests whose methods are looked for.

use std::hint::black_box;
use std::time::Instant;

use vestibule_bench_report::cpu_ns;
use vestibule_gateway::Snapshot;

use crate::Outcome;
use crate::apis::{Request, api, requests};

/// Methods of the two APIs.
pub(crate) const SIZES: [usize; 2] = [5, 5_000];

/// Requests of a stream: every method of the large API once, each with its own values. As long for the small one, so that the
/// requests themselves come from memory alike.
const STREAM: usize = 5_000;

/// An API and its stream of requests, checked.
pub(crate) struct Subject {
    pub(crate) methods: usize,
    snapshot: Snapshot,
    /// The paths in the order of the stream, in one text: a real request was just read and is near.
    text: String,
    /// The verb of a request and where its path ends in the text.
    requests: Vec<(&'static str, usize)>,
}

/// What one find took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall_ns: f64,
    pub(crate) cpu_ns: f64,
}

impl Subject {
    /// Makes the API and sees that every request of the stream leads to its own method.
    pub(crate) fn new(methods: usize) -> Outcome<Subject> {
        let snapshot = api(methods)?;
        let stream = requests(methods, STREAM);
        stream.iter().try_for_each(|request| check(&snapshot, request))?;
        let mut text = String::new();
        let requests = stream.iter().map(|request| {
            text.push_str(&request.path);
            (request.verb, text.len())
        });
        let requests = requests.collect();
        Ok(Subject { methods, snapshot, text, requests })
    }

    /// Goes through the stream `passes` times and says what one find took.
    pub(crate) fn cost(&self, passes: usize) -> Outcome<Cost> {
        let (wall, cpu) = (Instant::now(), cpu_ns()?);
        for _ in 0..passes {
            self.pass();
        }
        let (wall_ns, cpu_ns) = (wall.elapsed().as_nanos() as f64, cpu_ns()? - cpu);
        let finds = (passes * self.requests.len()) as f64;
        Ok(Cost { wall_ns: wall_ns / finds, cpu_ns: cpu_ns / finds })
    }

    /// Finds the method of each request of the stream, and looks at its path variables. Callgrind counts from here on.
    #[inline(never)]
    pub(crate) fn pass(&self) {
        let mut start = 0;
        for (verb, end) in &self.requests {
            let path = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            let Some(found) = self.snapshot.find(black_box(verb), black_box(path)) else {
                continue;
            };
            black_box(found.method.path);
            for variable in found.variables {
                black_box(variable);
            }
        }
    }

    /// Finds of a pass.
    pub(crate) fn finds(&self) -> usize {
        self.requests.len()
    }
}

fn check(snapshot: &Snapshot, Request { verb, path, resource }: &Request) -> Outcome {
    let found =
        snapshot.find(verb, path).ok_or_else(|| format!("{verb} `{path}` leads nowhere"))?;
    let method = found.method;
    let filled = found.variables.fold(resource.clone(), |filled, (name, value)| {
        filled.replace(&format!("{{{name}}}"), value).replace(&format!("{{{name}+}}"), value)
    });
    if method.http_method.as_str() == *verb && method.path == resource && filled == *path {
        return Ok(());
    }
    Err(format!("{verb} `{path}` leads to {} `{}`, `{filled}`", method.http_method, method.path))
}
