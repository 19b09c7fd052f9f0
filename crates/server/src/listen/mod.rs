//! Listeners: an address, the connections accepted on it, and their end. Knows HTTP/1, HTTP/2 and
//! time; what a request means is the service's.

mod activity;
mod bind;
mod connection;
mod limits;
mod serve;

pub use bind::{BindError, bind};
pub use connection::Peer;
pub use limits::Limits;
pub use serve::{Drained, Shutdown, serve};

#[cfg(test)]
mod tests;
