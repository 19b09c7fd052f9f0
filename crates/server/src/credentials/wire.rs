//! Requests for credentials: bounded in time and size, and errors that name whom was asked.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use vestibule_gateway::{Endpoints, answered};

use crate::limits::CREDENTIALS_BYTES_MAX;

/// All but what RFC 3986 calls unreserved is encoded.
pub(super) const UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The network, once there is one.
#[derive(Debug, Default)]
pub(super) struct Wire(OnceLock<Arc<dyn Endpoints>>);

impl Wire {
    /// Asks over this network from now on. There is one for the life of the program.
    pub(super) fn connect(&self, network: Arc<dyn Endpoints>) {
        // Another one would be the same network.
        let _ = self.0.set(network);
    }

    /// The whole answer; or why there is none, with whom was asked: `asked` is an address without a secret in it.
    pub(super) async fn ask(
        &self,
        request: Request<Bytes>,
        asked: &str,
        timeout: Duration,
    ) -> Result<Response<Bytes>, String> {
        let Some(network) = self.0.get() else {
            return Err(format!("`{asked}`: this command calls nobody"));
        };
        let answer = answered(&**network, request, CREDENTIALS_BYTES_MAX, timeout).await;
        answer.map_err(|error| format!("`{asked}`: {error}"))
    }
}
