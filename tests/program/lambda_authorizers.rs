//! Lambda authorizers of the real program: functions at addresses of `vestibule.toml`, the API keys that they return, floods,
//! clients that hang up while a function is asked.

use super::Test;
use crate::harness::{Backend, Does, Folder, Outcome, Program, Response};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_function_of_the_settings_gives_the_api_key", a_function_of_the_settings_gives_the_api_key),
    ("a_flood_of_one_token_costs_one_call", a_flood_of_one_token_costs_one_call),
];

const API: &str = r#"openapi: 3.0.1
info: {title: shop, version: "1"}
x-amazon-apigateway-api-key-source: AUTHORIZER
components:
  securitySchemes:
    key: {type: apiKey, name: x-api-key, in: header}
    guard:
      type: apiKey
      name: X-Token
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:guard/invocations
security: [{guard: [], key: []}]
paths:
  /items:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: 200
            responseTemplates: {application/json: '$context.authorizer.principalId $context.identity.apiKeyId'}
"#;

/// The value of the key, and its program.
const KEY: &str = "key-of-a-partner-0123456789";

fn served(function: &Backend) -> Outcome<(Folder, Program)> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    folder.write("partner.key", KEY)?;
    let settings = format!(
        "version = 1\n\n[functions]\n\"arn:aws:lambda:us-east-1:000000000000:function:guard\" = \"http://{}/guard\"\n\n\
         [[api_keys]]\nid = \"partner\"\nvalue_file = \"partner.key\"\n\n\
         [[usage_plans]]\nname = \"partners\"\nstages = [\"shop/prod\"]\nkeys = [\"partner\"]\n",
        function.address()
    );
    folder.write("vestibule.toml", &settings)?;
    let arguments = ["api.yaml", "--config", "vestibule.toml", "--log", "debug"];
    let program = Program::serve(&folder, &arguments)?;
    Ok((folder, program))
}

/// What the function says, with this API key.
fn allowed(key: &str) -> Does {
    let result = format!(
        r#"{{"principalId": "me", "usageIdentifierKey": "{key}", "policyDocument": {{"Version": "2012-10-17",
            "Statement": {{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}}}}}"#
    );
    let length = result.len();
    Does::Sends(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{result}").into_bytes())
}

fn request(token: &str) -> String {
    format!("GET /items HTTP/1.1\r\nHost: api.test\r\nX-Token: {token}\r\n\r\n")
}

fn ask(program: &Program, token: &str) -> Outcome<Response> {
    let mut client = program.connect()?;
    client.send(request(token).as_bytes())?;
    client.response(false)
}

fn expect(answer: &Response, status: u16, body: &str) -> Outcome {
    match answer.status() == status && answer.text().ends_with(body) {
        true => Ok(()),
        false => Err(format!("not {status} with `{body}`: {}", answer.text())),
    }
}

// Source: AWS docs (api-gateway-api-key-source); the address is ours.
fn a_function_of_the_settings_gives_the_api_key() -> Outcome {
    let function = Backend::listen()?;
    let (_folder, program) = served(&function)?;
    function.does(allowed(KEY));
    expect(&ask(&program, "token-of-a-partner")?, 200, "me partner")?;
    let asked = function.request()?;
    if !asked.starts_with("POST /guard HTTP/1.1\n")
        || asked.to_lowercase().contains("authorization:")
    {
        return Err(format!("asked otherwise: {asked}"));
    }
    function.does(allowed("another-key-0123456789"));
    expect(&ask(&program, "token-of-another")?, 403, r#"{"message":"Forbidden"}"#)?;
    let log = program.stop()?.stderr;
    for secret in ["token-of-a", KEY, "another-key"] {
        if log.contains(secret) {
            return Err(format!("`{secret}` is shown: {log}"));
        }
    }
    match log.contains("Starting authorizer: guard") {
        true => Ok(()),
        false => Err(format!("the authorizer is not told of: {log}")),
    }
}

// Source: inferred (ours). That of a token that is refused is tested with a clock of its own.
fn a_flood_of_one_token_costs_one_call() -> Outcome {
    let function = Backend::listen()?;
    let (_folder, program) = served(&function)?;
    function.does(allowed(KEY));
    // The first that asks goes away at once; nobody else asks for it.
    let mut gone = program.connect()?;
    gone.send(request("a-token").as_bytes())?;
    function.request()?;
    drop(gone);
    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = program.connect()?;
        client.send(request("a-token").as_bytes())?;
        clients.push(client);
    }
    for mut client in clients {
        expect(&client.response(false)?, 200, "me partner")?;
    }
    match function.further() {
        None => Ok(()),
        Some(asked) => Err(format!("asked again: {asked}")),
    }
}
