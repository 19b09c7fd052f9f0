//! Tables whose names begin `vestibule.` share an account with the tables of users. Here requests of users are read before they
//! are sent: what names such a table in any form is answered as if the table were not there, and lists leave its name out.
//!
//! What was read is what is sent: a body that another reader may read otherwise is written anew, or refused. Requests for the
//! program's own tables pass the same guard the other way round.

mod listing;
mod names;
mod statement;

use bytes::Bytes;

use crate::action::Action;
use crate::side::{GUEST_PREFIX, OWN_PREFIX, Side};
use crate::wire::{self, Fault, Refused};
pub(super) use listing::{Listing, Page, rewritten, without_own};
pub(super) use names::is_naming;

/// The request as it may be sent, or DynamoDB's answer to it.
pub(super) fn admit(side: Side, action: Action, body: Bytes) -> Result<Bytes, Fault> {
    if body.len() > crate::limits::BODY_BYTES {
        return Err(Fault::too_large());
    }
    if side == Side::Tables && cannot_name_own(&body) {
        return Ok(body);
    }
    let Ok(read) = wire::read_with_twins(&body) else {
        return Err(Refused::Serialization(None).into());
    };
    if let Some(name) = names::foreign(side, &read.value) {
        return Err(not_found(side, action, &name));
    }
    Ok(if read.has_twins { Bytes::from(read.value.to_string()) } else { body })
}

/// Whether no reader finds the prefix in a body: it is not there, and nothing is that a reader could make it of. Then the body
/// need not be read here.
fn cannot_name_own(body: &[u8]) -> bool {
    // A reader that guesses the encoding sees UTF-16 by its zeros; one that is lenient with UTF-8 could read other bytes as letters.
    let Ok(text) = std::str::from_utf8(body) else { return false };
    !text.contains(OWN_PREFIX) && memchr::memchr2(b'\\', 0, body).is_none()
}

/// What DynamoDB says of a table that is not there.
fn not_found(side: Side, action: Action, name: &str) -> Fault {
    let makes_a_table = matches!(
        action,
        Action::CreateTable
            | Action::CreateGlobalTable
            | Action::ImportTable
            | Action::RestoreTableFromBackup
            | Action::RestoreTableToPointInTime
    );
    if makes_a_table {
        let reserved =
            format!("TableName `{name}` is refused: names beginning `{GUEST_PREFIX}` are reserved");
        return side.admit(name).err().unwrap_or(Refused::Validation(reserved)).into();
    }
    let message = match action {
        Action::DescribeTable | Action::DeleteTable | Action::UpdateTable => {
            format!("Requested resource not found: Table: {name} not found")
        }
        _ => "Requested resource not found".to_owned(),
    };
    let kind = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException";
    Fault::new(kind, false, &message)
}

#[cfg(test)]
mod tests;
