//! Why an action has no success to report, and DynamoDB's words for it.

use dynoxide::DynoxideError;

use super::engine_fault::EngineFault;
use super::rows::Unreadable;
use crate::action::Action;
use crate::wire::{self, Arns, Fault, Refused};

/// Why an action has no success to report.
pub(super) enum Failure {
    /// The body is not a request of this action.
    Unreadable(serde_json::Error),
    /// The request is refused before the engine sees it.
    Refused(Refused),
    /// The engine's error.
    Engine(DynoxideError),
    /// A stored row is no item.
    Row(Unreadable),
    /// The file cannot be opened.
    Closed(EngineFault),
}

impl From<EngineFault> for Failure {
    fn from(fault: EngineFault) -> Failure {
        Failure::Closed(fault)
    }
}

impl From<Unreadable> for Failure {
    fn from(row: Unreadable) -> Failure {
        Failure::Row(row)
    }
}

impl Failure {
    /// Writes the failure as DynamoDB does. What went wrong inside is logged, not told.
    pub(super) fn explain(self, action: Action, body: &[u8], arns: &Arns) -> Fault {
        match self {
            Failure::Unreadable(error) => wire::explain_unreadable(action, body, &error).into(),
            Failure::Refused(refused) => refused.into(),
            Failure::Engine(error) => translate(action, error, arns),
            Failure::Row(row) => {
                row.report(action);
                Fault::internal()
            }
            Failure::Closed(error) => {
                tracing::error!(action = action.name(), %error, "cannot open the store");
                Fault::internal()
            }
        }
    }
}

/// What the engine says of a segment that there is not; AWS tells both numbers (recorded by dynalite).
const SEGMENT: &str =
    "The Segment parameter is zero-based and must be less than parameter TotalSegments";

impl Failure {
    /// Adds the numbers to what is said of a Scan's segment that there is not.
    pub(super) fn tell_segments(self, segments: (Option<u32>, Option<u32>)) -> Failure {
        match (self, segments) {
            (Failure::Engine(DynoxideError::ValidationException(said)), (Some(one), Some(all)))
                if said == SEGMENT =>
            {
                Failure::Engine(DynoxideError::ValidationException(format!(
                    "{SEGMENT}: Segment: {one} is not less than TotalSegments: {all}"
                )))
            }
            (failure, _) => failure,
        }
    }
}

/// What is said of a token that came with another request.
const OTHER_PARAMETERS: &str = "Specified idempotent token was used with different request parameters within the idempotency window";

fn translate(action: Action, error: DynoxideError, arns: &Arns) -> Fault {
    let message = error.to_string();
    let kind = error.error_type();
    match error {
        DynoxideError::ConditionalCheckFailedException(_, item) => {
            // AWS: ExecuteStatement's condition failure with an item has a capital `Message`.
            let is_capital = matches!(action, Action::ExecuteStatement) && item.is_some();
            let item = item.and_then(|item| wire::to_sorted_json(&item, arns).ok());
            Fault::new(kind, is_capital, &message).with("Item", item)
        }
        DynoxideError::TransactionCanceledException(_, reasons) => {
            let reasons = wire::to_sorted_json(&reasons, arns).ok();
            Fault::new(kind, true, &message).with("CancellationReasons", reasons)
        }
        DynoxideError::SerializationException(_) => {
            Fault::from(Refused::Serialization((!message.is_empty()).then_some(message)))
        }
        // Source: DynamoDB Local 1.25.1. SDKs show the type alone where there is no message.
        DynoxideError::IdempotentParameterMismatchException(_) => {
            let message = match action {
                Action::ExecuteTransaction => OTHER_PARAMETERS,
                _ => "",
            };
            Fault::new(kind, false, message)
        }
        // AWS names the expression; the engine does so in all but this one.
        DynoxideError::ValidationException(_)
            if action == Action::Query && message.starts_with("Attribute name is a reserved") =>
        {
            Fault::from(Refused::Validation(format!("Invalid KeyConditionExpression: {message}")))
        }
        DynoxideError::EnvelopedValidation(_) => {
            Fault::from(Refused::Validation(wire::enveloped(action, &message)))
        }
        other if other.status_code() != 400 => {
            tracing::error!(action = action.name(), error = %message, "the store failed");
            Fault::internal()
        }
        _ => Fault::new(kind, false, &message),
    }
}
