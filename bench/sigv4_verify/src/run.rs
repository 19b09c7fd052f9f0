//! One run from the requests to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, Spread, collected, keep, note, sit, today};

use crate::Outcome;
use crate::report::{Report, Row};
use crate::subject::{Subject, Work};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// How often a request is worked on in callgrind.
const COUNTED: usize = 100;

/// Measures what verifying a signature costs beside making it
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// Few rounds, to see that it works; writes no file
    #[arg(long)]
    quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    date: Option<String>,
    /// Only works on the request of that name a hundred times, without a word: for a profiler
    #[arg(long, value_name = "NAME", requires = "work")]
    count: Option<String>,
    /// What is done with it: compute, verify or refuse
    #[arg(long)]
    work: Option<String>,
}

/// Measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-sigv4_verify.json`.
///
/// # Errors
///
/// What could not be made or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let subjects = Subject::all()?;
    if let (Some(name), Some(work)) = (&arguments.count, &arguments.work) {
        return count(&subjects, name, work);
    }
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let seat = Seats::choose()?.server;
    sit(seat)?;
    let (rounds, passes) = if arguments.quick { (5, 200) } else { (101, 1_000) };
    let rows = subjects.iter().map(|subject| row(subject, rounds, passes));
    let rows = rows.collect::<Outcome<Vec<Row>>>()?;
    let report = Report { version: VERSION, date, machine, seat, rounds, passes, rows };
    note(out, &report.page())?;
    if arguments.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-sigv4_verify", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

const WORKS: [(&str, Work); 3] =
    [("compute", Work::Compute), ("verify", Work::Verify), ("refuse", Work::Refuse)];

fn count(subjects: &[Subject], name: &str, work: &str) -> Outcome {
    let subject = subjects.iter().find(|subject| subject.name == name);
    let work = WORKS.into_iter().find(|(known, _)| *known == work);
    let (Some(subject), Some((_, work))) = (subject, work) else {
        return Err(format!("there is no such request or work: `{name}`"));
    };
    subject.pass(work, COUNTED);
    Ok(())
}

fn row(subject: &Subject, rounds: usize, passes: usize) -> Outcome<Row> {
    let mut costs = Vec::new();
    // The first round is the warm-up.
    for round in 0..=rounds {
        let mut cost = WORKS.into_iter().map(|(_, work)| subject.cpu_ns(work, passes));
        let mut next = || cost.next().unwrap_or(Ok(0.0));
        let (compute, verify, refuse) = (next()?, next()?, next()?);
        if round > 0 {
            costs.push((compute, verify, refuse));
        }
    }
    let instructions = |work: &str| -> Outcome<Option<f64>> {
        let arguments = ["--count", subject.name, "--work", work];
        let collected = collected("*Subject*pass*", &arguments)?;
        Ok(collected.map(|collected| collected / COUNTED as f64))
    };
    Ok(Row {
        name: subject.name,
        compute_ns: Spread::of(costs.iter().map(|cost| cost.0)),
        verify_ns: Spread::of(costs.iter().map(|cost| cost.1)),
        refuse_ns: Spread::of(costs.iter().map(|cost| cost.2)),
        verify_over_compute: Spread::of(costs.iter().map(|cost| cost.1 / cost.0)),
        compute_instructions: instructions("compute")?,
        verify_instructions: instructions("verify")?,
        refuse_instructions: instructions("refuse")?,
    })
}
