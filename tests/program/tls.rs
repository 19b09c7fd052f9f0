//! TLS: the same answers as without it, over HTTP/1.1 and HTTP/2, and certificates that are replaced while connections go on.

use super::access_log::written;
use super::{Test, compare, equal, folder};
use crate::harness::{DEADLINE, Folder, Outcome, Program, Response, address_in};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion, version,
};
use std::os::unix::fs::symlink;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("every_way_in_has_the_same_answers", every_way_in_has_the_same_answers),
    ("tls_1_2_is_spoken", tls_1_2_is_spoken),
    ("the_access_log_tells_what_tls_agreed_on", the_access_log_tells_what_tls_agreed_on),
    ("what_is_no_tls_is_not_answered", what_is_no_tls_is_not_answered),
    ("a_new_certificate_is_shown_to_new_connections", a_new_certificate_is_shown),
    ("a_certificate_behind_links_is_replaced_as_kubernetes_does", behind_links),
    ("a_broken_pair_replaces_nothing", a_broken_pair_replaces_nothing),
    ("a_broken_pair_does_not_start", a_broken_pair_does_not_start),
    ("the_aws_endpoints_speak_tls_off_loopback", the_aws_endpoints_speak_tls),
];

const SERVED: [&str; 8] = [
    "api.yaml",
    "tables.yaml",
    "--tls-certificate",
    "tls.crt",
    "--tls-key",
    "tls.key",
    "--log",
    "info",
];

/// A certificate for `localhost` with its key.
struct Pair {
    certificate: String,
    key: String,
    der: CertificateDer<'static>,
}

fn pair() -> Outcome<Pair> {
    let made = generate_simple_self_signed(vec!["localhost".to_owned()]);
    let CertifiedKey { cert, signing_key } = made.map_err(|error| format!("no pair: {error}"))?;
    Ok(Pair { certificate: cert.pem(), key: signing_key.serialize_pem(), der: cert.der().clone() })
}

impl Pair {
    fn write(&self, folder: &Folder, prefix: &str) -> Outcome {
        folder.write(&format!("{prefix}tls.crt"), &self.certificate)?;
        folder.write(&format!("{prefix}tls.key"), &self.key)?;
        private(folder, &format!("{prefix}tls.key"))
    }
}

pub(super) fn private(folder: &Folder, name: &str) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.path(name), permissions)
        .map_err(|error| format!("cannot permit {name}: {error}"))
}

pub(super) fn block_on<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("cannot start: {error}"))?.block_on(async {
        timeout(DEADLINE, work).await.map_err(|_| "it took too long".to_owned())?
    })
}

pub(super) async fn connect(program: &Program) -> Outcome<TcpStream> {
    let stream = TcpStream::connect(program.address()).await;
    stream.map_err(|error| format!("cannot connect: {error}"))
}

/// Shakes hands with a program whose certificate is `pair`'s.
async fn shaken(
    program: &Program,
    pair: &Pair,
    protocols: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> Outcome<TlsStream<TcpStream>> {
    let stream = connect(program).await?;
    shaken_with(stream, pair, protocols, versions, aws_lc_rs::DEFAULT_CIPHER_SUITES).await
}

/// The same with these cipher suites alone.
async fn shaken_with(
    stream: TcpStream,
    pair: &Pair,
    protocols: &[&str],
    versions: &[&'static SupportedProtocolVersion],
    suites: &[SupportedCipherSuite],
) -> Outcome<TlsStream<TcpStream>> {
    let failed = |error: &dyn std::fmt::Display| format!("no TLS: {error}");
    let mut roots = RootCertStore::empty();
    roots.add(pair.der.clone()).map_err(|error| failed(&error))?;
    let provider = aws_lc_rs::default_provider();
    let provider = Arc::new(CryptoProvider { cipher_suites: suites.to_vec(), ..provider });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").map_err(|error| failed(&error))?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| failed(&error))
}

/// The certificate that a new connection is shown.
fn shown(program: &Program, pair: &Pair) -> Outcome {
    let stream = block_on(shaken(program, pair, &[], rustls::ALL_VERSIONS))?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    equal("certificates", chain, std::slice::from_ref(&pair.der))
}

const REQUESTS: &[(&str, &str, &str)] = &[
    ("GET", "/any", ""),
    ("HEAD", "/any", ""),
    ("POST", "/any", "{\"a\": 1}"),
    ("PATCH", "/any", "{}"),
    ("GET", "/none", ""),
    ("GET", "/same", ""),
    ("GET", "/nothing", ""),
    ("HEAD", "/nothing", ""),
    ("PUT", "/none", "{}"),
    ("GET", "/any/%zz", ""),
];

/// How a connection speaks.
pub(super) enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

pub(super) async fn sender<T>(stream: T, is_http2: bool) -> Outcome<Sender>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |error: hyper::Error| format!("no HTTP: {error}");
    let stream = TokioIo::new(stream);
    if is_http2 {
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), stream).await.map_err(failed)?;
        tokio::spawn(connection);
        return Ok(Sender::Http2(sender));
    }
    let (sender, connection) = http1::handshake(stream).await.map_err(failed)?;
    tokio::spawn(connection);
    Ok(Sender::Http1(sender))
}

