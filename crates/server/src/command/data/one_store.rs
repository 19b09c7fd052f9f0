//! Whether two stores of a copy are one under two names, as far as the names tell: a host on the network may have any number of
//! names, and several stores may be behind one address.

use http::Uri;
use vestibule_dynamodb::{Address, Place};
use vestibule_sigv4::is_host_of_aws;

use crate::config::Store;

/// The names by which a host calls itself.
const LOOPBACK: [&str; 6] = ["localhost", "localhost.", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

/// Returns whether both are one. AWS is called with one set of credentials, so that its endpoints in a region are one store.
pub(super) fn is_one_store(one: &Store, other: &Store, region: &str) -> bool {
    let (one, other) = (known_as(one, region), known_as(other, region));
    one.iter().any(|name| other.contains(name))
}

/// The addresses of a store, each in one spelling.
fn known_as(store: &Store, region: &str) -> Vec<String> {
    match store {
        Store::Embedded => vec!["embedded".to_owned()],
        Store::Remote(Place::Aws) => vec![Place::Aws.to_string()],
        Store::Remote(Place::AwsAt(address)) => vec![spelled(address, region)],
        Store::Remote(Place::At(addresses)) => {
            addresses.iter().map(|address| spelled(address, region)).collect()
        }
    }
}

fn spelled(address: &Address, region: &str) -> String {
    let text = address.to_string();
    let Ok(uri) = text.parse::<Uri>() else { return text };
    let host = uri.host().unwrap_or_default();
    if is_host_of_aws(host) && host.split('.').any(|label| label == region) {
        return Place::Aws.to_string();
    }
    let host = if LOOPBACK.contains(&host) { "localhost" } else { host };
    let scheme = if address.is_tls() { "https" } else { "http" };
    let implied = if address.is_tls() { 443 } else { 80 };
    format!("{scheme}://{host}:{}", uri.port_u16().unwrap_or(implied))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(one: &str, other: &str) -> bool {
        let store = |text: &str| match text {
            "embedded" => Store::Embedded,
            text => Store::Remote(Place::parse(text).unwrap()),
        };
        is_one_store(&store(one), &store(other), "eu-west-1")
    }

    // Source: RFC 6761, 6.3 (`localhost`); AWS docs, "DynamoDB endpoints"; else inferred.
    #[test]
    fn a_store_is_known_by_other_names_of_its_place() {
        for (one, other) in [
            ("embedded", "embedded"),
            ("aws", "aws"),
            ("http://localhost:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:8000", "http://LOCALHOST:8000/"),
            ("http://0.0.0.0", "http://localhost:80"),
            ("http://a:1,http://b:1", "http://c:1,http://b:1"),
            ("aws", "https://dynamodb.eu-west-1.amazonaws.com"),
            ("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com", "aws"),
        ] {
            assert!(is_one(one, other) && is_one(other, one), "{one} {other}");
        }
    }

    #[test]
    fn stores_that_may_be_two_are_not_one() {
        for (one, other) in [
            ("embedded", "aws"),
            ("http://localhost:8000", "http://127.0.0.1:8001"),
            ("http://localhost:8000", "https://localhost:8000"),
            ("http://127.0.0.1:8000", "http://127.0.0.2:8000"),
            ("http://a.localhost:8000", "http://b.localhost:8000"),
            ("http://a:1", "http://b:1"),
            ("aws", "https://dynamodb.us-east-1.amazonaws.com"),
        ] {
            assert!(!is_one(one, other) && !is_one(other, one), "{one} {other}");
        }
    }
}
