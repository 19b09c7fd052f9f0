//! What is printed when all is ready works when it is used.

use super::{Test, equal, exchange, folder, request};
use crate::harness::{Outcome, Program, Values, matches};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("the_printed_line_works", the_printed_line_works),
    ("everything_is_printed_once_it_serves", everything_is_printed_once_it_serves),
    ("settings_of_the_folder_count", settings_of_the_folder_count),
];

const SEED: &str = r#"{"RequestItems": {"t": [{"PutRequest": {"Item": {"id": {"S": "a b"}}}}]}}"#;
const ARGUMENTS: [&str; 4] = ["api.yaml", "tables.yaml", "--seed", "seed.json"];

fn the_printed_line_works() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    let program = Program::serve(&folder, &ARGUMENTS)?;
    let url = format!("http://{}", program.address());
    exchange(&program, &request("GET", "/items/a%20b"), super::DONE)?;
    let stdout = program.stop()?.stdout;
    let line = stdout.lines().find_map(|line| line.strip_prefix("try: curl "));
    let line = line.ok_or_else(|| format!("no line to try in {stdout:?}"))?;
    let path = line.strip_prefix(&url).ok_or_else(|| format!("`{line}` is not for {url}"))?;
    let program = Program::serve(&folder, &ARGUMENTS)?;
    let mut client = program.connect()?;
    client.send(request("GET", path).as_bytes())?;
    equal("status", client.response(false)?.status(), 200)
}

const PRINTED: &str = "\
table t: created
seed seed.json: 1 item loaded

verb    path         action      auth
GET     /items/{id}  GetItem     NONE
PUT     /items/{id}  PutItem     NONE
DELETE  /items/{id}  DeleteItem  NONE
GET     /mock        MOCK        NONE
POST    /mock        MOCK        NONE

listening on http://127.0.0.1:{{port}}
admin on http://127.0.0.1:{{re \\d+}}
try: curl http://127.0.0.1:{{port}}/items/a%20b
";

fn everything_is_printed_once_it_serves() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    let program = Program::serve(&folder, &ARGUMENTS)?;
    let values = Values::from([("port", program.address().port().to_string())]);
    let ended = program.stop()?;
    match matches(PRINTED, &ended.stdout, &values)? {
        true => equal("standard error", ended.stderr.as_str(), ""),
        false => Err(format!("expected\n{PRINTED}\ngot\n{}", ended.stdout)),
    }
}

fn settings_of_the_folder_count() -> Outcome {
    let folder = folder()?;
    folder.write("vestibule.toml", "version = 1\ndefinitions = [\"api.yaml\", \"tables.yaml\"]\n")?;
    let program = Program::serve(&folder, &[])?;
    exchange(&program, &request("GET", "/mock"), "HTTP/1.1 200 OK\n\nfine\n")
}
