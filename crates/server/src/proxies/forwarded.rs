//! Who the client of a request is: the peer of its connection, or when that is a trusted proxy whom it names in
//! `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.

use std::net::{IpAddr, SocketAddr};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, Scheme};
use vestibule_gateway::{Arrival, Client};

use super::network::TrustedProxies;
use crate::limits::HOST_NAME_CHARS_MAX;
use crate::listen::Peer;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Characters of a host with a port: a name, a colon, five digits.
const AUTHORITY_CHARS_MAX: usize = HOST_NAME_CHARS_MAX + 6;

/// Returns who sent a request with these headers over this connection. Headers count when the
/// connection's remote address is a trusted proxy; from anybody else they are just headers.
pub fn client(peer: &Peer, headers: &HeaderMap, trusted: &TrustedProxies) -> Client {
    let remote = peer.remote.ip().to_canonical();
    let scheme = if peer.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
    let (port, arrival) = (peer.local.port(), Arrival::Direct);
    let direct = Client {
        source_ip: remote,
        scheme,
        port,
        host: None,
        arrival,
        tls: peer.tls,
        certificate: peer.certificate.clone(),
    };
    if !trusted.has(remote) {
        return direct;
    }
    let scheme = forwarded_scheme(headers);
    let host = forwarded_host(headers);
    let port =
        host.as_ref().and_then(Authority::port_u16).or_else(|| default_port(scheme.as_ref()));
    Client {
        source_ip: source_ip(headers.get_all(FORWARDED_FOR).iter(), remote, trusted),
        scheme: scheme.unwrap_or(direct.scheme),
        port: port.unwrap_or(direct.port),
        host: host.map(|host| host.as_str().to_owned()),
        arrival: Arrival::Forwarded,
        tls: None,
        certificate: direct.certificate,
    }
}

/// Walks from the trusted proxy at `remote` towards the client, as long as the next address is that
/// of a trusted proxy too. What is no address ends the walk: nobody knows who is behind it.
fn source_ip<'h>(
    values: impl DoubleEndedIterator<Item = &'h HeaderValue>,
    remote: IpAddr,
    trusted: &TrustedProxies,
) -> IpAddr {
    let mut found = remote;
    let hops = values.rev().flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops.map(<[u8]>::trim_ascii).filter(|hop| !hop.is_empty()) {
        let Some(address) = address(hop) else { break };
        found = address;
        if !trusted.has(address) {
            break;
        }
    }
    found
}

/// An address, with or without a port: some proxies write it.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?;
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = text.parse().ok().or_else(with_port).or_else(bracketed)?;
    Some(address.to_canonical())
}

fn forwarded_scheme(headers: &HeaderMap) -> Option<Scheme> {
    let named = last(headers, &FORWARDED_PROTO)?;
    [Scheme::HTTP, Scheme::HTTPS]
        .into_iter()
        .find(|scheme| named.eq_ignore_ascii_case(scheme.as_str()))
}

fn forwarded_host(headers: &HeaderMap) -> Option<Authority> {
    let host = last(headers, &FORWARDED_HOST).filter(|host| host.len() <= AUTHORITY_CHARS_MAX)?;
    // An authority may also have a user, a `Host` may not.
    Authority::try_from(host).ok().filter(|host| !host.as_str().contains('@'))
}

fn default_port(scheme: Option<&Scheme>) -> Option<u16> {
    Some(if *scheme? == Scheme::HTTPS { 443 } else { 80 })
}

