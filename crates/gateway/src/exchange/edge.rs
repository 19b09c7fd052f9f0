//! The headers that the edge of AWS sets, whatever the client sent: `X-Forwarded-For`, `X-Forwarded-Port`,
//! `X-Forwarded-Proto` and `X-Amzn-Trace-Id`. Mappings, templates, validation, functions and proxied endpoints see them; a
//! test of a definition passes no edge and has its own alone. They are made when they are first asked for.

use super::trace::TRACE_ID;
use super::{Arrival, Entry, Exchange};
use bytes::Bytes;
use http::{HeaderName, HeaderValue};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

static NAMES: [HeaderName; 4] = [TRACE_ID, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO];

/// The values of the headers that the edge sets, in the order of their names.
pub(super) type EdgeValues = [HeaderValue; 4];

/// Whether a header, in any case, is one that the edge sets.
pub(super) fn sets(name: &str) -> bool {
    // No other header has to be compared with all of them.
    name.as_bytes().first().is_some_and(|first| first.eq_ignore_ascii_case(&b'x'))
        && NAMES.iter().any(|set| set.as_str().eq_ignore_ascii_case(name))
}

impl Exchange {
    /// What the edge set; nothing in a test.
    pub(super) fn edge_headers(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&HeaderName, &HeaderValue)> {
        let values = self.passes_edge().then(|| self.edge.get_or_init(|| made(self)));
        NAMES.iter().zip(values.map_or([].as_slice(), |values| values.as_slice()))
    }

    pub(super) fn passes_edge(&self) -> bool {
        self.entry == Entry::Client
    }
}

fn made(exchange: &Exchange) -> EdgeValues {
    let client = &exchange.client;
    // All are made of what headers may have in them.
    let empty = |_| HeaderValue::from_static("");
    let forwarded_for = Bytes::from(forwarded_for(exchange));
    let scheme = match client.scheme.as_str() {
        "http" => HeaderValue::from_static("http"),
        "https" => HeaderValue::from_static("https"),
        other => HeaderValue::from_str(other).unwrap_or_else(empty),
    };
    [
        seen_trace_id(exchange),
        HeaderValue::from_maybe_shared(forwarded_for).unwrap_or_else(empty),
        HeaderValue::from(client.port),
        scheme,
    ]
}

/// Recorded on AWS: a function sees the root alone of an id that the gateway made.
fn seen_trace_id(exchange: &Exchange) -> HeaderValue {
    let id = exchange.trace_id();
    if exchange.headers.contains_key(TRACE_ID) {
        return id.clone();
    }
    let root = id.as_bytes().split(|byte| *byte == b';').next();
    root.and_then(|root| HeaderValue::from_bytes(root).ok()).unwrap_or_else(|| id.clone())
}

/// The addresses that the request came by, the client's last: what stands before it is as the client says.
fn forwarded_for(exchange: &Exchange) -> Vec<u8> {
    let client = &exchange.client;
    let own = client.address().into_bytes();
    if !exchange.headers.contains_key(FORWARDED_FOR) {
        return own;
    }
    let values = exchange.headers.get_all(FORWARDED_FOR).iter();
    let sent: Vec<&[u8]> = values.map(|value| value.as_bytes().trim_ascii()).collect();
    let sent = sent.join(b", ".as_slice());
    if sent.is_empty() {
        return own;
    }
    if client.arrival == Arrival::Forwarded {
        let hops: Vec<&[u8]> = sent.split(|byte| *byte == b',').collect();
        let is_own = |hop: &&[u8]| hop.trim_ascii() == own;
        // Those behind it are trusted proxies: they stand where AWS has none.
        if let Some(end) = hops.iter().rposition(is_own) {
            return hops.get(..=end).unwrap_or_default().join(b",".as_slice());
        }
    }
    [sent, own].join(b", ".as_slice())
}

#[cfg(test)]
mod tests {
    use super::super::Client;
    use super::super::tests::exchange_of;
    use super::*;
    use std::net::IpAddr;

    fn client(arrival: Arrival) -> Client {
        Client { arrival, ..IpAddr::from([192, 0, 2, 7]).into() }
    }

    fn forwarded(sent: &[&'static str], entry: Entry, arrival: Arrival) -> String {
        let mut request = http::Request::new(http_body_util::Full::default());
        for value in sent {
            request.headers_mut().append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let exchange = exchange_of(entry, request, client(arrival));
        exchange.header("X-Forwarded-For").unwrap_or_default().into_owned()
    }

    // Source: AWS docs (Lambda proxy event examples) for the client's address; the rest inferred.
    #[test]
    fn the_clients_address_is_the_last_of_those_it_came_by() {
        let direct = |sent: &[&'static str]| forwarded(sent, Entry::Client, Arrival::Direct);
        assert_eq!(direct(&[]), "192.0.2.7");
        assert_eq!(direct(&[""]), "192.0.2.7");
        assert_eq!(direct(&["198.51.100.1"]), "198.51.100.1, 192.0.2.7");
        assert_eq!(direct(&["a, b", " c "]), "a, b, c, 192.0.2.7");
        assert_eq!(direct(&["192.0.2.7"]), "192.0.2.7, 192.0.2.7");
    }

    #[test]
    fn trusted_proxies_are_no_part_of_the_way() {
        let of = |sent: &[&'static str]| forwarded(sent, Entry::Client, Arrival::Forwarded);
        assert_eq!(of(&["192.0.2.7"]), "192.0.2.7");
        assert_eq!(
            of(&["198.51.100.1, 192.0.2.7,10.0.0.2", "10.0.0.3"]),
            "198.51.100.1, 192.0.2.7"
        );
        assert_eq!(of(&["unknown"]), "unknown, 192.0.2.7");
        assert_eq!(of(&[]), "192.0.2.7");
    }

    #[test]
    fn a_test_has_what_it_was_given_alone() {
        let sent = forwarded(&["198.51.100.1", "b"], Entry::TestInvoke, Arrival::Direct);
        assert_eq!(sent, "b");
        let request = http::Request::new(http_body_util::Full::default());
        let exchange = exchange_of(Entry::TestInvoke, request, client(Arrival::Direct));
        assert_eq!(exchange.seen_headers().count(), 0);
    }

    #[test]
    fn every_request_has_them_once_and_no_client_chooses_them() {
        let mut request = http::Request::new(http_body_util::Full::default());
        for (name, value) in [
            ("x-forwarded-proto", "wss"),
            ("accept", "*/*"),
            ("expect", "100-continue"),
            ("x-forwarded-port", "1"),
        ] {
            request.headers_mut().append(name, HeaderValue::from_static(value));
        }
        let exchange = exchange_of(Entry::Client, request, client(Arrival::Direct));
        let seen = exchange.seen_headers();
        let seen: Vec<_> = seen.map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
        assert_eq!(
            seen,
            [
                ("accept", "*/*"),
                ("x-amzn-trace-id", "Root=1-00000000-000000000000000000000000"),
                ("x-forwarded-for", "192.0.2.7"),
                ("x-forwarded-port", "80"),
                ("x-forwarded-proto", "http"),
            ]
        );
    }
}
