//! Backups of a program that serves, restores, checks; items whose time to live is over.

use super::{DONE, Test, compare, durable, durable_with, equal, exchange, folder, item, request};
use crate::harness::{Ended, Folder, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_store_that_is_served_is_backed_up_and_restored", backed_up_and_restored),
    ("a_check_finds_a_damaged_item_and_a_client_gets_no_absence", damaged),
    ("an_item_whose_time_is_over_goes_by_itself", time_is_over),
];

/// How often an item is asked for that should be gone: far more often than there is time for.
const ASKED_MOST: usize = 20_000;

/// Runs `vestibule data`, which ends so; `{bytes}` stands for a size.
fn data(folder: &Folder, arguments: &[&str], code: i32, stdout: &str, stderr: &str) -> Outcome {
    let Ended { code: ended, stdout: printed, stderr: complained } =
        Program::data(folder, arguments)?;
    let sized = |line: &str| match line.split_once(" files, ") {
        Some((head, rest)) => {
            let rest = rest.split_once(" KB").map_or(rest, |(_, rest)| rest);
            format!("{head} files, {{bytes}}{rest}\n")
        }
        None => format!("{line}\n"),
    };
    let printed: String = printed.lines().map(sized).collect();
    let what = format!("data {}", arguments.join(" "));
    equal(&what, (ended, printed.as_str(), complained.as_str()), (Some(code), stdout, stderr))
}

fn backed_up_and_restored() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    exchange(&program, &request("PUT", "/items/a"), DONE)?;
    let backup = ["backup", "monday", "--data", "data"];
    data(&folder, &backup, 0, "backed up to `monday`: 2 files, {bytes}\n", "")?;
    exchange(&program, &request("DELETE", "/items/a"), DONE)?;
    exchange(&program, &request("PUT", "/items/b"), DONE)?;
    data(
        &folder,
        &["check", "--data", "data"],
        0,
        "`data`: 2 tables, 2 items, nothing is wrong\n",
        "",
    )?;
    let in_use = format!(
        "error: the data folder `data` is in use by another process ({}): stop it, or name another folder\n",
        program.id()
    );
    let restore = ["restore", "monday", "--data", "data", "--replace"];
    data(&folder, &restore, 2, "", &in_use)?;
    equal("exit", program.stop()?.code, Some(0))?;
    let occupied = "error: there is a store in `data`: restore into another folder, or replace it with `--replace`\n";
    data(&folder, &["restore", "monday", "--data", "data"], 2, "", occupied)?;
    let restored = "restored to `data`: 2 files, {bytes}, the store that was there is replaced\n";
    data(&folder, &restore, 0, restored, "")?;
    let program = durable(&folder)?;
    exchange(&program, &request("GET", "/items/a"), &item("a"))?;
    exchange(&program, &request("GET", "/items/b"), DONE)
}

fn damaged() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    exchange(&program, &request("PUT", "/items/damaged-1"), DONE)?;
    equal("exit", program.stop()?.code, Some(0))?;
    // The one place where the row says that its text is an item.
    let file = folder.path("data/tables.db");
    let mut bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
    let row = br#"{"id":{"S":"damaged-1"}}"#;
    let at = bytes.windows(row.len()).position(|window| window == row);
    let at = at.ok_or("the item is not in the file")?;
    bytes.get_mut(at).map(|byte| *byte = b'!').ok_or("the file ends")?;
    std::fs::write(&file, bytes).map_err(|error| error.to_string())?;
    let found = "\
`data/tables.db`, table `things`, item `S:damaged-1` (key_digest 93f63fa7a4a8d94f): it is no item: expected value at line 1 column 1
`data`: 2 tables, 2 items, 1 wrong
";
    data(&folder, &["check", "--data", "data"], 1, found, "")?;
    let mut program = durable(&folder)?;
    let failed = "HTTP/1.1 200 OK\nx-amzn-trace-id: {{trace-id}}\n\n{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\",\"message\":\"Internal server error\"}\n";
    exchange(&program, &request("GET", "/items/damaged-1"), failed)?;
    let line = program.wait_for_log("a stored item is damaged")?;
    match line.contains("93f63fa7a4a8d94f")
        && line.contains("things")
        && !line.contains("damaged-1")
    {
        true => Ok(()),
        false => Err(line),
    }
}

fn time_is_over() -> Outcome {
    let folder = folder()?;
    let tables = "\
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: things
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: ends, Enabled: true}
";
    folder.write("tables.yaml", tables)?;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().map_err(|error| error.to_string())?;
    let seed = format!(
        r#"{{"things": [{{"PutRequest": {{"Item": {{"id": {{"S": "a"}}, "ends": {{"N": "{}"}}}}}}}},
            {{"PutRequest": {{"Item": {{"id": {{"S": "b"}}}}}}}}]}}"#,
        now.as_secs() - 60
    );
    folder.write("seed.json", &seed)?;
    let program = durable_with(&folder, &["--seed", "seed.json"])?;
    // The program looks through the table when it begins to serve.
    let mut left = Err("it was not asked for".to_owned());
    for _ in 0..ASKED_MOST {
        let mut connection = program.connect()?;
        connection.send(request("GET", "/items/a").as_bytes())?;
        left = compare(&connection.response(false)?, DONE);
        if left.is_ok() {
            break;
        }
    }
    left?;
    exchange(&program, &request("GET", "/items/b"), &item("b"))
}
