//! Calls of the store: connections of its own, so that slow backends take none from it, and it none from them.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use rustls::RootCertStore;
use tokio::sync::Semaphore;
use vestibule_dynamodb::{AnswerBody, NetworkError, Sending};

use super::resolver::Resolver;
use super::{Connections, Pool, failure, pool, tls};
use crate::limits::{
    STORE_CALLS_MAX, STORE_CONNECT_TIMEOUT, STORE_IDLE_PER_NODE_MAX, STORE_IDLE_TIMEOUT,
};

const STORE: Connections = Connections {
    connect_timeout: STORE_CONNECT_TIMEOUT,
    idle_timeout: STORE_IDLE_TIMEOUT,
    idle_per_host_max: STORE_IDLE_PER_NODE_MAX,
};

/// The nodes of a store on the network.
#[derive(Debug)]
pub(crate) struct StoreNetwork {
    pool: Pool,
    places: Semaphore,
}

impl StoreNetwork {
    /// A store whose certificates these authorities issue. Opens nothing yet.
    ///
    /// # Errors
    /// The TLS library does not work on this system.
    pub(crate) fn new(roots: &Arc<RootCertStore>) -> Result<StoreNetwork, rustls::Error> {
        let pool = pool(tls::verified(roots)?, Resolver::default(), &STORE);
        Ok(StoreNetwork { pool, places: Semaphore::new(STORE_CALLS_MAX) })
    }
}

impl vestibule_dynamodb::Network for StoreNetwork {
    fn send(&self, request: Request<Bytes>) -> Sending {
        let pool = self.pool.clone();
        Box::pin(async move {
            let answered = pool.request(request.map(Full::new)).await;
            let answered =
                answered.map_err(|error| NetworkError(failure::of(&error).to_string()))?;
            Ok(answered.map(|body| {
                let body = body.map_err(|error| failure::of_body(&error).into());
                Box::pin(body) as AnswerBody
            }))
        })
    }

    fn places(&self) -> Option<&Semaphore> {
        Some(&self.places)
    }
}
