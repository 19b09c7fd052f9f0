//! Answers about a signature that is not taken: they repeat the request that should have been signed, the session token with it.
//! Whoever calls an API is to see nothing of that.

use bytes::Bytes;
use serde_json::{Value, json};

use super::verdict::error_name;
use crate::reply::Reply;

/// The errors that do (AWS docs: DynamoDB, error handling; IAM, troubleshooting Signature Version 4).
const REPEATING: [&str; 4] = [
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
];

/// What is said in the place of their words.
const REMEDY: &str = "the store does not take the signature: check the access key, the secret access key, the region and the clock of the gateway";

/// The reply without the request that it repeats.
pub(super) fn without_request(mut reply: Reply) -> Reply {
    if reply.status < 400 {
        return reply;
    }
    let Some(name) = error_name(&reply.body).filter(|name| REPEATING.contains(&name.as_str()))
    else {
        return reply;
    };
    let told: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let kind = told.get("__type").and_then(Value::as_str).unwrap_or(&name);
    let body = json!({ "__type": kind, "message": REMEDY });
    reply.headers.remove("x-amz-crc32");
    reply.body = Bytes::from(body.to_string());
    reply
}
