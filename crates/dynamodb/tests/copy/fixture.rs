//! Two stores, and copies between them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use vestibule_dynamodb::copy::{
    self, CopyError, CopyEvent, CopyOptions, CopyStore, Manner, TableCompared,
};
use vestibule_dynamodb::{
    Action, Embedded, Location, Options, Place, Remote, RemoteOptions, World,
};
use vestibule_sigv4::{Credentials, FixedCredentials};

use crate::network::Backed;

/// A world whose pauses have no length.
#[derive(Debug)]
struct Hasty;

impl World for Hasty {
    fn epoch_ms(&self) -> u64 {
        1_795_752_000_000
    }

    fn random(&self) -> u64 {
        0
    }
}

/// An embedded store without tables.
pub(crate) fn embedded() -> CopyStore {
    let (tables, state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
    CopyStore { tables, state, name: "embedded `/data`".to_owned() }
}

/// A store on a network, and the one behind it.
pub(crate) async fn remote() -> (CopyStore, Backed) {
    let behind = embedded();
    let backed = Backed::new(behind.tables, behind.state);
    (over(&backed).await, backed)
}

/// The same store, asked by another process.
pub(crate) async fn over(backed: &Backed) -> CopyStore {
    let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
    let (tables, state) = Remote::open(
        &RemoteOptions::new(Place::parse("http://db:8000").unwrap()),
        Arc::new(backed.clone()),
        Arc::new(Hasty),
        Arc::new(FixedCredentials::new(credentials)),
    )
    .await
    .unwrap();
    CopyStore { tables, state, name: "`http://db:8000`".to_owned() }
}

pub(crate) fn manner() -> Manner {
    Manner { silent_wait: Duration::from_secs(20), ..Manner::new(Arc::new(Hasty)) }
}

/// Where copies keep how far they are.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.0.path().join("copy.json")
    }

    pub(crate) fn options(&self) -> CopyOptions {
        CopyOptions {
            tables: Vec::new(),
            overwrites: false,
            is_new: false,
            journal: self.journal(),
        }
    }

    pub(crate) async fn copy(
        &self,
        from: &CopyStore,
        to: &CopyStore,
    ) -> Result<Vec<TableCompared>, CopyError> {
        copy::copy(from, to, &manner(), &self.options(), |_| {}).await
    }

    /// Copies, and returns what was noted too.
    pub(crate) async fn copy_and_note(
        &self,
        from: &CopyStore,
        to: &CopyStore,
    ) -> (Vec<TableCompared>, Vec<String>) {
        let mut notes = Vec::new();
        let take = |event: CopyEvent<'_>| {
            if let CopyEvent::Note(note) = event {
                notes.push(note.to_owned());
            }
        };
        let compared = copy::copy(from, to, &manner(), &self.options(), take).await.unwrap();
        (compared, notes)
    }
}

pub(crate) async fn compared(from: &CopyStore, to: &CopyStore) -> Vec<TableCompared> {
    copy::compare(from, to, &manner(), &[], |_| {}).await.unwrap()
}

/// The tables that were compared, with the items at both sides, and whether they are alike.
pub(crate) fn counts(compared: &[TableCompared]) -> Vec<(&str, u64, u64, bool)> {
    let row = |one: &TableCompared| (one.source.items, one.target.items, one.is_alike());
    let rows = compared.iter().map(|one| (one.table.as_str(), row(one)));
    rows.map(|(name, (source, target, is_alike))| (name, source, target, is_alike)).collect()
}

/// Does an action, which must succeed.
pub(crate) async fn done(store: &CopyStore, action: Action, body: Value) -> Value {
    let text = body.to_string();
    let body = Bytes::from(text.clone());
    let reply = match text.contains("\"vestibule.") {
        true => store.state.call(action, body).await.unwrap(),
        false => store.tables.call(action, body).await.unwrap(),
    };
    assert_eq!(reply.status, 200, "{action} {text}: {:?}", reply.body);
    serde_json::from_slice(&reply.body).unwrap()
}

/// Makes a table with the key `id`, with further members of its definition.
pub(crate) async fn table(store: &CopyStore, name: &str, further: Value) {
    let mut create = json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
    });
    for (member, value) in further.as_object().unwrap() {
        create[member] = value.clone();
    }
    done(store, Action::CreateTable, create).await;
}

pub(crate) async fn put(store: &CopyStore, table: &str, item: Value) {
    done(store, Action::PutItem, json!({ "TableName": table, "Item": item })).await;
}

/// Puts items `0`, `1` and so on with this many bytes each.
pub(crate) async fn fill(store: &CopyStore, table: &str, items: usize, bytes: usize) {
    let text = "x".repeat(bytes);
    let numbers: Vec<usize> = (0..items).collect();
    for batch in numbers.chunks(25) {
        let put = |id: &usize| {
            let item = json!({ "id": { "S": id.to_string() }, "text": { "S": text } });
            json!({ "PutRequest": { "Item": item } })
        };
        let puts: Vec<Value> = batch.iter().map(put).collect();
        done(store, Action::BatchWriteItem, json!({ "RequestItems": { table: puts } })).await;
    }
}

pub(crate) async fn get(store: &CopyStore, table: &str, id: &str) -> Value {
    let key = json!({ "id": { "S": id } });
    let found = done(store, Action::GetItem, json!({ "TableName": table, "Key": key })).await;
    found["Item"].clone()
}
