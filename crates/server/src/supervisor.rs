//! What a supervisor that asks for it is told: systemd's `Type=notify`, by a datagram to the socket that `NOTIFY_SOCKET` names
//! (sd_notify(3)). So `systemctl start` and `restart` end when the program is ready, and fail when it does not become so.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::config::Environment;

/// The variable that names the socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Tells the supervisor, where the environment has one, that the program is ready. One that does not listen is only logged.
pub(crate) fn ready(environment: &Environment) {
    let Some(name) = environment.value(SOCKET) else { return };
    if let Err(error) = send(name, b"READY=1") {
        tracing::warn!(socket = ?name, "the supervisor cannot be told that this is ready: {error}");
    }
}

fn send(name: &OsStr, message: &[u8]) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    // Whoever does not read holds up no start.
    socket.set_nonblocking(true)?;
    socket.send_to_addr(message, &address(name)?)?;
    Ok(())
}

fn address(name: &OsStr) -> io::Result<SocketAddr> {
    match name.as_bytes() {
        [b'@', rest @ ..] => of_no_file(rest),
        [b'/', ..] => SocketAddr::from_pathname(name),
        _ => Err(io::Error::other("neither the path of a socket nor a name after `@`")),
    }
}

#[cfg(target_os = "linux")]
fn of_no_file(name: &[u8]) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn of_no_file(_: &[u8]) -> io::Result<SocketAddr> {
    Err(io::Error::other("this system has no sockets without a file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(socket: &UnixDatagram) -> Vec<u8> {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        bytes[..length].to_vec()
    }

    /// Source: documented (sd_notify(3)).
    #[test]
    fn a_socket_with_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        ready(&Environment::from_iter([(SOCKET.into(), path.into())]));
        assert_eq!(received(&socket), b"READY=1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_socket_without_a_file_is_told() {
        let name = format!("vestibule-test-{}", std::process::id());
        let socket = UnixDatagram::bind_addr(&of_no_file(name.as_bytes()).unwrap()).unwrap();
        send(OsStr::new(&format!("@{name}")), b"READY=1").unwrap();
        assert_eq!(received(&socket), b"READY=1");
    }

    #[test]
    fn what_is_no_socket_is_an_error() {
        for name in ["notify", "vsock:2:1", "/there/is/none"] {
            send(OsStr::new(name), b"READY=1").unwrap_err();
        }
    }
}
