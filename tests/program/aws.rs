//! The AWS endpoints of the running program: DynamoDB's protocol, who may call, and what is told to whom may not.

use super::{Test, equal, exchange, folder, item, request};
use crate::harness::{Connection, Folder, Outcome, Program, Response, address_in};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Payload, Request, Scope, SignedHeaders, SigningKey,
    Timestamp, sign,
};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("sdks_work_on_the_tables_that_are_served", sdks_work_on_the_tables),
    ("errors_come_in_the_order_of_aws", errors_come_in_the_order_of_aws),
    ("pages_of_other_sites_may_not_call_the_aws_endpoints", pages_may_not_call),
    ("services_that_are_not_there_are_refused_by_name", services_are_refused_by_name),
    ("own_tables_do_not_exist_for_sdks", own_tables_do_not_exist),
    ("a_body_has_a_limit_at_the_aws_endpoints", a_body_has_a_limit),
    ("whoever_is_refused_anyway_sends_little_to_the_aws_endpoints", refused_bodies_are_short),
    ("a_call_in_flight_at_the_aws_endpoints_is_answered", a_call_in_flight_is_answered),
    ("off_loopback_signatures_and_policies_decide", off_loopback_signatures_decide),
    ("behind_a_name_signatures_decide_on_loopback_too", behind_a_name_signatures_decide),
    ("presigned_calls_are_taken_at_the_aws_endpoints", presigned_calls_are_taken),
    ("tables_are_served_alone_at_the_aws_endpoints", tables_are_served_alone),
    ("refusals_at_the_aws_endpoints_are_logged_with_their_remedies", refusals_are_logged),
    ("policies_of_sdks_are_read_again", policies_are_read_again),
    ("another_vestibule_is_a_store", another_vestibule_is_a_store),
    ("access_keys_of_the_environment_may_do_all", access_keys_of_the_environment),
    ("aws_endpoints_without_access_keys_are_warned_of", endpoints_without_access_keys),
    ("apis_are_called_at_the_aws_endpoints", apis_are_called),
    ("calls_at_the_aws_endpoints_are_counted", calls_are_counted),
    ("dev_has_aws_endpoints_when_told", dev_has_aws_endpoints),
];

const PREFIX: &str = "DynamoDB_20120810.";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

const SETTINGS: &str = r#"version = 1

[[users]]
name = "alice"
policies = ["alice.json"]

[[users.access_keys]]
id = "AKIAALICEEXAMPLE"
secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

[[users]]
name = "owner"
arn = "arn:aws:iam::000000000000:root"

[[users.access_keys]]
id = "AKIAOWNEREXAMPLE"
secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
"#;

fn policy(key: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/things",
            "Condition": {{"ForAllValues:StringEquals": {{"dynamodb:LeadingKeys": ["{key}"]}}}}}}}}"#
    )
}

/// A program with its AWS endpoints.
struct Served {
    program: Program,
    aws: SocketAddr,
}

fn serve(folder: &Folder, address: &str, further: &[&str]) -> Outcome<Served> {
    let arguments = ["api.yaml", "tables.yaml", "--ephemeral", "--aws", address];
    let mut program = Program::serve(folder, &[&arguments, further].concat())?;
    let url = program.printed("AWS endpoints on ")?;
    let aws = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    Ok(Served { program, aws })
}

fn on_loopback() -> Outcome<Served> {
    serve(&folder()?, "127.0.0.1:0", &[])
}

/// A call as an SDK makes it.
struct Call<'c> {
    target: &'c str,
    body: &'c str,
    access_key_id: &'c str,
    secret: &'c str,
    service: &'c str,
}

