//! Items, numbers, values and expressions past DynamoDB's limits: through an API and at the AWS endpoints they are refused with the same
//! words, in little time, and the program goes on.

use super::{Test, equal, folder};
use crate::harness::{Connection, Outcome, Program, Response, address_in};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub(super) const TESTS: &[(&str, Test)] =
    &[("what_is_past_the_limits_of_dynamodb_is_refused", past_the_limits)];

const API: &str = r#"
openapi: 3.0.1
info: {title: absurd, version: '1'}
paths:
  /put:
    post:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:dynamodb:action/PutItem
        credentials: arn:aws:iam::000000000000:role/apigw
        passthroughBehavior: when_no_match
        responses: {default: {statusCode: '200'}}
"#;

/// What stands before a message that is about what a request says.
const ONE: &str = "1 validation error detected: ";
const NESTED: &str = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

fn put(value: &str, condition: &str) -> String {
    let condition = match condition {
        "" => String::new(),
        expression => format!(
            r#","ConditionExpression":"{expression}","ExpressionAttributeValues":{{":v":{{"S":"v"}}}}"#
        ),
    };
    format!(r#"{{"TableName":"things","Item":{{"id":{{"S":"a"}},"value":{value}}}{condition}}}"#)
}

/// A request as an SDK makes it, whose signature counts for nothing on loopback.
fn at_the_aws_endpoints(aws: SocketAddr, body: &str) -> Outcome<Response> {
    let signature = "0".repeat(64);
    sent(
        aws,
        &format!(
            "POST / HTTP/1.1\r\nhost: {aws}\r\ncontent-type: application/x-amz-json-1.0\r\n\
             x-amz-target: DynamoDB_20120810.PutItem\r\nx-amz-date: 20261127T120000Z\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIAALICEEXAMPLE/20261127/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-target, Signature={signature}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

fn through_the_api(address: SocketAddr, body: &str) -> Outcome<Response> {
    let length = body.len();
    let head = "POST /put HTTP/1.1\r\nhost: api.test\r\ncontent-type: application/json\r\n";
    sent(address, &format!("{head}content-length: {length}\r\n\r\n{body}"))
}

fn sent(address: SocketAddr, text: &str) -> Outcome<Response> {
    let mut client = Connection::open(address)?;
    client.send(text.as_bytes())?;
    client.response(false)
}

// Source: AWS docs ("Constraints in Amazon DynamoDB", "Expressions"); the words are DynamoDB Local's where it has some.
#[expect(
    clippy::disallowed_methods,
    reason = "the program has the real clock, and so have its clients"
)]
fn past_the_limits() -> Outcome {
    let text = |letters: usize| format!(r#"{{"S":"{}"}}"#, "x".repeat(letters));
    let number = |digits: usize| format!(r#"{{"N":"{}"}}"#, "9".repeat(digits));
    let maps = |levels: usize| {
        let open = r#"{"M":{"a":"#.repeat(levels);
        format!(r#"{open}{{"S":"x"}}{}"#, "}}".repeat(levels))
    };
    let parentheses = |levels: usize| format!("{}a = :v{}", "(".repeat(levels), ")".repeat(levels));
    let condition = |message: &str| format!("{ONE}Invalid ConditionExpression: {message}");
    let cases = [
        (
            "401 KB",
            put(&text(401 * 1024), ""),
            "Item size has exceeded the maximum allowed size".to_owned(),
        ),
        (
            "100,001 digits",
            put(&number(100_001), ""),
            format!("{ONE}Attempting to store more than 38 significant digits in a Number"),
        ),
        ("33 maps", put(&maps(32), ""), format!("{ONE}{NESTED}")),
        ("1,000 maps", put(&maps(1_000), ""), NESTED.to_owned()),
        (
            "parentheses",
            put(&text(1), &parentheses(2_000)),
            condition("The expression has redundant parentheses;"),
        ),
        (
            "100,000 parentheses",
            put(&text(1), &parentheses(100_000)),
            condition("Expression size has exceeded the maximum allowed size;"),
        ),
        (
            "negations",
            put(&text(1), &format!("{}a = :v", "NOT ".repeat(900))),
            condition("The expression contains too many operators; operator count: 301"),
        ),
        (
            "operators",
            put(&text(1), &format!("a = :v{}", " OR a = :v".repeat(350))),
            condition("The expression contains too many operators; operator count: 301"),
        ),
        (
            "a path",
            put(&text(1), &format!("a{} = :v", ".a".repeat(40))),
            condition("The document path has too many nesting levels; nesting levels: 41"),
        ),
        (
            "operands",
            put(&text(1), &format!("a IN (:v{})", ", :v".repeat(150))),
            condition(
                "The IN operator is provided with too many operands; number of operands: 151",
            ),
        ),
    ];
    let folder = folder()?;
    folder.write("absurd.yaml", API)?;
    let arguments = ["absurd.yaml", "tables.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
    let mut program = Program::serve(&folder, &arguments)?;
    let aws = program.printed("AWS endpoints on ")?;
    let aws = address_in(&aws).ok_or_else(|| format!("`{aws}` has no address"))?;
    for (what, body, message) in &cases {
        let begin = Instant::now();
        let told = at_the_aws_endpoints(aws, body)?;
        let refused = format!(
            r#"{{"__type":"com.amazon.coral.validate#ValidationException","message":"{message}"}}"#
        );
        equal(what, (told.status(), told.text()), (400, refused.clone()))?;
        let told = through_the_api(program.address(), body)?;
        equal(what, (told.status(), told.text()), (200, refused))?;
        equal("in little time", begin.elapsed() < Duration::from_secs(10), true)?;
    }
    let told = through_the_api(program.address(), &put(&text(1), ""))?;
    equal("afterwards", (told.status(), told.text()), (200, "{}".to_owned()))
}
