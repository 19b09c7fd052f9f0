//! The store behind one call: any action with any body has an answer of DynamoDB's form.

use std::sync::OnceLock;

use bytes::Bytes;
use tokio::runtime::Runtime;
use vestibule_dynamodb::{
    Action, Embedded, Location, Options, Reply, SeedError, Seeded, State, Tables, seed as load,
};

use crate::lines;
use crate::message::is_said;

/// Calls of one input.
const CALLS_MAX: usize = 8;

/// The table `items`: key `id`, global index `by-category`.
const ITEMS: &str = r#"{"TableName":"items","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"category","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
"GlobalSecondaryIndexes":[{"IndexName":"by-category","KeySchema":[{"AttributeName":"category","KeyType":"HASH"},
    {"AttributeName":"id","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]}"#;

/// The table `events`: keys `stream` and `at`.
const EVENTS: &str = r#"{"TableName":"events","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"stream","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"stream","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}]}"#;

/// An ephemeral store, opened once a process, and what its calls run on.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) runtime: Runtime,
    pub(crate) tables: Tables,
    pub(crate) state: State,
}

impl Store {
    #[expect(clippy::expect_used, reason = "without a store there is nothing to test")]
    pub(crate) fn open() -> Store {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime");
        let (tables, state) =
            Embedded::open(&Options::new(Location::Ephemeral)).expect("an ephemeral store");
        Store { runtime, tables, state }
    }

    /// Has the two tables as they were at the start: there, and empty.
    #[expect(clippy::expect_used, reason = "without tables there is nothing to test")]
    fn reset(&self) {
        for name in self.table_names() {
            let body = serde_json::json!({ "TableName": name }).to_string();
            self.call(Action::DeleteTable, body.into());
        }
        for definition in [ITEMS, EVENTS] {
            let ensured = self.runtime.block_on(self.tables.ensure_table(definition, None));
            ensured.expect("a table");
        }
    }

    fn table_names(&self) -> Vec<String> {
        let reply = self.call(Action::ListTables, Bytes::from_static(b"{}"));
        let names = serde_json::from_slice::<serde_json::Value>(&reply.body).ok();
        let names = names.and_then(|names| names.get("TableNames").cloned());
        names.and_then(|names| serde_json::from_value(names).ok()).unwrap_or_default()
    }

    #[expect(clippy::expect_used, reason = "a call without an answer is a finding")]
    pub(crate) fn call(&self, action: Action, body: Bytes) -> Reply {
        self.runtime.block_on(self.tables.call(action, body)).expect("an answer")
    }
}

/// Calls the store: each line is an action's name, a blank and a body. A body that is refused is refused in DynamoDB's
/// form, and the engine never gives up on one (status 500).
pub fn tables_call(data: &[u8]) {
    static STORE: OnceLock<Store> = OnceLock::new();
    let store = STORE.get_or_init(|| {
        let store = Store::open();
        store.reset();
        store
    });
    let mut is_changed = false;
    for line in data.split(|byte| *byte == b'\n').take(CALLS_MAX) {
        let blank = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, body) = line.split_at_checked(blank).unwrap_or((line, &[]));
        let Some(action) = lines::text(name).and_then(Action::from_name) else { continue };
        let reply = store.call(action, Bytes::copy_from_slice(body.get(1..).unwrap_or_default()));
        check_reply(action, &reply);
        is_changed |= action.is_write() && reply.is_success();
    }
    if is_changed {
        store.reset();
    }
}

fn check_reply(action: Action, reply: &Reply) {
    let body = serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap_or_default();
    let shown = || format!("{action}: {} {}", reply.status, String::from_utf8_lossy(&reply.body));
    assert!(body.is_object(), "{}", shown());
    assert!([200, 400, 413].contains(&reply.status), "{}", shown());
    let kind = body.get("__type").and_then(|kind| kind.as_str());
    assert_eq!(kind.is_none(), reply.is_success(), "{}", shown());
}

/// Loads the input as a seed. What was loaded does not load again; what is refused is refused in words.
pub fn seed(data: &[u8]) {
    static STORE: OnceLock<Store> = OnceLock::new();
    let store = STORE.get_or_init(|| {
        let store = Store::open();
        store.reset();
        store
    });
    let mut reports = Vec::new();
    let loading = load(&store.tables, &store.state, data, |at| reports.push(at));
    match store.runtime.block_on(loading) {
        Ok(Seeded::Loaded { items }) => {
            assert!(reports.iter().all(|at| at.done <= at.total && at.total == items));
            let again = load(&store.tables, &store.state, data, |_| {});
            let again = store.runtime.block_on(again);
            assert_eq!(again, Ok(Seeded::AlreadyLoaded));
            store.reset();
        }
        Ok(Seeded::AlreadyLoaded) => {}
        Err(error) => {
            check_seed_error(data, &error);
            if matches!(error, SeedError::Batch { .. }) {
                store.reset();
            }
        }
    }
}

fn check_seed_error(data: &[u8], error: &SeedError) {
    is_said(error);
    match error {
        SeedError::NotJson { line, column, reason } => {
            is_said(reason);
            let lines = data.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(line), "line {line} of {lines}");
            let written = data.split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
            assert!((1..=written.len() + 1).contains(column), "{line}:{column} {error}");
        }
        SeedError::Refused { findings } => {
            assert!(!findings.is_empty());
            findings.iter().for_each(is_said);
        }
        SeedError::TooLarge { .. } => {}
        SeedError::Batch { message, .. } => is_said(message),
        SeedError::Call(_) => {
            assert_eq!(error.to_string(), "", "the store has no answer to a seed");
        }
    }
}
