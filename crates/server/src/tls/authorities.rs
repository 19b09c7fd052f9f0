//! Authorities that vouch for the certificates of others, from PEM files.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::SectionKind;

use super::certificate::labels;
use super::error::TlsError;
use super::pem;

/// Adds the certificates of a file to `roots`.
///
/// # Errors
/// When the file cannot be read, is no PEM text, or has no certificate or one that cannot be used.
pub(crate) fn add_authorities(roots: &mut RootCertStore, path: &Path) -> Result<(), TlsError> {
    let bytes = std::fs::read(path).map_err(|error| TlsError::new(path, error.to_string()))?;
    let blocks = pem::blocks(path, &bytes)?;
    let before = roots.len();
    for block in &blocks {
        let Some((SectionKind::Certificate, der)) = block.decode(path)? else { continue };
        roots.add(CertificateDer::from(der)).map_err(|_| {
            let reason = format!("the block `{}` holds no certificate", block.label);
            TlsError::new(path, reason).at(block.line)
        })?;
    }
    if roots.len() > before {
        return Ok(());
    }
    let reason = format!("no certificate, but {}", labels(&blocks));
    Err(TlsError::new(path, reason).help("name a PEM file of certificates of authorities"))
}