impl<'c> Call<'c> {
    fn of(target: &'c str, body: &'c str) -> Call<'c> {
        Call {
            target,
            body,
            access_key_id: "AKIAALICEEXAMPLE",
            secret: SECRET,
            service: "dynamodb",
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the program has the real clock, and so have its clients"
    )]
    fn head_of(&self, host: &str) -> Outcome<String> {
        let content = "application/x-amz-json-1.0";
        let headers: [(&str, &[u8]); 3] = [
            ("host", host.as_bytes()),
            ("content-type", content.as_bytes()),
            ("x-amz-target", self.target.as_bytes()),
        ];
        let payload = Payload::Bytes(self.body.as_bytes());
        let request = Request { method: "POST", path: "/", query: "", headers: &headers, payload };
        let id = self.access_key_id.to_owned();
        let credentials = Credentials::new(id, self.secret.to_owned(), None);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?;
        let time = Timestamp::from_epoch_s(now.as_secs());
        let scope = Scope { time, region: "us-east-1", service: self.service };
        let mut head = format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: {content}\r\nx-amz-target: {}\r\n",
            self.target
        );
        for (name, value) in sign(&request, &credentials, &scope) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        Ok(format!("{head}content-length: {}\r\n\r\n", self.body.len()))
    }

    fn head(&self, address: SocketAddr) -> Outcome<String> {
        self.head_of(&address.to_string())
    }

    /// The call with its signature in the query, of these headers.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program has the real clock, and so have its clients"
    )]
    fn presigned(&self, address: SocketAddr, signed: &[&str]) -> Outcome<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?;
        let time = Timestamp::from_epoch_s(now.as_secs());
        let scope = Scope { time, region: "us-east-1", service: self.service };
        let (id, host) = (self.access_key_id, address.to_string());
        let credential = format!("{id}/{}", scope.credential_scope()).replace('/', "%2F");
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={}\
             &X-Amz-Expires=60&X-Amz-SignedHeaders={}",
            time.date_time(),
            signed.join("%3B")
        );
        let request = Request {
            method: "POST",
            path: "/",
            query: &query,
            headers: &[("host", host.as_bytes()), ("x-amz-target", self.target.as_bytes())],
            payload: Payload::Bytes(self.body.as_bytes()),
        };
        let headers = SignedHeaders::new(signed.iter().copied());
        let canonical = CanonicalRequest::new(&request, &headers, Dialect::General);
        let credentials = Credentials::new(id.to_owned(), self.secret.to_owned(), None);
        let key = SigningKey::derive(&credentials, &scope);
        let signature = key.sign(&scope.string_to_sign(&canonical));
        Ok(format!(
            "POST /?{query}&X-Amz-Signature={signature} HTTP/1.1\r\nhost: {host}\r\nx-amz-target: {}\r\n\
             content-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n{}",
            self.target,
            self.body.len(),
            self.body
        ))
    }

    fn made(&self, address: SocketAddr) -> Outcome<Response> {
        sent(address, &format!("{}{}", self.head(address)?, self.body))
    }
}

fn sent(address: SocketAddr, text: &str) -> Outcome<Response> {
    let mut client = Connection::open(address)?;
    // A program that refuses it may not read it to its end.
    client.offer(text.as_bytes());
    client.response(false)
}

/// An unsigned request: its lines after the host's, and its body.
fn unsigned(aws: SocketAddr, first: &str, lines: &str, body: &str) -> Outcome<Response> {
    let length = body.len();
    let lines = lines.replace('\n', "\r\n");
    let head =
        format!("{first} HTTP/1.1\r\nhost: {aws}\r\n{lines}content-length: {length}\r\n\r\n");
    sent(aws, &format!("{head}{body}"))
}

/// Status and body.
fn told(response: &Response) -> String {
    format!("{} {}", response.status(), response.text())
}

