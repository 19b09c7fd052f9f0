//! Where an HTTP/1.1 answer ends and what its status is; and one request on a connection of its own.
//! Answers have a `Content-Length`: chunked ones are refused, as none of the programs sends them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use crate::limits::{ANSWER_BYTES, ANSWER_WAIT, HEADERS};
use socket2::{Domain, Socket, Type};
use vestibule_bench_report::Outcome;

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Bytes of the head.
    pub(crate) head_bytes: usize,
    /// Bytes of the body, as declared.
    pub(crate) body_bytes: usize,
}

impl Head {
    /// Reads a head; `None` when it is not whole yet.
    pub(crate) fn read(bytes: &[u8]) -> Outcome<Option<Head>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        let parsed = answer.parse(bytes).map_err(|error| format!("no HTTP answer: {error}"))?;
        let httparse::Status::Complete(head_bytes) = parsed else { return Ok(None) };
        let length = answer
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("content-length"))
            .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
        let body_bytes = length.ok_or("the answer has no Content-Length")?;
        Ok(Some(Head { status: answer.code.unwrap_or_default(), head_bytes, body_bytes }))
    }

    /// Bytes of the whole answer.
    pub(crate) fn bytes(&self) -> usize {
        self.head_bytes.saturating_add(self.body_bytes)
    }
}

/// The bytes of a GET as a command line client sends it.
#[must_use]
pub fn get(address: SocketAddr, target: &str) -> Vec<u8> {
    head(address, "GET", target, "").into_bytes()
}

/// The bytes of a request with a body, as a command line client sends it, with the headers `further`.
#[must_use]
pub fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    further: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let further: String =
        further.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let further = format!("{further}Content-Length: {}\r\n", body.len());
    (head(address, method, target, &further) + body).into_bytes()
}

/// `further` is whole lines.
fn head(address: SocketAddr, method: &str, target: &str, further: &str) -> String {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: bench\r\nAccept: */*\r\n{further}\r\n"
    )
}

/// Asks once and returns status and body.
///
/// # Errors
/// The answer does not come whole, or is none.
pub fn fetch(address: SocketAddr, target: &str) -> Outcome<(u16, Vec<u8>)> {
    fetch_on(&mut connect(address)?, target)
}

/// Sends the bytes of one request and returns status and body.
///
/// # Errors
/// The answer does not come whole, or is none.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Outcome<(u16, Vec<u8>)> {
    exchange_on(&mut connect(address)?, bytes)
}

fn connect(address: SocketAddr) -> Outcome<TcpStream> {
    let failed = |error: std::io::Error| format!("cannot connect to {address}: {error}");
    let stream = TcpStream::connect(address).map_err(failed)?;
    prepared(stream).map_err(failed)
}

/// Connects from an address of this machine, for [`fetch_on`]: a server may bound the connections of each client.
///
/// # Errors
/// Nobody listens at the address, or the other one is not of this machine.
pub fn connect_from(source: Ipv4Addr, address: SocketAddr) -> Outcome<TcpStream> {
    let connected = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((source, 0)).into())?;
        socket.connect(&address.into())?;
        prepared(socket.into())
    };
    connected().map_err(|error: std::io::Error| {
        format!("cannot connect from {source} to {address}: {error}")
    })
}

fn prepared(stream: TcpStream) -> std::io::Result<TcpStream> {
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Asks once on a connection, which stays open, and returns status and body.
///
/// # Errors
/// The answer does not come whole, or is none.
pub fn fetch_on(stream: &mut TcpStream, target: &str) -> Outcome<(u16, Vec<u8>)> {
    let address = stream.peer_addr();
    let address = address.map_err(|error| format!("no answer to {target}: {error}"))?;
    exchange_on(stream, &get(address, target))
}

fn exchange_on(stream: &mut TcpStream, request: &[u8]) -> Outcome<(u16, Vec<u8>)> {
    let asked = || {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    };
    let failed = |error: std::io::Error| format!("no answer to `{}`: {error}", asked());
    stream.write_all(request).map_err(failed)?;
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        if let Some(head) = Head::read(&bytes)?
            && let Some(body) = bytes.get(head.head_bytes..head.bytes())
        {
            return Ok((head.status, body.to_vec()));
        }
        let read = stream.read(&mut part).map_err(failed)?;
        if read == 0 || bytes.len() > ANSWER_BYTES {
            return Err(format!("no whole answer to `{}` in {ANSWER_BYTES} bytes", asked()));
        }
        bytes.extend_from_slice(part.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: RFC 9112, section 3.2 and 6.2.
    #[test]
    fn a_request_says_how_long_its_body_is() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let put = send(address, "PUT", "/a", &[("Content-Type", "application/json")], "{}");
        let expected = "PUT /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\nUser-Agent: bench\r\nAccept: */*\r\n\
            Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(String::from_utf8(put).unwrap(), expected);
    }

    // Source: RFC 9112, sections 2 to 6.
    #[test]
    fn a_head_says_where_its_answer_ends() {
        let answer = b"HTTP/1.1 404 Not Found\r\ndate: x\r\nContent-Length: 2\r\n\r\n{}";
        let head = Head { status: 404, head_bytes: 54, body_bytes: 2 };
        assert_eq!(Head::read(answer), Ok(Some(head)));
        assert_eq!(head.bytes(), answer.len());
        assert_eq!(Head::read(&answer[..53]), Ok(None));
    }

    // Source: inferred (what cannot be counted must not be guessed).
    #[test]
    fn an_answer_without_length_is_refused() {
        let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(Head::read(chunked), Err("the answer has no Content-Length".to_owned()));
        let other = Head::read(b"SSH-2.0-x\r\n\r\n");
        assert_eq!(other, Err("no HTTP answer: invalid HTTP version".to_owned()));
    }
}
