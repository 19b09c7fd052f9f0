//! One run from the APIs to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, Spread, keep, note, sit, today};

use crate::report::{Report, Row};
use crate::subject::{Cost, SIZES, Subject};
use crate::{Outcome, instructions};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Measures how long the method of a request is looked for, in an API of five methods and in one of 5,000
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// Few rounds, to see that it works; writes no file
    #[arg(long)]
    quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    date: Option<String>,
    /// Only goes through the requests of the API of that many methods once, without a word: for a profiler
    #[arg(long, value_name = "METHODS")]
    count: Option<usize>,
}

/// Measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-route_find.json`.
///
/// # Errors
///
/// What could not be made or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    if let Some(methods) = arguments.count {
        Subject::new(methods)?.pass();
        return Ok(());
    }
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let seat = Seats::choose()?.server;
    sit(seat)?;
    let [small, large] = SIZES;
    let subjects = [Subject::new(small)?, Subject::new(large)?];
    let (rounds, passes) = if arguments.quick { (5, 20) } else { (101, 40) };
    let mut costs = [Vec::new(), Vec::new()];
    // The first round is the warm-up.
    for round in 0..=rounds {
        for (subject, costs) in subjects.iter().zip(&mut costs) {
            let cost = subject.cost(passes)?;
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let [first, _] = &costs;
    let rows = subjects.iter().zip(&costs).map(|(subject, costs)| row(subject, costs, first));
    let rows = rows.collect::<Outcome<Vec<Row>>>()?;
    let report = Report { version: VERSION, date, machine, seat, rounds, passes, rows };
    note(out, &report.page())?;
    if arguments.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-route_find", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

fn row(subject: &Subject, costs: &[Cost], first: &[Cost]) -> Outcome<Row> {
    let over = |figure: fn(&Cost) -> f64| {
        Spread::of(costs.iter().zip(first).map(|(cost, first)| figure(cost) / figure(first)))
    };
    Ok(Row {
        methods: subject.methods,
        wall_ns: Spread::of(costs.iter().map(|cost| cost.wall_ns)),
        cpu_ns: Spread::of(costs.iter().map(|cost| cost.cpu_ns)),
        wall_over_small: over(|cost| cost.wall_ns),
        cpu_over_small: over(|cost| cost.cpu_ns),
        instructions: instructions::count(subject)?,
    })
}
