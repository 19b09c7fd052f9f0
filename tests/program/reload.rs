//! Definitions that change while they are served: what is right replaces what was, what is wrong does not.

use super::drain::half_sent;
use super::{DONE, Test, compare, equal, exchange, folder, item, request};
use crate::harness::{Folder, Outcome, Program, Values, matches};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("an_edit_is_answered_after_its_line", an_edit_is_answered),
    ("a_broken_edit_replaces_nothing", a_broken_edit_replaces_nothing),
    ("a_save_by_renaming_counts", a_save_by_renaming_counts),
    ("a_request_in_flight_keeps_its_version", a_request_in_flight_keeps_its_version),
    ("a_file_that_a_definition_names_is_watched", a_named_file_is_watched),
    ("a_table_that_is_added_is_made", a_table_that_is_added_is_made),
    ("a_table_that_differs_replaces_nothing", a_table_that_differs_replaces_nothing),
    ("of_many_saves_the_last_counts", of_many_saves_the_last_counts),
    ("a_second_api_takes_the_root_away", a_second_api_takes_the_root_away),
    ("a_hangup_reloads_without_a_watch", a_hangup_reloads_without_a_watch),
    ("a_method_can_be_refused_by_an_edit", a_method_can_be_refused_by_an_edit),
    ("dev_watches", dev_watches),
];

const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";
const NEW: &str = "HTTP/1.1 200 OK\n\nnew\n";
const WATCHED: [&str; 3] = ["api.yaml", "tables.yaml", "--watch"];

/// The API with another answer of `GET /mock`.
fn edited(answer: &str) -> String {
    super::API.replacen("'fine'", &format!("'{answer}'"), 1)
}

fn get(program: &Program, expected: &str) -> Outcome {
    exchange(program, &request("GET", "/mock"), expected)
}

/// Waits for the line about a reload of `file`, and compares what it says of the changes.
fn reloaded(program: &mut Program, file: &str, changes: &str) -> Outcome {
    let line = program.printed("reloaded ")?;
    let expected = format!("{file} in {{{{re \\d+}}}} ms: {changes}");
    match matches(&expected, &line, &Values::new())? {
        true => Ok(()),
        false => Err(format!("expected `{expected}`, got `{line}`")),
    }
}

fn an_edit_is_answered() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    get(&program, FINE)?;
    folder.write("api.yaml", &edited("new"))?;
    reloaded(&mut program, "api.yaml", "1 method changed")?;
    get(&program, NEW)?;
    equal("standard error", program.stop()?.stderr.as_str(), "")
}

const FINDING: &str = "\
error[GW104]: the status 201 is not among the method's `responses`
  --> api.yaml:{{re \\d+}}:{{re \\d+}}  (/paths/~1mock/get/x-amazon-apigateway-integration/responses/default/statusCode)
{{re (?s).*}}
1 error; what was served before is still served
";

fn a_broken_edit_replaces_nothing() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    let at = super::API.find("  /mock:").ok_or("the API has no mock")?;
    let (before, mock) = super::API.split_at(at);
    let broken = format!("{before}{}", mock.replacen("statusCode: '200'", "statusCode: '201'", 1));
    folder.write("api.yaml", &broken)?;
    program.wait_for_log("what was served before is still served")?;
    get(&program, FINE)?;
    folder.write("api.yaml", &edited("new"))?;
    reloaded(&mut program, "api.yaml", "1 method changed")?;
    get(&program, NEW)?;
    let stderr = program.stop()?.stderr;
    match matches(FINDING, &stderr, &Values::new())? {
        true => equal("times it is said", stderr.matches("error[").count(), 1),
        false => Err(format!("expected\n{FINDING}\ngot\n{stderr}")),
    }
}

fn a_save_by_renaming_counts() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    for answer in ["one", "two"] {
        folder.write("api.yaml.tmp", &edited(answer))?;
        std::fs::rename(folder.path("api.yaml.tmp"), folder.path("api.yaml"))
            .map_err(|error| format!("cannot rename: {error}"))?;
        reloaded(&mut program, "api.yaml", "1 method changed")?;
        get(&program, &format!("HTTP/1.1 200 OK\n\n{answer}\n"))?;
    }
    Ok(())
}

fn a_request_in_flight_keeps_its_version() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    let mut slow = half_sent(&program)?;
    folder.write("api.yaml", &super::API.replace("'fine'", "'new'"))?;
    reloaded(&mut program, "api.yaml", "3 methods changed")?;
    get(&program, NEW)?;
    slow.send(b": 1} ")?;
    compare(&slow.response(false)?, FINE)
}

/// A template with an API whose body is a file of its own.
const WITH_BODY: &str = "
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: store
      Body:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}
";

