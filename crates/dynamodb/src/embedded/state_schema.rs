//! The version of the program's own tables in an embedded store: stamped when it is new, refused when it is newer.

use std::path::Path;

use bytes::Bytes;

use super::call::Call;
use super::engine::Engine;
use super::open_error::OpenError;
use crate::action::Action;
use crate::reply::Reply;
use crate::state_schema::{CREATE, GET, SCHEMA, stamp_of, version};

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
    expect(engine.answer(Action::PutItem, stamp_of(SCHEMA).as_bytes()), folder)
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
