//! One run from the policy to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, Spread, collected, keep, note, sit, today};

use crate::Outcome;
use crate::report::{Report, Row};
use crate::subject::{Cost, KINDS, PASS, Subject};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Measures how long a policy of 20 statements takes to decide about a request
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// Few rounds, to see that it works; writes no file
    #[arg(long)]
    quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    date: Option<String>,
    /// Only decides about the requests of that name, without a word: for a profiler
    #[arg(long, value_name = "NAME")]
    count: Option<String>,
}

/// Measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-policy_evaluate.json`.
///
/// # Errors
///
/// What could not be made or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    if let Some(name) = &arguments.count {
        Subject::new(name)?.pass();
        return Ok(());
    }
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let seat = Seats::choose()?.server;
    sit(seat)?;
    let subjects = KINDS.iter().map(|(name, _, _)| Subject::new(name));
    let subjects = subjects.collect::<Outcome<Vec<Subject>>>()?;
    let (rounds, passes) = if arguments.quick { (5, 20) } else { (101, 100) };
    let mut costs = vec![Vec::new(); subjects.len()];
    // The first round is the warm-up.
    for round in 0..=rounds {
        for (subject, costs) in subjects.iter().zip(&mut costs) {
            let cost = subject.cost(passes)?;
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let rows = subjects.iter().zip(&costs).map(|(subject, costs)| row(subject, costs));
    let rows = rows.collect::<Outcome<Vec<Row>>>()?;
    let decisions = passes * PASS;
    let report = Report { version: VERSION, date, machine, seat, rounds, decisions, rows };
    note(out, &report.page())?;
    if arguments.quick {
        return Ok(());
    }
    let path =
        keep(&format!("{}-{}-policy_evaluate", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

fn row(subject: &Subject, costs: &[Cost]) -> Outcome<Row> {
    let instructions = collected("*Subject*pass*", &["--count", subject.name])?;
    Ok(Row {
        name: subject.name,
        wall_ns: Spread::of(costs.iter().map(|cost| cost.wall_ns)),
        cpu_ns: Spread::of(costs.iter().map(|cost| cost.cpu_ns)),
        instructions: instructions.map(|instructions| instructions / PASS as f64),
    })
}
