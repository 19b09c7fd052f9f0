//! `[domains."api.example.com"]`: what custom domains need that a definition leaves to AWS.

use std::path::PathBuf;

use vestibule_restapi::Place;

use super::super::error::Error;
use super::Section;
use super::table::Entries;

pub(super) const SECTION: Section = Section {
    name: "domains",
    summary: "The truststores of custom domains with mutual TLS",
    detail: "A domain as its definition names it, and the file that stands for its `truststoreUri`: PEM text with up to 1,000 \
             certificates and 1 MiB. It is read again when it changes, and at SIGHUP. See docs/auth-mtls.md.",
    example: "[domains.\"api.example.com\"]\ntruststore = \"clients-ca.pem\"",
};

/// A custom domain.
#[derive(Debug, Clone)]
pub struct DomainSettings {
    /// Its name.
    pub name: String,
    /// The authorities of its clients.
    pub truststore: PathBuf,
    /// Where it is said.
    pub place: Place,
}

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<DomainSettings>, Error> {
    let domain = |(name, mut table): (super::table::Text, super::table::Table<'_>)| {
        let truststore = table.path("truststore")?;
        let (_, truststore) = truststore.ok_or_else(|| table.wrong("lacks `truststore`", None))?;
        let place = table.definition();
        table.finish()?;
        Ok(DomainSettings { name: name.value, truststore, place })
    };
    entries.tables()?.into_iter().map(domain).collect()
}
