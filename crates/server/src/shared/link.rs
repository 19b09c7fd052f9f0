//! The way to the shared store: whether it is there, and who sees to it that it is again.
//!
//! One call that fails or takes too long ends the connection: until there is another one nobody waits for the store. Connections
//! are made again after a time that doubles. It is logged when the store is lost and when it is back, each time once.

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{InfoDict, RedisError, Script};
use rustls::ClientConfig;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::address::Address;
use super::failure::Failure;
use super::stream::{self, Connection};
use crate::limits::{
    SHARED_BACKOFF_FIRST, SHARED_BACKOFF_MAX, SHARED_CALL_TIMEOUT, SHARED_CONNECT_TIMEOUT,
    SHARED_FORGOTTEN_S, SHARED_GATHERING_INTERVAL, SHARED_PRESENCE_INTERVAL,
};

/// How every key begins. The number is the version of what scripts keep in them: whoever changes the form of a key or of its value counts
/// it up, so that gateways of both forms can serve side by side.
pub(super) const PREFIX: &str = "vestibule:1:";

/// What a link is for. Each has a connection of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Limits are counted.
    Counts,
    /// Answers are kept.
    Answers,
}

/// The way to the shared store, of one gateway.
#[derive(Debug)]
pub(crate) struct Link {
    purpose: Purpose,
    address: Address,
    tls: Arc<ClientConfig>,
    /// What the gateway is called among those that share the store.
    name: String,
    /// None while the store is away.
    connection: ArcSwapOption<Connection>,
    /// Whether a call was answered since the store was lost.
    has_answered: AtomicBool,
    gateways: AtomicU32,
    /// The most gateways that were seen lately, and when.
    most_seen: Mutex<(u32, Instant)>,
    /// Whether the store was lost, and not all of them have been at it since.
    is_gathering: AtomicBool,
    /// Since when, in microseconds of the store's clock; 0 until it has said it.
    gathering_since_us: AtomicU64,
    present: Script,
    failed: mpsc::Sender<Failure>,
}

/// What the store says of who is there.
#[derive(Clone, Copy, Debug)]
struct Present {
    gateways: u32,
    /// How many of them have said so since the moment that it was asked about.
    since: u32,
    /// When it said it, by its clock.
    now_us: u64,
}

/// Who keeps a link.
#[derive(Debug)]
pub(crate) struct Keeper {
    link: Arc<Link>,
    failures: mpsc::Receiver<Failure>,
    /// What was logged last.
    told: Option<Failure>,
    /// Time before the store is connected to again.
    backoff: Duration,
}

impl Purpose {
    /// What is so while the store is away.
    fn without(self) -> &'static str {
        match self {
            Purpose::Counts => "limits are counted without it",
            Purpose::Answers => "answers are not cached",
        }
    }

    /// What is so when it is back.
    fn again(self) -> &'static str {
        match self {
            Purpose::Counts => "limits are counted in it",
            Purpose::Answers => "answers are cached in it",
        }
    }
}

impl Link {
    /// A link that is not there yet, and who keeps it.
    pub(crate) fn new(
        purpose: Purpose,
        address: Address,
        tls: Arc<ClientConfig>,
    ) -> (Arc<Link>, Keeper) {
        // One says it all: the others are about the same connection.
        let (failed, failures) = mpsc::channel(1);
        let link = Arc::new(Link {
            purpose,
            address,
            tls,
            name: format!("{:016x}", fastrand::u64(..)),
            connection: ArcSwapOption::empty(),
            has_answered: AtomicBool::new(false),
            gateways: AtomicU32::new(1),
            most_seen: Mutex::new((1, Instant::now())),
            is_gathering: AtomicBool::new(false),
            gathering_since_us: AtomicU64::new(0),
            present: Script::new(include_str!("present.lua")),
            failed,
        });
        (Arc::clone(&link), Keeper { link, failures, told: None, backoff: SHARED_BACKOFF_FIRST })
    }

