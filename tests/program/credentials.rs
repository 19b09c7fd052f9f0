//! As whom the real program calls AWS: roles that an STS gives, credentials of a container and of a profile, and nobody asked in vain.

use super::Test;
use crate::harness::{Backend, Does, Folder, Outcome, Program, Response, problem};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_call_is_signed_as_the_role_that_sts_gave", a_call_is_signed_as_the_role_that_sts_gave),
    ("a_role_that_sts_refuses_costs_no_call", a_role_that_sts_refuses_costs_no_call),
    ("a_container_gives_credentials", a_container_gives_credentials),
    ("a_profile_runs_its_command", a_profile_runs_its_command),
    ("nobody_is_asked_when_nothing_is_signed", nobody_is_asked_when_nothing_is_signed),
    (
        "calls_without_credentials_are_told_at_the_start",
        calls_without_credentials_are_told_at_the_start,
    ),
];

const OWN_SECRET: &str = "secret-of-the-gateway-0123456789";

/// The gateway's own key.
const OWN: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIDGATEWAY"), ("AWS_SECRET_ACCESS_KEY", OWN_SECRET)];

/// A queue behind `POST /`, and a mock behind `GET /`.
fn api(credentials: &str) -> String {
    format!(
        r#"openapi: 3.0.1
info: {{title: queue, version: "1"}}
paths:
  /:
    get:
      responses: {{"200": {{description: ok}}}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {{application/json: '{{"statusCode": 200}}'}}
        responses: {{default: {{statusCode: 200}}}}
    post:
      responses: {{"200": {{description: ok}}}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders
        {credentials}
        responses: {{default: {{statusCode: 200}}}}
"#
    )
}

const ROLE: &str = "arn:aws:iam::123456789012:role/orders";

fn as_role() -> String {
    api(&format!("credentials: {ROLE}"))
}

fn sends(status: &str, body: &str) -> Does {
    let length = body.len();
    Does::Sends(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes())
}

fn served(
    folder: &Folder,
    environment: &[(&str, &str)],
    endpoints: &[(&str, &Backend)],
) -> Outcome<Program> {
    let mut arguments = vec!["api.yaml".to_owned(), "--trace".to_owned(), "errors".to_owned()];
    for (service, backend) in endpoints {
        arguments.push("--endpoint".to_owned());
        arguments.push(format!("{service}=http://{}", backend.address()));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Program::serve_in(folder, environment, &arguments)
}

fn ask(program: &Program, verb: &str) -> Outcome<Response> {
    let mut client = program.connect()?;
    let body = if verb == "POST" { "Content-Length: 2\r\n\r\n{}" } else { "\r\n" };
    client.send(format!("{verb} / HTTP/1.1\r\nHost: api.test\r\n{body}").as_bytes())?;
    client.response(false)
}

fn expect(answer: &Response, status: u16) -> Outcome {
    match answer.status() == status {
        true => Ok(()),
        false => Err(format!("not {status}: {}", answer.text())),
    }
}

/// What a backend is asked next has to be signed with the key `test`, and with this token.
fn expect_signed(backend: &Backend, token: Option<&str>) -> Outcome {
    let asked = backend.request()?;
    if let Some(problem) = problem(&asked) {
        return Err(format!("{problem}: {asked}"));
    }
    let header = asked.lines().find_map(|line| line.strip_prefix("X-Amz-Security-Token: "));
    match header == token && asked.contains("\nAuthorization: AWS4-HMAC-SHA256 Credential=test/") {
        true => Ok(()),
        false => Err(format!("not signed with the token {token:?}: {asked}")),
    }
}

/// A session whose key the backends of these tests know. It is good for a hundred years.
const SESSION: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>test</AccessKeyId>\
    <SecretAccessKey>test</SecretAccessKey><SessionToken>token-of-the-session</SessionToken>\
    <Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

// Source: AWS docs (STS API reference, AssumeRole); the session's name was observed on AWS.
fn a_call_is_signed_as_the_role_that_sts_gave() -> Outcome {
    let (queue, sts, folder) = (Backend::listen()?, Backend::listen()?, Folder::new()?);
    folder.write("api.yaml", &as_role())?;
    let program = served(&folder, &OWN, &[("sqs", &queue), ("sts", &sts)])?;
    if sts.connections() > 0 {
        return Err("a role is assumed before something is signed".to_owned());
    }
    sts.does(sends("200 OK", SESSION));
    for _ in 0..3 {
        queue.does(sends("200 OK", "{}"));
        expect(&ask(&program, "POST")?, 200)?;
        expect_signed(&queue, Some("token-of-the-session"))?;
    }
    let asked = sts.request()?;
    let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Forders&\
                RoleSessionName=BackplaneAssumeRoleSession";
    if !asked.ends_with(&format!("\n\n{form}"))
        || !asked.contains("Credential=AKIDGATEWAY/")
        || !asked.contains("/eu-west-1/sts/aws4_request")
    {
        return Err(format!("asked otherwise: {asked}"));
    }
    match sts.further() {
        None => Ok(()),
        Some(asked) => Err(format!("asked again: {asked}")),
    }
}

// Source: AWS's execution log, as users report it; that nothing is sent is inferred.
fn a_role_that_sts_refuses_costs_no_call() -> Outcome {
    let (queue, sts, folder) = (Backend::listen()?, Backend::listen()?, Folder::new()?);
    folder.write("api.yaml", &as_role())?;
    let program = served(&folder, &OWN, &[("sqs", &queue), ("sts", &sts)])?;
    let words = "User: arn:aws:iam::1:user/gateway is not authorized to perform: sts:AssumeRole";
    let error = format!("<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>");
    sts.does(sends("403 Forbidden", &format!("<ErrorResponse>{error}</ErrorResponse>")));
    for _ in 0..3 {
        let answer = ask(&program, "POST")?;
        expect(&answer, 500)?;
        if !answer.text().ends_with(r#"{"message": "Internal server error"}"#) {
            return Err(answer.text());
        }
    }
    sts.request()?;
    if let Some(asked) = sts.further().or_else(|| queue.further()) {
        return Err(format!("asked: {asked}"));
    }
    let log = program.stop()?.stderr;
    let why = format!(
        "API Gateway does not have permission to assume the provided role {ROLE}: STS refused: AccessDenied: {words}"
    );
    let help = "let the trust policy of the role name who asks, and let a policy of who asks allow `sts:AssumeRole` on the role";
    if !log.contains(&why) || !log.contains(help) || log.contains(OWN_SECRET) {
        return Err(log);
    }
    Ok(())
}

// Source: AWS docs (SDKs and Tools Reference Guide, "Container credential provider").
fn a_container_gives_credentials() -> Outcome {
    let (queue, agent, folder) = (Backend::listen()?, Backend::listen()?, Folder::new()?);
    folder.write("api.yaml", &api(""))?;
    let url = format!("http://{}/credentials", agent.address());
    let environment = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token-of-the-container"),
    ];
    let program = served(&folder, &environment, &[("sqs", &queue)])?;
    let document = r#"{"AccessKeyId": "test", "SecretAccessKey": "test", "Token": "token-of-the-task",
        "Expiration": "2126-01-01T00:00:00Z"}"#;
    agent.does(sends("200 OK", document));
    for _ in 0..2 {
        queue.does(sends("200 OK", "{}"));
        expect(&ask(&program, "POST")?, 200)?;
        expect_signed(&queue, Some("token-of-the-task"))?;
    }
    let asked = agent.request()?;
    if !asked.starts_with("GET /credentials HTTP/1.1\n")
        || !asked.contains("\nAuthorization: token-of-the-container")
    {
        return Err(format!("asked otherwise: {asked}"));
    }
    let log = program.stop()?.stderr;
    match log.contains("token-of-the") {
        true => Err(log),
        false => Ok(()),
    }
}

// Source: AWS docs (SDKs and Tools Reference Guide, "Process credential provider").
fn a_profile_runs_its_command() -> Outcome {
    let (queue, folder) = (Backend::listen()?, Folder::new()?);
    folder.write("api.yaml", &api(""))?;
    let command = r#"printf '{"Version":1,"AccessKeyId":"test","SecretAccessKey":"test"}'"#;
    folder.write("profiles", &format!("[profile work]\ncredential_process = {command}\n"))?;
    let environment = [("AWS_PROFILE", "work"), ("AWS_CONFIG_FILE", "profiles")];
    let program = served(&folder, &environment, &[("sqs", &queue)])?;
    queue.does(sends("200 OK", "{}"));
    expect(&ask(&program, "POST")?, 200)?;
    expect_signed(&queue, None)
}

// Source: inferred (ours): on this machine nobody is asked for credentials that the environment does not name.
fn nobody_is_asked_when_nothing_is_signed() -> Outcome {
    let (queue, metadata, folder) = (Backend::listen()?, Backend::listen()?, Folder::new()?);
    folder.write("api.yaml", &as_role())?;
    let url = format!("http://{}", metadata.address());
    let environment = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
    let program = served(&folder, &environment, &[("sqs", &queue)])?;
    expect(&ask(&program, "GET")?, 200)?;
    queue.does(sends("200 OK", "{}"));
    expect(&ask(&program, "POST")?, 200)?;
    expect_signed(&queue, None)?;
    match metadata.connections() {
        0 => Ok(()),
        connections => Err(format!("the metadata service was connected to {connections} times")),
    }
}

/// What is told of a call for which there are no credentials, before anybody was asked for some.
fn untold(role: &str) -> String {
    format!(
        "warning[GW121]: `POST /` calls `sqs`{role}, and there are no credentials: no AWS_ACCESS_KEY_ID; no profile `default` with \
         credentials in `.aws/config` or `.aws/credentials`; no AWS_WEB_IDENTITY_TOKEN_FILE; \
         no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI; AWS_EC2_METADATA_DISABLED forbids the instance metadata\n"
    )
}

const UNTOLD_HELP: &str = "   = note: such a call is not made: its request is answered with 500\n   = help: set AWS_ACCESS_KEY_ID \
                           and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role\n";

// Source: inferred (ours).
fn calls_without_credentials_are_told_at_the_start() -> Outcome {
    let folder = Folder::new()?;
    let arguments = ["api.yaml", "--endpoint", "sqs=https://sqs.eu-west-1.amazonaws.com"];
    let nothing = [("AWS_EC2_METADATA_DISABLED", "true")];
    for (api, role) in [(api(""), String::new()), (as_role(), format!(" as the role `{ROLE}`"))] {
        folder.write("api.yaml", &api)?;
        let program =
            Program::serve_in(&folder, &nothing, &[&arguments[..], &["--ephemeral"]].concat())?;
        expect(&ask(&program, "POST")?, 500)?;
        let served = program.stop()?.stderr;
        let checked = Program::check_in(&folder, &nothing, &arguments)?.stdout;
        for told in [&served, &checked] {
            let first = told.find(&untold(&role)).ok_or_else(|| format!("not told: {told}"))?;
            if first != 0 || told.matches("GW121").count() != 1 || !told.contains(UNTOLD_HELP) {
                return Err(format!("told otherwise: {told}"));
            }
        }
        let keys = Program::check_in(&folder, &OWN, &arguments)?.stdout;
        if keys.contains("GW121") {
            return Err(format!("told in vain: {keys}"));
        }
    }
    Ok(())
}
