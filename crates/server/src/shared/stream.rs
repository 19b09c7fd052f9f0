//! A connection to the shared store, over TLS where its address says so.

use std::io;
use std::sync::Arc;

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;

use super::address::Address;
use super::failure::Failure;

/// A connection that nobody makes again: when a call fails it is over.
#[derive(Debug)]
pub(super) struct Connection {
    /// Calls over it may be under way at the same time.
    pub(super) calls: MultiplexedConnection,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It would wait for answers that never come.
        self.driver.abort();
    }
}

/// Connects, and says who asks. Waits as long as the system does.
pub(super) async fn connect(
    address: &Address,
    tls: &Arc<ClientConfig>,
) -> Result<Connection, Failure> {
    let stream = TcpStream::connect((address.host.as_str(), address.port)).await;
    let stream = stream.map_err(|error| Failure::connect(&error))?;
    // A call is small and somebody waits for it.
    stream.set_nodelay(true).map_err(|error| Failure::connect(&error))?;
    if !address.is_tls {
        return speak(address, stream).await;
    }
    let name = ServerName::try_from(address.host.clone());
    let name = name.map_err(|error| Failure::tls(&io::Error::other(error)))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    speak(address, stream.map_err(|error| Failure::tls(&error))?).await
}

async fn speak<S>(address: &Address, stream: S) -> Result<Connection, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Whoever calls has a time of their own.
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    let spoken = MultiplexedConnection::new_with_config(&address.login, stream, config).await;
    let (calls, driver) = spoken.map_err(|error| Failure::from(&error))?;
    let driver = tokio::spawn(driver).abort_handle();
    Ok(Connection { calls, driver })
}
