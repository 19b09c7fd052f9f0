//! Mutual TLS: a domain lets in whom its truststore vouches for, over HTTP/1.1 and HTTP/2, and by no other way.

use super::tls::{Sender, block_on, connect, private, sender};
use super::{Test, equal};
use crate::harness::{Folder, Outcome, Program};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_certificate_of_the_truststore_lets_in", a_certificate_of_the_truststore_lets_in),
    (
        "a_certificate_that_is_none_for_the_domain_is_refused",
        a_certificate_that_is_none_for_the_domain_is_refused,
    ),
    ("a_domain_with_mutual_tls_has_no_other_way_in", a_domain_with_mutual_tls_has_no_other_way_in),
    ("a_new_truststore_counts_for_new_connections", a_new_truststore_counts_for_new_connections),
    ("a_connection_ends_with_the_truststore_that_let_it_in", a_connection_ends_with_its_truststore),
];

const TEMPLATE: &str = include_str!("mtls.yaml");

const SETTINGS: &str = "version = 1\n[domains.\"api.example.com\"]\ntruststore = \"clients.pem\"\n";

const SERVED: [&str; 7] =
    ["template.yaml", "--tls-certificate", "tls.crt", "--tls-key", "tls.key", "--log", "info"];

const BOTH: [(&str, bool); 2] = [("http/1.1", false), ("h2", true)];

/// Who issues certificates to clients.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
type Shown = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn failed(error: &dyn std::fmt::Display) -> String {
    format!("no certificate: {error}")
}

fn key() -> Outcome<KeyPair> {
    KeyPair::generate().map_err(|error| failed(&error))
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "US");
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&[0xa1; 16]));
    params.not_before = date_time_ymd(2020, 8, 5);
    params.not_after = date_time_ymd(4000, 1, 1);
    params
}

impl Authority {
    fn new(name: &str) -> Outcome<Authority> {
        let (mut params, key) = (params(name), key()?);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = params.self_signed(&key).map_err(|error| failed(&error))?;
        Ok(Authority { pem: made.pem(), issuer: Issuer::new(params, key) })
    }

    /// A certificate for a client; one that ended in 2021 if it is not valid.
    fn client(&self, is_valid: bool) -> Outcome<Shown> {
        let (mut params, key) = (params("My Client"), key()?);
        if !is_valid {
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let made = params.signed_by(&key, &self.issuer).map_err(|error| failed(&error))?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| failed(&error))?;
        Ok((made.der().clone(), key))
    }
}

/// A program with two custom domains, of which `api.example.com` demands certificates of `clients`.
struct Served {
    folder: Folder,
    program: Program,
    /// The program's own certificate.
    own: CertificateDer<'static>,
}

fn folder() -> Outcome<Folder> {
    let folder = Folder::new()?;
    folder.write("template.yaml", TEMPLATE)?;
    folder.write("vestibule.toml", SETTINGS)?;
    Ok(folder)
}

fn served(clients: &Authority) -> Outcome<Served> {
    let folder = folder()?;
    folder.write("clients.pem", &clients.pem)?;
    let names = ["api.example.com", "open.example.com"].map(str::to_owned);
    let own = rcgen::generate_simple_self_signed(names).map_err(|error| failed(&error))?;
    folder.write("tls.crt", &own.cert.pem())?;
    folder.write("tls.key", &own.signing_key.serialize_pem())?;
    private(&folder, "tls.key")?;
    let program = Program::serve(&folder, &SERVED)?;
    Ok(Served { folder, program, own: own.cert.der().clone() })
}

impl Served {
    /// Shakes hands as the client of a server name.
    async fn shaken(
        &self,
        name: &str,
        protocol: &str,
        shown: Option<Shown>,
    ) -> Outcome<TlsStream<TcpStream>> {
        let failed = |error: &dyn std::fmt::Display| format!("no TLS: {error}");
        let mut roots = RootCertStore::empty();
        roots.add(self.own.clone()).map_err(|error| failed(&error))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots);
        let mut config = match shown {
            Some((certificate, key)) => config
                .with_client_auth_cert(vec![certificate], key)
                .map_err(|error| failed(&error))?,
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from(name.to_owned()).map_err(|error| failed(&error))?;
        let stream = connect(&self.program).await?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        stream.map_err(|error| failed(&error))
    }

    /// What a request for a host is answered, on a connection that was made for a server name.
    async fn answer(
        &self,
        (protocol, is_http2): (&str, bool),
        name: &str,
        host: &str,
        shown: Option<Shown>,
    ) -> Outcome<String> {
        let stream = self.shaken(name, protocol, shown).await?;
        ask(&mut sender(stream, is_http2).await?, host).await
    }
}

/// Status and body.
async fn ask(sender: &mut Sender, host: &str) -> Outcome<String> {
    let failed = |error: &dyn std::fmt::Display| format!("no answer: {error}");
    let request = hyper::Request::builder();
    let request = match sender {
        Sender::Http1(_) => request.uri("/").header("host", host),
        Sender::Http2(_) => request.uri(format!("https://{host}/")),
    };
    let request = request.body(Full::<Bytes>::default()).map_err(|error| failed(&error))?;
    let answer = match sender {
        Sender::Http1(sender) => sender.send_request(request).await,
        Sender::Http2(sender) => sender.send_request(request).await,
    };
    let (head, body) = answer.map_err(|error| failed(&error))?.into_parts();
    let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
    Ok(format!("{} {}", head.status.as_u16(), String::from_utf8_lossy(&body)))
}

/// What an open domain answers: there is no certificate to show.
const OPEN: &str = "200  of , ,  to ";

const FORBIDDEN: &str = "403 {\"message\":\"Forbidden\"}";

