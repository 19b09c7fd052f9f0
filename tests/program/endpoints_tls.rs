//! Backends that are called over TLS: whose certificate is accepted, and what is said of one that is not.

use super::{Test, exchange, request};
use crate::harness::{Backend, Does, Ended, Folder, Outcome, Program, Stream};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::net::TcpStream;
use std::sync::Arc;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_certificate_of_a_named_authority_is_accepted", a_named_authority),
    ("a_certificate_of_nobody_is_refused", an_unknown_authority),
    ("a_certificate_of_another_host_is_refused", another_host),
    ("a_certificate_that_has_expired_is_refused", an_expired_certificate),
    ("whoever_issues_may_be_unknown_where_the_definition_says_so", any_issuer),
    ("what_is_no_tls_is_no_answer", no_tls),
    ("an_authority_that_cannot_be_read_is_said_at_the_start", broken_authorities),
];

/// `/test` is passed on to the backend, `/any` too whoever issued its certificate.
const API: &str = r#"
openapi: 3.0.1
info: {title: endpoints, version: '1'}
paths:
  /test:
    get:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: https://${stageVariables.backend}/
  /any:
    get:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: https://${stageVariables.backend}/
        tlsConfig: {insecureSkipVerification: true}
"#;

/// A certificate with its key, and the authority that issued it as PEM.
struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    authority: String,
}

fn of<T, E: std::fmt::Display>(made: Result<T, E>) -> Outcome<T> {
    made.map_err(|error| error.to_string())
}

/// A certificate for a host until the end of a year, by an authority of its own.
fn issued(host: &str, year: i32) -> Outcome<Identity> {
    let mut authority = of(CertificateParams::new(Vec::new()))?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = of(KeyPair::generate())?;
    let pem = of(authority.self_signed(&authority_key))?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = of(KeyPair::generate())?;
    let mut leaf = of(CertificateParams::new(vec![host.to_owned()]))?;
    leaf.not_after = date_time_ymd(year, 12, 31);
    let certificate = of(leaf.signed_by(&key, &issuer))?;
    let key = of(PrivateKeyDer::try_from(key.serialize_der()))?;
    Ok(Identity { certificate: certificate.der().clone(), key, authority: pem })
}

/// One that issued itself, as `openssl req -x509` makes them: it may even issue others.
fn self_issued(host: &str) -> Outcome<Identity> {
    let key = of(KeyPair::generate())?;
    let mut own = of(CertificateParams::new(vec![host.to_owned()]))?;
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = of(own.self_signed(&key))?;
    let authority = certificate.pem();
    let key = of(PrivateKeyDer::try_from(key.serialize_der()))?;
    Ok(Identity { certificate: certificate.der().clone(), key, authority })
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn close(&mut self) {
        self.sock.close();
    }
}

fn backend(identity: &Identity) -> Outcome<Backend> {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = of(config.with_safe_default_protocol_versions())?.with_no_client_auth();
    let (certificate, key) = (identity.certificate.clone(), identity.key.clone_key());
    let config = Arc::new(of(config.with_single_cert(vec![certificate], key))?);
    Backend::listen_with(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(Box::new(StreamOwned::new(connection, stream)))
    })
}

/// A backend whose certificate nobody issued but itself.
pub(super) fn self_issued_backend() -> Outcome<Backend> {
    backend(&self_issued("127.0.0.1")?)
}

/// A program that knows the identity's authority or does not.
fn serve(backend: &Backend, known: Option<&Identity>) -> Outcome<Program> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    let variable = backend.variable();
    let mut arguments = vec!["api.yaml", "--stage-variable", &variable];
    if let Some(identity) = known {
        folder.write("ca.pem", &identity.authority)?;
        arguments.extend(["--backend-ca", "ca.pem"]);
    }
    Program::serve(&folder, &arguments)
}

fn passes(program: &Program, backend: &Backend, path: &str) -> Outcome {
    backend.does(Does::Sends(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec()));
    let expected = "HTTP/1.1 200 OK\nx-amzn-remapped-content-length: 2\n\n{}\n";
    exchange(program, &request("GET", path), expected)
}

/// AWS docs (re:Post, errors with SSL certificates): a configuration error.
fn is_refused(program: &mut Program, backend: &Backend, path: &str, why: &str) -> Outcome {
    let expected = "HTTP/1.1 500 Internal Server Error\nx-amzn-errortype: InternalServerErrorException\n\n\
                    {\"message\": \"Internal server error\"}\n";
    exchange(program, &request("GET", path), expected)?;
    let address = backend.address();
    let line = format!("the certificate of `GET https://{address}/` is not accepted: {why}");
    program.wait_for_log(&line).map(|_| ())
}

