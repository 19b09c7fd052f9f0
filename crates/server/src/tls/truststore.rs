//! The truststores of custom domains with mutual TLS: which clients a domain lets in. A connection is for the domain that its
//! client names (SNI); one for another host is asked for no certificate.
//!
//! AWS docs: rest-api-mutual-tls. What a chain is verified by is AWS's: RSA of 2,048 bits or more or ECDSA P-256 or P-384, SHA-256
//! or more, at most 4 certificates, no revocation.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::pem::SectionKind;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig,
    SignatureScheme,
};
use tokio::sync::watch;
use webpki::aws_lc_rs as algorithms;

use super::certificate::{Certificate, read};
use super::error::TlsError;
use super::pem;
use crate::limits::{CLIENT_CHAIN_MAX, TRUSTSTORE_BYTES_MAX, TRUSTSTORE_CERTIFICATES_MAX};
use crate::serve::FilesRead;

/// The file of a truststore, and the domain that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruststoreFile {
    /// The domain, such as `api.example.com` or `*.example.com`.
    pub domain: String,
    /// Certificates as PEM text.
    pub path: PathBuf,
}

/// How TLS is spoken for each domain that demands certificates, where it can be replaced.
#[derive(Debug, Default)]
pub struct Truststores {
    domains: ArcSwap<HashMap<String, Spoken>>,
    replaced: watch::Sender<()>,
}

/// How TLS is spoken for a domain, and by what its clients are verified.
#[derive(Debug, Clone)]
struct Spoken {
    config: Arc<ServerConfig>,
    roots: Arc<RootCertStore>,
}

/// What a domain is spoken with.
#[derive(Debug)]
pub(crate) struct OfDomain {
    /// In lower case, a wildcard with its `*`.
    pub(crate) domain: String,
    pub(crate) config: Arc<ServerConfig>,
    roots: Arc<RootCertStore>,
}

/// The certificates of all truststores as they were read, by domain.
pub(super) type Roots = Vec<(TruststoreFile, Arc<RootCertStore>)>;

/// Reads all truststores.
pub(super) fn load(files: &[TruststoreFile], read: &mut FilesRead) -> Result<Roots, TlsError> {
    files.iter().map(|file| Ok((file.clone(), Arc::new(roots(&file.path, read)?)))).collect()
}

fn roots(path: &Path, files: &mut FilesRead) -> Result<RootCertStore, TlsError> {
    let bytes = read(files, path)?;
    if bytes.len() > TRUSTSTORE_BYTES_MAX {
        return Err(TlsError::new(path, format!("it is longer than {TRUSTSTORE_BYTES_MAX} bytes")));
    }
    let mut roots = RootCertStore::empty();
    for block in pem::blocks(path, &bytes)? {
        if roots.len() >= TRUSTSTORE_CERTIFICATES_MAX {
            let reason = format!("more than {TRUSTSTORE_CERTIFICATES_MAX} certificates");
            return Err(TlsError::new(path, reason).at(block.line));
        }
        let Some((SectionKind::Certificate, der)) = block.decode(path)? else {
            let reason = format!("the block `{}` is no certificate", block.label);
            let error = TlsError::new(path, reason).at(block.line);
            return Err(error.help("a truststore has the certificates of authorities alone"));
        };
        roots.add(CertificateDer::from(der)).map_err(|_| {
            let reason = format!("the block `{}` holds no certificate", block.label);
            TlsError::new(path, reason).at(block.line)
        })?;
    }
    Ok(roots)
}

impl Truststores {
    /// Takes other ones from here on. Connections that clients of a changed one were let into learn of it by [`Truststores::outdated`].
    pub(super) fn replace(
        &self,
        roots: Roots,
        certificate: &Arc<Certificate>,
    ) -> Result<(), TlsError> {
        let mut configs = HashMap::new();
        for (TruststoreFile { domain, path }, roots) in roots {
            let failed = |error: &dyn std::fmt::Display| {
                TlsError::new(&path, format!("TLS cannot be set up: {error}"))
            };
            let verifier = Chains::of(Arc::clone(&roots)).map_err(|error| failed(&error))?;
            let config = certificate.config_with_clients(Arc::new(verifier));
            let config = config.map_err(|error| failed(&error))?;
            let spoken = Spoken { config: Arc::new(config), roots };
            configs.insert(domain.to_ascii_lowercase(), spoken);
        }
        self.domains.store(Arc::new(configs));
        self.replaced.send_replace(());
        Ok(())
    }

    /// How TLS is spoken with a client that names this host; none when its domain demands no certificate.
    pub(crate) fn find(&self, host: &str) -> Option<OfDomain> {
        let configs = self.domains.load();
        if configs.is_empty() {
            return None;
        }
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let wildcard = || Some(format!("*{}", host.get(host.find('.')?..)?));
        let of = |domain: String| {
            let Spoken { config, roots } = configs.get(&domain)?.clone();
            Some(OfDomain { domain, config, roots })
        };
        of(host.clone()).or_else(|| of(wildcard()?))
    }

    /// Returns when the truststore that a client of a domain was verified by is no longer that of the domain.
    pub(crate) async fn outdated(&self, of: &OfDomain) {
        let mut replaced = self.replaced.subscribe();
        loop {
            let now = self.domains.load().get(&of.domain).map(|now| Arc::clone(&now.roots));
            if now.is_none_or(|now| now.roots != of.roots.roots) {
                return;
            }
            // Who can replace them is here.
            let _ = replaced.changed().await;
        }
    }
}

/// What AWS takes of clients.
const ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        algorithms::ECDSA_P256_SHA256,
        algorithms::ECDSA_P256_SHA384,
        algorithms::ECDSA_P384_SHA256,
        algorithms::ECDSA_P384_SHA384,
        algorithms::RSA_PKCS1_2048_8192_SHA256,
        algorithms::RSA_PKCS1_2048_8192_SHA384,
        algorithms::RSA_PKCS1_2048_8192_SHA512,
        algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    ],
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[algorithms::ECDSA_P384_SHA384, algorithms::ECDSA_P256_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P384_SHA256],
        ),
        (SignatureScheme::RSA_PSS_SHA512, &[algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA384, &[algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA256, &[algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[algorithms::RSA_PKCS1_2048_8192_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[algorithms::RSA_PKCS1_2048_8192_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[algorithms::RSA_PKCS1_2048_8192_SHA256]),
    ],
};

/// Verifies the chains of clients, none longer than AWS takes.
#[derive(Debug)]
struct Chains(Arc<dyn ClientCertVerifier>);

impl Chains {
    fn of(roots: Arc<RootCertStore>) -> Result<Chains, rustls::server::VerifierBuilderError> {
        let provider = CryptoProvider {
            signature_verification_algorithms: ALGORITHMS,
            ..aws_lc_rs::default_provider()
        };
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, Arc::new(provider));
        // The names of a thousand authorities would not fit into what a client takes.
        Ok(Chains(verifier.clear_root_hint_subjects().build()?))
    }
}

impl ClientCertVerifier for Chains {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if intermediates.len() >= CLIENT_CHAIN_MAX {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        self.0.verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
