//! DynamoDB's protocol over HTTP, AWS JSON 1.0: what a request asks for by its head, and how answers look. No server: whoever
//! has one reads bodies, decides who may call, and hands the rest to [`Tables`](crate::Tables).
//!
//! Source: AWS docs, "DynamoDB low-level API", and what clients recorded of AWS's answers to requests that are wrong.

mod answer;
mod asked;
mod described;
mod refusal;

pub use answer::{ADDED, Content, SERVER_NAME, UNKNOWN_PAGE, health, request_id};
pub use asked::{Asked, Call, STREAMS_PREFIX, TARGET_PREFIX};
pub use described::described;
pub use refusal::Refusal;
