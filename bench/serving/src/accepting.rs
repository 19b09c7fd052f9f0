//! What every bare server does: it takes connections until it is told to end.

use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};

/// Listens at `address` and hands each connection to `serve`, until SIGTERM comes.
///
/// # Errors
/// The address is not free, or the system refuses a connection.
pub async fn accept(address: &str, mut serve: impl FnMut(TcpStream)) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let mut end = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            _ = end.recv() => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                stream.set_nodelay(true)?;
                serve(stream);
            }
        }
    }
}
