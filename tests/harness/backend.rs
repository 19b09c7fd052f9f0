//! A server for the program to call: it keeps the exact bytes of every request, and does for each what it was told.
//!
//! Definitions find it as `${stageVariables.backend}`, which is its host and port.

use super::Outcome;
use super::client::DEADLINE;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// A backend that answers on a port of its own until the test forgets it.
pub(crate) struct Backend {
    address: SocketAddr,
    script: Arc<Mutex<VecDeque<Does>>>,
    requests: Receiver<Vec<u8>>,
    connections: Arc<AtomicUsize>,
}

/// What it does once it has a whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Sends bytes and waits for the next request on the same connection. No bytes: it never answers.
    Sends(Vec<u8>),
    /// Sends bytes and closes the connection.
    SendsLast(Vec<u8>),
    /// Sends bytes, then others again and again until the program has enough.
    SendsForever(Vec<u8>, Vec<u8>),
}

impl Backend {
    /// Begins to listen.
    pub(crate) fn listen() -> Outcome<Backend> {
        Backend::listen_with(|stream| Some(Box::new(stream)))
    }

    /// The same with something around each connection, such as TLS; `None` when it does not come about.
    pub(crate) fn listen_with(
        around: impl Fn(TcpStream) -> Option<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Outcome<Backend> {
        let failed = |error: std::io::Error| format!("the backend cannot listen: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let script = Arc::new(Mutex::new(VecDeque::new()));
        let (sender, requests) = channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let (shared, around) = (Arc::clone(&script), Arc::new(around));
        // The thread ends with the process: nobody is left to connect.
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (script, sender) = (Arc::clone(&shared), sender.clone());
                let around = Arc::clone(&around);
                counted.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    if let Some(mut stream) = around(stream) {
                        serve(&mut *stream, &script, &sender);
                    }
                });
            }
        });
        Ok(Backend { address, script, requests, connections })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// `--stage-variable` for the program.
    pub(crate) fn variable(&self) -> String {
        format!("backend={}", self.address)
    }

    /// Says what to do for the next request that nothing was said for.
    pub(crate) fn does(&self, does: Does) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).push_back(does);
    }

    /// The next request: its head line by line and, unless there is none, a blank line and the body. Bytes that are not UTF-8 are shown as `\xNN`.
    pub(crate) fn request(&self) -> Outcome<String> {
        match self.requests.recv_timeout(DEADLINE) {
            Ok(request) => Ok(shown(&request)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Err(format!("no request reached the backend within {} s", DEADLINE.as_secs()))
            }
        }
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A request that is here already.
    pub(crate) fn further(&self) -> Option<String> {
        self.requests.try_recv().ok().map(|request| shown(&request))
    }
}

/// A connection, or what is around one.
pub(crate) trait Stream: Read + Write {
    /// Says that nothing more will be sent.
    fn close(&mut self);
}

impl Stream for TcpStream {
    fn close(&mut self) {
        // It is closed already where the program went first.
        let _ = self.shutdown(Shutdown::Both);
    }
}

fn serve(stream: &mut dyn Stream, script: &Mutex<VecDeque<Does>>, sender: &Sender<Vec<u8>>) {
    while let Some(request) = whole_request(stream) {
        let does = script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        // A request that nothing was said for is seen by whoever looks for further ones.
        let unscripted = b"HTTP/1.1 500 Unscripted\r\ncontent-length: 0\r\n\r\n".to_vec();
        let does = does.unwrap_or(Does::Sends(unscripted));
        if sender.send(request).is_err() {
            return;
        }
        match does {
            Does::Sends(bytes) => {
                if stream.write_all(&bytes).and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
            Does::SendsLast(bytes) => {
                let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
                stream.close();
                return;
            }
            Does::SendsForever(bytes, again) => {
                let mut sent = stream.write_all(&bytes);
                while sent.is_ok() {
                    sent = stream.write_all(&again);
                }
                return;
            }
        }
    }
}

/// A head and as much of a body as it says; `None` at the end of the connection.
fn whole_request(stream: &mut dyn Stream) -> Option<Vec<u8>> {
    let mut received = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(at) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(received.get(..at)?).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(Some(0), |length| length.trim().parse().ok())?;
            if received.len() >= at + 4 + length {
                return Some(received);
            }
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            read => received.extend(buffer.iter().take(read)),
        }
    }
}

fn shown(request: &[u8]) -> String {
    let chunks = request.utf8_chunks().map(|chunk| {
        let broken = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        format!("{}{}", chunk.valid(), broken.collect::<String>())
    });
    let text: String = chunks.collect();
    match text.split_once("\r\n\r\n") {
        Some((head, "")) => head.replace("\r\n", "\n"),
        Some((head, body)) => format!("{}\n\n{body}", head.replace("\r\n", "\n")),
        None => text,
    }
}
