//! Networks of addresses, and those of the proxies that are believed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// A network in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkError {
    /// What stands before the `/` is no IP address.
    Address,
    /// What stands behind the `/` is no number of bits of such an address.
    Prefix,
    /// The address has bits behind its prefix: it is one in the network, not the network.
    Inside,
}

/// The proxies whose word about a client counts. By default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[Network]>);

impl Network {
    /// Reads `address/prefix`; an address alone is the network of that address.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Network, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let bits = bits(address);
        let prefix = match prefix {
            None => bits,
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().filter(|prefix| *prefix <= bits).ok_or(NetworkError::Prefix)?
            }
            Some(_) => return Err(NetworkError::Prefix),
        };
        let network = Network { address, prefix };
        if masked(address, prefix) != address {
            return Err(NetworkError::Inside);
        }
        Ok(network.canonical())
    }

    /// Tells whether an address is in it. One that is written as IPv6 for IPv4 (`::ffff:10.0.0.1`)
    /// is the IPv4 address.
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.prefix) == self.address
    }

    /// The same network in IPv4, when it is one written as IPv6.
    fn canonical(self) -> Network {
        match (self.address.to_canonical(), self.prefix.checked_sub(96)) {
            (address @ IpAddr::V4(_), Some(prefix)) if self.address.is_ipv6() => {
                Network { address, prefix }
            }
            _ => self,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == bits(self.address) {
            return self.address.fmt(out);
        }
        write!(out, "{}/{}", self.address, self.prefix)
    }
}

impl TrustedProxies {
    /// Believes every proxy in one of the networks.
    pub fn new(networks: Vec<Network>) -> TrustedProxies {
        TrustedProxies(networks.into())
    }

    /// Tells whether a peer at this address is believed.
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address))
    }
}

fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address with nothing but its first `prefix` bits.
pub(crate) fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let rest = 32_u32.saturating_sub(prefix.into());
            let mask = u32::MAX.checked_shl(rest).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let rest = 128_u32.saturating_sub(prefix.into());
            let mask = u128::MAX.checked_shl(rest).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().has(address.parse().unwrap())
    }

    /// Source: RFC 4632, RFC 4291.
    #[test]
    fn a_network_has_the_addresses_of_its_prefix() {
        for (network, first, last, before, after) in [
            ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
            ("192.0.2.128/25", "192.0.2.128", "192.0.2.255", "192.0.2.127", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8::", "2001:db8:ffff::1", "2001:db7:ffff::", "2001:db9::"),
            ("::1", "::1", "::1", "::", "::2"),
        ] {
            assert!(has(network, first) && has(network, last), "{network}");
            assert!(!has(network, before) && !has(network, after), "{network}");
        }
        assert!(has("0.0.0.0/0", "203.0.113.9") && has("::/0", "2001:db8::1"));
        assert!(!has("0.0.0.0/0", "2001:db8::1") && !has("::/0", "203.0.113.9"));
    }

    #[test]
    fn ipv4_written_as_ipv6_is_ipv4() {
        assert!(has("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(has("::ffff:10.0.0.0/104", "10.1.2.3"));
        assert!(!has("::ffff:10.0.0.0/104", "11.1.2.3"));
        assert_eq!(Network::parse("::ffff:10.0.0.0/104").unwrap().to_string(), "10.0.0.0/8");
    }

    #[test]
    fn a_network_is_shown_as_it_is_written() {
        for text in ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1", "0.0.0.0/0", "::/0"] {
            assert_eq!(Network::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Network::parse("192.0.2.7/32").unwrap().to_string(), "192.0.2.7");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        use NetworkError::{Address, Inside, Prefix};
        for (text, error) in [
            ("", Address),
            ("proxy.internal", Address),
            ("10.0.0", Address),
            ("010.0.0.0/8", Address),
            ("10.0.0.0:80", Address),
            ("[::1]", Address),
            ("10.0.0.0/", Prefix),
            ("10.0.0.0/33", Prefix),
            ("::/129", Prefix),
            ("10.0.0.0/+8", Prefix),
            ("10.0.0.0/255.0.0.0", Prefix),
            ("10.0.0.0/8/8", Prefix),
            ("10.0.0.1/8", Inside),
            ("2001:db8::1/32", Inside),
        ] {
            assert_eq!(Network::parse(text).unwrap_err(), error, "{text}");
        }
    }
}
