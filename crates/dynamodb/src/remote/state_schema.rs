//! The program's own tables in a remote store: made when something is first kept there, and only where their version is known.

use bytes::Bytes;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use super::call::Endpoints;
use super::verdict::error_name;
use crate::action::Action;
use crate::limits::{RUN_WAIT, TABLE_PAUSE, TABLE_WAIT};
use crate::reply::{CallError, Reply};
use crate::side::Side;
use crate::state_schema::{CREATE, GET, SCHEMA, stamp_of, version};

/// Whether the program's own tables can be used: found out once.
#[derive(Debug, Default)]
pub(super) struct OwnTables(OnceCell<()>);

/// What `vestibule.meta` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The version of this program.
    Known,
    /// There is no table, or no version in it.
    Nothing,
    /// A newer version.
    Newer(u32),
    /// The store did not let it be read, or something else is in it.
    Refused(Reply),
}

impl OwnTables {
    /// Sees to it that `vestibule.meta` is there with the version of this program.
    pub(super) async fn prepare(&self, endpoints: &Endpoints) -> Result<(), CallError> {
        self.0.get_or_try_init(|| prepare(endpoints)).await.map(|_| ())
    }
}

/// Reads the version.
pub(super) async fn find(endpoints: &Endpoints) -> Result<Found, CallError> {
    let mut reply = own(endpoints, Action::GetItem, GET).await?;
    if endpoints.guest.learn(&reply) {
        reply = own(endpoints, Action::GetItem, GET).await?;
    }
    if !reply.is_success() {
        let is_missing = is(&reply, "ResourceNotFoundException");
        return Ok(if is_missing { Found::Nothing } else { Found::Refused(reply) });
    }
    Ok(match version(&reply) {
        Some(SCHEMA) => Found::Known,
        Some(newer) if newer > SCHEMA => Found::Newer(newer),
        None if reply.body == "{}" => Found::Nothing,
        Some(_) | None => Found::Refused(reply),
    })
}

async fn prepare(endpoints: &Endpoints) -> Result<(), CallError> {
    match find(endpoints).await? {
        Found::Known => return Ok(()),
        Found::Nothing => {}
        unusable => return Err(unsound(endpoints, &unusable)),
    }
    let created = own(endpoints, Action::CreateTable, CREATE).await?;
    // Another gateway may make it at the same time.
    if !created.is_success() && !is(&created, "ResourceInUseException") {
        return Err(unsound(endpoints, &Found::Refused(created)));
    }
    let deadline = Instant::now() + TABLE_WAIT;
    let stamped = loop {
        let stamped = own(endpoints, Action::PutItem, &stamp_of(SCHEMA)).await?;
        // The table is not there as long as it is being made.
        if !is(&stamped, "ResourceNotFoundException") || Instant::now() > deadline {
            break stamped;
        }
        sleep(TABLE_PAUSE).await;
    };
    if !stamped.is_success() && !is(&stamped, "ConditionalCheckFailedException") {
        return Err(unsound(endpoints, &Found::Refused(stamped)));
    }
    match find(endpoints).await? {
        Found::Known => Ok(()),
        unusable => Err(unsound(endpoints, &unusable)),
    }
}

async fn own(endpoints: &Endpoints, action: Action, body: &str) -> Result<Reply, CallError> {
    let body = Bytes::copy_from_slice(body.as_bytes());
    endpoints.call_as(&endpoints.signer, Side::State, action, body, RUN_WAIT).await
}

fn is(reply: &Reply, name: &str) -> bool {
    !reply.is_success() && error_name(&reply.body).as_deref() == Some(name)
}

fn unsound(endpoints: &Endpoints, found: &Found) -> CallError {
    let reason = match found {
        Found::Newer(version) => format!(
            "`vestibule.meta` has schema {version}, this program knows up to {SCHEMA}: run a newer version"
        ),
        Found::Refused(reply) => {
            format!("`vestibule.meta` answered `{}`", String::from_utf8_lossy(&reply.body))
        }
        Found::Known | Found::Nothing => "`vestibule.meta` is gone".to_owned(),
    };
    CallError::Unsound { endpoint: endpoints.any_endpoint(), reason }
}
