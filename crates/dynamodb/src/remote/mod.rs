//! A store on the network: AWS, ScyllaDB Alternator, DynamoDB Local, or another of these programs.
//!
//! A call passes the guard, is signed, goes to one of the endpoints, is made again as AWS's SDKs do, and comes back as the
//! endpoint answered. The network, time and randomness are passed in ([`Network`], [`World`]).

mod address;
mod answer;
mod attempt;
mod call;
mod circuit;
mod discovery;
mod guard;
mod guest;
mod health;
mod idempotency;
mod network;
mod nodes;
mod open;
mod ready;
mod retry;
mod schemas;
mod skew;
mod state_schema;
mod unsigned;
mod verdict;

pub use address::{Address, Place};
pub(crate) use call::Endpoints;
pub use health::{AttemptCounts, EndpointHealth, Health};
pub use network::{AnswerBody, Network, NetworkError, Sending, World};
pub use open::{Remote, RemoteError, RemoteOptions};
pub(crate) use retry::pause;
pub(crate) use verdict::{Trouble, error_name, trouble};
