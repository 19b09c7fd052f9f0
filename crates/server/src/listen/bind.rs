//! Taking an address, or saying in plain words why it cannot be had.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Why an address cannot be listened on.
#[derive(Debug)]
pub struct BindError {
    address: SocketAddr,
    flag: &'static str,
    source: io::Error,
}

/// Listens on `address`; `flag` is what chooses another one (`--listen`).
///
/// # Errors
/// When the system does not give the address.
pub async fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| BindError { address, flag, source })
}

impl BindError {
    /// Returns what to do about it.
    pub fn help(&self) -> String {
        let flag = self.flag;
        match self.source.kind() {
            ErrorKind::AddrInUse => {
                format!(
                    "another program listens there: stop it or choose another port with `{flag}`"
                )
            }
            ErrorKind::AddrNotAvailable => {
                format!("choose an address of this machine with `{flag}`")
            }
            ErrorKind::PermissionDenied => {
                format!("ports below 1024 need a privilege: choose another with `{flag}`")
            }
            _ => format!("choose another address with `{flag}`"),
        }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot listen on {}: ", self.address)?;
        match self.source.kind() {
            ErrorKind::AddrInUse => out.write_str("address in use"),
            ErrorKind::AddrNotAvailable => out.write_str("not an address of this machine"),
            ErrorKind::PermissionDenied => out.write_str("permission denied"),
            _ => self.source.fmt(out),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_named_with_its_remedy() {
        let first = bind("127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address, "--listen").await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot listen on {address}: address in use"));
        assert_eq!(
            error.help(),
            "another program listens there: stop it or choose another port with `--listen`"
        );
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named_with_its_remedy() {
        // TEST-NET-1, which no machine has (RFC 5737).
        let error = bind("192.0.2.1:8080".parse().unwrap(), "--admin").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot listen on 192.0.2.1:8080: not an address of this machine"
        );
        assert_eq!(error.help(), "choose an address of this machine with `--admin`");
    }
}
