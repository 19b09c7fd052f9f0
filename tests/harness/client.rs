//! A client that sends bytes as they are given and sees the answer's bytes as they came.
//!
//! Every wait has a deadline, so that a program that hangs fails its test.

use super::Outcome;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// How long any one read or write may wait.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A connection to the program.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Received and not yet taken.
    received: Vec<u8>,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// `HTTP/1.1 200 OK`
    pub(crate) status_line: String,
    /// Names and values in their order, names as sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> Outcome<Connection> {
        let connect = || -> std::io::Result<TcpStream> {
            let stream = TcpStream::connect_timeout(&address, DEADLINE)?;
            stream.set_read_timeout(Some(DEADLINE))?;
            stream.set_write_timeout(Some(DEADLINE))?;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let stream = connect().map_err(|error| format!("cannot connect to {address}: {error}"))?;
        Ok(Connection { stream, received: Vec::new() })
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Outcome {
        self.stream.write_all(bytes).map_err(|error| format!("cannot send: {error}"))
    }

    /// Sends bytes to a program that may refuse to read them all; returns whether it took them.
    pub(crate) fn offer(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn close_sending(&mut self) -> Outcome {
        match self.stream.shutdown(Shutdown::Write) {
            Err(error) if error.kind() != ErrorKind::NotConnected => {
                Err(format!("cannot close the sending half: {error}"))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Reads one answer. One to a `HEAD` request has no body, whatever its headers say.
    pub(crate) fn response(&mut self, is_to_head: bool) -> Outcome<Response> {
        let end = loop {
            if let Some(at) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if self.receive()? == 0 {
                let so_far = String::from_utf8_lossy(&self.received).into_owned();
                return Err(format!("the connection ended before an answer; received: {so_far:?}"));
            }
        };
        let rest = self.received.split_off(end + 4);
        let head = std::mem::replace(&mut self.received, rest);
        let mut response = head_of(head.strip_suffix(b"\r\n\r\n").unwrap_or(&head))?;
        let is_bodiless = is_to_head || matches!(response.status(), 100..=199 | 204 | 304);
        if !is_bodiless {
            response.body = self.body(&response)?;
        }
        Ok(response)
    }

    /// Reads whatever comes until the program closes the connection.
    pub(crate) fn rest(&mut self) -> Outcome<Vec<u8>> {
        while self.receive()? > 0 {}
        Ok(std::mem::take(&mut self.received))
    }

    fn body(&mut self, response: &Response) -> Outcome<Vec<u8>> {
        if response.header("transfer-encoding").is_some() {
            return Err(format!("an answer in chunks is not expected: {response:?}"));
        }
        let Some(length) = response.header("content-length") else {
            return self.rest();
        };
        let length: usize =
            length.parse().map_err(|_| format!("`{length}` is no content length"))?;
        while self.received.len() < length {
            if self.receive()? == 0 {
                let so_far = self.received.len();
                return Err(format!("the body ended after {so_far} of {length} bytes"));
            }
        }
        let rest = self.received.split_off(length);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// Reads what there is; 0 is the end. A reset after the program closed is an end too.
    fn receive(&mut self) -> Outcome<usize> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(read) => {
                self.received.extend(buffer.iter().take(read));
                Ok(read)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(0),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                let so_far = String::from_utf8_lossy(&self.received).into_owned();
                Err(format!("no answer within {} s; received: {so_far:?}", DEADLINE.as_secs()))
            }
            Err(error) => Err(format!("cannot read the answer: {error}")),
        }
    }
}

impl Response {
    /// The status, 0 when the line has none.
    pub(crate) fn status(&self) -> u16 {
        self.status_line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    /// The value of the header with this lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; bytes that are not UTF-8 are shown as `\xNN`.
    pub(crate) fn text(&self) -> String {
        self.body
            .utf8_chunks()
            .map(|chunk| {
                let broken = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
                format!("{}{}", chunk.valid(), broken.collect::<String>())
            })
            .collect()
    }
}

fn head_of(head: &[u8]) -> Outcome<Response> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status_line = lines.next().unwrap_or_default().to_owned();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header"))?;
        Ok((name.to_owned(), value.trim().to_owned()))
    });
    Ok(Response { status_line, headers: headers.collect::<Outcome<_>>()?, body: Vec::new() })
}