/// The last entry of a header, which is what the nearest proxy says.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::super::network::Network;
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn trusted() -> TrustedProxies {
        let networks = ["10.0.0.0/8", "2001:db8::/32"];
        TrustedProxies::new(networks.map(|text| Network::parse(text).unwrap()).to_vec())
    }

    fn asked(remote: &str, headers: &[(&'static str, &'static str)]) -> Client {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let peer = Peer {
            remote: SocketAddr::new(remote.parse().unwrap(), 50_000),
            local: "192.0.2.1:8080".parse().unwrap(),
            tls: None,
            certificate: None,
        };
        client(&peer, &map, &trusted())
    }

    fn source(remote: &str, values: &[&'static str]) -> String {
        let headers: Vec<_> = values.iter().map(|value| ("x-forwarded-for", *value)).collect();
        asked(remote, &headers).source_ip.to_string()
    }

    fn said(scheme: Scheme, port: u16, host: Option<&str>) -> Client {
        let source_ip = PROXY.parse().unwrap();
        let (host, arrival) = (host.map(str::to_owned), Arrival::Forwarded);
        Client { source_ip, scheme, port, host, arrival, tls: None, certificate: None }
    }

    // Source: inferred (the rightmost untrusted address, as nginx's real_ip_recursive has it).
    #[test]
    fn the_client_is_the_rightmost_untrusted_address() {
        assert_eq!(source(PROXY, &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(source(PROXY, &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(source(PROXY, &["203.0.113.9, 10.9.9.9,10.8.8.8"]), "203.0.113.9");
        assert_eq!(source(PROXY, &["198.51.100.1, 203.0.113.9", "10.8.8.8"]), "203.0.113.9");
        assert_eq!(source(PROXY, &["203.0.113.9, ,"]), "203.0.113.9");
        assert_eq!(source("2001:db8::1", &["2001:db9::7"]), "2001:db9::7");
        assert_eq!(source("::ffff:10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn when_all_are_proxies_the_first_of_them_is_the_client() {
        assert_eq!(source(PROXY, &["10.7.7.7, 10.8.8.8"]), "10.7.7.7");
        assert_eq!(source(PROXY, &[]), PROXY);
        assert_eq!(source(PROXY, &[""]), PROXY);
    }

    #[test]
    fn what_is_no_address_hides_what_is_left_of_it() {
        for hidden in
            ["unknown", "_gazonk", "203.0.113", "203.0.113.9:x", "::g", "[::1", "1.2.3.4]"]
        {
            let value: &'static str = format!("203.0.113.9, {hidden}, 10.8.8.8").leak();
            assert_eq!(source(PROXY, &[value]), "10.8.8.8", "{hidden}");
            let value: &'static str = format!("203.0.113.9, {hidden}").leak();
            assert_eq!(source(PROXY, &[value]), PROXY, "{hidden}");
        }
    }

    #[test]
    fn an_address_may_have_a_port() {
        assert_eq!(source(PROXY, &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(source(PROXY, &["[2001:db9::7]:4711"]), "2001:db9::7");
        assert_eq!(source(PROXY, &["[2001:db9::7]"]), "2001:db9::7");
    }

    #[test]
    fn from_anybody_else_they_are_just_headers() {
        let headers = [
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "api.example.com"),
        ];
        let client = asked("192.0.2.7", &headers);
        let direct = Client { port: 8080, ..Client::from(IpAddr::from([192, 0, 2, 7])) };
        assert_eq!(client, direct);
    }

    #[test]
    fn scheme_and_host_are_those_of_the_nearest_proxy() {
        let proto = |value| asked(PROXY, &[("x-forwarded-proto", value)]);
        assert_eq!(proto("https"), said(Scheme::HTTPS, 443, None));
        assert_eq!(proto("HTTP"), said(Scheme::HTTP, 80, None));
        assert_eq!(proto("http, https"), said(Scheme::HTTPS, 443, None));
        assert_eq!(proto("wss"), said(Scheme::HTTP, 8080, None));
        let host = |value| asked(PROXY, &[("x-forwarded-host", value)]);
        assert_eq!(host("api.example.com"), said(Scheme::HTTP, 8080, Some("api.example.com")));
        assert_eq!(host("a.example:81"), said(Scheme::HTTP, 81, Some("a.example:81")));
        assert_eq!(host("evil.example, b.example"), said(Scheme::HTTP, 8080, Some("b.example")));
        for none in ["", "a b", "user@a.example", "a.example/path", "http://a.example"] {
            assert_eq!(host(none), said(Scheme::HTTP, 8080, None), "{none}");
        }
        let long: &'static str = "h".repeat(AUTHORITY_CHARS_MAX).leak();
        assert_eq!(host(long), said(Scheme::HTTP, 8080, Some(long)));
        let longer: &'static str = "h".repeat(AUTHORITY_CHARS_MAX + 1).leak();
        assert_eq!(host(longer), said(Scheme::HTTP, 8080, None));
        let both = [("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example:8443")];
        assert_eq!(asked(PROXY, &both), said(Scheme::HTTPS, 8443, Some("a.example:8443")));
    }
}
