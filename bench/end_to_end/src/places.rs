//! Where things are in the repository, and the addresses of a run.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use crate::Outcome;

/// The workspace of the benches.
pub(crate) fn bench() -> PathBuf {
    above(Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// The workspace of the program.
pub(crate) fn root() -> PathBuf {
    above(&bench())
}

/// A file of the example that is measured.
pub(crate) fn example(name: &str) -> PathBuf {
    root().join("examples/items").join(name)
}

/// A file that belongs to the measurement.
pub(crate) fn definition(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions").join(name)
}

/// An address on loopback that nobody listens at.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no port is free: {error}"))
}

fn above(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).to_owned()
}
