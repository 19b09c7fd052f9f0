//! The access log of the running program: in a file, across a rename, and for a stage's own form.

use std::path::Path;
use std::time::Duration;

use super::{Test, equal, folder, request};
use crate::harness::{DEADLINE, Folder, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("access_log_has_a_line_a_request", has_a_line_a_request),
    ("access_log_is_opened_again_at_sighup", is_opened_again_at_sighup),
    ("access_log_is_written_before_the_end", is_written_before_the_end),
    ("access_log_on_a_full_disk_costs_no_request", on_a_full_disk_costs_no_request),
];

const FORMAT: &str = "$context.httpMethod $context.resourcePath $context.status $context.stage";

fn logging(folder: &Folder, to: &str) -> Outcome<Program> {
    let log = ["--access-log", to, "--access-log-format", FORMAT];
    Program::serve(folder, &[&["api.yaml", "tables.yaml"][..], &log].concat())
}

fn get(program: &Program, path: &str, status: u16) -> Outcome {
    let mut client = program.connect()?;
    client.send(request("GET", path).as_bytes())?;
    equal(path, client.response(false)?.status(), status)
}

fn has_a_line_a_request() -> Outcome {
    let folder = folder()?;
    let program = logging(&folder, "access.log")?;
    get(&program, "/items/1", 200)?;
    get(&program, "/unknown", 403)?;
    get(&program, "/%zz", 400)?;
    written(&folder.path("access.log"), "GET /items/{id} 200 prod\nGET - 403 prod\n")
}

fn is_opened_again_at_sighup() -> Outcome {
    let folder = folder()?;
    let program = logging(&folder, "access.log")?;
    let (log, moved) = (folder.path("access.log"), folder.path("moved.log"));
    get(&program, "/items/1", 200)?;
    written(&log, "GET /items/{id} 200 prod\n")?;
    std::fs::rename(&log, &moved).map_err(|error| error.to_string())?;
    program.signal("HUP")?;
    written(&log, "")?;
    get(&program, "/unknown", 403)?;
    written(&log, "GET - 403 prod\n")?;
    written(&moved, "GET /items/{id} 200 prod\n")
}

fn is_written_before_the_end() -> Outcome {
    let folder = folder()?;
    let program = logging(&folder, "stdout")?;
    for _ in 0..100 {
        get(&program, "/items/1", 200)?;
    }
    let ended = program.stop()?;
    let lines = ended.stdout.lines().filter(|line| *line == "GET /items/{id} 200 prod");
    equal("lines", lines.count(), 100)?;
    equal("code", ended.code, Some(0))
}

/// `/dev/full` answers every write as a full disk does.
fn on_a_full_disk_costs_no_request() -> Outcome {
    if !Path::new("/dev/full").exists() {
        return Ok(());
    }
    let folder = folder()?;
    let mut program = logging(&folder, "/dev/full")?;
    get(&program, "/items/1", 200)?;
    let line = program.wait_for_log("the access log cannot be written: lines are lost")?;
    equal("reason", line.contains("No space left on device"), true)?;
    get(&program, "/items/1", 200)
}

/// Waits until a file has this text.
pub(super) fn written(path: &Path, expected: &str) -> Outcome {
    const LOOK: Duration = Duration::from_millis(5);
    let mut text = String::new();
    for _ in 0..DEADLINE.as_millis() / LOOK.as_millis() {
        text = std::fs::read_to_string(path).unwrap_or_default();
        if text == expected && path.exists() {
            return Ok(());
        }
        std::thread::sleep(LOOK);
    }
    Err(format!("{}: expected {expected:?}, got {text:?}", path.display()))
}
