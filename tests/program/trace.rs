//! Traces as they are printed: by `serve` and `dev`, in text and JSON; and `invoke`, which prints one for every request.

use super::{Test, equal, request};
use crate::harness::{
    Backend, Connection, Does, Ended, Folder, Outcome, Program, Values, address_in, matches,
    repository,
};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("serve_traces_when_it_is_told_to", serve_traces_when_it_is_told_to),
    ("dev_traces_errors", dev_traces_errors),
    ("a_trace_in_json_is_one_line", a_trace_in_json_is_one_line),
    ("traces_are_found_at_the_admin_address", traces_are_found_at_the_admin_address),
    ("an_invocation_shows_its_trace", an_invocation_shows_its_trace),
    ("an_invocation_shows_the_log_of_aws", an_invocation_shows_the_log_of_aws),
    ("an_invocation_in_json_is_one_object", an_invocation_in_json_is_one_object),
    ("a_function_is_told_with_its_event", a_function_is_told_with_its_event),
    ("what_is_secret_in_a_definition_is_not_told", what_is_secret_in_a_definition_is_not_told),
    ("an_invocation_that_fails_exits_with_1", an_invocation_that_fails_exits_with_1),
    ("an_invocation_reads_its_body_from_a_file", an_invocation_reads_its_body_from_a_file),
];

/// A folder with a definition that asks for a number where the key is text.
fn folder() -> Outcome<Folder> {
    let folder = Folder::new()?;
    let faults = repository().join("tests/faults");
    for file in ["wrong_type_in_a_key/api.yaml", "tables.yaml", "seed.json"] {
        folder.copy(&faults.join(file))?;
    }
    folder.write("mock.yaml", MOCK)?;
    Ok(folder)
}

const FILES: [&str; 2] = ["api.yaml", "tables.yaml"];

