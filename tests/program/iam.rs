//! Signed requests to the real program: users of `vestibule.toml`, their policies, a reload.

use super::Test;
use crate::harness::{Folder, Outcome, Program, Response};
use std::time::{SystemTime, UNIX_EPOCH};
use vestibule_sigv4::{Credentials, Payload, Request, Scope, Timestamp, sign};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("users_of_the_settings_sign_requests", users_of_the_settings_sign_requests),
    ("a_changed_policy_counts_after_a_reload", a_changed_policy_counts_after_a_reload),
    ("changed_users_count_after_a_reload", changed_users_count_after_a_reload),
    ("wrong_settings_replace_nothing", wrong_settings_replace_nothing),
    ("a_boundary_and_session_policies_bound_a_user", a_boundary_bounds_a_user),
    (
        "an_invocation_as_a_user_runs_the_whole_pipeline",
        an_invocation_as_a_user_runs_the_whole_pipeline,
    ),
    ("what_is_wrong_with_users_is_told_at_once", what_is_wrong_with_users_is_told_at_once),
];

const API: &str = r#"openapi: 3.0.1
info: {title: signed, version: "1"}
components:
  securitySchemes:
    signed: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
security: [{signed: []}]
paths:
  /items/{id}:
    x-amazon-apigateway-any-method:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: 200, responseTemplates: {application/json: "$context.identity.userArn"}}}
"#;

const SETTINGS: &str = r#"version = 1

[[users]]
name = "alice"
policies = ["alice.json"]

[[users.access_keys]]
id = "AKIAALICEEXAMPLE"
secret_file = "alice.secret"
"#;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn policy(resource: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "execute-api:Invoke",
            "Resource": "arn:aws:execute-api:us-east-1:000000000000:*/prod/{resource}"}}}}"#
    )
}

fn folder() -> Outcome<Folder> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    folder.write("vestibule.toml", SETTINGS)?;
    folder.write("alice.secret", &format!("{SECRET}\n"))?;
    folder.write("alice.json", &policy("GET/items/*"))?;
    Ok(folder)
}

const ARGUMENTS: [&str; 3] = ["api.yaml", "--config", "vestibule.toml"];

/// The answer to a request that is signed with this secret.
#[expect(
    clippy::disallowed_methods,
    reason = "the program has the real clock, and so have its clients"
)]
fn signed(program: &Program, verb: &str, path: &str, secret: &str) -> Outcome<Response> {
    let host = "api.example.com";
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let request = Request {
        method: verb,
        path,
        query: "",
        headers: &[("host", host.as_bytes())],
        payload: Payload::Bytes(b""),
    };
    let credentials = Credentials::new("AKIAALICEEXAMPLE".to_owned(), secret.to_owned(), None);
    let time = Timestamp::from_epoch_s(now.as_secs());
    let scope = Scope { time, region: "us-east-1", service: "execute-api" };
    let mut text = format!("{verb} {path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in sign(&request, &credentials, &scope) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut client = program.connect()?;
    client.send(format!("{text}\r\n").as_bytes())?;
    client.response(false)
}

fn expect(answer: &Response, status: u16, body: &str) -> Outcome {
    match (answer.status() == status, answer.text().contains(body)) {
        (true, true) => Ok(()),
        _ => Err(format!("not {status} with `{body}`: {} {}", answer.status_line, answer.text())),
    }
}

fn users_of_the_settings_sign_requests() -> Outcome {
    let folder = folder()?;
    let program = Program::serve(&folder, &ARGUMENTS)?;
    let alice = "arn:aws:iam::000000000000:user/alice";
    expect(&signed(&program, "GET", "/items/1", SECRET)?, 200, alice)?;
    let denied = format!(
        "User: {alice} is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:us-east-1:********0000:"
    );
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 403, &denied)?;
    let mismatch = "The request signature we calculated does not match";
    expect(&signed(&program, "GET", "/items/1", "another")?, 403, mismatch)?;
    let stderr = program.stop()?.stderr;
    if stderr.contains(SECRET) {
        return Err(format!("a secret is shown: {stderr}"));
    }
    Ok(())
}

fn a_changed_policy_counts_after_a_reload() -> Outcome {
    let folder = folder()?;
    let mut program = Program::dev(&folder, &ARGUMENTS)?;
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 403, "is not authorized")?;
    folder.write("alice.json", &policy("*/items/*"))?;
    let line = program.printed("reloaded ")?;
    if !line.ends_with(": policies of users changed") {
        return Err(format!("another change: {line}"));
    }
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 200, "user/alice")
}

/// Secrets in files, users, and what else the settings say of callers: all of it is as it was, or all as it is now.
fn changed_users_count_after_a_reload() -> Outcome {
    let folder = folder()?;
    let mut program = Program::dev(&folder, &ARGUMENTS)?;
    let alice = "arn:aws:iam::000000000000:user/alice";
    expect(&signed(&program, "GET", "/items/1", SECRET)?, 200, alice)?;
    folder.write("alice.secret", "another\n")?;
    told(&mut program, "alice.secret", "users changed")?;
    expect(&signed(&program, "GET", "/items/1", "another")?, 200, alice)?;
    let mismatch = "The request signature we calculated does not match";
    expect(&signed(&program, "GET", "/items/1", SECRET)?, 403, mismatch)?;
    let arn = "arn:aws:sts::000000000000:assumed-role/crew/alice";
    let renamed =
        SETTINGS.replacen("name = \"alice\"", &format!("name = \"a\"\narn = \"{arn}\""), 1);
    folder.write("vestibule.toml", &renamed)?;
    told(&mut program, "vestibule.toml", "users changed")?;
    expect(&signed(&program, "GET", "/items/1", "another")?, 200, arn)?;
    folder.write("vestibule.toml", "version = 1\n")?;
    told(&mut program, "vestibule.toml", "users changed, policies of users changed")?;
    let unknown = "The security token included in the request is invalid.";
    expect(&signed(&program, "GET", "/items/1", "another")?, 403, unknown)
}

