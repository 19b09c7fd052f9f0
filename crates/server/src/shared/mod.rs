//! The store that several gateways share, Valkey or Redis: the way to it, and what is asked of it. The gateway knows it as a
//! port; no other part of the program knows its protocol.

mod address;
mod counts;
mod failure;
mod link;
mod stream;
#[cfg(test)]
mod tests;

pub use address::Address;
pub(crate) use address::AddressError;
pub(crate) use counts::Counts;
pub(crate) use link::{Keeper, Link};
