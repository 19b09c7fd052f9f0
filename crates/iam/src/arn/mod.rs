//! Amazon Resource Names: `arn:partition:service:region:account:resource`.

mod api;
mod name;
mod pattern;

pub use api::{ApiArn, ArnTooLong, partition_of};
pub(crate) use name::is_account;
pub use name::{Arn, masked_account};
pub use pattern::PARTITIONS;
pub(crate) use pattern::{ArnPattern, Owner, Reach};
