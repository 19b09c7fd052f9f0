//! The version of the program's own tables, kept in `vestibule.meta` under the name `schema`.

use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;

use super::call::Call;
use super::engine::Engine;
use super::open_error::OpenError;
use crate::action::Action;
use crate::reply::Reply;

/// The version that this program writes. There is no older one to migrate from yet.
const SCHEMA: u32 = 1;

const CREATE: &str = r#"{"TableName":"vestibule.meta","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"name","AttributeType":"S"}],"KeySchema":[{"AttributeName":"name","KeyType":"HASH"}]}"#;
const GET: &str =
    r#"{"TableName":"vestibule.meta","Key":{"name":{"S":"schema"}},"ConsistentRead":true}"#;

/// Stamps a new store, and refuses one that is newer than this program.
pub(super) fn prepare(engine: &mut Engine, folder: &Path) -> Result<(), OpenError> {
    let found = engine.answer(Action::GetItem, GET.as_bytes());
    if !found.is_success() {
        // The engine has one reason for refusing this request: there is no such table.
        let create = Call::new(Action::CreateTable, Bytes::from_static(CREATE.as_bytes()));
        for created in engine.perform(&[create]) {
            expect(created, folder)?;
        }
        return stamp(engine, folder);
    }
    match version(&found) {
        Some(SCHEMA) => Ok(()),
        Some(newer) if newer > SCHEMA => Err(OpenError::Newer {
            path: folder.to_owned(),
            what: "schema",
            found: newer,
            known: SCHEMA,
        }),
        // A crash between the table and its stamp.
        None if found.body == "{}" => stamp(engine, folder),
        Some(_) | None => Err(damaged(&found, folder)),
    }
}

fn stamp(engine: &mut Engine, folder: &Path) -> Result<(), OpenError> {
    let put = format!(
        r#"{{"TableName":"vestibule.meta","Item":{{"name":{{"S":"schema"}},"version":{{"N":"{SCHEMA}"}}}}}}"#
    );
    expect(engine.answer(Action::PutItem, put.as_bytes()), folder)
}

fn expect(reply: Reply, folder: &Path) -> Result<(), OpenError> {
    if reply.is_success() { Ok(()) } else { Err(damaged(&reply, folder)) }
}

fn damaged(reply: &Reply, folder: &Path) -> OpenError {
    OpenError::Corrupt {
        path: folder.join("state.db"),
        detail: format!("`vestibule.meta` answered `{}`", String::from_utf8_lossy(&reply.body)),
    }
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "Item")]
    item: Stamp,
}

#[derive(Deserialize)]
struct Stamp {
    version: Version,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "N")]
    number: String,
}

fn version(reply: &Reply) -> Option<u32> {
    let found: Found = serde_json::from_slice(&reply.body).ok()?;
    found.item.version.number.parse().ok()
}