/// What the domain answers a client of an authority.
fn of_client(issuer: &str) -> String {
    let serial = ["a1"; 16].join(":");
    format!(
        "200 C=US,CN=My Client of C=US,CN={issuer}, {serial}, Aug  5 00:00:00 2020 GMT to Jan  1 00:00:00 4000 GMT"
    )
}

fn a_certificate_of_the_truststore_lets_in() -> Outcome {
    let clients = Authority::new("Clients")?;
    let served = served(&clients)?;
    let api = "api.example.com";
    block_on(async {
        for way in BOTH {
            let answer = served.answer(way, api, api, Some(clients.client(true)?)).await?;
            equal(way.0, &*answer, &*of_client("Clients"))?;
            // Nobody is asked for a certificate at another domain.
            let open = served.answer(way, "open.example.com", "open.example.com", None).await?;
            equal(way.0, &*open, OPEN)?;
        }
        Ok(())
    })
}

fn a_certificate_that_is_none_for_the_domain_is_refused() -> Outcome {
    let (clients, foreign) = (Authority::new("Clients")?, Authority::new("Foreign")?);
    let mut served = served(&clients)?;
    let api = "api.example.com";
    for (shown, why) in [
        (Some(foreign.client(true)?), "UnknownIssuer"),
        (Some(clients.client(false)?), "certificate expired"),
        (None, "peer sent no certificates"),
    ] {
        for way in BOTH {
            let shown =
                shown.as_ref().map(|(certificate, key)| (certificate.clone(), key.clone_key()));
            if let Ok(answer) = block_on(served.answer(way, api, api, shown)) {
                return Err(format!("{why} over {} was answered {answer}", way.0));
            }
            let line = served.program.wait_for_log("is not let in")?;
            equal("the line names the reason", line.contains(why), true)
                .map_err(|problem| format!("{problem}: {line}"))?;
        }
    }
    Ok(())
}

fn a_domain_with_mutual_tls_has_no_other_way_in() -> Outcome {
    let clients = Authority::new("Clients")?;
    let served = served(&clients)?;
    let (api, open) = ("api.example.com", "open.example.com");
    block_on(async {
        for way in BOTH {
            let answer = served.answer(way, open, api, None).await?;
            equal("a connection for another host", &*answer, FORBIDDEN)?;
            let shown = Some(clients.client(true)?);
            let answer = served.answer(way, open, "API.example.com.:443", shown).await?;
            equal("a certificate that nobody asked for", &*answer, FORBIDDEN)?;
            // The certificate of one domain says nothing at another.
            let stream = served.shaken(api, way.0, Some(clients.client(true)?)).await?;
            let mut sender = sender(stream, way.1).await?;
            equal("the open domain", &*ask(&mut sender, open).await?, OPEN)?;
            let answer = ask(&mut sender, api).await?;
            equal("the same connection", &*answer, &*of_client("Clients"))?;
        }
        Ok::<(), String>(())
    })?;
    // Without TLS the domain is closed.
    let folder = folder()?;
    folder.write("clients.pem", &clients.pem)?;
    let plain = Program::serve(&folder, &["template.yaml"])?;
    block_on(async {
        for is_http2 in [false, true] {
            let mut sender = sender(connect(&plain).await?, is_http2).await?;
            equal("without TLS", &*ask(&mut sender, api).await?, FORBIDDEN)?;
            equal("the open domain", &*ask(&mut sender, open).await?, OPEN)?;
        }
        Ok(())
    })
}

/// Requests until the connection is closed.
const ASKED_MAX: usize = 10_000;

fn a_connection_ends_with_its_truststore() -> Outcome {
    let (clients, others) = (Authority::new("Clients")?, Authority::new("Others")?);
    let (api, open) = ("api.example.com", "open.example.com");
    for (protocol, is_http2) in BOTH {
        let mut served = served(&clients)?;
        block_on(async {
            let shown = Some(clients.client(true)?);
            let mut kept = sender(served.shaken(api, protocol, shown).await?, is_http2).await?;
            let mut other = sender(served.shaken(open, protocol, None).await?, is_http2).await?;
            equal("before", &*ask(&mut kept, api).await?, &*of_client("Clients"))?;
            equal("another domain", &*ask(&mut other, open).await?, OPEN)?;
            served.folder.write("clients.pem", &others.pem)?;
            served.program.wait_for_log("was read again")?;
            let mut asked = 0;
            while ask(&mut kept, api).await.is_ok() && asked < ASKED_MAX {
                asked += 1;
            }
            equal("the connection is closed", asked < ASKED_MAX, true)?;
            equal("that of another domain goes on", &*ask(&mut other, open).await?, OPEN)
        })?;
    }
    Ok(())
}

fn a_new_truststore_counts_for_new_connections() -> Outcome {
    let (clients, others) = (Authority::new("Clients")?, Authority::new("Others")?);
    let mut served = served(&clients)?;
    let api = "api.example.com";
    let way = ("h2", true);
    let good = block_on(served.answer(way, api, api, Some(clients.client(true)?)))?;
    equal("before", &*good, &*of_client("Clients"))?;
    served.folder.write("clients.pem", "no PEM\n")?;
    served.program.wait_for_log("the old certificate goes on")?;
    let good = block_on(served.answer(way, api, api, Some(clients.client(true)?)))?;
    equal("with a broken one", &*good, &*of_client("Clients"))?;
    served.folder.write("clients.pem", &others.pem)?;
    served.program.wait_for_log("was read again")?;
    let good = block_on(served.answer(way, api, api, Some(others.client(true)?)))?;
    equal("after", &*good, &*of_client("Others"))?;
    let former = block_on(served.answer(way, api, api, Some(clients.client(true)?)));
    equal("the former clients are let in", former.is_ok(), false)
}
