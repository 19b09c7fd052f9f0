//! Where things are in the repository, and the addresses of a run.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use vestibule_bench_report::Outcome;

/// The workspace of the benches.
pub(crate) fn bench() -> PathBuf {
    above(Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// The workspace of the program.
#[must_use]
pub fn root() -> PathBuf {
    above(&bench())
}

/// The file with the 400 bytes of JSON that bare servers answer.
#[must_use]
pub fn answer() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("answer.json")
}

/// An address on loopback that nobody listens at.
///
/// # Errors
/// The system has none.
pub fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no port is free: {error}"))
}

fn above(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).to_owned()
}
