//! The engine is the oracle: what is answered here is what it answers, byte for byte.
//!
//! Source of all: oracle (the engine itself, asked for the same item).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

mod pages;

use super::request::{Key, KeyPart, Kind, PointRead, parse};
use super::*;
use crate::action::Action;
use crate::embedded::call::Call;
use crate::embedded::engine::Engine;
use crate::side::Side;
use crate::wire::{Arns, Draft};

struct Both {
    engine: RefCell<Engine>,
    direct: RefCell<Direct>,
    _folder: tempfile::TempDir,
}

impl Both {
    fn new() -> Both {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tables.db");
        let arns = Arns::new("eu-west-1", "123456789012");
        let engine = RefCell::new(Engine::open(&path, Side::Tables, arns.clone()).unwrap());
        let direct = RefCell::new(Direct::open(&path, arns).unwrap());
        let both = Both { engine, direct, _folder: folder };
        both.create("one", &[("id", "S")]);
        both.create("two", &[("group", "S"), ("at", "N")]);
        both.create("binary", &[("id", "B")]);
        both
    }

    fn create(&self, table: &str, keys: &[(&str, &str)]) {
        let define =
            |(name, kind): &(&str, &str)| json!({"AttributeName": name, "AttributeType": kind});
        let element = |((name, _), kind): (&(&str, &str), &str)| json!({"AttributeName": name, "KeyType": kind});
        let body = json!({"TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": keys.iter().map(define).collect::<Vec<_>>(),
            "KeySchema": keys.iter().zip(["HASH", "RANGE"]).map(element).collect::<Vec<_>>()});
        self.write(Action::CreateTable, &body);
    }

    fn write(&self, action: Action, body: &Value) {
        let call = Call::new(action, Bytes::from(body.to_string()));
        let replies = self.engine.borrow_mut().perform(&[call]);
        assert_eq!(replies[0].status, 200, "{body} {replies:?}");
    }

    /// Returns the answer past the engine, which is the engine's own or none.
    fn get(&self, body: &str) -> Option<String> {
        let direct = self.direct.borrow_mut().answer(body.as_bytes());
        self.compared(Action::GetItem, body, direct)
    }

    /// As [`Both::get`] does, for a Query of any length.
    fn query(&self, body: &str) -> Option<String> {
        let direct = self.direct.borrow_mut().query(body.as_bytes(), usize::MAX);
        self.compared(Action::Query, body, direct)
    }

    /// As [`Both::get`] does, for a Scan.
    fn scan(&self, body: &str) -> Option<String> {
        let direct = self.direct.borrow_mut().scan(body.as_bytes());
        self.compared(Action::Scan, body, direct)
    }

    fn compared(&self, action: Action, body: &str, direct: Option<Vec<u8>>) -> Option<String> {
        let engine = self.engine.borrow_mut().answer(action, body.as_bytes());
        if let Some(direct) = &direct {
            let (direct, engine_body) =
                (String::from_utf8_lossy(direct), String::from_utf8_lossy(&engine.body));
            assert_eq!((200, direct.as_ref()), (engine.status, engine_body.as_ref()), "{body}");
        }
        direct.map(|json| String::from_utf8(json).unwrap())
    }
}

/// Whether sets may come whose order only the engine can tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sets {
    Any,
    Plain,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        Just(String::new()),
        Just("arn:aws:dynamodb:dynoxide:000000000000:table/t".to_owned()),
        Just("\"}\\,{\u{0}\u{1f}\u{7f}\u{2028}\u{8}\u{c}\n\r\t/é🦀".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = [
        "a",
        "a!",
        "a\"",
        "a\\",
        "A",
        "aa",
        "é",
        "e\u{301}",
        "S",
        "N",
        "SS",
        "NS",
        "L",
        "M",
        "Item",
        "awsRegion",
        "TableArn",
        "\u{1}",
        "\n",
        "b.c",
        "🦀",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), ".{1,6}",]
}

fn set<T: Ord + std::fmt::Debug>(
    member: impl Strategy<Value = T>,
    most: usize,
) -> impl Strategy<Value = BTreeSet<T>> {
    proptest::collection::btree_set(member, 1..=most)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(*LETTERS.get((bits & 63) as usize).unwrap());
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            (0..3).fold(0, |bits, at| (bits << 8) | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            out.push(if at <= chunk.len() { letter(bits >> (18 - 6 * at)) } else { '=' });
        }
    }
    out
}

