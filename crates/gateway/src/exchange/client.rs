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
    /// The way its request came.
    pub arrival: Arrival,
}

/// The way a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// From the client itself, as far as anybody knows.
    Direct,
    /// Through a trusted proxy: `X-Forwarded-For` is believed as far as the client's own address.
    Forwarded,
}

/// A client that called directly, without TLS, at HTTP's own port.
impl From<IpAddr> for Client {
    fn from(source_ip: IpAddr) -> Client {
        let (scheme, arrival) = (Scheme::HTTP, Arrival::Direct);
        Client { source_ip, scheme, port: 80, host: None, arrival }
    }
}