const UNKNOWN: &str =
    "nobody issued it who is known here; `--backend-ca` names further authorities request_id";

// Source: inferred (ours).
fn a_named_authority() -> Outcome {
    let identity = issued("127.0.0.1", 4000)?;
    let backend = backend(&identity)?;
    let program = serve(&backend, Some(&identity))?;
    passes(&program, &backend, "/test")
}

// Source: AWS docs (re:Post, errors with SSL certificates).
fn an_unknown_authority() -> Outcome {
    for identity in [issued("127.0.0.1", 4000)?, self_issued("127.0.0.1")?] {
        let backend = backend(&identity)?;
        is_refused(&mut serve(&backend, None)?, &backend, "/test", UNKNOWN)?;
    }
    Ok(())
}

// Source: AWS docs (re:Post; `TlsConfig`).
fn another_host() -> Outcome {
    let identity = issued("elsewhere.example", 4000)?;
    let backend = backend(&identity)?;
    let mut known = serve(&backend, Some(&identity))?;
    is_refused(&mut known, &backend, "/test", "it is one of another host request_id")?;
    let mut unknown = serve(&backend, None)?;
    is_refused(&mut unknown, &backend, "/any", "it is one of another host request_id")
}

// Source: AWS docs (re:Post; `TlsConfig`).
fn an_expired_certificate() -> Outcome {
    let identity = issued("127.0.0.1", 2020)?;
    let backend = backend(&identity)?;
    let mut known = serve(&backend, Some(&identity))?;
    is_refused(&mut known, &backend, "/test", "it has expired request_id")?;
    let mut unknown = serve(&backend, None)?;
    is_refused(&mut unknown, &backend, "/any", "it has expired request_id")
}

// Source: AWS docs (`TlsConfig`).
fn any_issuer() -> Outcome {
    for identity in [issued("127.0.0.1", 4000)?, self_issued("127.0.0.1")?] {
        let backend = backend(&identity)?;
        let mut program = serve(&backend, None)?;
        passes(&program, &backend, "/any")?;
        // The connection that is open is not used where the issuer counts.
        is_refused(&mut program, &backend, "/test", UNKNOWN)?;
    }
    Ok(())
}

// Source: AWS docs (supported gateway response types).
fn no_tls() -> Outcome {
    let backend = Backend::listen_with(|mut stream| {
        use std::io::Write;
        stream.write_all(b"220 mail.example ESMTP\r\n").ok()?;
        stream.shutdown(std::net::Shutdown::Write).ok()?;
        Some(Box::new(stream))
    })?;
    let mut program = serve(&backend, None)?;
    let expected = "HTTP/1.1 504 Gateway Timeout\nx-amzn-errortype: InternalServerErrorException\n\n\
                    {\"message\": \"Network error communicating with endpoint\"}\n";
    exchange(&program, &request("GET", "/test"), expected)?;
    program.wait_for_log("cannot connect: received corrupt message of type").map(|_| ())
}

// Source: inferred (ours).
fn broken_authorities() -> Outcome {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    folder.write("none.pem", "not a certificate\n")?;
    folder.write("cut.pem", "\n-----BEGIN CERTIFICATE-----\nMIIB\n")?;
    folder.write("odd.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")?;
    for (file, reason) in [
        (
            "none.pem",
            "`none.pem`: this is no PEM text (help: a PEM file has lines like `-----BEGIN CERTIFICATE-----`)",
        ),
        ("missing.pem", "`missing.pem`: No such file or directory (os error 2)"),
        (
            "cut.pem",
            "`cut.pem:2`: the block `CERTIFICATE` does not end (help: it ends with the line `-----END CERTIFICATE-----`)",
        ),
        ("odd.pem", "`odd.pem:1`: the block `CERTIFICATE` holds no certificate"),
    ] {
        let variable = "backend=127.0.0.1:1";
        let arguments = ["api.yaml", "--stage-variable", variable, "--backend-ca", file];
        let Ended { code, stdout, stderr } = Program::run(&folder, &arguments)?;
        let expected = format!("error: {reason}\n");
        super::equal("end", (code, stdout, stderr), (Some(2), String::new(), expected))?;
    }
    Ok(())
}