fn of_service(name: &str, member: &str, message: &str) -> String {
    format!(r#"400 {{"__type":"com.amazon.coral.service#{name}","{member}":"{message}"}}"#)
}

// Source: AWS docs, DynamoDB low-level API.
fn sdks_work_on_the_tables() -> Outcome {
    let Served { program, aws } = on_loopback()?;
    let body = r#"{"TableName":"things","Item":{"id":{"S":"a"}}}"#;
    let put = Call::of("DynamoDB_20120810.PutItem", body).made(aws)?;
    equal("put", told(&put), "200 {}".to_owned())?;
    equal("checksum", put.header("x-amz-crc32"), Some("2745614147"))?;
    equal("type", put.header("content-type"), Some("application/x-amz-json-1.0"))?;
    let id = put.header("x-amzn-requestid").unwrap_or("");
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, 'A'..='V');
    equal("id", (id.len(), id.chars().all(is_digit)), (52, true))?;
    exchange(&program, &request("GET", "/items/a"), &item("a"))?;
    let streams = Call::of("DynamoDBStreams_20120810.ListStreams", "{}").made(aws)?;
    equal("streams", told(&streams), r#"200 {"Streams":[]}"#.to_owned())?;
    let endpoints = Call::of("DynamoDB_20120810.DescribeEndpoints", "{}").made(aws)?;
    let expected =
        format!(r#"200 {{"Endpoints":[{{"Address":"{aws}","CachePeriodInMinutes":1440}}]}}"#);
    equal("endpoints", told(&endpoints), expected)?;
    let backup = Call::of("DynamoDB_20120810.ListBackups", "{}").made(aws)?;
    let message = "ListBackups is not supported here";
    let expected = of_service("UnknownOperationException", "message", message);
    equal("an action that is not there", told(&backup), expected)?;
    let health = unsigned(aws, "GET /", "", "")?;
    let expected = "200 healthy: dynamodb.us-east-1.amazonaws.com ".to_owned();
    equal("health", told(&health), expected)?;
    equal("its checksum", health.header("x-amz-crc32"), Some("3128867991"))
}

// Source: recorded on AWS (dynalite's tests against it).
fn errors_come_in_the_order_of_aws() -> Outcome {
    let Served { aws, program: _program } = on_loopback()?;
    let answer = |lines: &str, body: &str| unsigned(aws, "POST /", lines, body);
    let json = "content-type: application/x-amz-json-1.0\n";
    let of_list = format!("{json}x-amz-target: {PREFIX}ListTables\n");
    let page = "404 <UnknownOperationException/>\n".to_owned();
    equal("no type", told(&answer("", "hi")?), page.clone())?;
    equal("PUT", told(&unsigned(aws, "PUT /", json, "{}")?), page)?;
    let serialization =
        r#"400 {"__type":"com.amazon.coral.service#SerializationException"}"#.to_owned();
    equal("no JSON", told(&answer(json, "hi")?), serialization.clone())?;
    equal("no JSON, no signature", told(&answer(&of_list, "{")?), serialization.clone())?;
    let unknown =
        r#"400 {"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned();
    equal("no target", told(&answer(json, "{}")?), unknown.clone())?;
    let lines = format!("{json}x-amz-target: {PREFIX}ListTable\n");
    equal("no such action", told(&answer(&lines, "{}")?), unknown)?;
    let missing = of_service(
        "MissingAuthenticationTokenException",
        "message",
        "Request is missing Authentication Token",
    );
    equal("no signature", told(&answer(&of_list, "{}")?), missing.clone())?;
    let lines = format!("{of_list}authorization: Bearer x\n");
    equal("a token of another kind", told(&answer(&lines, "{}")?), missing)?;
    let lines = format!("{of_list}authorization: AWS4-HMAC-SHA256 Credential=a\ndate: x\n");
    let incomplete = told(&answer(&lines, "{}")?);
    let begins = r#"400 {"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "#;
    equal("an incomplete one", incomplete.starts_with(begins), true)?;
    let broken = Call::of("DynamoDB_20120810.ListTables", "{").made(aws)?;
    equal("signed, no JSON", told(&broken), serialization)?;
    let wrong = Call::of("DynamoDB_20120810.ListTables", r#"{"Limit":0}"#).made(aws)?;
    let validation = r#"400 {"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"}"#;
    equal("what is wrong with the call", told(&wrong), validation.to_owned())
}

// Source: inferred (the program's own rule).
fn pages_may_not_call() -> Outcome {
    let Served { aws, program: _program } = on_loopback()?;
    let forbidden = |message: &str| {
        let refused = of_service("AccessDeniedException", "message", message);
        refused.replacen("400", "403", 1)
    };
    let foreign = sent(aws, "GET / HTTP/1.1\r\nhost: example.com\r\n\r\n")?;
    let message = "host not allowed: add its name to the setting `aws_hosts`";
    equal("another name", told(&foreign), forbidden(message))?;
    let page = unsigned(aws, "GET /", "origin: https://example.com\n", "")?;
    equal("a page", told(&page), forbidden("origin not allowed"))?;
    let named = serve(&folder()?, "127.0.0.1:0", &["--aws-host", "example.com"])?;
    let named = sent(named.aws, "GET / HTTP/1.1\r\nhost: example.com\r\n\r\n")?;
    equal("a name of its own", named.status(), 200)
}

// Source: inferred.
fn services_are_refused_by_name() -> Outcome {
    let Served { aws, program: _program } = on_loopback()?;
    for service in ["sts", "cognito-idp", "apigateway"] {
        let call = Call { service, ..Call::of("Anything", "{}") };
        let message = format!("the service `{service}` is not served here, only `dynamodb` is");
        let expected = of_service("UnknownOperationException", "message", &message);
        equal(service, told(&call.made(aws)?), expected)?;
    }
    Ok(())
}

// Source: inferred (the program's own rule).
fn own_tables_do_not_exist() -> Outcome {
    let Served { aws, program: _program } = on_loopback()?;
    let list = Call::of("DynamoDB_20120810.ListTables", "{}").made(aws)?;
    equal("the list", told(&list), r#"200 {"TableNames":["things"]}"#.to_owned())?;
    let body = r#"{"TableName":"vestibule.meta"}"#;
    let meta = Call::of("DynamoDB_20120810.DescribeTable", body).made(aws)?;
    let expected = r#"400 {"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found: Table: vestibule.meta not found"}"#;
    equal("one of them", told(&meta), expected.to_owned())
}

// Source: recorded on AWS (dynalite's tests against it).
fn a_body_has_a_limit() -> Outcome {
    const BYTES_MAX: usize = 16 * 1024 * 1024;
    let Served { aws, program: _program } = on_loopback()?;
    let body = "a".repeat(BYTES_MAX + 1);
    let put = Call::of("DynamoDB_20120810.PutItem", &body);
    equal("one byte too many", told(&put.made(aws)?), "413 ".to_owned())?;
    let spaces = format!("{{}}{}", " ".repeat(BYTES_MAX - 2));
    let list = Call::of("DynamoDB_20120810.ListTables", &spaces).made(aws)?;
    equal("as many as may be", list.status(), 200)
}

// Source: inferred (the program's own limit): that the body is no JSON is told of so much of it alone.
fn refused_bodies_are_short() -> Outcome {
    const BYTES_MAX: usize = 64 * 1024;
    let Served { aws, program: _program } = on_loopback()?;
    let lines =
        format!("content-type: application/x-amz-json-1.0\nx-amz-target: {PREFIX}ListTables\n");
    let answer = |bytes: usize| unsigned(aws, "POST /", &lines, &"a".repeat(bytes));
    let serialization =
        r#"400 {"__type":"com.amazon.coral.service#SerializationException"}"#.to_owned();
    equal("as many as are read", told(&answer(BYTES_MAX)?), serialization)?;
    let missing = of_service(
        "MissingAuthenticationTokenException",
        "message",
        "Request is missing Authentication Token",
    );
    equal("one more", told(&answer(BYTES_MAX + 1)?), missing)
}

// Source: inferred (as requests for an API).
fn a_call_in_flight_is_answered() -> Outcome {
    let Served { aws, mut program } = serve(&folder()?, "127.0.0.1:0", &["--log", "info"])?;
    let mut client = Connection::open(aws)?;
    let (first, rest) = MINE.split_at(MINE.len() / 2);
    let head = put(MINE).head(aws)?;
    client.send(head.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n").as_bytes())?;
    equal("that the body is waited for", client.response(false)?.status(), 100)?;
    client.send(first.as_bytes())?;
    program.signal("TERM")?;
    program.wait_for_log("draining")?;
    client.send(rest.as_bytes())?;
    equal("its answer", told(&client.response(false)?), "200 {}".to_owned())?;
    equal("exit", program.ended()?.code, Some(0))
}

fn off_loopback(policy_text: &str) -> Outcome<(Folder, Served)> {
    let folder = folder()?;
    folder.write("vestibule.toml", SETTINGS)?;
    folder.write("alice.json", policy_text)?;
    let mut served = serve(&folder, "0.0.0.0:0", &["--config", "vestibule.toml"])?;
    served.aws = SocketAddr::from(([127, 0, 0, 1], served.aws.port()));
    Ok((folder, served))
}

fn put<'c>(body: &'c str) -> Call<'c> {
    Call::of("DynamoDB_20120810.PutItem", body)
}

const MINE: &str = r#"{"TableName":"things","Item":{"id":{"S":"mine"}}}"#;
const YOURS: &str = r#"{"TableName":"things","Item":{"id":{"S":"yours"}}}"#;

// Source: AWS docs (IAM's evaluation, DynamoDB's condition keys); AWS's sentences as observed.
fn off_loopback_signatures_decide() -> Outcome {
    let (_folder, Served { aws, program: _program }) = off_loopback(&policy("mine"))?;
    let denied = |action: &str, resource: &str| {
        let message = format!(
            "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: dynamodb:{action} on resource: \
             arn:aws:dynamodb:us-east-1:000000000000:table/{resource} because no identity-based policy allows the \
             dynamodb:{action} action"
        );
        of_service("AccessDeniedException", "Message", &message)
    };
    equal("her own item", told(&put(MINE).made(aws)?), "200 {}".to_owned())?;
    equal("another's", told(&put(YOURS).made(aws)?), denied("PutItem", "things"))?;
    let list = Call::of("DynamoDB_20120810.ListTables", "{}");
    equal("all tables", told(&list.made(aws)?), denied("ListTables", "*"))?;
    let owner = Call { access_key_id: "AKIAOWNEREXAMPLE", ..list };
    equal("the owner", told(&owner.made(aws)?), r#"200 {"TableNames":["things"]}"#.to_owned())?;
    let nobody = Call { access_key_id: "AKIANOBODY", ..put(MINE) };
    let message = "The security token included in the request is invalid.";
    let unrecognized = of_service("UnrecognizedClientException", "message", message);
    equal("nobody", told(&nobody.made(aws)?), unrecognized)?;
    let elsewhere = Call { service: "execute-api", ..put(MINE) };
    let message = "Credential should be scoped to correct service: 'dynamodb'. ";
    let scope = of_service("InvalidSignatureException", "message", message);
    equal("signed for another service", told(&elsewhere.made(aws)?), scope)?;
    let forged = Call { secret: "another", ..put(MINE) };
    let forged = told(&forged.made(aws)?);
    let begins = r#"400 {"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The request signature we calculated does not match the signature you provided."#;
    equal("forged", forged.starts_with(begins), true)
}

// Source: inferred (whoever calls a loopback address by a name that is not local is let in by a proxy).
fn behind_a_name_signatures_decide() -> Outcome {
    let folder = folder()?;
    folder.write("vestibule.toml", SETTINGS)?;
    folder.write("alice.json", &policy("mine"))?;
    let further = ["--config", "vestibule.toml", "--aws-host", "tables.example.com"];
    let Served { aws, program: _program } = serve(&folder, "127.0.0.1:0", &further)?;
    let called_by = |call: &Call<'_>, host: &str| -> Outcome<Response> {
        let head = call.head_of(host)?;
        sent(aws, &format!("{head}{}", call.body))
    };
    let nobody = Call { access_key_id: "AKIANOBODY", ..put(MINE) };
    let message = "The security token included in the request is invalid.";
    let unrecognized = of_service("UnrecognizedClientException", "message", message);
    let host = "tables.example.com";
    equal("nobody", told(&called_by(&nobody, host)?), unrecognized)?;
    equal("her own item", told(&called_by(&put(MINE), host)?), "200 {}".to_owned())?;
    equal("another's", called_by(&put(YOURS), host)?.status(), 400)?;
    equal("nobody, at home", told(&called_by(&nobody, "localhost")?), "200 {}".to_owned())
}

// Source: AWS docs ("Create a signed AWS API request": the signature may be in the query); that the action has to be signed there
// too is the program's own rule.
fn presigned_calls_are_taken() -> Outcome {
    let (_folder, Served { aws, program: _program }) = off_loopback(&policy("mine"))?;
    let call = put(MINE);
    let signed = call.presigned(aws, &["host", "x-amz-target"])?;
    equal("the action is signed", told(&sent(aws, &signed)?), "200 {}".to_owned())?;
    let open = call.presigned(aws, &["host"])?;
    let message = "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.";
    let expected = of_service("InvalidSignatureException", "message", message);
    equal("the action is not", told(&sent(aws, &open)?), expected)
}

// Source: inferred (the program's own).
fn tables_are_served_alone() -> Outcome {
    let arguments = ["tables.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
    let mut program = Program::serve(&folder()?, &arguments)?;
    let mut address = |start: &str| {
        let line = program.printed(start)?;
        address_in(&line).ok_or_else(|| format!("`{line}` has no address"))
    };
    let (admin, aws) = (address("admin on ")?, address("AWS endpoints on ")?);
    equal("put", told(&put(MINE).made(aws)?), "200 {}".to_owned())?;
    let ready = sent(admin, "GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    equal("ready", ready.status(), 200)
}

// Source: inferred (the program's own words).
fn refusals_are_logged() -> Outcome {
    let folder = folder()?;
    folder.write("vestibule.toml", SETTINGS)?;
    folder.write("alice.json", &policy("mine"))?;
    let further = ["--config", "vestibule.toml", "--log", "info"];
    let Served { aws, mut program } = serve(&folder, "0.0.0.0:0", &further)?;
    let aws = SocketAddr::from(([127, 0, 0, 1], aws.port()));
    let start = "refused at the AWS endpoints: ";
    unsigned(
        aws,
        "POST /",
        &format!("content-type: application/x-amz-json-1.0\nx-amz-target: {PREFIX}ListTables\n"),
        "{}",
    )?;
    program.wait_for_log(&format!(
        "{start}the request is not signed (help: give the client an access key of a user of the settings)"
    ))?;
    Call { access_key_id: "AKIANOBODY", ..put(MINE) }.made(aws)?;
    program.wait_for_log(&format!(
        "{start}nobody has the access key `AKIANOBODY` (help: give a user of the settings that access key: \
         `[[users.access_keys]]` of `vestibule.toml`)"
    ))?;
    Call { secret: "another", ..put(MINE) }.made(aws)?;
    program.wait_for_log(&format!(
        "{start}the signature is not one of the access key `AKIAALICEEXAMPLE` of \
         `arn:aws:iam::000000000000:user/alice` (help: the client has another secret, or something changed its \
         request on the way: a proxy has to pass `Host` on as it was sent)"
    ))?;
    put(&MINE.replace("things", "arn:aws:dynamodb:x:y:things")).made(aws)?;
    program.wait_for_log(&format!(
        "{start}what this PutItem touches cannot be told, which policies are asked about (help: give tables by their names"
    ))?;
    put(YOURS).made(aws)?;
    let line = program.wait_for_log(&format!(
        "{start}no statement allows arn:aws:iam::000000000000:user/alice `dynamodb:PutItem` on \
         `arn:aws:dynamodb:us-east-1:000000000000:table/things`"
    ))?;
    let help = "(help: if it should, let a policy of the user allow `dynamodb:PutItem` on \
                `arn:aws:dynamodb:us-east-1:000000000000:table/things`)";
    equal("its remedy", line.trim_end().ends_with(help), true)
}

// Source: inferred (as policies of `AWS_IAM` methods).
fn policies_are_read_again() -> Outcome {
    let (folder, Served { aws, mut program }) = off_loopback(&policy("mine"))?;
    equal("before", put(YOURS).made(aws)?.status(), 400)?;
    folder.write("alice.json", &policy("yours"))?;
    program.signal("HUP")?;
    program.printed("reloaded ")?;
    equal("after", told(&put(YOURS).made(aws)?), "200 {}".to_owned())
}

// Source: inferred (DynamoDB's protocol on both sides).
fn another_vestibule_is_a_store() -> Outcome {
    let Served { aws, program: _store } = on_loopback()?;
    let url = format!("http://{aws}");
    let second = Program::serve(&folder()?, &["api.yaml", "tables.yaml", "--dynamodb", &url])?;
    let get = Call::of(
        "DynamoDB_20120810.GetItem",
        r#"{"TableName":"things","Key":{"id":{"S":"mine"}}}"#,
    );
    equal("before", told(&get.made(aws)?), "200 {}".to_owned())?;
    equal("put", told(&put(MINE).made(aws)?), "200 {}".to_owned())?;
    exchange(&second, &request("GET", "/items/mine"), &item("mine"))
}

// Source: inferred (the account's root may do all on AWS).
fn access_keys_of_the_environment() -> Outcome {
    let folder = folder()?;
    let keys = format!("AKIAFIRSTEXAMPLE:{SECRET},AKIAALICEEXAMPLE:{SECRET}");
    let arguments = ["api.yaml", "tables.yaml", "--ephemeral", "--aws", "0.0.0.0:0"];
    let environment = [("VESTIBULE_ACCESS_KEYS", keys.as_str())];
    let mut program = Program::serve_in(&folder, &environment, &arguments)?;
    let line = program.printed("AWS endpoints on ")?;
    let address = address_in(&line).ok_or_else(|| format!("`{line}` has no address"))?;
    let aws = SocketAddr::from(([127, 0, 0, 1], address.port()));
    equal("a known key", told(&put(MINE).made(aws)?), "200 {}".to_owned())?;
    let forged = Call { secret: "another", ..put(MINE) };
    equal("another secret", forged.made(aws)?.status(), 400)?;
    equal("what is printed", program.stop()?.stderr, String::new())
}

// Source: inferred (the program's own warning).
fn endpoints_without_access_keys() -> Outcome {
    let served = serve(&folder()?, "0.0.0.0:0", &[])?;
    let expected = "warning: nobody may call the AWS endpoints: there is no access key \
                    (help: set VESTIBULE_ACCESS_KEYS, or give users access keys in the settings file)\n";
    equal("what is printed", served.program.stop()?.stderr, expected.to_owned())
}

// Source: inferred (how emulators of API Gateway are called).
fn apis_are_called() -> Outcome {
    let Served { aws, program: _program } = on_loopback()?;
    let unknown = "403 {\"message\":\"Forbidden\"}".to_owned();
    let host = "GET /prod/mock HTTP/1.1\r\nhost: a1b2c3d4e5.execute-api.localhost\r\n\r\n";
    equal("an unknown API", told(&sent(aws, host)?), unknown)?;
    let id = api_id();
    let host = host.replace("a1b2c3d4e5", &id);
    equal("by its host", sent(aws, &host)?.status(), 200)?;
    for path in [
        format!("/_aws/execute-api/{id}/prod/mock"),
        format!("/restapis/{id}/prod/_user_request_/mock"),
    ] {
        let answer = unsigned(aws, &format!("GET {path}"), "", "")?;
        equal(&path, answer.status(), 200)?;
    }
    Ok(())
}

/// The id of the API of `folder()`: a hash of its title.
fn api_id() -> String {
    vestibule_restapi::RestApiId::of("store").to_string()
}

// Source: inferred (the names of actions and errors are AWS's).
fn calls_are_counted() -> Outcome {
    let arguments = ["api.yaml", "tables.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
    let mut program = Program::serve(&folder()?, &arguments)?;
    let mut address = |start: &str| {
        let line = program.printed(start)?;
        address_in(&line).ok_or_else(|| format!("`{line}` has no address"))
    };
    let (admin, aws) = (address("admin on ")?, address("AWS endpoints on ")?);
    equal("put", put(MINE).made(aws)?.status(), 200)?;
    equal("unknown", Call::of("DynamoDB_20120810.Whatever", "{}").made(aws)?.status(), 400)?;
    let metrics = sent(admin, "GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n")?.text();
    for series in [
        r#"vestibule_aws_calls_total{action="PutItem"} 1"#,
        r#"vestibule_aws_calls_total{action="Unknown",error="UnknownOperationException"} 1"#,
    ] {
        equal(series, metrics.lines().any(|line| line == series), true)?;
    }
    Ok(())
}

// Source: inferred (the program's own defaults).
fn dev_has_aws_endpoints() -> Outcome {
    let arguments = ["api.yaml", "tables.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
    let mut program = Program::dev(&folder()?, &arguments)?;
    program.printed("AWS endpoints on ").map(drop)
}
