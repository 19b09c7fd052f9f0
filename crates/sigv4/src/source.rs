//! Where credentials come from that may change: they are asked for before each signature, and mostly are at hand.

use crate::credentials::Credentials;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// A source of credentials that may expire or be replaced. Whoever signs asks it for each request, with
/// [`credentials`](trait.CredentialSource.html#method.credentials), and keeps nothing of it.
pub trait CredentialSource: fmt::Debug + Send + Sync {
    /// The credentials, when nothing has to be waited for: mostly they are. A source that renews its credentials begins to do
    /// so here when they are soon to expire.
    fn at_hand(&self) -> Option<Arc<Credentials>>;

    /// The credentials, looked up as far as they are not at hand.
    ///
    /// # Errors
    /// Nobody gives any, or not in time.
    fn look_up(&self) -> LookUp<'_>;

    /// Why a look-up will find none, where that can be told without asking anybody: for whoever checks what it would sign. A source
    /// that does not know it says nothing.
    fn foreseen(&self) -> Option<CredentialsError> {
        None
    }
}

/// Credentials that are being looked up.
pub type LookUp<'s> =
    Pin<Box<dyn Future<Output = Result<Arc<Credentials>, CredentialsError>> + Send + 's>>;

impl dyn CredentialSource + '_ {
    /// The credentials to sign with now. Allocates nothing when they are at hand.
    ///
    /// # Errors
    /// Nobody gives any, or not in time.
    pub async fn credentials(&self) -> Result<Arc<Credentials>, CredentialsError> {
        match self.at_hand() {
            Some(credentials) => Ok(credentials),
            None => self.look_up().await,
        }
    }
}

/// The same credentials for ever.
#[derive(Clone, Debug)]
pub struct FixedCredentials(Arc<Credentials>);

impl FixedCredentials {
    /// Gives these credentials to whoever asks.
    pub fn new(credentials: Credentials) -> FixedCredentials {
        FixedCredentials(Arc::new(credentials))
    }
}

impl CredentialSource for FixedCredentials {
    fn at_hand(&self) -> Option<Arc<Credentials>> {
        Some(Arc::clone(&self.0))
    }

    fn look_up(&self) -> LookUp<'_> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0))))
    }
}

/// Why there are no credentials: what was asked for and what came of it, and what to do. Has no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsError(Arc<Told>);

#[derive(Debug, PartialEq, Eq)]
struct Told {
    message: String,
    help: String,
}

impl CredentialsError {
    /// What came of the look-up and what its operator can do: lower case, no full stop, no secret.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> CredentialsError {
        CredentialsError(Arc::new(Told { message: message.into(), help: help.into() }))
    }

    /// What to do.
    pub fn help(&self) -> &str {
        &self.0.help
    }
}

/// What was asked for and what came of it.
impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for CredentialsError {}
