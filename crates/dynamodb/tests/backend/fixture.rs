//! A store with two tables, and calls that read as sentences.

use bytes::Bytes;
use vestibule_dynamodb::{Action, Embedded, Location, Options, Reply, State, Tables};

/// The table `items`: key `id`, global index `by-category` on `category` and `id`.
pub(crate) const ITEMS: &str = r#"{"TableName":"items","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
    {"AttributeName":"category","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
"GlobalSecondaryIndexes":[{"IndexName":"by-category","KeySchema":[
    {"AttributeName":"category","KeyType":"HASH"},{"AttributeName":"id","KeyType":"RANGE"}],
    "Projection":{"ProjectionType":"ALL"}}]}"#;

/// The table `events`: keys `stream` and `at`.
pub(crate) const EVENTS: &str = r#"{"TableName":"events","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"stream","AttributeType":"S"},
    {"AttributeName":"at","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"stream","KeyType":"HASH"},
    {"AttributeName":"at","KeyType":"RANGE"}]}"#;

pub(crate) struct Store {
    pub(crate) tables: Tables,
    pub(crate) state: State,
}

impl Store {
    /// An ephemeral store without tables.
    pub(crate) fn empty() -> Store {
        Store::open(&Options::new(Location::Ephemeral))
    }

    pub(crate) fn open(options: &Options) -> Store {
        let (tables, state) = Embedded::open(options).unwrap();
        Store { tables, state }
    }

    /// An ephemeral store with both tables.
    pub(crate) async fn new() -> Store {
        let store = Store::empty();
        store.tables.ensure_table(ITEMS, None).await.unwrap();
        store.tables.ensure_table(EVENTS, None).await.unwrap();
        store
    }

    pub(crate) async fn reply(&self, action: Action, body: &str) -> Reply {
        self.tables.call(action, Bytes::copy_from_slice(body.as_bytes())).await.unwrap()
    }

    pub(crate) async fn state_reply(&self, action: Action, body: &str) -> Reply {
        self.state.call(action, Bytes::copy_from_slice(body.as_bytes())).await.unwrap()
    }

    /// Does the action, which must answer exactly so.
    pub(crate) async fn expect(&self, action: Action, body: &str, status: u16, answer: &str) {
        let reply = self.reply(action, body).await;
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!((reply.status, text.as_ref()), (status, answer), "{action} {body}");
    }

    /// Puts an item into the table `items`.
    pub(crate) async fn put(&self, item: &str) {
        let body = format!(r#"{{"TableName":"items","Item":{item}}}"#);
        self.expect(Action::PutItem, &body, 200, "{}").await;
    }
}

/// The body of an error whose type is DynamoDB's own.
pub(crate) fn own(kind: &str, message: &str) -> String {
    format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"{message}"}}"#)
}

pub(crate) fn validation(message: &str) -> String {
    format!(r#"{{"__type":"com.amazon.coral.validate#ValidationException","message":"{message}"}}"#)
}

pub(crate) fn serialization(message: &str) -> String {
    format!(
        r#"{{"__type":"com.amazon.coral.service#SerializationException","Message":"{message}"}}"#
    )
}

/// A folder of its own for one test, removed at its end.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("vestibule-test-").tempdir().unwrap()
}

/// How many rounds a test does: `few`, unless the environment asks for more.
pub(crate) fn rounds(few: u64) -> u64 {
    let asked =
        std::env::var_os("VESTIBULE_CRASH_ROUNDS").and_then(|asked| asked.into_string().ok());
    asked.map_or(few, |asked| asked.parse().expect("VESTIBULE_CRASH_ROUNDS is a number"))
}
