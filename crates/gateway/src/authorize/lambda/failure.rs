//! Why a function lets nobody in: what its client gets, and what its operator reads.

use crate::error::{GatewayError, Stop};
use crate::exchange::Full;
use crate::limits::{AUTHORIZER_CALLS_MAX, AUTHORIZER_FAILURE_CHARS_MAX};
use std::borrow::Cow;
use vestibule_restapi::{GatewayResponseType, Place};

/// Why there is no policy.
#[derive(Debug)]
pub(super) struct Failure {
    kind: FailureKind,
    /// One sentence for the operator: lower case, no full stop, nothing of a token.
    message: String,
    help: Option<Cow<'static, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FailureKind {
    /// The function does not know the caller: 401.
    Unauthorized,
    /// It failed, or what it says is no result: 500.
    Broken,
    /// It has too many calls: 500.
    TooManyCalls,
    /// There is no memory for its answer: 503.
    Full,
}

impl Failure {
    pub(super) fn unauthorized(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Unauthorized, message)
    }

    pub(super) fn broken(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Broken, message)
    }

    pub(super) fn too_many_calls() -> Failure {
        let message = format!(
            "{AUTHORIZER_CALLS_MAX} calls of the function are under way, and no more are made"
        );
        let help = "make the function faster, or keep its results longer with \
                    `authorizerResultTtlInSeconds`";
        Failure::new(FailureKind::TooManyCalls, message).help(help)
    }

    pub(super) fn full() -> Failure {
        Failure::new(FailureKind::Full, "there is no memory for the answer of the function")
    }

    fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        let message: String = message.into();
        let message = message.chars().take(AUTHORIZER_FAILURE_CHARS_MAX).collect();
        Failure { kind, message, help: None }
    }

    pub(super) fn help(self, help: impl Into<Cow<'static, str>>) -> Failure {
        Failure { help: Some(help.into()), ..self }
    }

    /// Whether it says something of the caller or the function, not of this moment alone.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self.kind, FailureKind::Unauthorized | FailureKind::Broken)
    }

    /// The answer for the client, with what the operator is told; `place` is the authorizer's.
    pub(super) fn stop(&self, place: &Place) -> Stop {
        let error = match self.kind {
            FailureKind::Full => return Full.into(),
            FailureKind::Unauthorized => GatewayError::new(
                GatewayResponseType::Unauthorized,
                "UnauthorizedException",
                "Unauthorized",
            ),
            // AWS docs: whatever else is wrong with a function; its message is null.
            FailureKind::Broken | FailureKind::TooManyCalls => {
                let kind = GatewayResponseType::AuthorizerConfigurationError;
                let error = GatewayError::new(kind, "AuthorizerConfigurationException", "");
                GatewayError { message: None, ..error }
            }
        };
        let error = error.detail(self.message.as_str(), Some(place.clone()));
        error.help(self.help.clone().map(Cow::into_owned)).into()
    }
}
