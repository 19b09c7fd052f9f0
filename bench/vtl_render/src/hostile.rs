//! Templates that want to hang a worker, over a body of several megabytes: how long each takes until a limit ends it.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vestibule_bench_report::table;
use vestibule_gateway::{Given, RenderFailure, StandaloneTemplate};
use vestibule_restapi::Sourced;

use crate::Outcome;

/// How long one may take before it is killed.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked whether one has ended.
const LOOKS: Duration = Duration::from_millis(5);

/// Renders every template in a process of its own and prints a table.
pub(crate) fn all(out: &mut impl Write) -> Outcome {
    let folder = folder();
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let mut rows = Vec::new();
    for name in names {
        let line = watched(&name)?;
        let (time, end) = line.split_once(' ').unwrap_or((&line, ""));
        rows.push([name, time.to_owned(), end.trim_end().to_owned()]);
    }
    write!(out, "{}", table(["", "ms", "ended by"], rows))
        .map_err(|error| format!("cannot print: {error}"))
}

/// Renders one template and returns how many milliseconds it took, and what ended it.
pub(crate) fn one(name: &str) -> Outcome<String> {
    let path = folder().join(name).with_extension("vtl");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let template = StandaloneTemplate::new(&Sourced::inline(name, &text))
        .map_err(|failure| format!("`{name}` does not parse: {failure:?}"))?;
    let mut given = Given::parse("{}")?;
    given.body = body();
    let begun = Instant::now();
    let rendered = template.text(&given);
    let took = begun.elapsed().as_secs_f64() * 1e3;
    Ok(match rendered {
        Ok(text) => format!("{took:.0} its end, {} bytes", text.len()),
        Err(RenderFailure::Failed { message, .. }) => format!("{took:.0} {message}"),
        Err(RenderFailure::Syntax(_)) => format!("{took:.0} a syntax error"),
    })
}

fn watched(name: &str) -> Outcome<String> {
    let program = std::env::current_exe().map_err(|error| format!("where is this? {error}"))?;
    let mut child = Command::new(program)
        .args(["--hostile", "--subject", name])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start a process: {error}"))?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if ended(&mut child)? {
            let said = child.wait_with_output();
            let said = said.map_err(|error| format!("cannot read what it said: {error}"))?;
            return Ok(String::from_utf8_lossy(&said.stdout).into_owned());
        }
        std::thread::sleep(LOOKS);
    }
    // It may have ended just now; then there is nothing to kill.
    let _ = child.kill();
    let _ = child.wait();
    Ok(format!(">{} killed", PATIENCE.as_millis()))
}

fn ended(child: &mut Child) -> Outcome<bool> {
    let status = child.try_wait().map_err(|error| format!("cannot wait: {error}"))?;
    Ok(status.is_some())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/hostile")
}

/// Some six megabytes of JSON: long lists, a large map, long texts, deep nesting.
fn body() -> String {
    let mut body = String::from("{\"text\":\"");
    body.push_str(&"ab ".repeat(350_000));
    body.push_str("\",\"wide\":\"");
    body.push_str(&"\u{e9}\u{1f600}".repeat(150_000));
    body.push('"');
    // Writing to a string does not fail.
    let mut list = |name: &str, count: u32, item: fn(u32) -> String, [open, close]: [char; 2]| {
        let _ = write!(body, ",\"{name}\":{open}");
        for number in 0..count {
            let comma = if number == 0 { "" } else { "," };
            let _ = write!(body, "{comma}{}", item(number));
        }
        body.push(close);
    };
    let brackets = ['[', ']'];
    list("numbers", 300_000, |number| (number % 10).to_string(), brackets);
    list("words", 100_000, |number| format!("\"w{number}\""), brackets);
    let item =
        |number| format!("{{\"id\":{number},\"name\":\"nananananana\",\"tags\":[\"a\",\"b\"]}}");
    list("items", 20_000, item, brackets);
    list("map", 50_000, |number| format!("\"k{number}\":{number}"), ['{', '}']);
    let _ = write!(body, ",\"deep\":{}1{}}}", "[".repeat(300), "]".repeat(300));
    body
}
