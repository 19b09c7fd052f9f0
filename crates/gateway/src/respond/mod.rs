//! The answer: the only place that makes bytes for a client, for successes and errors alike.

mod compression;
mod finish;
mod gateway_responses;
mod headers;
mod substitution;

pub use finish::Response;
pub(crate) use finish::{Draft, Finished, GATEWAY_HEADERS, Whole, after_panic, finish};
pub(crate) use gateway_responses::{CustomResponse, GatewayResponses};
pub(crate) use headers::{add_header, client_name, set_header, within_limits};
pub(crate) use substitution::{Substitution, context_reference, error_value};
