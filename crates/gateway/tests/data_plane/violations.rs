//! Bodies that do not fit their model: how many values are looked at, how many violations are told, and to whom what.

use super::definition::checked;
use super::fixture::{IDS, ask, fine, log, post, served};

const INTEGERS: &str = r#"{"type":"array","items":{"type":"integer"}}"#;

/// What each string among integers violates, as JSON text.
const NO_INTEGER: &str =
    r#"instance type (string) does not match any allowed primitive type (allowed: [\"integer\"])"#;

/// The answer that tells what is wrong.
fn refused(violations: &str) -> String {
    format!(
        "400 Bad Request\ncontent-type: application/json\nx-amzn-errortype: BadRequestException\n\
         {IDS}\n[{violations}]"
    )
}

/// The log's line about it.
fn logged(places: &str) -> String {
    format!(
        " INFO Request body does not match model schema for content type application/json: {places} \
         request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"POST\" path=\"/checked\" status=400 took_us=0\n"
    )
}

// Source: inferred (ours).
#[tokio::test(flavor = "multi_thread")]
async fn a_checked_body_has_at_most_a_million_values() {
    let gateway = served(checked(INTEGERS));
    // The array is a value too.
    let zeros = |number: usize| format!("[{}0]", "0,".repeat(number - 1));
    assert_eq!(ask(&gateway, post("/checked", zeros(999_999))).await, fine("fine"));
    assert_eq!(
        ask(&gateway, post("/checked", zeros(1_000_000))).await,
        refused("the body has more than 1000000 values")
    );
}

// Source: inferred (ours); the words follow the validator that AWS uses.
#[tokio::test]
async fn twenty_violations_are_listed() {
    let log = log();
    let gateway = served(checked(INTEGERS));
    let texts = |number: usize| format!("[{}\"x\"]", "\"x\",".repeat(number - 1));
    let listed = refused(&[NO_INTEGER; 20].join(", "));
    assert_eq!(ask(&gateway, post("/checked", texts(20))).await, listed);
    assert_eq!(ask(&gateway, post("/checked", texts(21))).await, listed);
    let places: Vec<String> = (0..20).map(|n| format!("/{n} type")).collect();
    assert_eq!(log.text(), logged(&places.join(", ")).repeat(2));
}

// Source: inferred (ours).
#[tokio::test]
async fn of_a_large_body_the_first_violation_is_listed() {
    let log = log();
    let gateway = served(checked(INTEGERS));
    let padded = |bytes: usize| r#"["x","x"]"#.to_owned() + &" ".repeat(bytes - 9);
    let both = refused(&[NO_INTEGER; 2].join(", "));
    assert_eq!(ask(&gateway, post("/checked", padded(64 * 1024))).await, both);
    let first = refused(NO_INTEGER);
    assert_eq!(ask(&gateway, post("/checked", padded(64 * 1024 + 1))).await, first);
    assert_eq!(log.text(), logged("/0 type, /1 type") + &logged("/0 type"));
}

// Source: inferred (a body's values are nobody's business but its sender's).
#[tokio::test]
async fn the_log_has_places_and_keywords_and_the_client_the_values() {
    let log = log();
    let gateway = served(checked(
        r#"{"type":"object","required":["user"],"additionalProperties":false,"properties":{
            "user":{},"password":{"type":"string","pattern":"^[a-z]+$"},"tags":{"minItems":2}}}"#,
    ));
    let body = r#"{"password":"HUNTER2 secret","tags":["t"],"pin":4711}"#;
    assert_eq!(
        ask(&gateway, post("/checked", body)).await,
        refused(
            r#"object has missing required properties ([\"user\"]), ECMA 262 regex \"^[a-z]+$\" does not match input string \"HUNTER2 secret\", array is too short: must have at least 2 elements but instance has 1 elements, object instance has properties which are not allowed by the schema: [\"pin\"]"#
        )
    );
    assert_eq!(
        log.text(),
        logged("/password pattern, /tags minItems, additionalProperties, /user is missing")
    );
}

