//! Where a remote store is: AWS in a region, or endpoints by their URLs.

use std::fmt;
use std::net::IpAddr;

use http::{HeaderValue, Uri};
use vestibule_sigv4::{domain_of_region, is_host_of_aws};

use crate::limits::{HOST_CHARS, SEED_ENDPOINTS};

/// The base of an endpoint: `http://` or `https://`, a host, perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    is_tls: bool,
    /// Without a port, in lower case; an IPv6 address in brackets.
    host: String,
    /// One that the scheme implies is left out.
    port: Option<u16>,
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// AWS's endpoint in the region of the options.
    Aws,
    /// AWS by another address, such as that of a VPC endpoint: roles are AWS's to judge.
    AwsAt(Address),
    /// Endpoints of one store, one at least.
    At(Vec<Address>),
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn parse(text: &str) -> Result<Address, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "not a URL")?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) | None => return Err("neither `http://` nor `https://`"),
        };
        let authority = uri.authority().ok_or("without a host")?;
        if authority.as_str().contains('@') {
            return Err("a name or password in it");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') {
            return Err("a path, query or fragment in it");
        }
        let host = authority.host().to_ascii_lowercase();
        let port = match authority.as_str().get(host.len()..).unwrap_or_default() {
            "" => None,
            port => Some(port.trim_start_matches(':').parse().map_err(|_| "a port that is none")?),
        };
        let implied = if is_tls { 443 } else { 80 };
        Ok(Address { is_tls, host, port: port.filter(|port| *port != implied) })
    }

    /// AWS's endpoint in a region.
    pub(super) fn of_region(region: &str) -> Address {
        let domain = domain_of_region(region);
        Address { is_tls: true, host: format!("dynamodb.{region}.{domain}"), port: None }
    }

    /// AWS's endpoint of DynamoDB Streams beside this one of DynamoDB; none where both are one.
    pub(super) fn of_streams(&self) -> Option<Address> {
        let is_both = !self.is_aws() || !self.host.starts_with("dynamodb.");
        (!is_both).then(|| Address { host: format!("streams.{}", self.host), ..self.clone() })
    }

    /// The same scheme and port at another host, which a store has told; none when it is no host.
    pub(super) fn at_host(&self, host: &str) -> Option<Address> {
        if let Ok(address) = host.parse::<IpAddr>() {
            let host = match address {
                IpAddr::V4(_) => host.to_owned(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            return Some(Address { host, ..self.clone() });
        }
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        let is_host = !host.is_empty() && host.len() <= HOST_CHARS && host.bytes().all(is_letter);
        is_host.then(|| Address { host: host.to_ascii_lowercase(), ..self.clone() })
    }

    /// What a request to this endpoint has as its `Host`.
    pub(super) fn host_header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.authority()).ok()
    }

    /// The URI of a path at this endpoint.
    pub(super) fn uri(&self, path: &'static str) -> Option<Uri> {
        let (scheme, authority) = (self.scheme(), self.authority());
        Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().ok()
    }

    /// Whether it is an endpoint of AWS itself.
    fn is_aws(&self) -> bool {
        is_host_of_aws(&self.host)
    }

    /// Returns whether it is called over TLS.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.authority())
    }
}

impl Place {
    /// Reads what a setting says: `aws`, or addresses with commas between them.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn parse(text: &str) -> Result<Place, &'static str> {
        if text == "aws" {
            return Ok(Place::Aws);
        }
        let addresses: Vec<Address> =
            text.split(',').map(|one| Address::parse(one.trim())).collect::<Result<_, _>>()?;
        if addresses.len() > SEED_ENDPOINTS {
            return Err("more than 16 addresses");
        }
        let is_twice = |(at, one)| addresses.iter().skip(at + 1).any(|other| other == one);
        if addresses.iter().enumerate().any(is_twice) {
            return Err("an address twice");
        }
        let is_aws = addresses.iter().any(Address::is_aws);
        if addresses.iter().any(|address| address.is_aws() && !address.is_tls) {
            return Err("an endpoint of AWS without TLS");
        }
        match <[Address; 1]>::try_from(addresses) {
            Ok([one]) if is_aws => Ok(Place::AwsAt(one)),
            Ok(one) => Ok(Place::At(one.into())),
            Err(_) if is_aws => Err("an endpoint of AWS beside others"),
            Err(several) => Ok(Place::At(several)),
        }
    }

    /// The endpoints to begin with.
    pub(super) fn seeds(&self, region: &str) -> Vec<Address> {
        match self {
            Place::Aws => vec![Address::of_region(region)],
            Place::AwsAt(address) => vec![address.clone()],
            Place::At(addresses) => addresses.clone(),
        }
    }

    /// Returns whether the store is AWS's own.
    pub fn is_aws(&self) -> bool {
        matches!(self, Place::Aws | Place::AwsAt(_))
    }
}