fn a_named_file_is_watched() -> Outcome {
    let folder = folder()?;
    folder.write("template.yaml", WITH_BODY)?;
    folder.write("body.yaml", super::API)?;
    let mut program = Program::serve(&folder, &["template.yaml", "--watch"])?;
    get(&program, FINE)?;
    folder.write("body.yaml", &edited("new"))?;
    reloaded(&mut program, "body.yaml", "1 method changed")?;
    get(&program, NEW)
}

fn a_table_that_is_added_is_made() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    let table = super::TABLES.replace("Resources:\n", "").replace("Table:", "Other:");
    let two = format!("{}{}", super::TABLES, table.replace("things", "others"));
    folder.write("tables.yaml", &two)?;
    reloaded(&mut program, "tables.yaml", "1 table created")?;
    folder.write("api.yaml", &super::API.replace("things", "others"))?;
    reloaded(&mut program, "api.yaml", "3 methods changed")?;
    exchange(&program, &request("PUT", "/items/a"), DONE)?;
    exchange(&program, &request("GET", "/items/a"), &item("a"))?;
    // A table that goes out of the definitions stays in the store.
    folder.write("tables.yaml", super::TABLES)?;
    reloaded(&mut program, "tables.yaml", "nothing changed")?;
    exchange(&program, &request("GET", "/items/a"), &item("a"))
}

fn a_table_that_differs_replaces_nothing() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    folder.write("tables.yaml", &super::TABLES.replace(": id,", ": key,"))?;
    program.wait_for_log("error: the table `things` in the store differs from its definition")?;
    get(&program, FINE)
}

fn of_many_saves_the_last_counts() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &WATCHED)?;
    for save in 0..200 {
        folder.write("api.yaml", &edited(&format!("save {save}")))?;
    }
    let last = "HTTP/1.1 200 OK\n\nsave 199\n";
    while get(&program, last).is_err() {
        reloaded(&mut program, "api.yaml", "1 method changed")?;
    }
    Ok(())
}

fn a_second_api_takes_the_root_away() -> Outcome {
    let folder = folder()?;
    folder.write("template.yaml", WITH_BODY)?;
    folder.write("body.yaml", super::API)?;
    folder.write("other.yaml", &super::API.replace("title: store", "title: other"))?;
    let mut program = Program::serve(&folder, &["template.yaml", "--watch"])?;
    let second = WITH_BODY.replace("Resources:\n", "").replace("Api:", "Second:");
    let second = second.replace("Name: store", "Name: other").replace("body.yaml", "other.yaml");
    folder.write("template.yaml", &format!("{WITH_BODY}{second}"))?;
    reloaded(&mut program, "template.yaml", "6 methods added, 1 API added, 1 stage added")?;
    equal(
        "what is said of `/`",
        program.printed("`/` is not the root of a stage any more, ")?.as_str(),
        "there are several:",
    )?;
    let url = format!("http://{}", program.address());
    for api in ["store", "other"] {
        let line = program.printed(&format!("  {api} prod: "))?;
        let path = line.strip_prefix(&url).ok_or_else(|| format!("`{line}` is not for {url}"))?;
        exchange(&program, &request("GET", &format!("{path}/mock")), FINE)?;
    }
    folder.write("template.yaml", WITH_BODY)?;
    let line = program.printed("`/` is the root of the only stage ")?;
    equal("what is said of `/`", line.as_str(), "again:")?;
    get(&program, FINE)
}

fn a_hangup_reloads_without_a_watch() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &["api.yaml", "tables.yaml"])?;
    program.signal("HUP")?;
    reloaded(&mut program, "the definitions", "nothing changed")?;
    folder.write("api.yaml", &edited("new"))?;
    program.signal("HUP")?;
    reloaded(&mut program, "api.yaml", "1 method changed")?;
    get(&program, NEW)
}

fn a_method_can_be_refused_by_an_edit() -> Outcome {
    let folder = folder()?;
    let arguments = ["api.yaml", "tables.yaml", "--watch", "--allow-partial"];
    let mut program = Program::serve(&folder, &arguments)?;
    folder.write("api.yaml", &super::API.replacen("action/GetItem", "action/GetItme", 1))?;
    reloaded(&mut program, "api.yaml", "1 method changed")?;
    let refused = "HTTP/1.1 500 Internal Server Error\n\
                   x-amzn-errortype: InternalServerErrorException\n\n\
                   {\"message\": \"Internal server error\"}\n";
    exchange(&program, &request("GET", "/items/a"), refused)?;
    exchange(&program, &request("PUT", "/items/a"), DONE)?;
    program.wait_for_log("1 error; 1 method is refused with 500, 5 methods are served")?;
    Ok(())
}

fn dev_watches() -> Outcome {
    let folder: Folder = folder()?;
    let mut program = Program::dev(&folder, &["api.yaml", "tables.yaml"])?;
    folder.write("api.yaml", &edited("new"))?;
    reloaded(&mut program, "api.yaml", "1 method changed")?;
    get(&program, NEW)
}
