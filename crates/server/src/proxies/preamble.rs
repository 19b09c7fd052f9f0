//! The PROXY protocol: the few bytes before everything else in which a proxy says whose connection it
//! passes on. Version 2 alone (HAProxy's specification, section 2.2); of version 1 only its beginning is known.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::limits::PREAMBLE_BYTES_MAX;

/// What every preamble begins with, and no HTTP request or TLS handshake.
pub const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// Bytes that say how long a preamble is.
pub const HEAD_BYTES: usize = 16;

const VERSION_1: &[u8] = b"PROXY ";

/// The connection that the proxy took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The client.
    pub source: SocketAddr,
    /// Where it called the proxy.
    pub destination: SocketAddr,
}

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// No preamble: they belong to what comes after it.
    Absent,
    /// Perhaps the beginning of one: so many bytes are needed to tell more.
    Incomplete(usize),
    /// A whole one.
    Whole {
        /// Its bytes.
        length: usize,
        /// Whose connection it is; none when it is the proxy's own, or one that has no addresses.
        ends: Option<Ends>,
    },
}

/// Why a preamble cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is of version 1, which is text.
    Version1,
    /// It is of a version that there is not.
    Version(u8),
    /// Its command is neither `LOCAL` nor `PROXY`.
    Command(u8),
    /// Its addresses are of a kind that there is not, or of no connection (UDP).
    Family(u8),
    /// It is longer than [`PREAMBLE_BYTES_MAX`].
    TooLong(usize),
    /// It ends before its addresses do.
    Cut,
}

/// Reads the preamble at the start of `bytes`, which may be followed by anything.
///
/// # Errors
/// When it begins as one and is none.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Malformed> {
    if bytes.starts_with(VERSION_1) {
        return Err(Malformed::Version1);
    }
    if begins_like(bytes, VERSION_1) {
        return Ok(Parsed::Incomplete(VERSION_1.len()));
    }
    if !begins_like(bytes, &SIGNATURE) {
        return Ok(Parsed::Absent);
    }
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return Ok(Parsed::Incomplete(HEAD_BYTES));
    };
    let [.., version_command, family, high, low] = *head;
    let (version, command) = (version_command >> 4, version_command & 0x0f);
    if version != 2 {
        return Err(Malformed::Version(version));
    }
    let length = HEAD_BYTES + usize::from(u16::from_be_bytes([high, low]));
    if length > PREAMBLE_BYTES_MAX {
        return Err(Malformed::TooLong(length));
    }
    let Some(addresses) = rest.get(..length - HEAD_BYTES) else {
        return Ok(Parsed::Incomplete(length));
    };
    let ends = match command {
        // What stands behind a LOCAL is to be ignored.
        0 => None,
        1 => ends(family, addresses)?,
        _ => return Err(Malformed::Command(command)),
    };
    Ok(Parsed::Whole { length, ends })
}

/// The addresses; what follows them (TLVs) says nothing that is of use here.
fn ends(family: u8, bytes: &[u8]) -> Result<Option<Ends>, Malformed> {
    match family {
        // Unspecified, and the sockets of one machine: no addresses of clients.
        0x00 | 0x31 => Ok(None),
        0x11 => ends4(bytes).map(Some).ok_or(Malformed::Cut),
        0x21 => ends6(bytes).map(Some).ok_or(Malformed::Cut),
        _ => Err(Malformed::Family(family)),
    }
}

fn ends4(bytes: &[u8]) -> Option<Ends> {
    let (source, rest) = bytes.split_first_chunk::<4>()?;
    let (destination, rest) = rest.split_first_chunk::<4>()?;
    let (source, destination) = (Ipv4Addr::from(*source), Ipv4Addr::from(*destination));
    let [source_port, destination_port] = ports(rest)?;
    Some(Ends {
        source: (source, source_port).into(),
        destination: (destination, destination_port).into(),
    })
}

fn ends6(bytes: &[u8]) -> Option<Ends> {
    let (source, rest) = bytes.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    let (source, destination) = (Ipv6Addr::from(*source), Ipv6Addr::from(*destination));
    let [source_port, destination_port] = ports(rest)?;
    Some(Ends {
        source: (source, source_port).into(),
        destination: (destination, destination_port).into(),
    })
}

fn ports(bytes: &[u8]) -> Option<[u16; 2]> {
    let [a, b, c, d] = *bytes.first_chunk::<4>()?;
    Some([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])])
}

