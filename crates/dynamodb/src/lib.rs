//! DynamoDB behind one call: an action's name and a JSON body in, DynamoDB's answer out.
//!
//! [`Embedded::open`] opens a durable store in one folder, or one that is gone at the end, and
//! gives two handles: [`Tables`] for integrations, where names beginning `vestibule.` do not
//! exist in any operation, and [`State`] for the program's own tables, which have no other names.
//! [`Remote::open`] gives the same two handles to a store on the network.
//!
//! ```
//! use bytes::Bytes;
//! use vestibule_dynamodb::{Action, Embedded, Location, Options};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral))?;
//! let definition = r#"{"TableName": "items", "BillingMode": "PAY_PER_REQUEST",
//!     "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
//!     "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}"#;
//! tables.ensure_table(definition, None).await?;
//!
//! let put = Bytes::from_static(br#"{"TableName": "items", "Item": {"id": {"S": "7"}}}"#);
//! assert_eq!(tables.call(Action::PutItem, put).await?.body, "{}");
//!
//! let get = Bytes::from_static(br#"{"TableName": "items", "Key": {"id": {"S": "7"}}}"#);
//! let reply = tables.call(Action::GetItem, get).await?;
//! assert_eq!((reply.status, reply.body), (200, Bytes::from(r#"{"Item":{"id":{"S":"7"}}}"#)));
//! # Ok(())
//! # })
//! # }
//! ```

mod access;
mod action;
mod bootstrap;
pub mod copy;
pub mod data;
mod embedded;
mod expiry;
mod expression;
mod handles;
pub mod limits;
pub mod protocol;
mod remote;
mod reply;
mod side;
mod state_schema;
mod wire;

pub use access::{Access, AccessFacts, ArnOwner, UNREADABLE};
pub use action::Action;
pub use bootstrap::{EnsureError, Ensured, SeedError, SeedProgress, Seeded, seed};
pub use embedded::{Embedded, Location, OpenError, Options};
pub use expiry::{Expiry, Round};
pub use handles::{State, Tables};
pub use remote::{
    Address, AnswerBody, AttemptCounts, EndpointHealth, Health, Network, NetworkError, Place,
    Remote, RemoteError, RemoteOptions, Sending, World,
};
pub use reply::{CallError, Reply};
