//! From host, path and verb to a method: first the stage, then the resource tree.

mod path;
mod query;
mod target;
mod tree;

pub(crate) use query::decoded as decoded_query;
pub(crate) use target::{Target, find, target};
pub use tree::Variables;
pub(crate) use tree::{Conflict, Growth, Tree};
