//! Whom a backend's certificate has to come from: the authorities that Mozilla trusts, and those of the setting `backend_ca`.
//!
//! `insecureSkipVerification` lets any authority pass and nothing else: host name and dates are checked all the same, as the
//! AWS docs have it (`TlsConfig`).

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::tls::{TlsError, add_authorities};

/// The authorities that Mozilla trusts, and those in PEM files.
///
/// # Errors
/// The first file that cannot be used.
pub(crate) fn roots(files: &[PathBuf]) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for path in files {
        add_authorities(&mut roots, path)?;
    }
    Ok(Arc::new(roots))
}

/// TLS towards endpoints whose certificate one of `roots` has issued.
pub(crate) fn verified(roots: &Arc<RootCertStore>) -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth())
}

/// TLS towards endpoints whose certificate anybody has issued.
pub(super) fn unverified(roots: &Arc<RootCertStore>) -> Result<ClientConfig, rustls::Error> {
    let strict = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), provider()).build();
    let strict = strict.map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyIssuer { strict }))
        .with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A verifier to which the issuer does not matter.
#[derive(Debug)]
struct AnyIssuer {
    strict: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for AnyIssuer {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let strict = self.strict.verify_server_cert(
            certificate,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match strict {
            // The certificate's own dates were found right by then; its name comes last.
            Err(rustls::Error::InvalidCertificate(error)) if is_about_issuer(&error) => {
                let certificate = ParsedCertificate::try_from(certificate)?;
                rustls::client::verify_server_name(&certificate, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            strict => strict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}

/// Nobody known has issued the certificate, or it has issued itself.
pub(super) fn is_about_issuer(error: &CertificateError) -> bool {
    match error {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(OtherError(other)) => other
            .downcast_ref::<webpki::Error>()
            .is_some_and(|error| matches!(error, webpki::Error::CaUsedAsEndEntity)),
        _ => false,
    }
}
