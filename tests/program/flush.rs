//! `vestibule flush`: cached answers and results of authorizers go while the program runs.

use super::{Test, equal};
use crate::harness::{Backend, Does, Ended, Folder, Outcome, Program, address_in};
use std::net::SocketAddr;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_flush_takes_out_answers_and_what_authorizers_said", a_flush_takes_out),
    ("who_cannot_be_asked_to_flush_is_named", who_cannot_be_asked_is_named),
];

const API: &str = r#"openapi: 3.0.1
info: {title: shop, version: "1"}
components:
  securitySchemes:
    guard:
      type: apiKey
      name: X-Token
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:guard/invocations
paths:
  /items:
    get:
      security: [{guard: []}]
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default: {statusCode: 200, responseTemplates: {application/json: $context.requestId}}
"#;

/// A program, its admin address, and the function of its authorizer.
struct Served {
    folder: Folder,
    program: Program,
    admin: SocketAddr,
    function: Backend,
}

fn served() -> Outcome<Served> {
    let (folder, function) = (Folder::new()?, Backend::listen()?);
    folder.write("api.yaml", API)?;
    let settings = format!(
        "version = 1\n\n[functions]\n\"arn:aws:lambda:us-east-1:000000000000:function:guard\" = \"http://{}/guard\"\n\n\
         [[method_settings]]\nstage = \"shop/prod\"\ncaching_enabled = true\n",
        function.address()
    );
    folder.write("vestibule.toml", &settings)?;
    function.does(allowed());
    let mut program = Program::serve(&folder, &["api.yaml"])?;
    let url = program.printed("admin on ")?;
    let admin = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    Ok(Served { folder, program, admin, function })
}

fn allowed() -> Does {
    let result = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}}"#;
    let length = result.len();
    Does::Sends(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{result}").into_bytes())
}

impl Served {
    /// The id of the request whose answer it is.
    fn ask(&self) -> Outcome<String> {
        let mut client = self.program.connect()?;
        client.send(b"GET /items HTTP/1.1\r\nHost: api.test\r\nX-Token: a-token\r\n\r\n")?;
        let answer = client.response(false)?;
        equal("status", answer.status(), 200)?;
        let text = answer.text();
        Ok(text.lines().last().unwrap_or_default().to_owned())
    }

    fn flush(&self, arguments: &[&str]) -> Outcome<Ended> {
        self.flush_at(self.admin, arguments)
    }

    fn flush_at(&self, admin: SocketAddr, arguments: &[&str]) -> Outcome<Ended> {
        let admin = admin.to_string();
        Program::flush(&self.folder, &[arguments, &["--admin", &admin]].concat())
    }
}

/// Code, standard output and standard error.
fn ended(ended: &Ended, code: i32, stdout: &str, stderr: &str) -> Outcome {
    equal("standard error", ended.stderr.as_str(), stderr)?;
    equal("standard output", ended.stdout.as_str(), stdout)?;
    equal("code", ended.code, Some(code))
}

// Source: AWS docs (FlushStageCache, FlushStageAuthorizersCache); the words are ours.
fn a_flush_takes_out() -> Outcome {
    let served = served()?;
    let first = served.ask()?;
    served.function.request()?;
    equal("kept", &served.ask()?, &first)?;

    let flushed = served.flush(&["stage-cache"])?;
    let stage = flushed.stdout.trim().strip_prefix("flushed ").unwrap_or_default().to_owned();
    let Some((api, "prod")) = stage.split_once('/') else {
        return Err(format!("flushed otherwise: {flushed:?}"));
    };
    ended(&flushed, 0, &format!("flushed {stage}\n"), "")?;
    let second = served.ask()?;
    equal("fetched anew", second == first, false)?;
    equal("asked of", served.function.further(), None)?;

    let of_stage = ["--rest-api-id", api, "--stage-name", "prod"];
    let flushed = served.flush(&[&["stage-authorizers-cache"][..], &of_stage].concat())?;
    let said = format!("flushed what authorizers said of callers of {stage}\n");
    ended(&flushed, 0, &said, "")?;
    served.function.does(allowed());
    equal("still kept", &served.ask()?, &second)?;
    served.function.request()?;

    let flushed = served.flush(&[&["stage-cache"][..], &of_stage].concat())?;
    ended(&flushed, 0, &format!("flushed {stage}\n"), "")?;
    equal("fetched again", served.ask()? == second, false)?;
    equal("asked of again", served.function.further(), None)
}

fn who_cannot_be_asked_is_named() -> Outcome {
    let served = served()?;
    let help = "(help: the program prints its stages with the ids of their APIs when it starts)";
    let of_stage = ["--rest-api-id", "a1b2c3d4e5", "--stage-name", "prod"];
    for (cache, why) in [
        ("stage-cache", "no such stage has a cache"),
        ("stage-authorizers-cache", "no such stage is served"),
    ] {
        let flushed = served.flush(&[&[cache][..], &of_stage].concat())?;
        ended(&flushed, 1, "", &format!("error: not flushed: {why} {help}\n"))?;
    }
    // The data plane itself, and what speaks no HTTP.
    let foreign = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let silent = foreign.local_addr().map_err(|error| error.to_string())?;
    std::thread::spawn(move || foreign.accept().map(drop));
    for address in [served.program.address(), silent] {
        let expected = format!(
            "error: what listens at `{address}` is no admin address of this program (help: name the admin address of the \
             running program by `--admin`)\n"
        );
        ended(&served.flush_at(address, &["stage-cache"])?, 2, "", &expected)?;
    }
    Ok(())
}
