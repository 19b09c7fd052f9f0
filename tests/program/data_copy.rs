//! Tables copied to a store that is a script: what it is asked, what the program prints, and how it goes on.

use super::{DONE, Test, durable, equal, exchange, folder, request};
use crate::harness::{Backend, Does, Ended, Folder, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_table_is_copied_and_compared", copied),
    ("a_copy_that_was_stopped_goes_on", goes_on),
    ("a_copy_that_is_begun_anew_says_how_it_goes_on", begun_anew),
    ("a_file_that_is_no_progress_is_left_alone", of_something_else),
    ("a_comparison_names_what_differs", compared),
    ("a_comparison_that_fails_goes_on_with_nothing", compared_in_vain),
    ("a_store_that_is_served_is_not_copied", in_use),
    ("a_backup_is_not_copied_from", of_a_backup),
];

const NOT_FOUND: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
const DENIED: &str =
    r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"you may not"}"#;
const THERE: &str = r#"{"Table":{"TableName":"things","TableStatus":"ACTIVE","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}"#;
const BOTH: &str = r#"{"Count":2,"Items":[{"id":{"S":"b"}},{"id":{"S":"a"}}]}"#;
const NONE: &str = r#"{"Count":0,"Items":[]}"#;

/// Half of the SHA-256 of what the two items are, added: computed apart from the program.
const CHECKSUM: &str = "cf32fa3e35a5f5bb282059b758ab1bad";

/// A folder whose store has the items `a` and `b`.
fn filled() -> Outcome<Folder> {
    let folder = folder()?;
    let program = durable(&folder)?;
    exchange(&program, &request("PUT", "/items/a"), DONE)?;
    exchange(&program, &request("PUT", "/items/b"), DONE)?;
    equal("exit", program.stop()?.code, Some(0))?;
    Ok(folder)
}

/// A store that has been looked at for the version of own tables and for its nodes.
fn store() -> Outcome<Backend> {
    let store = Backend::listen()?;
    opened(&store);
    Ok(store)
}

fn opened(store: &Backend) {
    says(store, 400, &[NOT_FOUND, NOT_FOUND]);
}

fn says(store: &Backend, status: u16, bodies: &[&str]) {
    for body in bodies {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n\r\n");
        store.does(Does::Sends(format!("{head}{body}").into_bytes()));
    }
}

/// The actions that a store was asked for until now, with the bodies of writes.
fn asked(store: &Backend) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(request) = store.further() {
        let target = request.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_target = name.eq_ignore_ascii_case("x-amz-target");
            is_target.then(|| value.replace("DynamoDB_20120810.", ""))
        });
        match target.as_deref() {
            // How often nodes are asked for is not the copy's.
            None | Some("GetItem") => {}
            Some(action @ ("CreateTable" | "BatchWriteItem")) => {
                let body = request.rsplit_once("\n\n").map_or("", |(_, body)| body);
                asked.push(format!("{action} {body}"));
            }
            Some(action) => asked.push(action.to_owned()),
        }
    }
    asked
}

fn copy(folder: &Folder, store: &Backend, further: &[&str]) -> Outcome<Ended> {
    let url = format!("http://{}", store.address());
    let arguments = ["copy", "--from", "embedded", "--to", &url, "--data", "data"];
    let ended = Program::data(folder, &[&arguments, further].concat())?;
    let hidden = |text: &str| text.replace(&url, "URL");
    let (stdout, stderr) = (hidden(&ended.stdout), hidden(&ended.stderr));
    Ok(Ended { code: ended.code, stdout, stderr })
}

