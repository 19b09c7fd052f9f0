//! TLS handshakes: their time, and how silent ones make room for others.

use super::*;
use crate::listen::entrance::Tls;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::TlsConnector;

/// An entrance with TLS, and what a client needs to know of it.
fn over_tls() -> (Entrance, TlsConnector) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = || -> Arc<CryptoProvider> { Arc::new(aws_lc_rs::default_provider()) };
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = Tls { config: Arc::new(server), truststores: Arc::default() };
    let entrance = Entrance { tls: Some(tls), proxies: TrustedProxies::default() };
    (entrance, TlsConnector::from(Arc::new(client)))
}

async fn asks_for_its_peer(connector: &TlsConnector, client: Client<DuplexStream>) {
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = Client(connector.connect(name, client.0).await.unwrap());
    client.get("/peer").await;
    let expected = "10.0.0.1:40000 192.0.2.1:8080 true";
    assert_eq!(client.answer(expected.len()).await, ok(expected));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_has_ten_seconds() {
    let (entrance, _) = over_tls();
    let (mut client, ended) = piped(entrance, limits());
    let begin = Instant::now();
    // One byte in a while says nothing of a handshake.
    client.0.write_all(b"\x16").await.unwrap();
    assert_eq!(client.rest().await, "");
    ended.await.unwrap();
    assert_eq!(begin.elapsed(), 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn silent_handshakes_make_room_for_others() {
    let (entrance, connector) = over_tls();
    let connect = pipes(entrance, Limits { handshakes_max: 2, ..limits() });
    let (first, second, third) = (connect(), connect(), connect());
    let begin = Instant::now();
    asks_for_its_peer(&connector, third.0).await;
    assert!(begin.elapsed() <= 2 * SECOND, "{:?}", begin.elapsed());
    for (mut silent, ended) in [first, second] {
        assert_eq!(silent.rest().await, "");
        ended.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_handshake_keeps_its_time_while_there_is_room() {
    let (entrance, connector) = over_tls();
    let connect = pipes(entrance, Limits { handshakes_max: 2, ..limits() });
    let (mut silent, _) = connect();
    let begin = Instant::now();
    asks_for_its_peer(&connector, connect().0).await;
    assert_eq!(silent.rest().await, "");
    assert_eq!(begin.elapsed(), 10 * SECOND);
}
