//! What is printed when all is ready works when it is used.

use super::{Test, compare, equal, exchange, folder, request};
use crate::harness::{Folder, Outcome, Program, Values, matches};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("the_printed_line_works", the_printed_line_works),
    ("the_printed_line_works_with_two_apis", the_printed_line_works_with_two_apis),
    ("everything_is_printed_once_it_serves", everything_is_printed_once_it_serves),
    ("settings_of_the_folder_count", settings_of_the_folder_count),
];

const SEED: &str =
    r#"{"RequestItems": {"things": [{"PutRequest": {"Item": {"id": {"S": "a-b"}}}}]}}"#;
const ARGUMENTS: [&str; 4] = ["api.yaml", "tables.yaml", "--seed", "seed.json"];

fn the_printed_line_works() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    try_printed(&folder, &ARGUMENTS)
}

fn the_printed_line_works_with_two_apis() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    folder.write("other.yaml", &super::API.replace("title: store", "title: other"))?;
    try_printed(&folder, &[&ARGUMENTS[..], &["other.yaml"]].concat())
}

/// Sends what the line behind `try:` says.
fn try_printed(folder: &Folder, arguments: &[&str]) -> Outcome {
    let mut program = Program::serve(folder, arguments)?;
    let line = program.printed("try: curl ")?;
    let url = format!("http://{}", program.address());
    let path = line.strip_prefix(&url).ok_or_else(|| format!("`{line}` is not for {url}"))?;
    let mut client = program.connect()?;
    client.send(request("GET", path).as_bytes())?;
    let item =
        "HTTP/1.1 200 OK\nx-amzn-trace-id: {{trace-id}}\n\n{\"Item\":{\"id\":{\"S\":\"a-b\"}}}\n";
    compare(&client.response(false)?, item)
}

const PRINTED: &str = "\
table things: created
seed seed.json: 1 item loaded

verb    path         action      auth
GET     /items/{id}  GetItem     NONE
PUT     /items/{id}  PutItem     NONE
DELETE  /items/{id}  DeleteItem  NONE
GET     /mock        MOCK        NONE
POST    /mock        MOCK        NONE
PUT     /mock        MOCK        NONE

listening on http://127.0.0.1:{{port}}
admin on http://127.0.0.1:{{re \\d+}}
try: curl http://127.0.0.1:{{port}}/items/a-b
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
    folder
        .write("vestibule.toml", "version = 1\ndefinitions = [\"api.yaml\", \"tables.yaml\"]\n")?;
    let program = Program::serve(&folder, &[])?;
    exchange(&program, &request("GET", "/mock"), "HTTP/1.1 200 OK\n\nfine\n")
}