fn told(program: &mut Program, file: &str, changes: &str) -> Outcome {
    let line = program.printed("reloaded ")?;
    match line.starts_with(&format!("{file} in ")) && line.ends_with(&format!(": {changes}")) {
        true => Ok(()),
        false => Err(format!("not of `{file}` with `{changes}`: {line}")),
    }
}

fn wrong_settings_replace_nothing() -> Outcome {
    let folder = folder()?;
    let mut program = Program::dev(&folder, &ARGUMENTS)?;
    folder.write("vestibule.toml", &SETTINGS.replacen("secret_file", "secret_fil", 1))?;
    program.wait_for_log("what was served before is still served")?;
    let alice = "arn:aws:iam::000000000000:user/alice";
    expect(&signed(&program, "GET", "/items/1", SECRET)?, 200, alice)?;
    folder.write("alice.json", &policy("*/items/*"))?;
    program.wait_for_log("what was served before is still served")?;
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 403, "is not authorized")?;
    folder.write("vestibule.toml", SETTINGS)?;
    let line = program.printed("reloaded ")?;
    if !line.ends_with(": policies of users changed") {
        return Err(format!("another change: {line}"));
    }
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 200, alice)
}

fn a_boundary_bounds_a_user() -> Outcome {
    let folder = folder()?;
    folder.write("alice.json", &policy("*/items/*"))?;
    folder.write("boundary.json", &policy("GET/items/*"))?;
    let policies = "policies = [\"alice.json\"]\n";
    let bounded = format!("{policies}permissions_boundary = \"boundary.json\"\n");
    folder.write("vestibule.toml", &SETTINGS.replacen(policies, &bounded, 1))?;
    let program = Program::serve(&folder, &[&ARGUMENTS[..], &["--trace", "errors"]].concat())?;
    expect(&signed(&program, "GET", "/items/1", SECRET)?, 200, "user/alice")?;
    let refused = "because no permissions boundary allows the execute-api:Invoke action";
    expect(&signed(&program, "DELETE", "/items/1", SECRET)?, 403, refused)?;
    let stderr = program.stop()?.stderr;
    let why = "no statement of the caller's permissions boundary allows arn:aws:iam::000000000000:user/alice";
    let line = "boundary.json:1:40: statement 1 allows something else";
    if !stderr.contains(why) {
        return Err(format!("not `{why}`: {stderr}"));
    }
    if !stderr.contains(line) {
        return Err(format!("not `{line}`: {stderr}"));
    }
    let session = format!("{policies}session_policies = [\"boundary.json\"]\n");
    folder.write("vestibule.toml", &SETTINGS.replacen(policies, &session, 1))?;
    let refused = Program::run(&folder, &ARGUMENTS)?;
    let is_no_session =
        "`arn:aws:iam::000000000000:user/alice` has session policies and is no session of a role";
    match refused.stderr.contains(is_no_session) || refused.stdout.contains(is_no_session) {
        true => Ok(()),
        false => Err(format!("not `{is_no_session}`: {} {}", refused.stdout, refused.stderr)),
    }
}

fn an_invocation_as_a_user_runs_the_whole_pipeline() -> Outcome {
    let folder = folder()?;
    for (verb, user, answer) in [
        ("GET", Some("alice"), "HTTP/1.1 200 OK"),
        ("DELETE", Some("alice"), "HTTP/1.1 403 Forbidden"),
        ("GET", Some("anonymous"), "HTTP/1.1 403 Forbidden"),
        ("GET", None, "HTTP/1.1 200 OK"),
    ] {
        let mut arguments = vec![verb, "/items/a%20b?x=1", "--ephemeral"];
        arguments.extend(ARGUMENTS);
        arguments.extend(user.into_iter().flat_map(|user| ["--as", user]));
        let ended = Program::invoke(&folder, &arguments)?;
        if !ended.stdout.starts_with(answer) || ended.stderr.contains(SECRET) {
            return Err(format!("{verb} as {user:?}: {}{}", ended.stdout, ended.stderr));
        }
    }
    Ok(())
}

fn what_is_wrong_with_users_is_told_at_once() -> Outcome {
    let folder = folder()?;
    folder.write("alice.json", r#"{"Statement": {"Effect": "Alow", "Action": "*"}}"#)?;
    let twice = format!("{SETTINGS}\n[[users]]\nname = \"alice\"\n\n[[users]]\nname = \"a b\"\n");
    folder.write("vestibule.toml", &twice)?;
    let ended = Program::run(&folder, &ARGUMENTS)?;
    for line in [
        "error[GW117]: `Alow` is neither `Allow` nor `Deny`",
        "error[GW110]: vestibule.toml:11: `arn:aws:iam::000000000000:user/alice` is there twice",
        "error[GW108]: the user of vestibule.toml:14: `arn:aws:iam::000000000000:user/a b` is not the ARN of a user",
    ] {
        if !ended.stderr.contains(line) && !ended.stdout.contains(line) {
            return Err(format!("not told `{line}`: {}{}", ended.stdout, ended.stderr));
        }
    }
    Ok(())
}
