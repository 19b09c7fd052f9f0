//! Policies and the store read one request: what they are asked about is what it then answers of.

use std::sync::OnceLock;

use bytes::Bytes;
use vestibule_dynamodb::{Access, Action};

use crate::lines;
use crate::store::Store;

/// Calls of one input.
const CALLS_MAX: usize = 4;

/// Tables whose names are parts of each other.
const NAMES: [&str; 3] = ["open", "secret", "open.secret"];

/// Calls a store whose items tell which table they are from: each line is an action's name, a blank and a body, of actions that only
/// read. A table that is answered of is one that policies are asked about, as one of this account.
pub fn access(data: &[u8]) {
    static STORE: OnceLock<Store> = OnceLock::new();
    let store = STORE.get_or_init(marked);
    for line in data.split(|byte| *byte == b'\n').take(CALLS_MAX) {
        let blank = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, body) = line.split_at_checked(blank).unwrap_or((line, &[]));
        let action = lines::text(name).and_then(Action::from_name).filter(|it| !it.is_write());
        let Some(action) = action else { continue };
        let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
        let asked = store.runtime.block_on(store.tables.accesses(action, &body));
        // What cannot be told does not reach the store where policies count.
        let Ok(asked) = asked else { continue };
        let reply = store.call(action, body);
        let answer = String::from_utf8_lossy(&reply.body);
        for name in NAMES {
            let is_told = [mark(name), format!("\"TableName\":\"{name}\"")];
            if reply.is_success() && is_told.iter().any(|told| answer.contains(told)) {
                assert!(asked.iter().any(|access| is_of(access, name)), "{name}: {asked:?}");
            }
        }
    }
}

fn is_of(access: &Access, name: &str) -> bool {
    let is_own = access.owner.as_ref().is_none_or(|owner| {
        let owner = [&owner.partition, &owner.region, &owner.account];
        owner.map(String::as_str) == ["aws", "us-east-1", "000000000000"]
    });
    let table = access.table.as_deref().unwrap_or_default();
    is_own && table.split('/').next() == Some(name)
}

fn mark(name: &str) -> String {
    format!("in `{name}`")
}

#[expect(clippy::expect_used, reason = "without tables there is nothing to test")]
fn marked() -> Store {
    let store = Store::open();
    for name in NAMES {
        let definition = serde_json::json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-id", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}],
        })
        .to_string();
        let ensured = store.tables.ensure_table(&definition, None);
        store.runtime.block_on(ensured).expect("a table");
        let item = serde_json::json!({"id": {"S": "1"}, "mark": {"S": mark(name)}});
        let put = serde_json::json!({"TableName": name, "Item": item}).to_string();
        assert!(store.call(Action::PutItem, put.into()).is_success());
    }
    store
}
