//! The AWS endpoints: one address at which clients of AWS call its services. Today DynamoDB, on the tables that the gateway
//! serves; what is called of others is refused by name.
//!
//! `route` tells services apart, `caller` who calls, `permission` what they may. What a service answers is its crate's.

mod caller;
mod calls;
mod dynamodb;
mod permission;
mod route;
mod service;

pub use calls::Calls;
pub use service::{Aws, Options};
