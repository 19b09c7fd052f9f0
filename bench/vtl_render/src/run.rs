//! One run from the inputs to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, Spread, keep, note, sit, today};

use crate::arguments::Effort;
use crate::ours::Ours;
use crate::report::{Report, Row};
use crate::subject::{SUBJECTS, Subject};
use crate::theirs::Theirs;
use crate::turn::Turn;
use crate::{Arguments, Outcome, hostile, instructions};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Measures, prints to `out` and, unless it is quick or partial, writes `bench/runs/DATE-MACHINE-vtl_render.json`.
///
/// # Errors
///
/// What could not be read, started or measured, or how the two sides differ, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    if let (Some(renders), Some(name)) = (arguments.renders, &arguments.subject) {
        let subject = Subject::read(name)?;
        let mut ours = Ours::new(&subject)?;
        return (0..renders).try_for_each(|_| ours.render().map(drop));
    }
    if arguments.hostile {
        return match &arguments.subject {
            Some(name) => note(out, &hostile::one(name)?),
            None => hostile::all(out),
        };
    }
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let seat = Seats::choose()?.server;
    sit(seat)?;
    let names = match &arguments.subject {
        Some(name) => vec![name.as_str()],
        None => SUBJECTS.to_vec(),
    };
    let mut rows = Vec::new();
    for name in names {
        note(out, name)?;
        rows.push(measured(&Subject::read(name)?, arguments)?);
    }
    let report = Report { version: VERSION, date, machine, seat, effort: arguments.effort(), rows };
    note(out, &format!("\n{}", report.page()))?;
    if arguments.quick || arguments.subject.is_some() {
        return Ok(());
    }
    let name = format!("{}-{}-vtl_render", report.date, report.machine.slug());
    let path = keep(&name, &report)?;
    note(out, &format!("written to {}", path.display()))
}

fn measured(subject: &Subject, arguments: &Arguments) -> Outcome<Row> {
    let Effort { turns, turn_ms, warm_up_ms, counted_renders } = arguments.effort();
    let mut ours = Ours::new(subject)?;
    let mut theirs = Theirs::start(subject, arguments.jars.as_deref())?;
    let output = ours.render()?;
    if output != theirs.output {
        let name = &subject.name;
        return Err(format!(
            "`{name}` renders to\n{output}\nand in Velocity to\n{}",
            theirs.output
        ));
    }
    ours.turn(warm_up_ms)?;
    theirs.turn(warm_up_ms)?;
    let mut pairs: Vec<(Turn, Turn)> = Vec::new();
    for _ in 0..turns {
        pairs.push((ours.turn(turn_ms)?, theirs.turn(turn_ms)?));
    }
    drop(theirs);
    let spread = |figure: fn(&(Turn, Turn)) -> f64| Spread::of(pairs.iter().map(figure));
    Ok(Row {
        subject: subject.name.clone(),
        body_bytes: subject.body.len(),
        output_bytes: output.len(),
        ours_wall_ns: spread(|(ours, _)| ours.wall_ns_per_render()),
        ours_cpu_ns: spread(|(ours, _)| ours.cpu_ns_per_render()),
        theirs_wall_ns: spread(|(_, theirs)| theirs.wall_ns_per_render()),
        theirs_cpu_ns: spread(|(_, theirs)| theirs.cpu_ns_per_render()),
        theirs_over_ours: spread(|(ours, theirs)| {
            theirs.cpu_ns_per_render() / ours.cpu_ns_per_render()
        }),
        instructions: instructions::count(&subject.name, counted_renders)?,
    })
}