const MOCK: &str = r#"openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /pets/{petId}:
    x-amazon-apigateway-any-method:
      parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}, "502": {description: bad}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            {"statusCode": #if($input.path('$.status') == "")200#else$input.path('$.status')#end}
        responses:
          default: {statusCode: 200, responseTemplates: {application/json: '{"pet": "$input.params("petId")"}'}}
          '5\d{2}': {statusCode: 502}
"#;

const FINDING: &str = "error[GW502]: GET /items/1 got 200: DynamoDB refused the request: The provided key element does not match the schema
  --> api.yaml:16:31  (/paths/~1items~1{id}/get/x-amazon-apigateway-integration/requestTemplates/application~1json)
   |
16 |               \"Key\": {\"id\": {\"N\": \"$input.params('id')\"}}
   |                               ^
   = value: `\"id\": {\"N\": \"1\"}`
   = help: write `\"S\"`: the key `id` of `items` has the type S
";

/// Sends the request that fails, and returns the id that it got.
fn fail(program: &Program) -> Outcome<String> {
    let mut client = program.connect()?;
    client.send(request("GET", "/items/1").as_bytes())?;
    let answer = client.response(false)?;
    Ok(answer.header("x-amzn-requestid").unwrap_or_default().to_owned())
}

fn serve_traces_when_it_is_told_to() -> Outcome {
    let folder = folder()?;
    let silent = Program::serve(&folder, &FILES)?;
    fail(&silent)?;
    same("stderr", "", &silent.stop()?.stderr)?;
    let told = Program::serve(&folder, &[&FILES[..], &["--trace", "errors"]].concat())?;
    let id = fail(&told)?;
    let stderr = told.stop()?.stderr;
    same("the first finding", FINDING, stderr.get(..FINDING.len()).unwrap_or(&stderr))?;
    match stderr.contains(&format!("request {id}\n")) {
        true => Ok(()),
        false => Err(format!("the trace is not of the request {id}: {stderr}")),
    }
}

fn dev_traces_errors() -> Outcome {
    let folder = folder()?;
    let program = Program::dev(&folder, &FILES)?;
    fail(&program)?;
    let stderr = program.stop()?.stderr;
    same("the first finding", FINDING, stderr.get(..FINDING.len()).unwrap_or(&stderr))
}

fn a_trace_in_json_is_one_line() -> Outcome {
    let folder = folder()?;
    let arguments = [&FILES[..], &["--trace", "errors", "--log-format", "json"]].concat();
    let program = Program::serve(&folder, &arguments)?;
    let id = fail(&program)?;
    let stderr = program.stop()?.stderr;
    let line: serde_json::Value =
        serde_json::from_str(stderr.trim_end()).map_err(|error| format!("{error}: {stderr}"))?;
    let at = |pointer: &str| line.pointer(pointer).cloned().unwrap_or_default();
    let message = "GET /items/1 got 200: DynamoDB refused the request: The provided key element does not match the schema";
    same("request_id", &id, at("/request_id").as_str().unwrap_or_default())?;
    same("level", "\"ERROR\"", &at("/level").to_string())?;
    same("message", message, at("/message").as_str().unwrap_or_default())?;
    same("requestId", &id, at("/trace/requestId").as_str().unwrap_or_default())?;
    same(
        "place",
        r#"{"file":"api.yaml","line":16,"column":31,"pointer":"/paths/~1items~1{id}/get/x-amazon-apigateway-integration/requestTemplates/application~1json"}"#,
        &at("/trace/findings/0/place").to_string(),
    )?;
    let steps = at("/trace/steps");
    let names =
        steps.as_array().into_iter().flatten().filter_map(|step| step.get("step")?.as_str());
    same(
        "steps",
        "route, request, call, reply, selection, response, answer",
        &names.collect::<Vec<_>>().join(", "),
    )
}

fn invoke(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
    Program::invoke(folder, &[arguments, &["--ephemeral"]].concat())
}

fn same(what: &str, expected: &str, seen: &str) -> Outcome {
    equal(what, seen, expected)
}

fn expect(what: &str, expected: &str, seen: &str) -> Outcome {
    match matches(expected, seen, &Values::new())? {
        true => Ok(()),
        false => Err(format!("{what}\n-- expected\n{expected}-- seen\n{seen}")),
    }
}

fn an_invocation_shows_its_trace() -> Outcome {
    let ended = invoke(&folder()?, &["GET", "/pets/7?a=b", "mock.yaml", "-H", "Accept: */*"])?;
    expect(
        "stdout",
        "HTTP/1.1 200 OK\ncontent-type: application/json\nx-amzn-requestid: {{uuid}}\n\
         x-amz-apigw-id: {{extended-id}}\n\n{\"pet\": \"7\"}\n",
        &ended.stdout,
    )?;
    expect(
        "stderr",
        "
GET /pets/7?a=b got 200

  route      ANY /pets/{petId} of pets, stage prod: petId=`7`
  query      a=`b`
  headers    accept=`*/*`
  request    mock.yaml:12:13 (application/json): {\"statusCode\": 200}
  call       mock
  reply      200 in {{re \\d+\\.\\d}} ms
  select     `5\\d{2}` does not match `200`, the default: 200 (mock.yaml:14:11)
  response   mock.yaml:14:77 (application/json): {\"pet\": \"7\"}
  answer     200: {\"pet\": \"7\"}
  times      route {{re \\d+\\.\\d}} ms, validate {{re \\d+\\.\\d}} ms, map {{re \\d+\\.\\d}} ms, request {{re \\d+\\.\\d}} ms, call {{re \\d+\\.\\d}} ms, respond {{re \\d+\\.\\d}} ms
  trace {{hex-16}} in {{re \\d+\\.\\d}} ms, request {{uuid}}

",
        &ended.stderr,
    )?;
    same("exit", "Some(0)", &format!("{:?}", ended.code))
}

// Recorded on AWS: the lines of a method whose integration is a mock, their order and the form of the time.
fn an_invocation_shows_the_log_of_aws() -> Outcome {
    let id = "11111111-2222-4333-8444-555555555555";
    let header = format!("x-amzn-RequestId: {id}");
    let arguments = ["GET", "/pets/123?foo=bar", "mock.yaml", "--log", "-H", &header];
    let log = invoke(&folder()?, &arguments)?.stderr;
    let mut lines = log.lines();
    same("first line", &format!("Execution log for request {id}"), lines.next().unwrap_or(""))?;
    let time = "{{re (Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d UTC \\d\\d\\d\\d}}";
    let expected: String = [
        format!("Starting execution for request: {id}"),
        "HTTP Method: GET, Resource Path: /pets/123".to_owned(),
        "Method request path: {petId=123}".to_owned(),
        "Method request query string: {foo=bar}".to_owned(),
        format!("Method request headers: {{X-Amzn-Requestid={id}}}"),
        "Method request body before transformations: ".to_owned(),
        "Method response body after transformations: {\"pet\": \"123\"}".to_owned(),
        "Method response headers: {Content-Type=application/json}".to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
    ]
    .iter()
    .map(|line| format!("{time} : {line}\n"))
    .collect();
    let rest: String = lines.map(|line| format!("{line}\n")).collect();
    expect("log", &expected, &rest)
}

fn an_invocation_in_json_is_one_object() -> Outcome {
    let arguments = ["GET", "/pets/7", "mock.yaml", "--output", "json", "--log"];
    let ended = invoke(&folder()?, &arguments)?;
    same("stderr", "", &ended.stderr)?;
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout)
        .map_err(|error| format!("{error}: {}", ended.stdout))?;
    let at = |pointer: &str| answer.pointer(pointer).cloned().unwrap_or_default();
    same("status", "200", &at("/status").to_string())?;
    same("body", "{\"pet\": \"7\"}", at("/body").as_str().unwrap_or_default())?;
    same("header", "content-type", at("/headers/0/name").as_str().unwrap_or_default())?;
    same("trace", "200", &at("/trace/status").to_string())?;
    let log = at("/log");
    let log = log.as_str().unwrap_or_default();
    same("log", "Execution log for request ", log.get(..26).unwrap_or(log))
}

/// The call without its signature, the event without the client's credentials.
fn a_function_is_told_with_its_event() -> Outcome {
    let folder = Folder::new()?;
    folder.copy(&repository().join("tests/faults/body_of_a_function_as_an_object/api.yaml"))?;
    let backend = Backend::listen()?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13";
    backend.does(Does::SendsLast(format!("{head}\r\n\r\n{{\"body\": {{}}}} ").into_bytes()));
    let url = format!("http://{}", backend.address());
    let arguments = ["GET", "/items/1", "api.yaml", "--lambda-endpoint", &url];
    let secret = ["-H", "Authorization: Bearer not-for-the-eyes-of-others"];
    let ended = invoke(&folder, &[&arguments[..], &secret].concat())?;
    let (_, steps) = ended.stderr.split_once("\n\n").unwrap_or_default();
    let time = "{{re \\d+\\.\\d}} ms";
    let expected = format!(
        "  route      GET /items/{{id}} of shop, stage prod: id=`1`
  headers    authorization=`***`
  event      {{\"resource\":\"/items/{{id}}\",\"path\":\"/items/1\",\"httpMethod\":\"GET\",\
\"headers\":{{\"Authorization\":\"***\"}},\"multiValueHeaders\":{{\"Authorization\":[\"***\"]}},\
\"queryStringParameters\":null,{{{{re .*}}}} ... ({{{{re \\d+}}}} bytes)
  call       Lambda POST {url}/2015-03-31/functions/items/invocations
             content-type=`application/json`, host=`{}`, accept=`application/json`, \
user-agent=`AmazonAPIGateway_{{{{re [a-z0-9]+}}}}`, x-amzn-trace-id=`{{{{trace-id}}}}`, content-length=`{{{{re \\d+}}}}`
  reply      200 in {time}: {{\"body\": {{}}}}
  gateway    INTEGRATION_FAILURE
  answer     502: {{\"message\": \"Internal server error\"}}
  times      route {time}, validate {time}, map {time}, request {time}, call {time}, respond {time}
  trace {{{{hex-16}}}} in {time}, request {{{{uuid}}}}

",
        backend.address()
    );
    expect("steps", &expected, steps)
}

const WITH_A_SECRET: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Key: {Type: String, NoEcho: true}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: keys
      Body:
        openapi: 3.0.1
        info: {title: keys, version: "1"}
        paths:
          /key:
            get:
              responses: {"200": {description: ok, headers: {X-Key: {schema: {type: string}}}}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates:
                  application/json: !Sub '{"statusCode": 200, "key": "${Key}"}'
                responses:
                  default:
                    statusCode: 200
                    responseParameters: {method.response.header.X-Key: !Sub "'${Key}'"}
                    responseTemplates: {application/json: !Sub '{"key": "${Key}"}'}
"#;

/// The client gets what the definition says.
fn what_is_secret_in_a_definition_is_not_told() -> Outcome {
    let folder = Folder::new()?;
    folder.write("keys.yaml", WITH_A_SECRET)?;
    let arguments = ["GET", "/key", "keys.yaml", "--parameter", "Key=hunter2"];
    let ended = invoke(&folder, &arguments)?;
    let (_, body) = ended.stdout.split_once("\n\n").unwrap_or_default();
    same("body", "{\"key\": \"hunter2\"}\n", body)?;
    let time = "{{re \\d+\\.\\d}} ms";
    let place = "keys.yaml:{{re \\d+:\\d+}}";
    let expected = format!(
        "
GET /key got 200

  route      GET /key of keys, stage prod
  request    {place} (application/json): {{\"statusCode\": 200, \"key\": \"***\"}}
  call       mock
  reply      200 in {time}
  select     the default: 200 ({place})
  map        method.response.header.X-Key = '***' = `***`
  response   {place} (application/json): {{\"key\": \"***\"}}
  answer     200: {{\"key\": \"***\"}}
  times      route {time}, validate {time}, map {time}, request {time}, call {time}, respond {time}
  trace {{{{hex-16}}}} in {time}, request {{{{uuid}}}}

"
    );
    expect("trace", &expected, &ended.stderr)
}

fn an_invocation_that_fails_exits_with_1() -> Outcome {
    let folder = folder()?;
    let ended = invoke(&folder, &["PUT", "/pets/7", "mock.yaml", "-d", "{\"status\": 500}"])?;
    same("exit", "Some(1)", &format!("{:?}", ended.code))?;
    let ended = invoke(&folder, &["GET", "/cats", "mock.yaml"])?;
    same("exit", "Some(1)", &format!("{:?}", ended.code))?;
    expect(
        "stderr",
        "
warning[GW514]: GET /cats got 403: no method answers GET `/cats`
    = note: AWS answers an unknown path and an unknown verb with `Missing Authentication Token`
    = help: the paths are `/pets/{petId}`

  trace {{hex-16}} in {{re \\d+\\.\\d}} ms, request {{uuid}}

",
        &ended.stderr,
    )?;
    let ended = invoke(&folder, &["GET", "/pets/7", "none.yaml"])?;
    same("exit", "Some(1)", &format!("{:?}", ended.code))
}

fn an_invocation_reads_its_body_from_a_file() -> Outcome {
    let folder = folder()?;
    folder.write("body.json", "{\"status\": 502}")?;
    let ended = invoke(&folder, &["PUT", "/pets/7", "mock.yaml", "-d", "@body.json"])?;
    expect("status", "HTTP/1.1 502 Bad Gateway\n{{re .*}}", &ended.stdout)
}

fn traces_are_found_at_the_admin_address() -> Outcome {
    let folder = folder()?;
    let arguments = [&FILES[..], &["--trace", "errors"]].concat();
    let mut program = Program::serve(&folder, &arguments)?;
    let url = program.printed("admin on ")?;
    let address = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    let ask = |path: &str| -> Outcome<serde_json::Value> {
        let mut client = Connection::open(address)?;
        client.send(request("GET", path).replace("api.test", "localhost").as_bytes())?;
        let answer = client.response(false)?;
        serde_json::from_slice(&answer.body).map_err(|_| answer.text())
    };
    let first = fail(&program)?;
    let second = fail(&program)?;
    let listed = ask("/traces")?;
    let ids = ["/traces/0/requestId", "/traces/1/requestId", "/traces/2/requestId"];
    let ids: Vec<_> = ids.iter().filter_map(|id| listed.pointer(id)?.as_str()).collect();
    equal("the newest first", ids, vec![second.as_str(), first.as_str()])?;
    let found = ask(&format!("/traces/{first}"))?;
    let own = found.pointer("/traces/0/id").and_then(|id| id.as_str()).unwrap_or_default();
    let place = found.pointer("/traces/0/findings/0/place/line");
    equal("place", place.map(ToString::to_string), Some("16".to_owned()))?;
    equal("by its own id", &ask(&format!("/traces/{own}"))?, &found)?;
    same(
        "of no trace",
        "no trace with this id is kept\n",
        &ask("/traces/0").err().unwrap_or_default(),
    )
}
