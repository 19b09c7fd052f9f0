//! TLS on the data plane: the certificate and its key, how they are read, and how they are replaced
//! while connections go on.

mod certificate;
mod error;
mod pem;
mod reload;

pub use certificate::{Certificate, TlsFiles, Warning};
pub use error::TlsError;
pub(crate) use reload::Renewals;

#[cfg(test)]
mod tests;
