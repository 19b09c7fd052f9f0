//! What proxies say about clients: any bytes before a connection, any `X-Forwarded-*` headers.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue};
use vestibule_server::limits::PREAMBLE_BYTES_MAX;
use vestibule_server::listen::Peer;
use vestibule_server::proxies::preamble::{self, Parsed};
use vestibule_server::proxies::{Network, TrustedProxies, client};

/// Reads the input as the first bytes of a connection, as they come one by one.
pub fn preamble(data: &[u8]) {
    let whole = preamble::parse(data);
    for (end, _) in data.iter().enumerate() {
        let begun = data.get(..end).unwrap_or_default();
        match preamble::parse(begun) {
            // More is asked for, never more than a preamble has, and never what is there.
            Ok(Parsed::Incomplete(needed)) => {
                assert!(needed > end && needed <= PREAMBLE_BYTES_MAX, "{end}: {needed}");
            }
            // What was told once stays true, whatever follows.
            told => return assert_eq!(told, whole, "{end}"),
        }
    }
    if let Ok(Parsed::Whole { length, .. }) = whole {
        assert!(length <= data.len() && data.starts_with(&preamble::SIGNATURE));
    }
}

/// Takes the lines of the input for `X-Forwarded-For`, but those that begin with `P` or `H` for `X-Forwarded-Proto` and
/// `X-Forwarded-Host`.
pub fn forwarded(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let (name, value) = match line {
            [b'P', rest @ ..] => ("x-forwarded-proto", rest),
            [b'H', rest @ ..] => ("x-forwarded-host", rest),
            _ => ("x-forwarded-for", line),
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let networks = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"].map(Network::parse);
    let trusted = TrustedProxies::new(networks.into_iter().flatten().collect());
    for remote in [IpAddr::from([10, 0, 0, 1]), IpAddr::from([203, 0, 113, 9])] {
        let local = SocketAddr::from(([192, 0, 2, 1], 8080));
        let peer =
            Peer { remote: SocketAddr::new(remote, 40_000), local, tls: None, certificate: None };
        let found = client(&peer, &headers, &trusted);
        if !trusted.has(remote) {
            assert_eq!((found.source_ip, found.host, found.port), (remote, None, 8080));
            continue;
        }
        assert_eq!(found.source_ip, found.source_ip.to_canonical());
        // Nobody but a proxy puts another in front of it: without any header the proxy is the client.
        let said = headers.get_all("x-forwarded-for").iter().any(|value| !value.is_empty());
        assert!(said || found.source_ip == remote);
        assert!(found.host.is_none_or(|host| host.len() <= 259 && !host.contains('@')));
    }
}
