//! Listeners: an address, the connections accepted on it, and their end. Knows TLS, HTTP/1, HTTP/2
//! and time; what a request means is the service's.

mod activity;
mod addresses;
mod bind;
mod connection;
mod entrance;
mod farewell;
mod guard;
mod limits;
mod serve;
mod transport;

pub use bind::{BindError, bind};
pub use connection::Peer;
pub use entrance::{Entrance, Tls};
pub use farewell::Farewell;
pub use guard::Guard;
pub(crate) use guard::is_loopback_host;
pub use limits::Limits;
pub use serve::{Drained, Shutdown, serve};

#[cfg(test)]
mod tests;