fn ended(code: i32, stdout: &str, stderr: &str) -> Ended {
    Ended { code: Some(code), stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

const CREATE: &str = r#"CreateTable {"TableName":"things","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}"#;
const WRITE: &str = r#"BatchWriteItem {"RequestItems":{"things":[{"PutRequest":{"Item":{"id":{"S":"b"}}}},{"PutRequest":{"Item":{"id":{"S":"a"}}}}]}}"#;

/// The same with the items in the other order, which is the store's.
fn is_write(line: &str) -> bool {
    let other = WRITE.replace("\"b\"", "\"c\"").replace("\"a\"", "\"b\"").replace("\"c\"", "\"a\"");
    [WRITE, &other].contains(&line)
}

fn copied() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    // Neither the table nor the program's own is there; the first is made, filled, and read in four parts.
    says(&store, 400, &[NOT_FOUND, NOT_FOUND]);
    says(&store, 200, &[r#"{"TableDescription":{"TableStatus":"ACTIVE"}}"#, THERE]);
    says(&store, 200, &[r#"{"UnprocessedItems":{}}"#]);
    says(&store, 400, &[NOT_FOUND]);
    says(&store, 200, &[NONE, BOTH, NONE, NONE]);
    let expected = format!(
        "`things`: 2 items, checksum {CHECKSUM}\n`vestibule.meta`: 0 items, checksum {:032x}\ncopied `embedded` to `URL`: 2 tables, 2 items, the same in both\n",
        0
    );
    equal("the end", copy(&folder, &store, &[])?, ended(0, &expected, ""))?;
    let asked = asked(&store);
    let mut names: Vec<&str> = asked.iter().map(String::as_str).collect();
    let write = names.iter().position(|line| is_write(line)).ok_or_else(|| format!("{names:?}"))?;
    names.remove(write);
    let describe = "DescribeTable";
    let expected = [describe, describe, CREATE, describe, describe, "Scan", "Scan", "Scan", "Scan"];
    equal("asked", names, expected.to_vec())?;
    equal("progress", folder.path("data/copy.json").exists(), false)
}

fn goes_on() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    let one_table = ["--table", "things"];
    says(&store, 400, &[NOT_FOUND]);
    says(&store, 200, &[r#"{"TableDescription":{"TableStatus":"ACTIVE"}}"#, THERE]);
    says(&store, 400, &[DENIED]);
    let denied = "error: the target `URL` refuses BatchWriteItem of table `things`: AccessDeniedException: you may not (help: run the same command again when that is mended: it goes on where it was)\n";
    equal("the end", copy(&folder, &store, &one_table)?, ended(2, "", denied))?;
    equal("progress", folder.path("data/copy.json").exists(), true)?;
    asked(&store);
    // Another store has nothing of it.
    let other = Backend::listen()?;
    opened(&other);
    let refused = copy(&folder, &other, &one_table)?;
    let data = folder.path("data");
    let path = std::path::Path::new(&data).canonicalize().map_err(|error| error.to_string())?;
    let path = path.display();
    let first = format!("http://{}", store.address());
    let expected = format!(
        "error: `{path}/copy.json` is of another copy, from embedded `{path}` to `{first}`: end that one first, name another file by `--progress`, or begin anew with `--restart`\n"
    );
    equal("another", refused, ended(2, "", &expected))?;
    opened(&store);
    says(&store, 200, &[THERE, r#"{"UnprocessedItems":{}}"#, BOTH, NONE, NONE, NONE]);
    let expected = format!(
        "`things`: 2 items, checksum {CHECKSUM}\ncopied `embedded` to `URL`: 1 table, 2 items, the same in both\n"
    );
    equal("the end", copy(&folder, &store, &one_table)?, ended(0, &expected, ""))?;
    let made = asked(&store).iter().any(|line| line.starts_with("CreateTable"));
    equal("made again", made, false)
}

fn begun_anew() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    let anew = ["--table", "things", "--restart"];
    // What fails before it is begun is begun again by the same command.
    says(&store, 400, &[DENIED]);
    let denied = |action: &str, help: &str| {
        let help = format!("(help: {help})");
        format!(
            "error: the target `URL` refuses {action} of table `things`: AccessDeniedException: you may not {help}\n"
        )
    };
    let expected = denied("DescribeTable", "run the same command again when that is mended");
    equal("not begun", copy(&folder, &store, &anew)?, ended(2, "", &expected))?;
    opened(&store);
    says(&store, 400, &[NOT_FOUND]);
    says(&store, 200, &[r#"{"TableDescription":{"TableStatus":"ACTIVE"}}"#, THERE]);
    says(&store, 400, &[DENIED]);
    let help =
        "run the same command without `--restart` when that is mended: it goes on where it was";
    let expected = denied("BatchWriteItem", help);
    equal("begun", copy(&folder, &store, &anew)?, ended(2, "", &expected))
}

fn of_something_else() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    folder.write("notes.txt", "mine")?;
    let further = ["--progress", "notes.txt", "--restart"];
    let expected = "error: `notes.txt` is no progress of a copy: expected value at line 1 column 1: name another file by `--progress`, or remove it\n";
    equal("the end", copy(&folder, &store, &further)?, ended(2, "", expected))?;
    let kept = std::fs::read_to_string(folder.path("notes.txt"));
    equal("the file", kept.map_err(|error| error.to_string())?, "mine".to_owned())
}

fn compared_in_vain() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    says(&store, 400, &[DENIED]);
    let expected = "error: the target `URL` refuses DescribeTable of table `things`: AccessDeniedException: you may not (help: run the same command again when that is mended)\n";
    let further = ["--table", "things", "--verify-only"];
    equal("the end", copy(&folder, &store, &further)?, ended(2, "", expected))
}

fn compared() -> Outcome {
    let (folder, store) = (filled()?, store()?);
    let other = r#"{"Items":[{"id":{"S":"a"},"more":{"N":"1"}},{"id":{"S":"c"}}]}"#;
    says(&store, 200, &[THERE, other, NONE, NONE, NONE, NONE, other, NONE, NONE]);
    let expected = "\
`things`: 2 items in both, not the same
  not at the target: {\"id\":{\"S\":\"b\"}}
  only at the target: {\"id\":{\"S\":\"c\"}}
  not the same: {\"id\":{\"S\":\"a\"}}
compared `embedded` with `URL`: 1 table, 2 items, 1 table not the same
";
    let further = ["--table", "things", "--verify-only"];
    equal("the end", copy(&folder, &store, &further)?, ended(1, expected, ""))
}

fn in_use() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    let expected = format!(
        "error: the data folder `data` is in use by another process ({}): stop it, or name another folder\n",
        program.id()
    );
    equal("the end", copy(&folder, &Backend::listen()?, &[])?, ended(2, "", &expected))
}

fn of_a_backup() -> Outcome {
    let folder = filled()?;
    let backup = Program::data(&folder, &["backup", "monday", "--data", "data"])?;
    equal("backup", backup.code, Some(0))?;
    let arguments =
        ["copy", "--from", "embedded", "--to", "http://127.0.0.1:1", "--data", "monday"];
    let expected = "error: `monday` is a backup, which opening it would change: restore it into a folder, and name that\n";
    equal("the end", Program::data(&folder, &arguments)?, ended(2, "", expected))
}
