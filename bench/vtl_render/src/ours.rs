//! Our side: the gateway's engine, in this process, from the bytes of a body to the text.

use std::hint::black_box;
use std::time::{Duration, Instant};

use nix::time::ClockId;
use vestibule_gateway::{Given, RenderFailure, StandaloneTemplate};

use crate::Outcome;
use crate::subject::Subject;
use crate::turn::Turn;

/// Renders between two looks at the clock.
const BATCH: u64 = 32;

/// A compiled template with its values.
#[derive(Debug)]
pub(crate) struct Ours<'s> {
    template: StandaloneTemplate,
    given: Given,
    body: &'s [u8],
}

impl<'s> Ours<'s> {
    pub(crate) fn new(subject: &'s Subject) -> Outcome<Ours<'s>> {
        let template = StandaloneTemplate::new(&subject.template);
        let template = template.map_err(|failure| failed(&failure))?;
        Ok(Ours { template, given: subject.given.clone(), body: &subject.body })
    }

    /// Renders once: the body from its bytes, a fresh heap, the text.
    pub(crate) fn render(&mut self) -> Outcome<String> {
        self.given.set_body(black_box(self.body));
        self.template.text(&self.given).map_err(|failure| failed(&failure))
    }

    /// Renders for some milliseconds.
    pub(crate) fn turn(&mut self, milliseconds: u64) -> Outcome<Turn> {
        let length = self.render()?.len();
        let span = Duration::from_millis(milliseconds);
        let cpu = cpu()?;
        let begun = Instant::now();
        let mut renders = 0;
        while begun.elapsed() < span {
            for _ in 0..BATCH {
                if self.render()?.len() != length {
                    return Err("the output changed".to_owned());
                }
            }
            renders += BATCH;
        }
        let wall_ns = nanoseconds(begun.elapsed());
        Ok(Turn { renders, wall_ns, cpu_ns: nanoseconds(self::cpu()?.saturating_sub(cpu)) })
    }
}

fn failed(failure: &RenderFailure) -> String {
    format!("the template does not render: {failure:?}")
}

fn cpu() -> Outcome<Duration> {
    let time = ClockId::CLOCK_PROCESS_CPUTIME_ID.now();
    time.map(Duration::from).map_err(|error| format!("there is no CPU time: {error}"))
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
