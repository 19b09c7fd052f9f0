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

/// Writes a file of the run into its folder and returns its path.
///
/// # Errors
/// It cannot be written.
pub fn written(folder: &Path, name: &str, text: &str) -> Outcome<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

/// Copies the files of a store that nobody has open into a folder that is not there yet.
///
/// # Errors
/// It cannot be copied.
pub fn copy_store(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("cannot copy the store: {error}");
    std::fs::create_dir(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(failed)?;
        }
    }
    Ok(())
}

fn above(folder: &Path) -> PathBuf {
    folder.parent().unwrap_or(folder).to_owned()
}
