//! The keys of issuers: fetched when a token needs them, kept, and fetched again when they are old or a token names one that is
//! not among them. One fetch an issuer is under way at a time, and they have an interval, so that no flood of tokens becomes a flood
//! of fetches. What was had is kept when the issuer is down.

use crate::integrate::fetch;
use crate::limits::{
    KEYS_FAILED_INTERVAL, KEYS_INTERVAL, KEYS_READ_INTERVAL, KEYS_TIMEOUT, KEYS_TTL,
};
use crate::observe;
use crate::pipeline::Gateway;
use crate::ports::Ports;
use crate::user_pools::{KeySource, UserPool};
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use vestibule_jwt::{KEY_SET_BYTES_MAX, KeySet};

/// All issuers, by what they are called and where their keys are. There are as many as the definitions had.
#[derive(Debug, Default)]
pub(super) struct Issuers(Mutex<HashMap<(String, String), Arc<IssuerKeys>>>);

/// The keys of one issuer.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    issuer: String,
    source: KeySource,
    known: ArcSwapOption<KeySet>,
    /// Milliseconds of the clock until which nobody asks again for keys that are known.
    fresh_until_ms: AtomicU64,
    /// Held by whoever asks the issuer.
    asked: Arc<tokio::sync::Mutex<Asked>>,
}

/// What came of asking the issuer.
#[derive(Debug, Default)]
struct Asked {
    /// What it said last that is a set of keys.
    text: Bytes,
    /// Why there was none the last time.
    failure: Option<String>,
    /// From when on it may be asked again.
    next: Duration,
}

/// Why there is no key for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unverified {
    /// The issuer's keys are not to be had.
    NoKeys(String),
    /// The key is not among them.
    UnknownKey,
}

impl Issuers {
    /// The keys of the issuer that stands behind a pool.
    pub(super) fn of(&self, pool: &UserPool) -> Arc<IssuerKeys> {
        let name = (pool.issuer.clone(), pool.keys.name().to_owned());
        let mut issuers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = issuers.entry(name).or_insert_with(|| Arc::new(IssuerKeys::new(pool)));
        Arc::clone(known)
    }
}

impl IssuerKeys {
    fn new(pool: &UserPool) -> IssuerKeys {
        IssuerKeys {
            issuer: pool.issuer.clone(),
            source: pool.keys.clone(),
            known: ArcSwapOption::empty(),
            fresh_until_ms: AtomicU64::new(0),
            asked: Arc::default(),
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where they are had from.
    pub(super) fn source(&self) -> &str {
        self.source.name()
    }

    /// The keys, when the one of this id is among them.
    pub(super) async fn with(
        self: &Arc<Self>,
        id: &str,
        gateway: &Gateway,
    ) -> Result<Arc<KeySet>, Unverified> {
        if let Some(known) = self.known_with(id) {
            self.refresh_when_old(gateway);
            return Ok(known);
        }
        let mut asked = self.asked.lock().await;
        // Somebody else may have asked in the meantime.
        if let Some(known) = self.known_with(id) {
            return Ok(known);
        }
        let ports = gateway.ports();
        if ports.clock.elapsed() >= asked.next {
            self.ask(&mut asked, ports).await;
        }
        match (self.known_with(id), &asked.failure) {
            (Some(known), _) => Ok(known),
            (None, Some(why)) if self.known.load().is_none() => {
                Err(Unverified::NoKeys(why.clone()))
            }
            (None, _) => Err(Unverified::UnknownKey),
        }
    }

    /// Whether these are the keys that are known.
    pub(super) fn are(self: &Arc<Self>, set: &Arc<KeySet>, gateway: &Gateway) -> bool {
        self.refresh_when_old(gateway);
        self.known.load().as_ref().is_some_and(|known| Arc::ptr_eq(known, set))
    }

    fn known_with(&self, id: &str) -> Option<Arc<KeySet>> {
        self.known.load_full().filter(|known| known.find(id).is_some())
    }

    /// Asks the issuer beside the request, unless somebody does already.
    fn refresh_when_old(self: &Arc<Self>, gateway: &Gateway) {
        let now_ms = milliseconds(gateway.clock().elapsed());
        if now_ms < self.fresh_until_ms.load(Ordering::Relaxed) {
            return;
        }
        let Ok(asked) = Arc::clone(&self.asked).try_lock_owned() else { return };
        let (keys, ports) = (Arc::clone(self), gateway.ports().clone());
        tokio::spawn(async move { keys.refresh(asked, &ports).await });
    }

    async fn refresh(&self, mut asked: OwnedMutexGuard<Asked>, ports: &Ports) {
        if ports.clock.elapsed() >= asked.next {
            self.ask(&mut asked, ports).await;
        }
    }

    /// Asks the issuer. What it says replaces what was known when it is a set of keys.
    async fn ask(&self, asked: &mut Asked, ports: &Ports) {
        let answered = match &self.source {
            KeySource::Url(url) => {
                let fetched = fetch(&*ports.endpoints, url, KEY_SET_BYTES_MAX, KEYS_TIMEOUT).await;
                fetched.map_err(|error| error.to_string())
            }
            KeySource::Document(_, read) => read().map(Bytes::from),
        };
        let taken = answered.and_then(|text| self.take(asked, text));
        let now = ports.clock.elapsed();
        let (next, fresh_for) = match &taken {
            Ok(()) => match &self.source {
                KeySource::Url(_) => (KEYS_INTERVAL, KEYS_TTL),
                KeySource::Document(..) => (KEYS_READ_INTERVAL, KEYS_TTL),
            },
            Err(_) => match &self.source {
                KeySource::Url(_) => (KEYS_FAILED_INTERVAL, KEYS_FAILED_INTERVAL),
                // Reading a file that is not there costs little, and it may be there at any time.
                KeySource::Document(..) => (Duration::ZERO, KEYS_FAILED_INTERVAL),
            },
        };
        asked.next = now + next;
        self.fresh_until_ms.store(milliseconds(now + fresh_for), Ordering::Relaxed);
        if let Err(why) = &taken
            && asked.failure.as_ref() != Some(why)
        {
            observe::no_keys(&self.issuer, self.source(), why);
        }
        asked.failure = taken.err();
    }

    fn take(&self, asked: &mut Asked, text: Bytes) -> Result<(), String> {
        if self.known.load().is_some() && text == asked.text {
            return Ok(());
        }
        let set = KeySet::parse(&text).map_err(|error| error.to_string())?;
        self.known.store(Some(Arc::new(set)));
        asked.text = text;
        Ok(())
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