    /// Whether the store is there.
    pub(super) fn is_there(&self) -> bool {
        self.connection.load().is_some()
    }

    /// How many gateways said lately that they are there.
    pub(super) fn gateways(&self) -> NonZeroU32 {
        NonZeroU32::new(self.gateways.load(Relaxed)).unwrap_or(NonZeroU32::MIN)
    }

    /// Whether gateways that were there before the store was lost have not said since that they are back.
    pub(super) fn is_gathering(&self) -> bool {
        self.is_gathering.load(Relaxed)
    }

    /// Calls the store, if it is there. What fails or takes too long ends the connection.
    pub(super) async fn call<T>(
        &self,
        call: impl AsyncFnOnce(MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Option<T> {
        let connection = self.connection.load_full()?;
        match timed(call(connection.calls.clone())).await {
            Ok(answer) => {
                self.has_answered.store(true, Relaxed);
                Some(answer)
            }
            Err(failure) => {
                self.lose(&connection, failure);
                None
            }
        }
    }

    /// The store answered, and not what it was asked.
    pub(super) fn lose_for_nonsense(&self) {
        if let Some(connection) = self.connection.load_full() {
            self.lose(&connection, Failure::nonsense());
        }
    }

    fn lose(&self, connection: &Arc<Connection>, failure: Failure) {
        let before = self.connection.compare_and_swap(connection, None);
        let was_it = before.as_ref().is_some_and(|before| Arc::ptr_eq(before, connection));
        if was_it {
            // Full where the keeper has not yet heard of the one before.
            let _ = self.failed.try_send(failure);
        }
    }

    pub(super) async fn connect(&self) -> Result<(), Failure> {
        let connecting = async {
            let connection = stream::connect(&self.address, &self.tls).await?;
            let mut calls = connection.calls.clone();
            if is_cluster(&mut calls).await? {
                return Err(Failure::cluster());
            }
            // Twice: the first call of a connection has more to do, and only one that is as fast as every call has to be tells
            // that the store is back.
            self.say_present(&mut calls).await.map_err(|error| Failure::from(&error))?;
            timed(self.say_present(&mut calls)).await?;
            self.connection.store(Some(Arc::new(connection)));
            Ok(())
        };
        let connected = timeout(SHARED_CONNECT_TIMEOUT, connecting).await;
        connected.unwrap_or_else(|_| Err(Failure::slow_connection()))
    }

    /// Waits for the others, each of which comes back when it does: those that were there last count as seen now.
    fn gather(&self, now: Instant) {
        self.most_seen.lock().unwrap_or_else(PoisonError::into_inner).1 = now;
        self.gathering_since_us.store(0, Relaxed);
        self.is_gathering.store(true, Relaxed);
    }

    /// Notes how many gateways there are. A store that has forgotten them counts fewer for a while: until those that were seen would
    /// have been forgotten anyway, they count.
    fn seen(&self, Present { gateways, since, now_us }: Present, now: Instant) {
        let mut most = self.most_seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = now.duration_since(most.1) > Duration::from_secs(SHARED_FORGOTTEN_S);
        if gateways >= most.0 || is_over {
            *most = (gateways, now);
        }
        self.gateways.store(most.0, Relaxed);
        // Only the keeper asks, so nobody else sets it.
        if self.gathering_since_us.load(Relaxed) == 0 {
            self.gathering_since_us.store(now_us, Relaxed);
        }
        if since >= most.0 || is_over {
            self.is_gathering.store(false, Relaxed);
        }
    }

    /// Says that the gateway is there, or finds out otherwise whether the store can be written.
    async fn say_present(&self, calls: &mut MultiplexedConnection) -> Result<(), RedisError> {
        if self.purpose == Purpose::Answers {
            let mut probe = redis::cmd("SET");
            let probe =
                probe.arg(format!("{PREFIX}probe")).arg(1).arg("EX").arg(SHARED_FORGOTTEN_S);
            return probe.query_async(calls).await;
        }
        let mut present = self.present.key(format!("{PREFIX}gateways"));
        let present = present.arg(&self.name).arg(SHARED_FORGOTTEN_S);
        let present = present.arg(self.gathering_since_us.load(Relaxed));
        let (gateways, since, now_us) = present.invoke_async(calls).await?;
        self.seen(Present { gateways, since, now_us }, Instant::now());
        Ok(())
    }
}

/// Whether a server is in cluster mode. One that does not tell is found out by what it answers.
async fn is_cluster(calls: &mut MultiplexedConnection) -> Result<bool, Failure> {
    match redis::cmd("INFO").arg("server").query_async::<InfoDict>(calls).await {
        Ok(info) => Ok(info.get::<String>("redis_mode").is_some_and(|mode| mode == "cluster")),
        Err(error) if error.code() == Some("NOPERM") => Ok(false),
        Err(error) => Err(Failure::from(&error)),
    }
}

async fn timed<T>(call: impl Future<Output = Result<T, RedisError>>) -> Result<T, Failure> {
    match timeout(SHARED_CALL_TIMEOUT, call).await {
        Ok(answer) => answer.map_err(|error| Failure::from(&error)),
        Err(_) => Err(Failure::slow_call()),
    }
}

impl Keeper {
    /// Connects once; what is wrong is logged, and [`keep`](Keeper::keep) goes on from there.
    pub(crate) async fn begin(&mut self) {
        if let Err(failure) = self.link.connect().await {
            self.log_lost(failure);
        }
    }

    /// Keeps the link for ever.
    pub(crate) async fn keep(mut self) -> Infallible {
        loop {
            if !self.link.is_there() {
                self.connect_again().await;
            }
            let failure = self.watch().await;
            self.log_lost(failure);
        }
    }

    /// Says that the gateway is there, until the link is lost.
    async fn watch(&mut self) -> Failure {
        loop {
            let is_gathering = self.link.is_gathering();
            let interval =
                if is_gathering { SHARED_GATHERING_INTERVAL } else { SHARED_PRESENCE_INTERVAL };
            tokio::select! {
                failure = self.failures.recv() => {
                    // The link has a sender as long as there is a keeper.
                    return failure.unwrap_or_else(Failure::slow_call);
                }
                () = sleep(interval) => {
                    let link = &self.link;
                    link.call(async |mut calls| link.say_present(&mut calls).await).await;
                }
            }
        }
    }

    async fn connect_again(&mut self) {
        let since = Instant::now();
        // A store that takes connections and answers no call is not connected to all the time.
        if self.link.has_answered.swap(false, Relaxed) {
            self.backoff = SHARED_BACKOFF_FIRST;
        }
        loop {
            sleep(spread(self.backoff)).await;
            self.link.gather(Instant::now());
            self.backoff = (self.backoff * 2).min(SHARED_BACKOFF_MAX);
            match self.link.connect().await {
                Ok(()) => break,
                // What does not pass by itself is worth a line of its own, once.
                Err(failure) if failure.help.is_some() && self.told.as_ref() != Some(&failure) => {
                    tracing::warn!(
                        "the shared store `{}` is still away: {failure}",
                        self.link.address
                    );
                    self.told = Some(failure);
                }
                Err(_) => (),
            }
        }
        let away_s = since.elapsed().as_secs_f64();
        let (address, again) = (&self.link.address, self.link.purpose.again());
        tracing::info!("the shared store `{address}` is back after {away_s:.1} s, {again}");
    }

    fn log_lost(&mut self, failure: Failure) {
        let address = &self.link.address;
        tracing::warn!(
            "the shared store `{address}` is away, {}: {failure}",
            self.link.purpose.without()
        );
        self.told = Some(failure);
    }
}

/// A time near to one, so that gateways do not come all at once.
fn spread(time: Duration) -> Duration {
    time.mul_f64(0.75 + fastrand::f64() / 2.0)
}