// Source: inferred (ours: 200 characters of a value or name, 20 names).
#[tokio::test]
async fn long_values_and_many_names_are_cut() {
    let log = log();
    let gateway = served(checked(
        r#"{"type":"object","additionalProperties":false,"properties":{"name":{"maxLength":1}}}"#,
    ));
    let long = format!(r#"{{"name":"{}"}}"#, "é".repeat(20_000));
    assert_eq!(
        ask(&gateway, post("/checked", long)).await,
        refused(&format!(
            r#"string \"{}\" is too long (length: 20000, maximum allowed: 1)"#,
            "é".repeat(200)
        ))
    );
    let name = |n: usize| format!("n{n:02}{}", "é".repeat(300));
    let members: Vec<String> = (0..30).map(|n| format!(r#""{}":1"#, name(n))).collect();
    let names: Vec<String> = (0..20).map(|n| format!(r#"\"n{n:02}{}"#, "é".repeat(196))).collect();
    assert_eq!(
        ask(&gateway, post("/checked", format!("{{{}}}", members.join(",")))).await,
        refused(&format!(
            "object instance has properties which are not allowed by the schema: [{}]",
            names.join(",")
        ))
    );
    assert_eq!(log.text(), logged("/name maxLength") + &logged("additionalProperties"));
}

// Source: the messages of the validator that AWS uses (read in its source), in JSON as a template gets them.
#[tokio::test]
async fn violations_are_told_in_the_words_of_the_validator() {
    let table = [
        (
            r#"{"type":"integer"}"#,
            "1.0",
            r#"instance type (number) does not match any allowed primitive type (allowed: [\"integer\"])"#,
        ),
        (
            r#"{"type":["string","number","null"]}"#,
            "true",
            r#"instance type (boolean) does not match any allowed primitive type (allowed: [\"integer\",\"null\",\"number\",\"string\"])"#,
        ),
        (
            r#"{"enum":["a","b",1]}"#,
            r#""c""#,
            r#"instance value (\"c\") not found in enum (possible values: [\"a\",\"b\",1])"#,
        ),
        (
            r#"{"minimum":1}"#,
            "0.5",
            "numeric instance is lower than the required minimum (minimum: 1, found: 0.5)",
        ),
        (
            r#"{"maximum":1}"#,
            "2",
            "numeric instance is greater than the required maximum (maximum: 1, found: 2)",
        ),
        (
            r#"{"minimum":1,"exclusiveMinimum":true}"#,
            "1",
            "numeric instance is not strictly greater than the required minimum 1",
        ),
        (
            r#"{"maximum":1,"exclusiveMaximum":true}"#,
            "1",
            "numeric instance is not strictly lower than the required maximum 1",
        ),
        (r#"{"multipleOf":2}"#, "3", "remainder of division is not zero (3 / 2)"),
        (
            r#"{"minLength":2}"#,
            r#""\"""#,
            r#"string \"\"\" is too short (length: 1, required minimum: 2)"#,
        ),
        (
            r#"{"pattern":"^\\d+$"}"#,
            r#""a""#,
            r#"ECMA 262 regex \"^\\d+$\" does not match input string \"a\""#,
        ),
        (r#"{"format":"email"}"#, r#""a""#, r#"string \"a\" is not a valid email address"#),
        (
            r#"{"format":"date-time"}"#,
            r#""a""#,
            r#"string \"a\" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"#,
        ),
        (
            r#"{"minItems":1}"#,
            "[]",
            "array is too short: must have at least 1 elements but instance has 0 elements",
        ),
        (
            r#"{"maxItems":1}"#,
            "[1,2]",
            "array is too long: must have at most 1 elements but instance has 2 elements",
        ),
        (r#"{"uniqueItems":true}"#, "[1,1]", "array must not contain duplicate elements"),
        (
            r#"{"items":[{},{}],"additionalItems":false}"#,
            "[1,2,3]",
            "schema only allows 2 elements in array but instance has 3 elements",
        ),
        (
            r#"{"minProperties":1}"#,
            "{}",
            "object has too few properties (found 0 but schema requires at least 1)",
        ),
        (
            r#"{"maxProperties":0}"#,
            r#"{"a":1}"#,
            "object has too many properties (found 1 but schema requires at most 0)",
        ),
        (
            r#"{"additionalProperties":false}"#,
            r#"{"b":1,"a":1}"#,
            r#"object instance has properties which are not allowed by the schema: [\"a\",\"b\"]"#,
        ),
        (
            r#"{"required":["b","a"]}"#,
            "{}",
            r#"object has missing required properties ([\"a\",\"b\"])"#,
        ),
        (
            r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#,
            "1",
            "instance failed to match at least one required schema among 2",
        ),
        (
            r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#,
            "1",
            "instance failed to match exactly one schema (matched 0 out of 2)",
        ),
        (
            r#"{"oneOf":[{"type":"string"},{"type":"integer"},{"minimum":0}]}"#,
            "1",
            "instance failed to match exactly one schema (matched 2 out of 3)",
        ),
        (
            r#"{"not":{"type":"integer"}}"#,
            "1",
            "instance matched a schema which it should not have",
        ),
    ];
    for (schema, body, expected) in table {
        let gateway = served(checked(schema));
        assert_eq!(ask(&gateway, post("/checked", body)).await, refused(expected), "{schema}");
    }
}