impl Sender {
    /// Status, headers that are not made for each request, body.
    async fn ask(&mut self, verb: &str, path: &str, body: &str) -> Outcome<String> {
        let answer = self.send(verb, path, body).await?;
        let mut text = format!("{}\n", answer.status());
        for (name, value) in &answer.headers {
            if !["date", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"]
                .contains(&name.as_str())
            {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        Ok(format!("{text}\n{}", answer.text()))
    }

    async fn send(&mut self, verb: &str, path: &str, body: &str) -> Outcome<Response> {
        let failed = |error: &dyn std::fmt::Display| format!("{verb} {path}: {error}");
        let request = hyper::Request::builder().method(verb).header("user-agent", "a");
        let request = match self {
            Sender::Http1(_) => request.uri(path).header("host", "api.test"),
            Sender::Http2(_) => request.uri(format!("https://api.test{path}")),
        };
        let request = request.body(Full::from(body.to_owned())).map_err(|error| failed(&error))?;
        let answer = match self {
            Sender::Http1(sender) => sender.send_request(request).await,
            Sender::Http2(sender) => sender.send_request(request).await,
        };
        let (head, body) = answer.map_err(|error| failed(&error))?.into_parts();
        let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
        let text = |value: &hyper::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        Ok(Response {
            status_line: format!("HTTP/1.1 {}", head.status),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: body.to_vec(),
        })
    }
}

async fn answers(mut sender: Sender) -> Outcome<Vec<String>> {
    let mut answers = Vec::new();
    for (verb, path, body) in REQUESTS {
        answers.push(sender.ask(verb, path, body).await?);
    }
    Ok(answers)
}

fn every_way_in_has_the_same_answers() -> Outcome {
    let (folder, pair) = (folder()?, pair()?);
    folder.write("api.yaml", super::http2::API)?;
    pair.write(&folder, "")?;
    let secure = Program::serve(&folder, &SERVED)?;
    let plain = Program::serve(&folder, &["api.yaml", "tables.yaml"])?;
    block_on(async {
        let expected = answers(sender(connect(&plain).await?, false).await?).await?;
        equal(
            "first answer",
            expected.first().map(String::as_str),
            Some("200\ncontent-type: application/json\ncontent-length: 3\n\nGET"),
        )?;
        equal(
            "answer to HEAD",
            expected.get(1).map(String::as_str),
            Some("200\ncontent-type: application/json\ncontent-length: 4\n\n"),
        )?;
        let prior = answers(sender(connect(&plain).await?, true).await?).await?;
        equal("HTTP/2 with prior knowledge", &prior, &expected)?;
        for (protocol, is_http2) in [("http/1.1", false), ("h2", true)] {
            let both = [protocol, if is_http2 { "http/1.1" } else { "x" }];
            let stream = shaken(&secure, &pair, &both, rustls::ALL_VERSIONS).await?;
            let chosen = stream.get_ref().1.alpn_protocol();
            equal("protocol", chosen, Some(protocol.as_bytes()))?;
            let got = answers(sender(stream, is_http2).await?).await?;
            equal(protocol, &got, &expected)?;
        }
        // A client that does not say is spoken to in whatever it begins with.
        let stream = shaken(&secure, &pair, &[], rustls::ALL_VERSIONS).await?;
        equal("without a choice", &answers(sender(stream, false).await?).await?, &expected)
    })
}

fn tls_1_2_is_spoken() -> Outcome {
    let (folder, pair) = (folder()?, pair()?);
    pair.write(&folder, "")?;
    let program = Program::serve(&folder, &SERVED)?;
    block_on(async {
        let stream = shaken(&program, &pair, &["h2"], &[&version::TLS12]).await?;
        let spoken = stream.get_ref().1.protocol_version();
        equal("version", spoken, Some(rustls::ProtocolVersion::TLSv1_2))?;
        let answer = sender(stream, true).await?.send("GET", "/mock", "").await?;
        compare(&answer, "HTTP/1.1 200 OK\n\nfine\n")
    })
}

fn the_access_log_tells_what_tls_agreed_on() -> Outcome {
    use aws_lc_rs::cipher_suite::{
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS13_AES_128_GCM_SHA256,
    };
    let (folder, pair) = (folder()?, pair()?);
    pair.write(&folder, "")?;
    let format = "$context.tlsVersion $context.cipherSuite";
    let log = ["--access-log", "access.log", "--access-log-format", format];
    let program = Program::serve(&folder, &[&SERVED[..], &log].concat())?;
    let suites = [TLS13_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256];
    let of_version = [(&version::TLS13, false), (&version::TLS12, true)];
    for (version, is_http2) in of_version {
        block_on(async {
            let protocol = if is_http2 { "h2" } else { "http/1.1" };
            let stream = connect(&program).await?;
            let stream = shaken_with(stream, &pair, &[protocol], &[version], &suites).await?;
            let answer = sender(stream, is_http2).await?.send("GET", "/mock", "").await?;
            equal("status", answer.status(), 200)
        })?;
    }
    written(
        &folder.path("access.log"),
        "TLSv1.3 TLS_AES_128_GCM_SHA256\nTLSv1.2 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\n",
    )
}

fn what_is_no_tls_is_not_answered() -> Outcome {
    let (folder, pair) = (folder()?, pair()?);
    pair.write(&folder, "")?;
    let program = Program::serve(&folder, &SERVED)?;
    let mut client = program.connect()?;
    client.send(super::request("GET", "/mock").as_bytes())?;
    let rest = client.rest()?;
    equal("an answer of HTTP", rest.starts_with(b"HTTP"), false)?;
    shown(&program, &pair)
}

/// Waits until the program has read its certificate again.
fn renewed(program: &mut Program) -> Outcome {
    program.wait_for_log("was read again").map(|_| ())
}

fn a_new_certificate_is_shown() -> Outcome {
    let (folder, old, new) = (folder()?, pair()?, pair()?);
    old.write(&folder, "")?;
    let mut program = Program::serve(&folder, &SERVED)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let mut kept = runtime.block_on(async {
        sender(shaken(&program, &old, &["h2"], rustls::ALL_VERSIONS).await?, true).await
    })?;
    shown(&program, &old)?;
    new.write(&folder, "")?;
    renewed(&mut program)?;
    shown(&program, &new)?;
    let answer = runtime.block_on(kept.send("GET", "/mock", ""))?;
    compare(&answer, "HTTP/1.1 200 OK\n\nfine\n")?;
    program.signal("HUP")?;
    renewed(&mut program)?;
    shown(&program, &new)
}

/// Kubernetes links each file through a folder `..data`, which is itself a link that is replaced.
fn behind_links() -> Outcome {
    let (folder, old, new) = (folder()?, pair()?, pair()?);
    let failed = |error: std::io::Error| format!("cannot link: {error}");
    for (name, pair) in [("..2026_1", &old), ("..2026_2", &new)] {
        std::fs::create_dir(folder.path(name)).map_err(failed)?;
        pair.write(&folder, &format!("{name}/"))?;
    }
    symlink("..2026_1", folder.path("..data")).map_err(failed)?;
    for name in ["tls.crt", "tls.key"] {
        symlink(format!("..data/{name}"), folder.path(name)).map_err(failed)?;
    }
    let mut program = Program::serve(&folder, &SERVED)?;
    shown(&program, &old)?;
    symlink("..2026_2", folder.path("..data_tmp")).map_err(failed)?;
    std::fs::rename(folder.path("..data_tmp"), folder.path("..data")).map_err(failed)?;
    std::fs::remove_dir_all(folder.path("..2026_1")).map_err(failed)?;
    renewed(&mut program)?;
    shown(&program, &new)?;
    // And once more, through folders that were not there at the start.
    std::fs::create_dir(folder.path("..2026_3")).map_err(failed)?;
    old.write(&folder, "..2026_3/")?;
    symlink("..2026_3", folder.path("..data_tmp")).map_err(failed)?;
    std::fs::rename(folder.path("..data_tmp"), folder.path("..data")).map_err(failed)?;
    renewed(&mut program)?;
    shown(&program, &old)
}

fn a_broken_pair_replaces_nothing() -> Outcome {
    let (folder, old, new) = (folder()?, pair()?, pair()?);
    old.write(&folder, "")?;
    let mut program = Program::serve(&folder, &SERVED)?;
    folder.write("tls.crt", &new.certificate)?;
    let line = program.wait_for_log("the old certificate goes on")?;
    let told = line.split_once("ERROR ").map(|(_, told)| told.trim_end());
    equal(
        "what is said",
        told,
        Some(
            "the old certificate goes on: `tls.key`: the private key does not belong to the certificate in `tls.crt` \
             (help: name the key that the certificate was made for)",
        ),
    )?;
    shown(&program, &old)?;
    folder.write("tls.key", &new.key)?;
    renewed(&mut program)?;
    shown(&program, &new)
}

fn a_broken_pair_does_not_start() -> Outcome {
    let (folder, pair) = (folder()?, pair()?);
    pair.write(&folder, "")?;
    folder.write("tls.key", &pair.certificate)?;
    let ended = Program::run(&folder, &SERVED)?;
    equal("exit", ended.code, Some(2))?;
    equal(
        "standard error",
        ended.stderr.as_str(),
        "error: `tls.key`: no private key, but `CERTIFICATE` (help: a key begins with \
         `-----BEGIN PRIVATE KEY-----`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`)\n",
    )
}

// Source: recorded on AWS (the answer to a GET); that they have the API's certificate is the program's own rule.
fn the_aws_endpoints_speak_tls() -> Outcome {
    let (folder, pair) = (folder()?, pair()?);
    folder.write("api.yaml", super::http2::API)?;
    pair.write(&folder, "")?;
    let further = ["--aws", "0.0.0.0:0", "--aws-host", "api.test"];
    let mut program = Program::serve(&folder, &[&SERVED[..], &further].concat())?;
    let line = program.printed("AWS endpoints on ")?;
    equal("scheme", line.starts_with("https://"), true)?;
    let port = address_in(&line).ok_or_else(|| format!("`{line}` has no address"))?.port();
    for (protocol, is_http2) in [("http/1.1", false), ("h2", true)] {
        let answer = block_on(async {
            let stream = TcpStream::connect(("127.0.0.1", port)).await;
            let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
            let (versions, suites) = (rustls::ALL_VERSIONS, aws_lc_rs::DEFAULT_CIPHER_SUITES);
            let stream = shaken_with(stream, &pair, &[protocol], versions, suites).await?;
            sender(stream, is_http2).await?.send("GET", "/", "").await
        })?;
        let expected = "healthy: dynamodb.us-east-1.amazonaws.com ";
        equal(protocol, (answer.status(), answer.text().as_str()), (200, expected))?;
    }
    Ok(())
}
