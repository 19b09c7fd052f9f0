//! A certificate with its chain and key: read from two files, checked, and held where it can be
//! replaced under connections that go on.

use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::SectionKind;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
    UnixTime,
};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, NoClientAuth, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use webpki::{EndEntityCert, KeyUsage};

use super::error::TlsError;
use super::pem::{self, Block};
use crate::limits::TLS_TICKETS;
use crate::serve::FilesRead;

/// The two files that a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and behind it those that vouch for it, as PEM text.
    pub certificate: PathBuf,
    /// The private key of the first certificate, as PEM text.
    pub key: PathBuf,
}

/// Something about a certificate or key that is odd and does not keep it from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The certificate is no longer valid.
    Expired {
        /// Its file.
        path: PathBuf,
        /// Since when.
        since: Duration,
    },
    /// The certificate is not valid yet.
    NotYetValid {
        /// Its file.
        path: PathBuf,
        /// Until it is.
        until: Duration,
    },
    /// Everybody on this machine may read the key.
    KeyIsPublic {
        /// Its file.
        path: PathBuf,
        /// The permissions of the file.
        mode: u32,
    },
}

/// The certificate that a listener shows, where it can be replaced.
#[derive(Debug)]
pub struct Certificate(ArcSwap<CertifiedKey>);

/// A certificate as it was read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) key: CertifiedKey,
    pub(super) warnings: Vec<Warning>,
}

impl TlsFiles {
    /// Reads and checks the pair, and notes in `files` what it read; `now`, since 1970, decides
    /// what it warns of.
    ///
    /// # Errors
    /// When a file cannot be read, is no PEM text, or the two do not belong together.
    pub(super) fn load(&self, files: &mut FilesRead, now: Duration) -> Result<Loaded, TlsError> {
        let (chain, key) = (self.chain(files)?, self.private_key(files)?);
        let key = self.signing_key(key).and_then(|key| self.joined(chain, key))?;
        let mut warnings: Vec<Warning> =
            key.cert.first().and_then(|c| self.validity(c, now)).into_iter().collect();
        warnings.extend(self.publicity());
        Ok(Loaded { key, warnings })
    }

