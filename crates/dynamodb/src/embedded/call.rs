//! One call as the store's threads see it.

use bytes::Bytes;

use super::engine::changes_tables;
use crate::action::Action;

/// One call as the store's threads see it.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) action: Action,
    pub(super) body: Bytes,
    pub(super) by: By,
}

/// On whose behalf a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Caller,
    /// A deletion because an item's time to live is over: a stream tells it as DynamoDB's own.
    TimeToLive,
    /// Records of streams whose time is over are removed: those from before this time, in seconds since 1970. The call has no body.
    Trimming {
        before_s: u64,
    },
}

impl Call {
    pub(super) fn new(action: Action, body: Bytes) -> Call {
        Call { action, body, by: By::Caller }
    }

    pub(super) fn trimming(before_s: u64) -> Call {
        Call { action: Action::GetRecords, body: Bytes::new(), by: By::Trimming { before_s } }
    }

    /// Returns whether the call can be done in one transaction with others: writes of items,
    /// but for transactions with a token, which the engine must do in a transaction of its own.
    ///
    /// A token's name may be written with escapes, so that any escape of a character counts.
    pub(super) fn may_be_with_others(&self) -> bool {
        match self.action {
            Action::PutItem | Action::UpdateItem | Action::DeleteItem | Action::BatchWriteItem => {
                true
            }
            Action::TransactWriteItems => {
                !contains(&self.body, b"ClientRequestToken") && !contains(&self.body, b"\\u")
            }
            _ => false,
        }
    }

    /// Returns whether the call wants a transaction around it even when it is alone: one that
    /// the engine would do in several, or that has more to write than the engine does.
    pub(super) fn wants_transaction(&self) -> bool {
        self.action == Action::BatchWriteItem
            || changes_tables(self.action)
            || self.by != By::Caller
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (the promise of `may_be_with_others`).
    #[test]
    fn a_transaction_with_a_token_is_alone_however_its_name_is_written() {
        let may =
            |action, body: &'static str| Call::new(action, Bytes::from(body)).may_be_with_others();
        assert!(may(Action::PutItem, r#"{"TableName":"ClientRequestToken"}"#));
        assert!(may(Action::TransactWriteItems, r#"{"TransactItems":[]}"#));
        assert!(!may(Action::TransactWriteItems, r#"{"ClientRequestToken":"t"}"#));
        assert!(!may(Action::TransactWriteItems, r#"{"Client\u0052equestToken":"t"}"#));
        assert!(!may(Action::ExecuteStatement, "{}"));
        assert!(!may(Action::CreateTable, "{}"));
    }
}
