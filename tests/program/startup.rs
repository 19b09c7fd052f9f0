//! What is printed when all is ready works when it is used.

use super::{Test, compare, equal, exchange, folder, request};
use crate::harness::{Folder, Outcome, Program, Values, matches};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("the_printed_line_works", the_printed_line_works),
    ("the_printed_line_works_with_two_apis", the_printed_line_works_with_two_apis),
    ("everything_is_printed_once_it_serves", everything_is_printed_once_it_serves),
    ("settings_of_the_folder_count", settings_of_the_folder_count),
    ("who_may_call_is_printed", who_may_call_is_printed),
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

const GUARDED: &str = r#"
openapi: 3.0.1
info: {title: guarded, version: '1'}
components:
  securitySchemes:
    signed: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
    key: {type: apiKey, name: x-api-key, in: header}
    users:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer:
        type: cognito_user_pools
        providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool']
    guard:
      type: apiKey
      name: X-Token
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:guard/invocations
security: [{signed: []}]
paths:
  /signed:
    get: &fine
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200'}}
  /users:
    get: {<<: *fine, security: [{users: []}]}
  /guard:
    get: {<<: *fine, security: [{guard: [], key: []}]}
  /open:
    get: {<<: *fine, security: []}
"#;

const WHO_MAY_CALL: &str = "
verb  path     action  auth
GET   /signed  MOCK    AWS_IAM
GET   /users   MOCK    COGNITO_USER_POOLS
GET   /guard   MOCK    CUSTOM, API key
GET   /open    MOCK    NONE

listening on http://127.0.0.1:{{port}}
admin on http://127.0.0.1:{{re \\d+}}
try: curl http://127.0.0.1:{{port}}/open
";

// Source: inferred (ours).
fn who_may_call_is_printed() -> Outcome {
    let folder = Folder::new()?;
    folder.write("api.yaml", GUARDED)?;
    let settings = "version = 1\n[functions]\nguard = \"http://127.0.0.1:9/\"\n\
                    [user_pools.\"us-east-1_Pool\"]\nissuer = \"local\"\n";
    folder.write("vestibule.toml", settings)?;
    let program = Program::serve(&folder, &["api.yaml"])?;
    let values = Values::from([("port", program.address().port().to_string())]);
    let ended = program.stop()?;
    match matches(WHO_MAY_CALL, &ended.stdout, &values)? {
        true => Ok(()),
        false => Err(format!("expected\n{WHO_MAY_CALL}\ngot\n{}{}", ended.stdout, ended.stderr)),
    }
}
