//! What an attempt waits for before anything is sent: credentials to sign with, and a place among the requests under way. That they
//! do not come says nothing about an endpoint.

use std::sync::Arc;

use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};
use vestibule_sigv4::{Credentials, Signer};

use super::call::Endpoints;
use crate::limits::QUEUE_WAIT;
use crate::reply::CallError;

/// What an attempt is made with.
#[derive(Debug)]
pub(super) struct Ready<'e> {
    pub(super) credentials: Arc<Credentials>,
    /// The time that the signature names, in milliseconds since 1970 by the store's clock.
    pub(super) epoch_ms: u64,
    /// Given back when the answer has been read.
    _place: Option<SemaphorePermit<'e>>,
}

impl Endpoints {
    /// Waits for what the next attempt needs.
    ///
    /// # Errors
    /// [`CallError::NoCredentials`] and [`CallError::Saturated`]: nothing was sent.
    pub(super) async fn ready(
        &self,
        signer: &Signer,
        deadline: Instant,
    ) -> Result<Ready<'_>, CallError> {
        let unsigned = |reason: String| CallError::NoCredentials { reason };
        let late = |_| unsigned("the credentials did not come within the call's time".to_owned());
        let credentials = timeout_at(deadline, signer.credentials()).await.map_err(late)?;
        let credentials =
            credentials.map_err(|error| unsigned(format!("{error}: {}", error.help())))?;
        let place_by = deadline.min(Instant::now() + QUEUE_WAIT);
        let place = match self.network.places() {
            Some(places) => {
                let place = timeout_at(place_by, places.acquire()).await;
                Some(place.map_err(|_| CallError::Saturated)?.map_err(|_| CallError::Closed)?)
            }
            None => None,
        };
        let epoch_ms = self.skew.their_epoch_ms(self.world.epoch_ms());
        Ok(Ready { credentials, epoch_ms, _place: place })
    }
}
