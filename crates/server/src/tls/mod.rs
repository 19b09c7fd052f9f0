//! TLS on the data plane: the certificate and its key, how they are read, and how they are replaced
//! while connections go on.

mod authorities;
mod certificate;
mod client_certificate;
mod error;
mod pem;
mod reload;
mod session;
mod truststore;

pub(crate) use authorities::add_authorities;
pub use certificate::{Certificate, TlsFiles, Warning};
pub(crate) use client_certificate::read as read_client_certificate;
pub use error::TlsError;
pub(crate) use reload::Renewals;
pub(crate) use session::session;
pub(crate) use truststore::OfDomain;
pub use truststore::{TruststoreFile, Truststores};

#[cfg(test)]
mod tests;