/// As a setting has it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Aws => f.write_str("aws"),
            Place::AwsAt(address) => address.fmt(f),
            Place::At(addresses) => {
                for (at, address) in addresses.iter().enumerate() {
                    let comma = if at == 0 { "" } else { "," };
                    write!(f, "{comma}{address}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_refused() {
        for (text, reason) in [
            ("", "not a URL"),
            ("AWS", "neither `http://` nor `https://`"),
            ("localhost:8000", "neither `http://` nor `https://`"),
            ("ftp://host", "neither `http://` nor `https://`"),
            ("http://name:secret@host", "a name or password in it"),
            ("http://host/path", "a path, query or fragment in it"),
            ("http://host/?a=b", "a path, query or fragment in it"),
            ("http://host#a", "a path, query or fragment in it"),
            ("http://host:99999", "a port that is none"),
            ("http://a,http://A:80,", "not a URL"),
            ("http://a,http://A:80", "an address twice"),
            (
                "http://a,https://dynamodb.eu-west-1.amazonaws.com",
                "an endpoint of AWS beside others",
            ),
            ("http://dynamodb.eu-west-1.amazonaws.com", "an endpoint of AWS without TLS"),
        ] {
            assert_eq!(Place::parse(text), Err(reason), "{text}");
        }
        let many: Vec<String> = (0..17).map(|port| format!("http://a:{}", port + 1)).collect();
        assert_eq!(Place::parse(&many.join(",")), Err("more than 16 addresses"));
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let read = |text: &str| Place::parse(text).map(|place| (place.is_aws(), place.to_string()));
        let read_of = |is_aws: bool, text: &str| Ok((is_aws, text.to_owned()));
        assert_eq!(read("aws"), read_of(true, "aws"));
        assert_eq!(read("http://Localhost:8000/"), read_of(false, "http://localhost:8000"));
        assert_eq!(read("http://a:1, https://b"), read_of(false, "http://a:1,https://b"));
        assert_eq!(read("http://[::1]:8000"), read_of(false, "http://[::1]:8000"));
        let vpc = "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com";
        assert_eq!(read(vpc), read_of(true, vpc));
        // A name that only looks like AWS's is not believed.
        let foreign = "https://dynamodb.eu-west-1.amazonaws.com.example.org";
        assert_eq!(read(foreign), read_of(false, foreign));
        let sovereign = "https://dynamodb.eusc-de-east-1.amazonaws.eu";
        assert_eq!(read(sovereign), read_of(true, sovereign));
    }

    // Source: AWS docs, "Amazon DynamoDB endpoints and quotas".
    #[test]
    fn aws_has_an_endpoint_a_region() {
        let of = |region| Place::Aws.seeds(region)[0].to_string();
        assert_eq!(of("eu-west-1"), "https://dynamodb.eu-west-1.amazonaws.com");
        assert_eq!(of("cn-north-1"), "https://dynamodb.cn-north-1.amazonaws.com.cn");
        assert_eq!(of("eusc-de-east-1"), "https://dynamodb.eusc-de-east-1.amazonaws.eu");
    }

    #[test]
    fn a_host_that_a_store_tells_is_only_a_host() {
        let seed = Address::parse("http://seed:8043").unwrap();
        let at = |host: &str| seed.at_host(host).map(|address| address.to_string());
        assert_eq!(at("10.0.0.7").as_deref(), Some("http://10.0.0.7:8043"));
        assert_eq!(at("2001:db8::7").as_deref(), Some("http://[2001:db8::7]:8043"));
        assert_eq!(at("Node-1.db").as_deref(), Some("http://node-1.db:8043"));
        for no_host in ["", "a/b", "a@b", "a:1", "a b", "http://a", "ü", "[::1]"] {
            assert_eq!(at(no_host), None, "{no_host}");
        }
        assert_eq!(at(&"a".repeat(254)), None);
    }

    #[test]
    fn a_port_that_the_scheme_implies_is_not_in_the_host() {
        let host = |text: &str| Address::parse(text).unwrap().host_header().unwrap();
        assert_eq!(host("http://a:80"), "a");
        assert_eq!(host("https://a:443"), "a");
        assert_eq!(host("https://a:80"), "a:80");
        assert_eq!(host("http://[::1]:8000"), "[::1]:8000");
    }
}
