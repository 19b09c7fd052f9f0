//! Who sent a request and how, as the listener found out. Steps take it as true: whom to believe is
//! decided before.

use http::uri::Scheme;
use std::net::IpAddr;

/// The client of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address: `$context.identity.sourceIp`.
    pub source_ip: IpAddr,
    /// How it called, `http` or `https`.
    pub scheme: Scheme,
    /// The port that it called.
    pub port: u16,
    /// The host that it called, when a proxy in front says so; else it is the request's own.
    pub host: Option<String>,
}

/// A client that called without TLS, at HTTP's own port.
impl From<IpAddr> for Client {
    fn from(source_ip: IpAddr) -> Client {
        Client { source_ip, scheme: Scheme::HTTP, port: 80, host: None }
    }
}
