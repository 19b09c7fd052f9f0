//! Pages of a Query: those past the engine are the engine's own, byte for byte.
//!
//! Source of all: oracle (the engine itself, asked the same), where nothing else is said.

use proptest::sample::select;

use super::*;

/// A table with a global index of whole items, one of keys without a sort key, and a local one of a few attributes.
fn both() -> Both {
    let both = Both::new();
    let body = json!({"TableName": "pages", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "owner_1", "AttributeType": "S"}, {"AttributeName": "text", "AttributeType": "S"},
            {"AttributeName": "bin", "AttributeType": "B"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {"IndexName": "owners", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": "owner_1", "KeyType": "HASH"}, {"AttributeName": "text", "KeyType": "RANGE"}]},
            {"IndexName": "texts", "Projection": {"ProjectionType": "KEYS_ONLY"},
             "KeySchema": [{"AttributeName": "text", "KeyType": "HASH"}]},
            {"IndexName": "bins", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": "bin", "KeyType": "HASH"}]}],
        "LocalSecondaryIndexes": [
            {"IndexName": "local", "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
             "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "text", "KeyType": "RANGE"}]}]});
    both.write(Action::CreateTable, &body);
    both
}

#[derive(Debug, Clone)]
struct Row {
    keys: (&'static str, i64, Option<&'static str>, Option<&'static str>),
    rest: BTreeMap<String, Value>,
}

const PARTITIONS: [&str; 3] = ["p", "é", "P q"];
const TEXTS: [&str; 6] = ["t", "t1", "t2", "T", "tü", "\u{10ffff}"];

fn row(of: Sets) -> impl Strategy<Value = Row> {
    let keys = (
        select(PARTITIONS.to_vec()),
        prop_oneof![-9_i64..30, any::<i64>().prop_map(|number| number / 1_000)],
        proptest::option::of(select(PARTITIONS.to_vec())),
        proptest::option::of(select(TEXTS.to_vec())),
    );
    (keys, attributes(of)).prop_map(|(keys, rest)| Row { keys, rest })
}

impl Row {
    fn item(&self) -> Value {
        let (pk, sk, owner, text) = self.keys;
        let mut item: Map<String, Value> = self.rest.clone().into_iter().collect();
        item.insert("pk".to_owned(), json!({"S": pk}));
        item.insert("sk".to_owned(), json!({"N": sk.to_string()}));
        let optional = [("owner_1", owner), ("text", text)];
        for (name, value) in optional.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            item.insert(name.to_owned(), json!({"S": value}));
        }
        Value::Object(item)
    }
}

#[derive(Debug, Clone)]
struct Asked {
    /// An index, and the names and types of its keys.
    view: (Option<&'static str>, &'static str, Option<(&'static str, &'static str)>),
    partition: &'static str,
    operator: usize,
    values: (String, String),
    more: Map<String, Value>,
    are_swapped: bool,
    has_placeholders: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let views = vec![
        (None, "pk", Some(("sk", "N"))),
        (Some("owners"), "owner_1", Some(("text", "S"))),
        (Some("texts"), "text", None),
        (Some("local"), "pk", Some(("text", "S"))),
    ];
    let value =
        |views: (Option<&'static str>, &'static str, Option<(&'static str, &'static str)>)| {
            let text = match views.2 {
                Some((_, "N")) => (-9..30).prop_map(|number: i32| number.to_string()).boxed(),
                _ => select(TEXTS.to_vec()).prop_map(str::to_owned).boxed(),
            };
            let partitions = if views.1 == "text" { TEXTS.to_vec() } else { PARTITIONS.to_vec() };
            (Just(views), (text.clone(), text), select(partitions))
        };
    let optional = |name: &'static str, values: Vec<Value>| {
        proptest::option::of(select(values)).prop_map(move |value| value.map(|value| (name, value)))
    };
    let more = (
        optional("Limit", (1..8).map(|limit| json!(limit)).collect()),
        optional("ScanIndexForward", vec![json!(true), json!(false)]),
        optional(
            "Select",
            vec![json!("COUNT"), json!("ALL_PROJECTED_ATTRIBUTES"), json!("ALL_ATTRIBUTES")],
        ),
        optional("ReturnConsumedCapacity", vec![json!("TOTAL"), json!("INDEXES"), json!("NONE")]),
        optional("ConsistentRead", vec![json!(true), json!(false)]),
    );
    let more = more.prop_map(|(a, b, c, d, e)| {
        let members = [a, b, c, d, e].into_iter().flatten();
        members.map(|(name, value)| (name.to_owned(), value)).collect()
    });
    let flags = (any::<bool>(), any::<bool>());
    (select(views).prop_flat_map(value), 0_usize..8, more, flags).prop_map(
        |((view, values, partition), operator, more, (are_swapped, has_placeholders))| Asked {
            view,
            partition,
            operator,
            values,
            more,
            are_swapped,
            has_placeholders,
        },
    )
}

impl Asked {
    fn body(&self) -> Value {
        let (index, pk, sort) = self.view;
        let mut body = self.more.clone();
        body.insert("TableName".to_owned(), json!("pages"));
        if let Some(index) = index {
            body.insert("IndexName".to_owned(), json!(index));
        }
        let mut names = Map::new();
        let mut values = Map::from_iter([(":p".to_owned(), json!({"S": self.partition}))]);
        let mut name = |placeholder: &str, name: &str| {
            // The engine refuses the bare name: it is reserved.
            if !self.has_placeholders && name != "text" {
                return name.to_owned();
            }
            names.insert(placeholder.to_owned(), json!(name));
            placeholder.to_owned()
        };
        let partition = format!("{} = :p", name("#p", pk));
        let condition = match sort.filter(|_| self.operator > 0) {
            None => partition,
            Some((sort, kind)) => {
                let sort = name("#s", sort);
                values.insert(":v".to_owned(), json!({kind: self.values.0}));
                let compared = match self.operator {
                    1 => format!("{sort} = :v"),
                    2 => format!("{sort}<:v"),
                    3 => format!("{sort} <= :v"),
                    4 => format!("{sort} > :v"),
                    5 => format!("{sort} >= :v"),
                    6 if kind == "S" => format!("begins_with({sort}, :v)"),
                    _ => {
                        values.insert(":w".to_owned(), json!({kind: self.values.1}));
                        format!("{sort} between :v AND :w")
                    }
                };
                match self.are_swapped {
                    true => format!("{compared} and {partition}"),
                    false => format!("{partition} AND {compared}"),
                }
            }
        };
        body.insert("KeyConditionExpression".to_owned(), json!(condition));
        body.insert("ExpressionAttributeValues".to_owned(), json!(values));
        if !names.is_empty() {
            body.insert("ExpressionAttributeNames".to_owned(), json!(names));
        }
        Value::Object(body)
    }

    /// Whether AWS takes it: then it has an answer past the engine.
    fn is_good(&self) -> bool {
        let number = |text: &str| text.parse::<i64>().ok();
        let (low, high) = (&self.values.0, &self.values.1);
        let is_range = self.operator == 7 || (self.operator == 6 && self.view.0.is_none());
        let is_empty = match (number(low), number(high)) {
            (Some(low), Some(high)) => low > high,
            _ => low > high,
        };
        let is_strong = self.more.get("ConsistentRead") == Some(&json!(true));
        let select = self.more.get("Select").and_then(Value::as_str);
        let is_selected = match (self.view.0, select) {
            (None, select) => select != Some("ALL_PROJECTED_ATTRIBUTES"),
            (Some("texts" | "local"), select) => select != Some("ALL_ATTRIBUTES"),
            _ => true,
        };
        let is_global = matches!(self.view.0, Some("owners" | "texts"));
        is_selected && !(is_strong && is_global) && !(is_range && self.view.2.is_some() && is_empty)
    }
}

/// Follows the pages of a request to their end on both ways.
fn follow(both: &Both, of: Sets, asked: &Asked) -> Result<(), TestCaseError> {
    let mut body = asked.body();
    for _ in 0..200 {
        let text = body.to_string();
        let Some(answer) = both.query(&text) else {
            prop_assert!(of == Sets::Any || !asked.is_good(), "{text}");
            return Ok(());
        };
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let Some(last) = answer.get("LastEvaluatedKey") else { return Ok(()) };
        body["ExclusiveStartKey"] = last.clone();
    }
    Err(TestCaseError::fail("no end of pages"))
}

/// Follows the pages of a Scan to their end on both ways.
fn follow_scan(both: &Both, of: Sets, more: &Map<String, Value>) -> Result<(), TestCaseError> {
    let mut body = json!({"TableName": "pages"});
    for name in ["Limit", "Select", "ReturnConsumedCapacity", "ConsistentRead"] {
        let member = more.get(name).filter(|value| **value != json!("ALL_PROJECTED_ATTRIBUTES"));
        if let Some(value) = member {
            body[name] = value.clone();
        }
    }
    for _ in 0..200 {
        let text = body.to_string();
        let Some(answer) = both.scan(&text) else {
            // A set of several numbers is the engine's.
            let engine = both.engine.borrow_mut().answer(Action::Scan, text.as_bytes());
            let has_set = String::from_utf8_lossy(&engine.body).contains("\"NS\":[\"");
            let is_count = body["Select"] == json!("COUNT");
            prop_assert!(of == Sets::Any || has_set || is_count, "{text}");
            return Ok(());
        };
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let Some(last) = answer.get("LastEvaluatedKey") else { return Ok(()) };
        body["ExclusiveStartKey"] = last.clone();
    }
    Err(TestCaseError::fail("no end of pages"))
}

fn compare(of: Sets) {
    let both = both();
    let config = Config { failure_persistence: None, ..Config::with_cases(40) };
    let strategy =
        (proptest::collection::vec(row(of), 1..40), proptest::collection::vec(asked(), 20));
    TestRunner::new(config)
        .run(&strategy, |(rows, requests)| {
            for row in &rows {
                both.write(Action::PutItem, &json!({"TableName": "pages", "Item": row.item()}));
            }
            for asked in &requests {
                follow(&both, of, asked)?;
                follow_scan(&both, of, &asked.more)?;
            }
            for row in &rows {
                let (pk, sk, ..) = row.keys;
                let key = json!({"pk": {"S": pk}, "sk": {"N": sk.to_string()}});
                both.write(Action::DeleteItem, &json!({"TableName": "pages", "Key": key}));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn pages_are_answered_as_the_engine_answers_them() {
    compare(Sets::Plain);
}

#[test]
fn pages_with_any_sets_are_the_engines_or_the_same() {
    compare(Sets::Any);
}

// Source: AWS docs: "Paginating table query results": a page ends before the item that would make it more than 1 MB.
#[test]
fn a_page_ends_before_1_mb() {
    let both = both();
    // Each has 3 + 2 bytes of `pk`, 2 + 2 of `sk`, 1 of the name `t`, and its text.
    for (sk, bytes) in [(1, 400_000), (2, 400_000), (3, 1024 * 1024 - 800_000 - 30 + 1), (4, 1)] {
        let item =
            json!({"pk": {"S": "big"}, "sk": {"N": sk.to_string()}, "t": {"S": "x".repeat(bytes)}});
        both.write(Action::PutItem, &json!({"TableName": "pages", "Item": item}));
    }
    let query = r#"{"TableName":"pages","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"big"}},"Select":"COUNT"}"#;
    let cut =
        r#"{"Count":2,"LastEvaluatedKey":{"pk":{"S":"big"},"sk":{"N":"2"}},"ScannedCount":2}"#;
    assert_eq!(both.query(query).as_deref(), Some(cut));
    let fitting = json!({"pk": {"S": "big"}, "sk": {"N": "3"}, "t": {"S": "x".repeat(1024 * 1024 - 800_000 - 30)}});
    both.write(Action::PutItem, &json!({"TableName": "pages", "Item": fitting}));
    let full =
        r#"{"Count":3,"LastEvaluatedKey":{"pk":{"S":"big"},"sk":{"N":"3"}},"ScannedCount":3}"#;
    assert_eq!(both.query(query).as_deref(), Some(full));
    assert_eq!(both.direct.borrow_mut().query(query.as_bytes(), 64 * 1024), None);
}

#[test]
fn any_other_query_is_the_engines() {
    let both = both();
    let one = |more: &str| {
        format!(
            r#"{{"TableName":"pages","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{{":p":{{"S":"p"}}}}{more}}}"#
        )
    };
    assert_eq!(both.query(&one("")).as_deref(), Some(r#"{"Count":0,"Items":[],"ScannedCount":0}"#));
    let with = |condition: &str, values: &str| {
        format!(
            r#"{{"TableName":"pages","KeyConditionExpression":"{condition}","ExpressionAttributeValues":{values}}}"#
        )
    };
    let two = r#"{":p":{"S":"p"},":v":{"N":"1"}}"#;
    assert!(both.query(&with("pk = :p AND sk < :v", two)).is_some());
    let (long, start) = ("k".repeat(2_049), r#","ExclusiveStartKey":"#);
    for body in [
        one(r#","FilterExpression":"a = :p""#),
        one(r#","ProjectionExpression":"a""#),
        one(r#","AttributesToGet":["a"]"#),
        one(r#","Limit":0"#),
        one(r#","Limit":1.5"#),
        one(r#","Limit":2147483648"#),
        one(r#","Limit":"1""#),
        one(r#","ScanIndexForward":"false""#),
        one(r#","Select":"SPECIFIC_ATTRIBUTES""#),
        one(r#","Select":"ALL_PROJECTED_ATTRIBUTES""#),
        one(r#","ReturnConsumedCapacity":"SOME""#),
        one(r#","IndexName":"none""#),
        one(r#","IndexName":"owners""#),
        one(r#","IndexName":"bins""#),
        one(r#","TableName":"pages""#),
        one(r#","Unknown":1"#),
        one(r##","ExpressionAttributeNames":{"#u":"pk"}"##),
        one(r#","ExpressionAttributeNames":{}"#),
        one(&format!(r#"{start}{{"pk":{{"S":"p"}}}}"#)),
        one(&format!(r#"{start}{{"pk":{{"S":"q"}},"sk":{{"N":"1"}}}}"#)),
        one(&format!(r#"{start}{{"pk":{{"S":"p"}},"sk":{{"S":"1"}}}}"#)),
        one(&format!(r#"{start}{{"pk":{{"S":"p"}},"sk":{{"N":"1.5"}}}}"#)),
        one(&format!(r#"{start}{{"pk":{{"S":"p"}},"sk":{{"N":"1"}},"a":{{"S":"1"}}}}"#)),
        with(
            "pk = :p AND sk < :v",
            &format!(r#"{two}{start}{{"pk":{{"S":"p"}},"sk":{{"N":"1"}}}}"#),
        ),
        with("pk = :p", two),
        with("pk < :p", r#"{":p":{"S":"p"}}"#),
        with("sk = :p", r#"{":p":{"N":"1"}}"#),
        with("pk = :p", r#"{":p":{"N":"1"}}"#),
        with("pk = :p", r#"{":p":{"S":""}}"#),
        with("pk = :p", &format!(r#"{{":p":{{"S":"{long}"}}}}"#)),
        with("pk = :p", r#"{":p":{"S":"p"},":p":{"S":"p"}}"#),
        with("(pk = :p)", r#"{":p":{"S":"p"}}"#),
        with(":p = pk", r#"{":p":{"S":"p"}}"#),
        with("pk = :p AND", r#"{":p":{"S":"p"}}"#),
        with("pk = :p AND pk = :v", r#"{":p":{"S":"p"},":v":{"S":"p"}}"#),
        with("pk = :p OR sk = :v", two),
        with("pk = :p AND sk <> :v", two),
        with("pk = :p AND sk IN (:v)", two),
        with("pk = :p AND begins_with(sk, :v)", two),
        with("pk = :p AND sk = :v AND sk = :v", two),
        with(
            "pk = :p AND sk BETWEEN :v AND :w",
            r#"{":p":{"S":"p"},":v":{"N":"2"},":w":{"N":"1"}}"#,
        ),
        with("pk = :p AND sk = :v", r#"{":p":{"S":"p"},":v":{"N":"1.0"}}"#),
        with("pk = :p AND sk = :v", r#"{":p":{"S":"p"},":v":{"S":"1"}}"#),
        with("#p = :p", r#"{":p":{"S":"p"}}"#),
        with("pk = :p AND #s = :v", two),
        with("# = :p", r##"{":p":{"S":"p"}},"ExpressionAttributeNames":{"#":"pk"}"##),
        with("pk = :", r#"{":":{"S":"p"}}"#),
        with("pk = :p AND text = :v", r#"{":p":{"S":"p"},":v":{"S":"t"}},"IndexName":"local""#),
        one("").replace("\"pages\"", "\"none\""),
        one("").replace("\"pages\"", "\"binary\""),
        one("").replace("\"p\"", "\"\\u0070\""),
        r#"{"TableName":"pages","KeyConditions":{}}"#.to_owned(),
        "{}".to_owned(),
        String::new(),
    ] {
        assert_eq!(both.query(&body), None, "{body}");
    }
    let one_item = r#"{"TableName":"one","KeyConditionExpression":"id = :p","ExpressionAttributeValues":{":p":{"S":"p"}}@}"#;
    assert!(both.query(&one_item.replace('@', "")).is_some());
    let started = one_item.replace('@', r#","ExclusiveStartKey":{"id":{"S":"p"}}"#);
    assert_eq!(both.query(&started), None);
}

#[test]
fn any_other_scan_is_the_engines() {
    let both = both();
    for (sk, value) in [("1", json!({"NS": ["1"]})), ("2", json!({"S": "x"}))] {
        let item = json!({"pk": {"S": "p"}, "sk": {"N": sk}, "a": value});
        both.write(Action::PutItem, &json!({"TableName": "pages", "Item": item}));
    }
    let one = |more: &str| format!(r#"{{"TableName":"pages"{more}}}"#);
    let all = r#"{"Count":2,"Items":[{"a":{"NS":["1"]},"pk":{"S":"p"},"sk":{"N":"1"}},{"a":{"S":"x"},"pk":{"S":"p"},"sk":{"N":"2"}}],"ScannedCount":2}"#;
    assert_eq!(both.scan(&one("")).as_deref(), Some(all));
    let rest = r#"{"Count":1,"ScannedCount":1}"#;
    let start = r#","Select":"COUNT","ExclusiveStartKey":{"sk":{"N":"1"},"pk":{"S":"p"}}"#;
    assert_eq!(both.scan(&one(start)).as_deref(), Some(rest));
    for more in [
        r#","IndexName":"owners""#,
        r#","Segment":0,"TotalSegments":2"#,
        r#","FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"S":"x"}}"#,
        r#","ExpressionAttributeValues":{":a":{"S":"x"}}"#,
        r##","ExpressionAttributeNames":{"#a":"a"}"##,
        r#","KeyConditionExpression":"pk = :p""#,
        r#","ScanIndexForward":true"#,
        r#","Limit":0"#,
        r#","Select":"ALL_PROJECTED_ATTRIBUTES""#,
        r#","ExclusiveStartKey":{"pk":{"S":"p"}}"#,
        r#","ExclusiveStartKey":{"pk":{"S":"p"},"a":{"N":"1"}}"#,
        r#","ExclusiveStartKey":{"pk":{"S":"p"},"pk":{"S":"p"}}"#,
        r#","ExclusiveStartKey":{"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"x"}}"#,
        r#","TableName":"pages""#,
    ] {
        assert_eq!(both.scan(&one(more)), None, "{more}");
    }
    let item = json!({"pk": {"S": "p"}, "sk": {"N": "3"}, "a": {"L": [{"NS": ["1", "2"]}]}});
    both.write(Action::PutItem, &json!({"TableName": "pages", "Item": item}));
    assert_eq!(both.scan(&one("")), None);
    assert_eq!(both.scan("{}"), None);
}

// Source: inferred: what cannot be read is the engine's to report.
#[test]
fn a_page_with_a_damaged_row_is_the_engines() {
    let both = both();
    for sk in ["1", "2"] {
        let item = json!({"pk": {"S": "p"}, "sk": {"N": sk}});
        both.write(Action::PutItem, &json!({"TableName": "pages", "Item": item}));
    }
    let query = r#"{"TableName":"pages","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p"}}}"#;
    assert!(both.query(query).is_some());
    {
        let mut engine = both.engine.borrow_mut();
        let connection = engine.storage().unwrap().conn();
        let damage = "UPDATE \"pages\" SET item_json = '{\"pk\":' WHERE sk = (SELECT max(sk) FROM \"pages\")";
        assert_eq!(connection.execute(damage, []).unwrap(), 1);
    }
    assert_eq!(both.query(query), None);
    let first = query.replace(r#""Key"#, r#""Limit":1,"Key"#);
    let answer = r#"{"Count":1,"Items":[{"pk":{"S":"p"},"sk":{"N":"1"}}],"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"N":"1"}},"ScannedCount":1}"#;
    assert_eq!(both.query(&first).as_deref(), Some(answer));
}
