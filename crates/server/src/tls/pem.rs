//! PEM text as blocks with their lines. What is in a block is for others to read.

use std::path::Path;

use rustls::pki_types::pem::{PemObject, SectionKind};

use super::error::TlsError;

/// One block, from its `BEGIN` to its `END`.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The line of its `BEGIN`, from 1.
    pub(super) line: usize,
    /// What it says of itself, such as `CERTIFICATE`.
    pub(super) label: &'t str,
    text: &'t str,
}

impl Block<'_> {
    /// Returns the kind and the bytes of a block; none for a kind that TLS has no use for.
    pub(super) fn decode(&self, path: &Path) -> Result<Option<(SectionKind, Vec<u8>)>, TlsError> {
        let mut sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(self.text.as_bytes());
        sections.next().transpose().map_err(|_| {
            let reason = format!("the block `{}` is not base64", self.label);
            TlsError::new(path, reason).at(self.line).help("copy the file again, as a whole")
        })
    }

    /// Tells whether it is a key that a password protects.
    pub(super) fn is_encrypted(&self) -> bool {
        self.label == "ENCRYPTED PRIVATE KEY" || self.text.contains("Proc-Type: 4,ENCRYPTED")
    }
}

/// Returns the blocks of a file. Text outside of them is for people.
pub(super) fn blocks<'t>(path: &Path, bytes: &'t [u8]) -> Result<Vec<Block<'t>>, TlsError> {
    let not_pem = || {
        let error = TlsError::new(path, "this is no PEM text");
        // A sequence, as every certificate and key begins in its binary form (DER).
        match bytes.first() {
            Some(0x30) => error.help("it looks like DER: convert it with `openssl`"),
            _ => error.help("a PEM file has lines like `-----BEGIN CERTIFICATE-----`"),
        }
    };
    let text = std::str::from_utf8(bytes).map_err(|_| not_pem())?;
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let start = offset;
        offset += line.len();
        if let Some(label) = marker(line, "-----BEGIN ") {
            if let Some((line, label, _)) = open {
                return Err(unended(path, line, label));
            }
            open = Some((number, label, start));
        } else if let Some(ended) = marker(line, "-----END ") {
            match open.take() {
                Some((line, label, start)) if label == ended => {
                    let text = text.get(start..offset).unwrap_or_default();
                    blocks.push(Block { line, label, text });
                }
                Some((line, label, _)) => return Err(unended(path, line, label)),
                None => {
                    let reason = format!("`-----END {ended}-----` without a `BEGIN`");
                    return Err(TlsError::new(path, reason).at(number));
                }
            }
        }
    }
    match open {
        Some((line, label, _)) => Err(unended(path, line, label)),
        None if blocks.is_empty() => Err(not_pem()),
        None => Ok(blocks),
    }
}

fn marker<'t>(line: &'t str, start: &str) -> Option<&'t str> {
    line.trim_end().strip_prefix(start)?.strip_suffix("-----")
}

fn unended(path: &Path, line: usize, label: &str) -> TlsError {
    let reason = format!("the block `{label}` does not end");
    TlsError::new(path, reason)
        .at(line)
        .help(format!("it ends with the line `-----END {label}-----`"))
}
