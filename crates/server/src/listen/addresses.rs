//! Connections counted by the address they come from, so that one client cannot have them all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::proxies::masked;

/// Bits of an IPv6 address that one client has the rest of.
const IPV6_CLIENT_BITS: u8 = 64;

/// The connections of every address that has one.
#[derive(Debug)]
pub(super) struct Addresses {
    most: usize,
    open: Mutex<HashMap<IpAddr, Open>>,
}

/// Those of one address.
#[derive(Debug, Default)]
struct Open {
    connections: usize,
    /// Whether it was said that there are too many.
    is_told: bool,
}

/// One connection of an address; it counts until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    addresses: Arc<Addresses>,
    client: IpAddr,
}

impl Addresses {
    /// Lets every address have `most` connections at once.
    pub(super) fn new(most: usize) -> Arc<Addresses> {
        Arc::new(Addresses { most, open: Mutex::default() })
    }

    /// Counts a connection, unless its address has enough. That is logged once, until the address
    /// has none any more.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Share> {
        let client = client(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = open.entry(client).or_default();
        if counted.connections >= self.most {
            if !std::mem::replace(&mut counted.is_told, true) {
                tracing::warn!(%client, "closing connections of a client that has {}", self.most);
            }
            return None;
        }
        counted.connections += 1;
        Some(Share { addresses: Arc::clone(self), client })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut counted) = open.entry(self.client) {
            counted.get_mut().connections -= 1;
            if counted.get().connections == 0 {
                counted.remove();
            }
        }
    }
}

/// What counts as one client.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        address @ IpAddr::V4(_) => address,
        address @ IpAddr::V6(_) => masked(address, IPV6_CLIENT_BITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_no_more() {
        let addresses = Addresses::new(2);
        let admit = |text: &str| addresses.admit(address(text));
        let first = admit("203.0.113.9").unwrap();
        let second = admit("::ffff:203.0.113.9").unwrap();
        assert!(admit("203.0.113.9").is_none());
        let other = admit("203.0.113.10").unwrap();
        drop(first);
        let third = admit("203.0.113.9").unwrap();
        assert!(admit("203.0.113.9").is_none());
        drop((second, third, other));
        assert!(addresses.open.lock().unwrap().is_empty());
    }

    #[test]
    fn a_network_of_64_bits_is_one_client() {
        let addresses = Addresses::new(1);
        let admit = |text: &str| addresses.admit(address(text));
        let _first = admit("2001:db8::1").unwrap();
        assert!(admit("2001:db8::ffff:1").is_none());
        assert!(admit("2001:db8:0:1::1").is_some());
    }

    #[test]
    fn connections_past_the_share_do_not_count() {
        let addresses = Addresses::new(0);
        assert!(addresses.admit(address("203.0.113.9")).is_none());
    }
}
