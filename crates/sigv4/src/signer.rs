//! Signs requests of one region and service as whom a source says, with a key that is derived once a day and access key.

use crate::credentials::Credentials;
use crate::request::Request;
use crate::scope::{Scope, SigningKey};
use crate::sign::sign_with;
use crate::source::{CredentialSource, CredentialsError};
use crate::timestamp::Timestamp;
use arc_swap::ArcSwapOption;
use std::sync::Arc;

const SECONDS_A_DAY: u64 = 86_400;

/// Whom requests are signed for, and as whom.
///
/// ```
/// use std::sync::Arc;
/// use vestibule_sigv4::{Credentials, FixedCredentials, Payload, Request, Signer};
///
/// # async fn sign() -> Result<(), vestibule_sigv4::CredentialsError> {
/// let credentials = Credentials::new("AKID".to_owned(), "SECRET".to_owned(), None);
/// let source = Arc::new(FixedCredentials::new(credentials));
/// let signer = Signer::new(source, "eu-west-1".to_owned(), "dynamodb".to_owned());
/// let headers: [(&str, &[u8]); 1] = [("host", b"dynamodb.eu-west-1.amazonaws.com")];
/// let payload = Payload::Bytes(b"{}");
/// let request = Request { method: "POST", path: "/", query: "", headers: &headers, payload };
/// let credentials = signer.credentials().await?;
/// let added = signer.sign(&request, &credentials, 1_440_938_160);
/// assert_eq!(added[0], ("x-amz-date", "20150830T123600Z".to_owned()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Signer {
    source: Arc<dyn CredentialSource>,
    region: String,
    service: String,
    /// The key that something was signed with last.
    key: ArcSwapOption<Kept>,
}

/// A signing key, and what it is of.
#[derive(Debug)]
struct Kept {
    /// Counted from 1970-01-01.
    day: u64,
    /// Held, so that no others can lie where they lay.
    credentials: Arc<Credentials>,
    key: SigningKey,
}

impl Signer {
    /// Signs as whom this source says, for a service by its name for signing.
    pub fn new(source: Arc<dyn CredentialSource>, region: String, service: String) -> Signer {
        Signer { source, region, service, key: ArcSwapOption::empty() }
    }

    /// The service's name for signing.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The credentials to sign with now, when nothing has to be waited for.
    pub fn at_hand(&self) -> Option<Arc<Credentials>> {
        self.source.at_hand()
    }

    /// The credentials to sign with now.
    ///
    /// # Errors
    /// The source has none.
    pub async fn credentials(&self) -> Result<Arc<Credentials>, CredentialsError> {
        self.source.credentials().await
    }

    /// Why there will be none, where the source knows that without asking anybody.
    pub fn foreseen(&self) -> Option<CredentialsError> {
        self.source.foreseen()
    }

    /// The headers that sign a request with credentials of the source, at a moment: as of [`sign`](crate::sign()).
    pub fn sign(
        &self,
        request: &Request<'_>,
        credentials: &Arc<Credentials>,
        epoch_s: u64,
    ) -> Vec<(&'static str, String)> {
        let time = Timestamp::from_epoch_s(epoch_s);
        let scope = Scope { time, region: &self.region, service: &self.service };
        let kept = self.key_of(credentials, epoch_s / SECONDS_A_DAY, &scope);
        sign_with(&kept.key, request, credentials, &scope)
    }

    fn key_of(&self, credentials: &Arc<Credentials>, day: u64, scope: &Scope<'_>) -> Arc<Kept> {
        if let Some(kept) = self.key.load_full().filter(|kept| kept.is_of(credentials, day)) {
            return kept;
        }
        let key = SigningKey::derive(credentials, scope);
        let kept = Arc::new(Kept { day, credentials: Arc::clone(credentials), key });
        self.key.store(Some(Arc::clone(&kept)));
        kept
    }
}

impl Kept {
    fn is_of(&self, credentials: &Arc<Credentials>, day: u64) -> bool {
        self.day == day && Arc::ptr_eq(&self.credentials, credentials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FixedCredentials, LookUp, Payload, sign};
    use std::sync::Mutex;

    /// Credentials that are replaced, and none at first.
    #[derive(Debug, Default)]
    struct Replaced(Mutex<Option<Arc<Credentials>>>);

    impl CredentialSource for Replaced {
        fn at_hand(&self) -> Option<Arc<Credentials>> {
            self.0.lock().unwrap().clone()
        }

        fn look_up(&self) -> LookUp<'_> {
            let none = CredentialsError::new("there are none", "give some");
            Box::pin(std::future::ready(Err(none)))
        }
    }

    fn credentials(id: &str) -> Credentials {
        Credentials::new(id.to_owned(), format!("secret of {id}"), Some(format!("token of {id}")))
    }

    const REQUEST: Request<'static> = Request {
        method: "GET",
        path: "/",
        query: "",
        headers: &[("host", b"example.amazonaws.com")],
        payload: Payload::Bytes(b""),
    };

    /// What [`sign`] adds with a key derived for it alone.
    fn signed_afresh(id: &str, epoch_s: u64) -> Vec<(&'static str, String)> {
        let time = Timestamp::from_epoch_s(epoch_s);
        sign(&REQUEST, &credentials(id), &Scope { time, region: "us-east-1", service: "service" })
    }

    fn signer(source: Arc<dyn CredentialSource>) -> Signer {
        Signer::new(source, "us-east-1".to_owned(), "service".to_owned())
    }

    fn now<T>(future: impl Future<Output = T>) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(output) => output,
            std::task::Poll::Pending => panic!("something is waited for"),
        }
    }

    #[test]
    fn a_key_is_of_its_day_and_credentials() {
        let source = Arc::new(Replaced::default());
        let signer = signer(Arc::clone(&source) as Arc<dyn CredentialSource>);
        for (id, epoch_s) in [("A", 0), ("A", 86_399), ("A", 86_400), ("B", 86_400), ("A", 86_400)]
        {
            *source.0.lock().unwrap() = Some(Arc::new(credentials(id)));
            let given = now(signer.credentials()).unwrap();
            for _ in 0..2 {
                let added = signer.sign(&REQUEST, &given, epoch_s);
                assert_eq!(added, signed_afresh(id, epoch_s), "{id} at {epoch_s}");
            }
        }
    }

    #[test]
    fn a_key_is_derived_once() {
        let signer = signer(Arc::new(FixedCredentials::new(credentials("A"))));
        let given = now(signer.credentials()).unwrap();
        signer.sign(&REQUEST, &given, 0);
        let first = signer.key.load_full().unwrap();
        signer.sign(&REQUEST, &now(signer.credentials()).unwrap(), 1);
        assert!(Arc::ptr_eq(&first, &signer.key.load_full().unwrap()));
    }

    #[test]
    fn without_credentials_the_source_says_why() {
        let error = now(signer(Arc::new(Replaced::default())).credentials()).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.help()), ("there are none", "give some"));
    }
}