    fn chain(&self, files: &mut FilesRead) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let path = &self.certificate;
        let bytes = read(files, path)?;
        let blocks = pem::blocks(path, &bytes)?;
        let mut chain = Vec::new();
        for block in &blocks {
            let Some((SectionKind::Certificate, der)) = block.decode(path)? else { continue };
            let der = CertificateDer::from(der);
            if EndEntityCert::try_from(&der).is_err() {
                let reason = format!("the block `{}` holds no certificate", block.label);
                return Err(TlsError::new(path, reason).at(block.line));
            }
            chain.push(der);
        }
        if !chain.is_empty() {
            return Ok(chain);
        }
        let error = TlsError::new(path, format!("no certificate, but {}", labels(&blocks)));
        Err(if blocks.iter().any(|block| block.label.ends_with("PRIVATE KEY")) {
            error
                .help("the certificate is named with `--tls-certificate`, the key with `--tls-key`")
        } else {
            error.help("a certificate begins with `-----BEGIN CERTIFICATE-----`")
        })
    }

    fn private_key(
        &self,
        files: &mut FilesRead,
    ) -> Result<(PrivateKeyDer<'static>, usize), TlsError> {
        let path = &self.key;
        let bytes = read(files, path)?;
        let blocks = pem::blocks(path, &bytes)?;
        let mut found: Option<(PrivateKeyDer<'static>, usize)> = None;
        for block in &blocks {
            if block.is_encrypted() {
                return Err(TlsError::new(path, "the private key is encrypted")
                    .at(block.line)
                    .help("write it without a password: `openssl pkey -in FILE -out FILE`"));
            }
            let key = match block.decode(path)? {
                Some((SectionKind::PrivateKey, der)) => PrivatePkcs8KeyDer::from(der).into(),
                Some((SectionKind::RsaPrivateKey, der)) => PrivatePkcs1KeyDer::from(der).into(),
                Some((SectionKind::EcPrivateKey, der)) => PrivateSec1KeyDer::from(der).into(),
                Some(_) | None => continue,
            };
            if let Some((_, first)) = found {
                return Err(TlsError::new(
                    path,
                    format!("a second private key, after that of line {first}"),
                )
                .at(block.line)
                .help("leave the key of the first certificate alone in it"));
            }
            found = Some((key, block.line));
        }
        found.ok_or_else(|| {
            TlsError::new(path, format!("no private key, but {}", labels(&blocks)))
                .help("a key begins with `-----BEGIN PRIVATE KEY-----`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`")
        })
    }

    fn signing_key(
        &self,
        (der, line): (PrivateKeyDer<'static>, usize),
    ) -> Result<Arc<dyn rustls::sign::SigningKey>, TlsError> {
        aws_lc_rs::sign::any_supported_type(&der).map_err(|_| {
            TlsError::new(&self.key, "this is no private key that TLS can use")
                .at(line)
                .help("use RSA of 2,048 bits or more, ECDSA P-256, P-384 or P-521, or Ed25519")
        })
    }

    /// Puts both together, when they belong together.
    fn joined(
        &self,
        chain: Vec<CertificateDer<'static>>,
        key: Arc<dyn rustls::sign::SigningKey>,
    ) -> Result<CertifiedKey, TlsError> {
        let owner = chain.iter().position(|certificate| {
            CertifiedKey::new(vec![certificate.clone()], Arc::clone(&key)).keys_match().is_ok()
        });
        match owner {
            Some(0) => Ok(CertifiedKey::new(chain, key)),
            Some(number) => {
                let reason = format!(
                    "the private key belongs to certificate {} of `{}`",
                    number + 1,
                    self.certificate.display()
                );
                Err(TlsError::new(&self.key, reason).help("let the certificate of the key be the first, those that vouch for it behind it"))
            }
            None => {
                let reason = format!(
                    "the private key does not belong to the certificate in `{}`",
                    self.certificate.display()
                );
                Err(TlsError::new(&self.key, reason)
                    .help("name the key that the certificate was made for"))
            }
        }
    }

    /// What there is to say about the time in which the certificate is valid.
    fn validity(&self, certificate: &CertificateDer<'_>, now: Duration) -> Option<Warning> {
        let parsed = EndEntityCert::try_from(certificate).ok()?;
        // Nobody is trusted here: time is what is looked at first.
        let usage = KeyUsage::server_auth();
        let now = UnixTime::since_unix_epoch(now);
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        let verified = parsed.verify_for_usage(algorithms, &[], &[], now, usage, None, None);
        let apart = |later: UnixTime, earlier: UnixTime| {
            Duration::from_secs(later.as_secs().saturating_sub(earlier.as_secs()))
        };
        let path = self.certificate.clone();
        match verified.err()? {
            webpki::Error::CertExpired { time, not_after } => {
                Some(Warning::Expired { path, since: apart(time, not_after) })
            }
            webpki::Error::CertNotValidYet { time, not_before } => {
                Some(Warning::NotYetValid { path, until: apart(not_before, time) })
            }
            _ => None,
        }
    }

    fn publicity(&self) -> Option<Warning> {
        let metadata = self.key.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let mode = metadata.permissions().mode() & 0o7777;
        (mode & 0o004 != 0).then(|| Warning::KeyIsPublic { path: self.key.clone(), mode })
    }
}

impl Certificate {
    pub(super) fn new(key: CertifiedKey) -> Certificate {
        Certificate(ArcSwap::from_pointee(key))
    }

    /// Shows another certificate from here on. Connections that are there keep what they have.
    pub(super) fn replace(&self, key: CertifiedKey) {
        self.0.store(Arc::new(key));
    }

    /// How a listener that shows this certificate speaks TLS: 1.2 and 1.3, HTTP/2 before HTTP/1.1.
    pub(super) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let mut config = self.config(Arc::new(NoClientAuth))?;
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        config.send_tls13_tickets = TLS_TICKETS;
        Ok(config)
    }

    /// The same with clients that show a certificate. Nobody comes back without showing it again.
    pub(super) fn config_with_clients(
        self: &Arc<Self>,
        clients: Arc<dyn ClientCertVerifier>,
    ) -> Result<ServerConfig, rustls::Error> {
        let mut config = self.config(clients)?;
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn config(
        self: &Arc<Self>,
        clients: Arc<dyn ClientCertVerifier>,
    ) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let resolver = Arc::<Certificate>::clone(self);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_client_cert_verifier(clients)
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // What a client needs to come back is kept by the client: nothing grows here.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(config)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Warning {
    /// Returns what to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Expired { .. } => {
                "clients will refuse it: put a new one in its place, it is read at once".to_owned()
            }
            Self::NotYetValid { .. } => {
                "clients will refuse it until then: check the clock".to_owned()
            }
            Self::KeyIsPublic { path, .. } => format!("`chmod 600 {}`", path.display()),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { path, since } => {
                write!(out, "the certificate `{}` expired {} ago", path.display(), days(*since))
            }
            Self::NotYetValid { path, until } => {
                write!(
                    out,
                    "the certificate `{}` is not valid before {} from now",
                    path.display(),
                    days(*until)
                )
            }
            Self::KeyIsPublic { path, mode } => {
                write!(
                    out,
                    "everybody may read the private key `{}` (mode {mode:04o})",
                    path.display()
                )
            }
        }
    }
}

fn days(time: Duration) -> String {
    const HOUR: u64 = 60 * 60;
    match time.as_secs() / HOUR {
        0 => "less than an hour".to_owned(),
        hours @ 1..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }
}

pub(super) fn read(files: &mut FilesRead, path: &Path) -> Result<Vec<u8>, TlsError> {
    files.read(path).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        TlsError::new(path, format!("cannot be read: {reason}"))
    })
}

/// What is in a file instead.
pub(super) fn labels(blocks: &[Block<'_>]) -> String {
    let labels: Vec<String> = blocks.iter().map(|block| format!("`{}`", block.label)).collect();
    labels.join(", ")
}