/// Tells whether the two are alike as far as both go.
fn begins_like(bytes: &[u8], whole: &[u8]) -> bool {
    bytes.iter().zip(whole).all(|(byte, known)| byte == known)
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version1 => out.write_str(
                "it is of version 1 of the PROXY protocol: let the proxy send version 2",
            ),
            Self::Version(version) => write!(out, "there is no version {version} of it"),
            Self::Command(command) => write!(out, "there is no command {command} in it"),
            Self::Family(family) => {
                write!(out, "its addresses are of the kind 0x{family:02x}, not of TCP")
            }
            Self::TooLong(bytes) => {
                write!(out, "it has {bytes} bytes, more than {PREAMBLE_BYTES_MAX}")
            }
            Self::Cut => out.write_str("it ends before its addresses do"),
        }
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    fn preamble(version_command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[version_command, family], &length, rest].concat()
    }

    /// 203.0.113.9:50000 called 192.0.2.1:443.
    const TCP4: &[u8] = &[203, 0, 113, 9, 192, 0, 2, 1, 0xc3, 0x50, 0x01, 0xbb];

    fn ends(source: &str, destination: &str) -> Option<Ends> {
        Some(Ends { source: source.parse().unwrap(), destination: destination.parse().unwrap() })
    }

    // Source: documented (HAProxy, "The PROXY protocol", 2.2); the bytes are written by hand.
    #[test]
    fn a_tcp_preamble_has_both_ends() {
        let bytes = preamble(0x21, 0x11, TCP4);
        let length = bytes.len();
        assert_eq!(length, 28);
        let expected = ends("203.0.113.9:50000", "192.0.2.1:443");
        assert_eq!(parse(&bytes), Ok(Parsed::Whole { length, ends: expected }));
        let mut tcp6 = Vec::new();
        tcp6.extend("2001:db8::9".parse::<Ipv6Addr>().unwrap().octets());
        tcp6.extend("2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
        tcp6.extend([0xc3, 0x50, 0x01, 0xbb]);
        let bytes = preamble(0x21, 0x21, &tcp6);
        let expected = ends("[2001:db8::9]:50000", "[2001:db8::1]:443");
        assert_eq!(parse(&bytes), Ok(Parsed::Whole { length: 52, ends: expected }));
    }

    #[test]
    fn what_follows_the_addresses_is_skipped_and_what_follows_the_preamble_is_left() {
        let tlv = [TCP4, &[0x04, 0x00, 0x02, 0, 0, 0xee, 0x00, 0x01, 7]].concat();
        let mut bytes = preamble(0x21, 0x11, &tlv);
        bytes.extend(b"GET / HTTP/1.1\r\n");
        let expected = ends("203.0.113.9:50000", "192.0.2.1:443");
        assert_eq!(parse(&bytes), Ok(Parsed::Whole { length: 37, ends: expected }));
    }

    #[test]
    fn the_proxys_own_connection_and_those_without_addresses_have_no_ends() {
        for bytes in [
            preamble(0x20, 0x00, &[]),
            preamble(0x20, 0x11, TCP4),
            preamble(0x20, 0xff, &[1, 2, 3]),
            preamble(0x21, 0x00, &[1, 2, 3]),
            preamble(0x21, 0x31, &[0; 216]),
        ] {
            let length = bytes.len();
            assert_eq!(parse(&bytes), Ok(Parsed::Whole { length, ends: None }));
        }
    }

    #[test]
    fn a_beginning_says_how_much_is_missing() {
        let whole = preamble(0x21, 0x11, TCP4);
        for end in 0..whole.len() {
            let needed = match end {
                0 => 6,
                1..16 => 16,
                _ => 28,
            };
            assert_eq!(parse(&whole[..end]), Ok(Parsed::Incomplete(needed)), "{end}");
        }
        assert_eq!(parse(b"PROX"), Ok(Parsed::Incomplete(6)));
    }

    #[test]
    fn what_begins_otherwise_is_none() {
        for bytes in
            [&b"GET / HTTP/1.1"[..], b"PRI * HTTP/2.0", b"PUT /", b"\x16\x03\x01", b"\r\nGET"]
        {
            assert_eq!(parse(bytes), Ok(Parsed::Absent));
        }
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_reason() {
        let reason = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
        assert_eq!(
            reason(b"PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\n"),
            "it is of version 1 of the PROXY protocol: let the proxy send version 2"
        );
        assert_eq!(reason(&preamble(0x11, 0x11, TCP4)), "there is no version 1 of it");
        assert_eq!(reason(&preamble(0x22, 0x11, TCP4)), "there is no command 2 in it");
        for family in [0x12, 0x22, 0x32, 0x01, 0x10, 0x41, 0xff] {
            assert_eq!(
                reason(&preamble(0x21, family, TCP4)),
                format!("its addresses are of the kind 0x{family:02x}, not of TCP")
            );
        }
        assert_eq!(reason(&preamble(0x21, 0x11, &TCP4[..11])), "it ends before its addresses do");
        assert_eq!(reason(&preamble(0x21, 0x21, TCP4)), "it ends before its addresses do");
    }

    #[test]
    fn a_long_one_is_refused_by_what_it_says_of_itself() {
        let most = PREAMBLE_BYTES_MAX - HEAD_BYTES;
        let bytes = preamble(0x21, 0x11, &[TCP4, &vec![0; most - TCP4.len()]].concat());
        let expected = ends("203.0.113.9:50000", "192.0.2.1:443");
        let length = PREAMBLE_BYTES_MAX;
        assert_eq!(parse(&bytes), Ok(Parsed::Whole { length, ends: expected }));
        let more = u16::try_from(most + 1).unwrap().to_be_bytes();
        let head = [&SIGNATURE[..], &[0x21, 0x11], &more].concat();
        assert_eq!(parse(&head).unwrap_err().to_string(), "it has 4097 bytes, more than 4096");
    }
}
