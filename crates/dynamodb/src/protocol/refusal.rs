//! What DynamoDB says of a call before it looks at what the call is about.

use crate::action::Action;
use crate::reply::{CallError, Reply};
use crate::wire::{Fault, Refused};

/// Why a call is refused without being looked at, in AWS's words.
#[derive(Debug)]
pub enum Refusal {
    /// The body is not JSON.
    Serialization,
    /// There is no such action.
    UnknownOperation,
    /// There is, and it is not served.
    Unsupported(Action),
    /// Nobody signed it.
    MissingToken,
    /// What stands before every service of AWS does not let it in, such as a signature that admits nobody.
    Common {
        /// AWS's type of error, such as `InvalidSignatureException`.
        error_type: &'static str,
        /// AWS's words.
        message: String,
    },
    /// Nobody may ask so: 403.
    Forbidden {
        /// Why.
        message: String,
    },
    /// The caller may not.
    AccessDenied {
        /// AWS's sentence.
        message: String,
    },
    /// The body is larger than any request may be: 413 without a body (recorded on AWS).
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// Nothing more is taken at the moment, and nothing was done: 503, which SDKs try again.
    Unavailable,
    /// There is no answer, and something may have been done: 500, which SDKs try again.
    Internal,
}

/// Where AWS's errors of signatures and permissions are from.
const SERVICE: &str = "com.amazon.coral.service#";

impl Refusal {
    /// The answer.
    pub fn into_reply(self) -> Reply {
        let of_service = |name: &str, is_capital: bool, message: &str| {
            Fault::new(format!("{SERVICE}{name}"), is_capital, message).into_reply()
        };
        match self {
            Refusal::Serialization => Fault::from(Refused::Serialization(None)).into_reply(),
            Refusal::UnknownOperation => Fault::from(Refused::Unsupported).into_reply(),
            Refusal::Unsupported(action) => {
                let message = format!("{action} is not supported here");
                of_service("UnknownOperationException", false, &message)
            }
            Refusal::MissingToken => of_service(
                "MissingAuthenticationTokenException",
                false,
                "Request is missing Authentication Token",
            ),
            Refusal::Common { error_type, message } => of_service(error_type, false, &message),
            Refusal::Forbidden { message } => {
                Reply { status: 403, ..of_service("AccessDeniedException", false, &message) }
            }
            Refusal::AccessDenied { message } => {
                of_service("AccessDeniedException", true, &message)
            }
            Refusal::TooLarge => Reply::of(413, bytes::Bytes::new()),
            Refusal::TooSlow => {
                let message = "The request body did not arrive in time";
                Reply { status: 408, ..of_service("RequestTimeoutException", false, message) }
            }
            Refusal::Unavailable => {
                let message = "Service is not available. Please try again later";
                Reply { status: 503, ..of_service("ServiceUnavailableException", false, message) }
            }
            Refusal::Internal => Fault::internal().into_reply(),
        }
    }
}

impl From<&CallError> for Refusal {
    fn from(error: &CallError) -> Refusal {
        match error {
            CallError::Saturated | CallError::CircuitOpen { .. } => Refusal::Unavailable,
            CallError::Deadline
            | CallError::Closed
            | CallError::Unreachable { .. }
            | CallError::Unsound { .. }
            | CallError::TooLarge { .. }
            | CallError::NoCredentials { .. } => Refusal::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(refusal: Refusal) -> String {
        let reply = refusal.into_reply();
        format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body))
    }

    // Source: recorded on AWS (dynalite's tests against it), the checksums of the bodies with them.
    #[test]
    fn bodies_of_errors_are_aws_own() {
        let crc32 = |refusal: Refusal| crc32fast::hash(&refusal.into_reply().body);
        assert_eq!(crc32(Refusal::Serialization), 3_948_637_019);
        assert_eq!(crc32(Refusal::UnknownOperation), 1_368_724_161);
        assert_eq!(crc32(Refusal::MissingToken), 2_088_342_776);
        let message = "Found both 'X-Amz-Algorithm' as a query-string param and \
                       'Authorization' as HTTP header.";
        let two = Refusal::Common {
            error_type: "InvalidSignatureException",
            message: message.to_owned(),
        };
        assert_eq!(crc32(two), 2_139_606_068);
        assert_eq!(told(Refusal::TooLarge), "413 ");
    }

    // Source: AWS docs (error handling with DynamoDB; the member of the message as observed), inferred for the last three.
    #[test]
    fn what_is_refused_is_told() {
        let message = "User: me is not authorized".to_owned();
        assert_eq!(
            told(Refusal::AccessDenied { message }),
            r#"400 {"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: me is not authorized"}"#
        );
        assert_eq!(
            told(Refusal::Unsupported(Action::CreateBackup)),
            r#"400 {"__type":"com.amazon.coral.service#UnknownOperationException","message":"CreateBackup is not supported here"}"#
        );
        assert_eq!(
            told(Refusal::from(&CallError::Saturated)),
            r#"503 {"__type":"com.amazon.coral.service#ServiceUnavailableException","message":"Service is not available. Please try again later"}"#
        );
        assert_eq!(
            told(Refusal::from(&CallError::Deadline)),
            r#"500 {"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#
        );
    }
}
