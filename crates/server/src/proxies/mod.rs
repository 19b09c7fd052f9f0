//! Proxies in front of this program: which are believed, and what they say about a client, before a
//! connection (PROXY protocol) and in its requests (`X-Forwarded-*`).

mod forwarded;
mod network;
pub mod preamble;

pub use forwarded::client;
pub(crate) use network::masked;
pub use network::{Network, NetworkError, TrustedProxies};
