//! What happens on a connection before HTTP: the preamble of a trusted proxy, then TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use vestibule_gateway::ClientCertificate;

use super::activity::Activity;
use super::connection::Peer;
use super::limits::Limits;
use super::transport::{Sniffed, Transport};
use crate::proxies::TrustedProxies;
use crate::proxies::preamble::{self, Ends, Parsed};
use crate::tls::{self, OfDomain, Truststores};

/// How a listener takes connections: plain and from everybody alike, unless it is told otherwise.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// How TLS is spoken; without it connections are plain.
    pub tls: Option<Tls>,
    /// Whose preambles are read.
    pub proxies: TrustedProxies,
}

/// How a listener speaks TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    /// With clients of all hosts but those of `truststores`.
    pub config: Arc<ServerConfig>,
    /// With clients of the domains that demand certificates.
    pub truststores: Arc<Truststores>,
}

/// A connection on which HTTP begins.
pub(super) struct Opened<T> {
    pub(super) stream: Transport<T>,
    pub(super) peer: Peer,
    /// The domain that it was made for, where that demands certificates.
    pub(super) domain: Option<OfDomain>,
}

impl Entrance {
    /// Returns when a client of a domain would have to be verified anew; for one that was not verified never.
    pub(super) async fn outdated(&self, domain: Option<&OfDomain>) {
        match (&self.tls, domain) {
            (Some(tls), Some(domain)) => tls.truststores.outdated(domain).await,
            (Some(_) | None, _) => std::future::pending().await,
        }
    }
}

/// Takes a connection up to where HTTP begins. Nothing when it ends before, which is logged.
pub(super) async fn open<T>(
    entrance: &Entrance,
    limits: &Limits,
    handshakes: &Semaphore,
    activity: &Activity,
    stream: T,
    mut peer: Peer,
) -> Option<Opened<T>>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let proxy = peer.remote;
    let mut stream = Sniffed::new(stream);
    if entrance.proxies.has(proxy.ip()) {
        match sniffed(&mut stream, limits).await {
            Ok(None) => {}
            Ok(Some(Ends { source, destination })) => {
                peer = Peer { remote: source, local: destination, ..peer };
            }
            // Whoever looks whether something listens here says nothing, and may hang up as he likes.
            Err(Unread::Gone(why)) => {
                tracing::debug!(%proxy, "a connection ended before a request: {why}");
                return None;
            }
            Err(Unread::Broken(why)) => {
                tracing::warn!(%proxy, "closing a connection with a broken PROXY preamble: {why}");
                return None;
            }
        }
    }
    let Some(tls) = &entrance.tls else {
        return Some(Opened { stream: Transport::Plain(stream), peer, domain: None });
    };
    let shaken = timeout(limits.handshake_timeout, async {
        let _slot = handshakes.acquire().await;
        tokio::select! {
            shaken = shaken(tls, stream, &peer) => shaken,
            () = makes_room(handshakes, activity, limits.handshake_silence) => {
                unshaken(&peer, &io::Error::other("it was silent, and others waited"));
                None
            }
        }
    });
    match shaken.await {
        Ok(Some((stream, verified))) => {
            let agreed = Some(tls::session(stream.get_ref().1));
            let stream = Transport::Tls(Box::new(stream));
            let (certificate, domain) = verified.unzip();
            Some(Opened { stream, peer: Peer { tls: agreed, certificate, ..peer }, domain })
        }
        Ok(None) => None,
        Err(_) => {
            tracing::debug!(remote = %peer.remote, "a TLS handshake took too long");
            None
        }
    }
}

/// Shakes hands as the host that the client names asks for it.
async fn shaken<T>(
    tls: &Tls,
    stream: Sniffed<T>,
    peer: &Peer,
) -> Option<(TlsStream<Sniffed<T>>, Option<(Arc<ClientCertificate>, OfDomain)>)>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await;
    let begun = begun.map_err(|error| unshaken(peer, &error)).ok()?;
    let hello = begun.client_hello();
    let Some(of) = hello.server_name().and_then(|host| tls.truststores.find(host)) else {
        let stream = begun.into_stream(Arc::clone(&tls.config)).await;
        return Some((stream.map_err(|error| unshaken(peer, &error)).ok()?, None));
    };
    let domain = &of.domain;
    let stream = begun.into_stream(Arc::clone(&of.config)).await.map_err(|error| {
        tracing::info!(remote = %peer.remote, "a client of `{domain}` is not let in: {error}");
    });
    let stream = stream.ok()?;
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    match shown.and_then(|shown| tls::read_client_certificate(shown, domain)) {
        Some(certificate) => Some((stream, Some((Arc::new(certificate), of)))),
        None => {
            tracing::warn!(remote = %peer.remote, "a certificate for `{domain}` cannot be read");
            None
        }
    }
}

/// Returns when a handshake has to end for the sake of others: nothing moved for `silence`, and all slots are taken.
async fn makes_room(handshakes: &Semaphore, activity: &Activity, silence: Duration) {
    loop {
        let seen = activity.look();
        sleep(silence).await;
        if activity.is_idle_since(seen) && handshakes.available_permits() == 0 {
            return;
        }
    }
}

fn unshaken(peer: &Peer, error: &io::Error) {
    tracing::debug!(remote = %peer.remote, %error, "no TLS handshake");
}

/// Why there is nothing to go on with where a preamble may stand.
#[derive(Debug)]
enum Unread {
    /// The peer went away, or was silent for too long, before it said anything wrong.
    Gone(io::Error),
    /// It began a preamble that is none, or did not end it.
    Broken(io::Error),
}

/// Reads the preamble, if there is one. What is read and belongs to no preamble is put back.
async fn sniffed<T>(stream: &mut Sniffed<T>, limits: &Limits) -> Result<Option<Ends>, Unread>
where
    T: AsyncRead + Unpin,
{
    let mut bytes = BytesMut::with_capacity(preamble::HEAD_BYTES);
    // A proxy may pass on a client that is in no hurry; once it has begun it has all it needs.
    let mut deadline = Instant::now() + limits.idle_timeout;
    let mut has_begun = false;
    loop {
        let parsed = preamble::parse(&bytes);
        let missing = match parsed.map_err(|error| Unread::Broken(io::Error::other(error)))? {
            Parsed::Absent => {
                stream.put_back(bytes.freeze());
                return Ok(None);
            }
            Parsed::Whole { ends, .. } => return Ok(ends),
            Parsed::Incomplete(needed) => needed.saturating_sub(bytes.len()),
        };
        let missing = u64::try_from(missing).unwrap_or(u64::MAX);
        let read = timeout_at(deadline, stream.take(missing).read_buf(&mut bytes)).await;
        let late = |_| match (io::Error::other("it did not come in time"), has_begun) {
            (error, true) => Unread::Broken(error),
            (error, false) => Unread::Gone(error),
        };
        match read.map_err(late)?.map_err(Unread::Gone)? {
            // The connection's end is HTTP's to see.
            0 => {
                stream.put_back(bytes.freeze());
                return Ok(None);
            }
            _ if has_begun => {}
            _ => {
                has_begun = true;
                deadline = Instant::now() + limits.preamble_timeout;
            }
        }
    }
}