fn binary() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| base64(&bytes))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{0,10}\\.[0-9]{0,9}[1-9]",
        "-?[1-9]\\.[0-9]E[+-]?[1-9]{2}",
        Just("0".to_owned()),
        Just("-0.50".to_owned()),
        Just("00012.3400".to_owned()),
    ]
}

fn sets(sets: Sets) -> BoxedStrategy<Value> {
    match sets {
        Sets::Plain => prop_oneof![
            set("[ -!#-\\[\\]-~é🦀]{1,5}", 5).prop_map(|members| json!({"SS": members})),
            set(any::<i64>().prop_map(|n| n / 100), 5).prop_map(|members| {
                json!({"NS": members.iter().rev().map(i64::to_string).collect::<Vec<_>>()})
            }),
            binary().prop_filter("", |b| !b.is_empty()).prop_map(|member| json!({"BS": [member]})),
        ]
        .boxed(),
        Sets::Any => prop_oneof![
            set(".{1,5}", 5).prop_map(|members| json!({"SS": members})),
            set("[1-9][0-9]?\\.[1-9]", 5).prop_map(|members| json!({"NS": members})),
            set("[A-Za-z0-9+/]{4}", 4).prop_map(|members| json!({"BS": members})),
        ]
        .boxed(),
    }
}

fn value(of: Sets) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(|text| json!({"S": text})),
        3 => number().prop_map(|number| json!({"N": number})),
        1 => binary().prop_map(|bytes| json!({"B": bytes})),
        1 => any::<bool>().prop_map(|boolean| json!({"BOOL": boolean})),
        1 => Just(json!({"NULL": true})),
        2 => sets(of),
    ];
    leaf.prop_recursive(6, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|list| json!({"L": list})),
            proptest::collection::btree_map(name(), inner, 0..5).prop_map(|map| json!({"M": map})),
        ]
    })
}

fn attributes(of: Sets) -> impl Strategy<Value = BTreeMap<String, Value>> {
    proptest::collection::btree_map(name(), value(of), 0..6)
}

/// Writes items by PutItem and UpdateItem and reads them back on both ways.
fn compare(of: Sets) {
    let both = Both::new();
    let config = Config { failure_persistence: None, ..Config::with_cases(120) };
    let strategy = (attributes(of), value(of), "[ -!#-\\[\\]-~é🦀]{1,20}", any::<i32>());
    TestRunner::new(config)
        .run(&strategy, |(attributes, extra, id, number)| {
            let number = number.to_string();
            let mut item: Map<String, Value> = attributes.into_iter().collect();
            let key = json!({"group": {"S": id}, "at": {"N": number}});
            item.extend(key.as_object().unwrap().clone());
            both.write(Action::PutItem, &json!({"TableName": "two", "Item": item}));
            let get = json!({"TableName": "two", "Key": key}).to_string();
            let put = both.get(&get);
            prop_assert!(of == Sets::Any || put.is_some(), "{get}");
            both.write(
                Action::UpdateItem,
                &json!({"TableName": "two", "Key": key, "UpdateExpression": "SET #x = :x",
                    "ExpressionAttributeNames": {"#x": "a"}, "ExpressionAttributeValues": {":x": extra}}),
            );
            let updated = both.get(&get);
            prop_assert!(of == Sets::Any || updated.is_some(), "{get}");
            both.write(Action::DeleteItem, &json!({"TableName": "two", "Key": key}));
            let deleted = both.get(&get);
            prop_assert_eq!(deleted.as_deref(), Some("{}"));
            Ok(())
        })
        .unwrap();
}

#[test]
fn items_are_answered_as_the_engine_answers_them() {
    compare(Sets::Plain);
}

#[test]
fn sets_whose_order_is_not_plain_are_the_engines_or_the_same() {
    compare(Sets::Any);
}

