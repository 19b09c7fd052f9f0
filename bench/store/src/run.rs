//! One run from an empty folder to the file.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use vestibule_bench_report::{Aim, Machine, Outcome, keep, note, table, today};
use vestibule_dynamodb::{Action, Embedded, Location, Options, Tables};

use crate::requests::{self, ITEMS};
use crate::work::{Make, Series, call, megabytes, start};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Measures the embedded store in process
#[derive(Debug, clap::Parser)]
pub(crate) struct Arguments {
    /// Short series and little data, to see that it works; writes no file
    #[arg(long)]
    quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    date: Option<String>,
    /// Where the store is made: the disk that is measured [default: the folder of temporary files]
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// What a run writes.
#[derive(Debug, serde::Serialize)]
struct Report {
    version: u32,
    date: String,
    machine: Machine,
    series: Vec<Series>,
    /// Figure and unit by name.
    single: Vec<(&'static str, f64, &'static str)>,
}

/// Measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-store.json`.
///
/// # Errors
///
/// What could not be made or measured, in one line.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let parent = arguments.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::tempdir_in(&parent).map_err(|error| error.to_string())?;
    let options = Options::new(Location::Directory(folder.path().join("data")));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let (series, single) = runtime.block_on(async {
        let (tables, _state) = Embedded::open(&options).map_err(|error| error.to_string())?;
        let span = Duration::from_millis(if arguments.quick { 300 } else { 4_000 });
        let series = measure(&tables, span).await?;
        let single = pages(&tables, arguments.quick).await?;
        Ok::<_, String>((series, single))
    })?;
    let report = Report { version: VERSION, date, machine, series, single };
    note(out, &report.page())?;
    if arguments.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-store", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

/// What is done, by how many tasks, and with which bodies.
type Kind = (&'static str, u64, Action, Make);

async fn measure(tables: &Tables, span: Duration) -> Outcome<Vec<Series>> {
    create(tables, requests::TABLE).await?;
    for batch in 0..ITEMS / 25 {
        call(tables, Action::BatchWriteItem, requests::batch(batch)).await?;
    }
    let kinds: [Kind; 7] = [
        ("PutItem, 1 writer", 1, Action::PutItem, |id| requests::put(id % ITEMS)),
        ("PutItem, 32 writers", 32, Action::PutItem, |id| requests::put(id % ITEMS)),
        ("BatchWriteItem of 25, 1 writer", 1, Action::BatchWriteItem, |id| {
            requests::batch(id % (ITEMS / 25))
        }),
        ("GetItem, 1 reader", 1, Action::GetItem, requests::get),
        ("GetItem, 4 readers", 4, Action::GetItem, requests::get),
        ("Query of 20, 1 reader", 1, Action::Query, requests::query),
        ("Query of 20, 4 readers", 4, Action::Query, requests::query),
    ];
    let mut series = Vec::new();
    for (what, tasks, action, make) in kinds {
        let tasks = start(tables, tasks, action, make);
        tokio::time::sleep(span).await;
        series.push(tasks.end(what).await?);
    }
    for (what, action, make) in [
        ("GetItem", Action::GetItem, requests::get as Make),
        ("Query of 20", Action::Query, requests::query),
    ] {
        let writers = start(tables, 32, Action::PutItem, |id| requests::put(id % ITEMS));
        let readers = start(tables, 4, action, make);
        tokio::time::sleep(span).await;
        series.push(readers.end(&format!("{what}, 4 readers beside 32 writers")).await?);
        series.push(writers.end(&format!("PutItem, 32 writers beside 4 readers of {what}")).await?);
    }
    Ok(series)
}

/// Pages of a partition of 100,000 items, and what the process holds with a gigabyte of items.
async fn pages(tables: &Tables, is_quick: bool) -> Outcome<Vec<(&'static str, f64, &'static str)>> {
    create(tables, requests::PLAIN).await?;
    let (small, large) = if is_quick { (2_000, 500) } else { (100_000, 250_000) };
    for first in (0..small).step_by(25) {
        call(tables, Action::BatchWriteItem, requests::plain_batch("small", first, 100)).await?;
    }
    let before = megabytes("RssAnon")?;
    let mut single = Vec::new();
    let begun = Instant::now();
    call(tables, Action::Query, requests::page("small", "")).await?;
    single.push(("first page of the partition", begun.elapsed().as_secs_f64() * 1e3, "ms"));
    let filter = r##","FilterExpression":"attribute_exists(nothing)""##;
    let begun = Instant::now();
    let mut rounds = 0.0;
    let mut from = String::new();
    loop {
        let body = requests::page("small", &format!("{filter}{from}"));
        let page = call(tables, Action::Query, body).await?;
        rounds += 1.0;
        let page = String::from_utf8_lossy(&page).into_owned();
        let Some((_, rest)) = page.split_once(r#""LastEvaluatedKey":"#) else { break };
        let Some((key, _)) = rest.split_once(r#","ScannedCount""#) else { break };
        from = format!(r#","ExclusiveStartKey":{key}"#);
    }
    single.push((
        "the whole partition, all rejected by a filter",
        begun.elapsed().as_secs_f64() * 1e3,
        "ms",
    ));
    single.push(("its pages", rounds, ""));
    single.push(("memory that the pages added", megabytes("RssAnon")? - before, "MB"));
    let begun = Instant::now();
    for first in (0..large).step_by(25) {
        call(tables, Action::BatchWriteItem, requests::plain_batch("large", first, 4_000)).await?;
    }
    single.push(("a gigabyte of items of 4 KB is written in", begun.elapsed().as_secs_f64(), "s"));
    for number in 0..1_000 {
        let body = format!(
            r#"{{"TableName":"plain","Key":{{"p":{{"S":"large"}},"n":{{"N":"{}"}}}}}}"#,
            number * 7919 % large
        );
        call(tables, Action::GetItem, body.into()).await?;
    }
    call(tables, Action::Query, requests::page("large", "")).await?;
    call(tables, Action::Scan, r#"{"TableName":"plain"}"#.into()).await?;
    single.push(("memory with a gigabyte of items, no file", megabytes("RssAnon")?, "MB"));
    single.push(("memory with a gigabyte of items, all", megabytes("VmRSS")?, "MB"));
    single.push(("the most there was", megabytes("VmHWM")?, "MB"));
    Ok(single)
}

async fn create(tables: &Tables, definition: &str) -> Outcome {
    let created = tables.ensure_table(definition, None).await;
    created.map(drop).map_err(|error| error.to_string())
}

impl Report {
    fn page(&self) -> String {
        let rows = self.series.iter().map(|one| {
            let Series { what, rate, p50_us, p99_us } = one;
            [what.clone(), format!("{rate:.0}"), format!("{p50_us:.0}"), format!("{p99_us:.0}")]
        });
        let mut page = format!("{}: {}.\n\n", self.date, self.machine);
        page.push_str(&table(["", "a second", "p50 us", "p99 us"], rows));
        let rows = self
            .single
            .iter()
            .map(|(what, figure, unit)| [(*what).to_owned(), format!("{figure:.1} {unit}")]);
        page.push_str(&table(["", ""], rows));
        page.push_str(&Aim::table("aim", self.aims()));
        page
    }

    fn aims(&self) -> Vec<Aim> {
        let rate = |what: &str| {
            self.series.iter().find(|one| one.what == what).map_or(0.0, |one| one.rate)
        };
        let beside = |what: &str| {
            let alone = rate(&format!("{what}, 4 readers"));
            alone / rate(&format!("{what}, 4 readers beside 32 writers"))
        };
        let memory =
            self.single.iter().find(|(what, ..)| *what == "memory with a gigabyte of items, all");
        let aim = |what: &str, found, most, unit| Aim { what: what.to_owned(), found, most, unit };
        vec![
            aim("GetItem alone over beside 32 writers", beside("GetItem"), 2.0, "x"),
            aim("Query alone over beside 32 writers", beside("Query of 20"), 2.0, "x"),
            aim(
                "memory with a gigabyte of items",
                memory.map_or(0.0, |found| found.1),
                200.0,
                " MB",
            ),
        ]
    }
}
