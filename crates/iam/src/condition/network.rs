//! Ranges of IP addresses of conditions.

use std::net::IpAddr;

/// A range of addresses in CIDR form. An address alone is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    first: IpAddr,
    prefix: u32,
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let bits = if first.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
            Some(_) => return None,
        };
        (prefix <= bits).then_some(Network { first, prefix })
    }

    /// Whether the range has that address. Bits after the prefix do not count.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Returns the address that a request names; an IPv4 address in the form of IPv6 is IPv4.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, IP address condition operators), RFC 4632.
    use super::*;

    fn has(network: &str, text: &str) -> bool {
        Network::parse(network).unwrap().has(address(text).unwrap())
    }

    #[test]
    fn a_range_has_the_addresses_of_its_prefix() {
        assert!(has("203.0.113.0/24", "203.0.113.255"));
        assert!(!has("203.0.113.0/24", "203.0.114.0"));
        assert!(has("203.0.113.77/24", "203.0.113.1"));
        assert!(has("203.0.113.5", "203.0.113.5"));
        assert!(!has("203.0.113.5", "203.0.113.4"));
        assert!(has("0.0.0.0/0", "203.0.113.5"));
        assert!(!has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("::/0", "2001:db8::1"));
        assert!(has("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:ffff::1"));
        assert!(!has("2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1"));
        assert!(!has("2001:db8::1", "2001:db8::2"));
        assert!(has("203.0.113.0/24", "::ffff:203.0.113.9"));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["", "203.0.113", "203.0.113.0/33", "::/129", "203.0.113.0/", "1.2.3.4/+8", "*"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