#[test]
fn a_set_that_grows_stays_in_the_engines_order() {
    let both = Both::new();
    for (add, answer) in [
        ("[\"10\"]", "[\"10\"]"),
        ("[\"9\"]", "[\"9\",\"10\"]"),
        ("[\"-1\"]", "[\"-1\",\"9\",\"10\"]"),
    ] {
        let add: Value = serde_json::from_str(add).unwrap();
        both.write(
            Action::UpdateItem,
            &json!({"TableName": "one", "Key": {"id": {"S": "1"}}, "UpdateExpression": "ADD n :n",
                "ExpressionAttributeValues": {":n": {"NS": add}}}),
        );
        let item = format!(r#"{{"Item":{{"id":{{"S":"1"}},"n":{{"NS":{answer}}}}}}}"#);
        let got = both.get(r#"{"TableName":"one","Key":{"id":{"S":"1"}}}"#);
        assert_eq!(got, Some(item));
    }
}

#[test]
fn requests_of_any_plain_form_are_answered() {
    let both = Both::new();
    both.write(Action::PutItem, &json!({"TableName": "one", "Item": {"id": {"S": "é"}}}));
    both.write(
        Action::PutItem,
        &json!({"TableName": "two", "Item": {"group": {"S": "g"}, "at": {"N": "70.0"}}}),
    );
    let one = Some(r#"{"Item":{"id":{"S":"é"}}}"#);
    let two = Some(r#"{"Item":{"at":{"N":"70"},"group":{"S":"g"}}}"#);
    let long = "k".repeat(2_048);
    let longest = format!(r#"{{"TableName":"one","Key":{{"id":{{"S":"{long}"}}}}}}"#);
    for (body, answer) in [
        (r#"{"TableName":"one","Key":{"id":{"S":"é"}}}"#, one),
        (r#"{"TableName":"one","Key":{"id":{"S":"é"}},"ConsistentRead":true}"#, one),
        (
            " {\r\n\t\"ConsistentRead\" : false , \"Key\" : { \"id\" : { \"S\" : \"é\" } } , \"TableName\" : \"one\" } ",
            one,
        ),
        (r#"{"TableName":"one","Key":{"id":{"S":"e"}}}"#, Some("{}")),
        (&longest, Some("{}")),
        (r#"{"TableName":"two","Key":{"group":{"S":"g"},"at":{"N":"70"}}}"#, two),
        (r#"{"TableName":"two","Key":{"at":{"N":"70"},"group":{"S":"g"}}}"#, two),
        (r#"{"TableName":"two","Key":{"at":{"N":"-70"},"group":{"S":"g"}}}"#, Some("{}")),
    ] {
        assert_eq!(both.get(body).as_deref(), answer, "{body}");
    }
}

#[test]
fn any_other_request_is_the_engines() {
    let both = Both::new();
    let long = "k".repeat(2_049);
    let too_long = format!(r#"{{"TableName":"one","Key":{{"id":{{"S":"{long}"}}}}}}"#);
    let mut padded = r#"{"TableName":"one","Key":{"id":{"S":"1"}}}"#.to_owned();
    padded.push_str(&" ".repeat(crate::limits::BODY_BYTES));
    for body in [
        "",
        "{}",
        "[]",
        "{",
        r#"{"TableName":"one","Key":{"id":{"S":"1"}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}}} x"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},}"#,
        r#"{"TableName":"one"}"#,
        r#"{"Key":{"id":{"S":"1"}}}"#,
        r#"{"TableName":"one","Key":{}}"#,
        r#"{"TableName":"","Key":{"id":{"S":"1"}}}"#,
        r#"{"TableName":"none","Key":{"id":{"S":"1"}}}"#,
        r#"{"TableName":"one","TableName":"one","Key":{"id":{"S":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"Key":{"id":{"S":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"ConsistentRead":null}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"ConsistentRead":"true"}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"ReturnConsumedCapacity":"TOTAL"}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"ProjectionExpression":"id"}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"AttributesToGet":["id"]}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"}},"Other":1}"#,
        r#"{"TableName":"one","Key":{"id":{"S":""}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"\u0031"}}}"#,
        "{\"TableName\":\"one\",\"Key\":{\"id\":{\"S\":\"\n\"}}}",
        r#"{"TableName":"one","Key":{"id":{"N":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":1}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1","N":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{}}}"#,
        r#"{"TableName":"one","Key":{"other":{"S":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"},"at":{"N":"1"}}}"#,
        r#"{"TableName":"one","Key":{"id":{"S":"1"},"id":{"S":"1"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"S":"1"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"1.0"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"01"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"-0"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"-"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"1234567890123456789"}}}"#,
        r#"{"TableName":"two","Key":{"group":{"S":"1"},"at":{"N":"1"},"x":{"S":"1"}}}"#,
        r#"{"TableName":"binary","Key":{"id":{"B":"MQ=="}}}"#,
        &too_long,
        &padded,
    ] {
        assert_eq!(both.get(body), None, "{body}");
    }
    let not_text = b"{\"TableName\":\"one\",\"Key\":{\"id\":{\"S\":\"\xff\"}}}";
    assert_eq!(both.direct.borrow_mut().answer(not_text), None);
}

#[test]
fn a_request_is_read_whole() {
    let key = KeyPart { name: "id", kind: Kind::String, text: "1" };
    let key = Key { first: key, second: None };
    let read = PointRead { table: "t", key };
    assert_eq!(parse(r#"{"TableName":"t","Key":{"id":{"S":"1"}}}"#), Some(read));
}

fn answered(stored: &str) -> Option<String> {
    let mut draft = Draft::default();
    item::write(stored, &mut draft).map(|json| String::from_utf8(json).unwrap())
}

#[test]
fn a_stored_text_that_the_engine_would_not_write_has_no_answer() {
    let deep = |lists: usize| {
        let (open, close) = (r#"{"L":["#.repeat(lists), "]}".repeat(lists));
        format!(r#"{{"a":{open}{{"S":""}}{close}}}"#)
    };
    let deepest = deep(crate::limits::POINT_DEPTH);
    assert_eq!(answered(&deepest), Some(format!(r#"{{"Item":{deepest}}}"#)));
    assert_eq!(answered(&deep(crate::limits::POINT_DEPTH + 1)), None);
    for stored in [
        "",
        "{",
        "null",
        r#"{"a":{"S":"x"}}x"#,
        r#"{"a":{"S":"x"},}"#,
        r#"{"a": {"S":"x"}}"#,
        r#"{"a":{"S":"x"},"a":{"S":"x"}}"#,
        r#"{"b":{"S":"x"},"a":{"S":"x"},"b":{"S":"y"}}"#,
        r#"{"a":{}}"#,
        r#"{"a":{"S":"x","N":"1"}}"#,
        r#"{"a":{"X":"x"}}"#,
        r#"{"a":{"S":1}}"#,
        r#"{"a":{"S":"\/"}}"#,
        r#"{"a":{"S":"\u000a"}}"#,
        r#"{"a":{"S":"\u001F"}}"#,
        r#"{"a":{"S":"\u0041"}}"#,
        r#"{"a":{"S":"\"#,
        r#"{"a":{"N":"x"}}"#,
        r#"{"a":{"N":""}}"#,
        r#"{"a":{"N":"1-2"}}"#,
        r#"{"a":{"N":"1."}}"#,
        r#"{"a":{"N":".5"}}"#,
        r#"{"a":{"N":"1.-5"}}"#,
        r#"{"a":{"N":"1E"}}"#,
        r#"{"a":{"N":"-"}}"#,
        r#"{"a":{"B":"QUJ"}}"#,
        r#"{"a":{"B":"QR=="}}"#,
        r#"{"a":{"B":"QUJ="}}"#,
        r#"{"a":{"B":"Q==="}}"#,
        r#"{"a":{"B":"QU=D"}}"#,
        r#"{"a":{"B":"QU!D"}}"#,
        r#"{"a":{"BOOL":1}}"#,
        r#"{"a":{"NULL":false}}"#,
        r#"{"a":{"SS":["b","a"]}}"#,
        r#"{"a":{"SS":["a","a"]}}"#,
        r#"{"a":{"NS":["10","9"]}}"#,
        r#"{"a":{"NS":["1.5"]}}"#,
        r#"{"a":{"BS":["AAAA","BBBB"]}}"#,
        r#"{"a":{"L":[{"S":"x"},]}}"#,
        r#"{"a":{"M":[]}}"#,
    ] {
        assert_eq!(answered(stored), None, "{stored}");
    }
}

#[test]
fn a_damaged_text_that_is_taken_is_an_item_of_the_engines() {
    let damage = (attributes(Sets::Plain), any::<proptest::sample::Index>(), 0x20_u8..0x7f);
    let config = Config { failure_persistence: None, ..Config::with_cases(4_000) };
    TestRunner::new(config)
        .run(&damage, |(attributes, at, byte)| {
            // As the engine's writer has it.
            let item: dynoxide::Item = serde_json::from_value(json!(attributes)).unwrap();
            let mut text = serde_json::to_string(&item).unwrap().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            let Ok(text) = String::from_utf8(text) else { return Ok(()) };
            let is_item = serde_json::from_str::<dynoxide::Item>(&text).is_ok();
            prop_assert!(is_item || !is_plain(&text), "{text}");
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_handle_that_knows_too_many_tables_begins_again() {
    let both = Both::new();
    let most = crate::limits::POINT_TABLES;
    for number in 0..=most {
        both.create(&format!("t{number:03}"), &[("id", "S")]);
    }
    for number in 0..=most {
        let get = format!(r#"{{"TableName":"t{number:03}","Key":{{"id":{{"S":"1"}}}}}}"#);
        assert_eq!(both.get(&get).as_deref(), Some("{}"));
        assert!(both.direct.borrow().tables_known() <= most);
    }
    assert_eq!(both.direct.borrow().tables_known(), 1);
}
