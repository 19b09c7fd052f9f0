//! What a source gives is kept until it expires, and renewed before.
//!
//! One look-up is under way at a time, whoever waits for it; it runs to its end also when nobody does any more. Soon before
//! credentials expire they are renewed beside the requests, which go on with the old ones. Where that fails, the old ones are used as
//! long as they are good; where there are none, the failure is remembered for a moment, so that a flood of requests is not one of
//! look-ups.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};
use vestibule_gateway::Clock;
use vestibule_sigv4::{CredentialSource, Credentials, CredentialsError, LookUp};

use crate::limits::{
    CREDENTIALS_FAILED, CREDENTIALS_LEEWAY, CREDENTIALS_RENEWED_BEFORE, CREDENTIALS_REREAD,
    CREDENTIALS_RETRY, CREDENTIALS_TIMEOUT,
};

/// Whoever gives credentials when it is asked.
pub(super) trait Lender: fmt::Debug + Send + Sync + 'static {
    /// Asks once. Whoever asks bounds the time.
    fn lend(&self) -> Lending<'_>;

    /// Whose credentials these are, as in "the credentials of {name}".
    fn name(&self) -> &str;

    /// Why asking will be in vain, where that can be told without asking anybody.
    fn foreseen(&self) -> Option<CredentialsError> {
        None
    }
}

/// Credentials that are being asked for.
pub(super) type Lending<'l> =
    Pin<Box<dyn Future<Output = Result<Lent, CredentialsError>> + Send + 'l>>;

/// Credentials, and how long they are good.
#[derive(Debug)]
pub(super) struct Lent {
    pub(super) credentials: Credentials,
    pub(super) until: Until,
}

/// How long credentials are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// As long as the program runs.
    Forever,
    /// Until a file says others: it is read again from time to time.
    Reread,
    /// Until this moment, in milliseconds since 1970.
    Moment(u64),
}

/// A source that keeps what its lender gives.
#[derive(Debug)]
pub(super) struct Kept<L>(Arc<Keeper<L>>);

#[derive(Debug)]
struct Keeper<L> {
    lender: L,
    clock: Arc<dyn Clock>,
    current: ArcSwapOption<Current>,
    /// From when on the current ones are renewed, in milliseconds of the clock that never runs backwards.
    renewed_from_ms: AtomicU64,
    /// Held by whoever looks credentials up.
    looking: Arc<Mutex<Option<Failed>>>,
}

/// Credentials in use. They are good until either clock says that they are not: the time of day may be set back, and the other one
/// stands still while a machine sleeps.
#[derive(Debug)]
struct Current {
    credentials: Arc<Credentials>,
    good_until: Now,
}

/// A moment on both clocks, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Now {
    /// Since 1970.
    epoch_ms: u64,
    /// On the scale that never runs backwards.
    elapsed_ms: u64,
}

impl Now {
    const NEVER: Now = Now { epoch_ms: u64::MAX, elapsed_ms: u64::MAX };

    fn after(self, time_ms: u64) -> Now {
        let Now { epoch_ms, elapsed_ms } = self;
        let (epoch_ms, elapsed_ms) =
            (epoch_ms.saturating_add(time_ms), elapsed_ms.saturating_add(time_ms));
        Now { epoch_ms, elapsed_ms }
    }

    fn is_before(self, other: Now) -> bool {
        self.epoch_ms < other.epoch_ms && self.elapsed_ms < other.elapsed_ms
    }
}

/// That there were none.
#[derive(Debug)]
struct Failed {
    error: CredentialsError,
    /// In milliseconds of the clock that never runs backwards.
    remembered_until_ms: u64,
}

impl<L: Lender> Kept<L> {
    /// Asks nobody yet.
    pub(super) fn new(lender: L, clock: Arc<dyn Clock>) -> Kept<L> {
        Kept(Arc::new(Keeper {
            lender,
            clock,
            current: ArcSwapOption::empty(),
            renewed_from_ms: AtomicU64::new(0),
            looking: Arc::default(),
        }))
    }
}

impl<L: Lender> CredentialSource for Kept<L> {
    fn at_hand(&self) -> Option<Arc<Credentials>> {
        let now = self.0.now();
        let credentials = self.0.good_at(now)?;
        if now.elapsed_ms >= self.0.renewed_from_ms.load(Ordering::Relaxed) {
            renew_aside(&self.0);
        }
        Some(credentials)
    }

    fn foreseen(&self) -> Option<CredentialsError> {
        match self.0.good_at(self.0.now()) {
            Some(_) => None,
            None => self.0.lender.foreseen(),
        }
    }

    fn look_up(&self) -> LookUp<'_> {
        let keeper = Arc::clone(&self.0);
        Box::pin(async move {
            let looking = Arc::clone(&keeper.looking).lock_owned().await;
            let now = keeper.now();
            // Somebody else may have looked in the meantime.
            if let Some(credentials) = keeper.good_at(now) {
                return Ok(credentials);
            }
            if let Some(failed) = looking.as_ref()
                && now.elapsed_ms < failed.remembered_until_ms
            {
                return Err(failed.error.clone());
            }
            let name = format!("the credentials of {}", keeper.lender.name());
            let looked = tokio::spawn(look(keeper, looking)).await;
            looked.unwrap_or_else(|_| {
                let message = format!("{name} were not looked up: it ended before its time");
                Err(CredentialsError::new(message, "report this: it is a bug, or the program ends"))
            })
        })
    }
}

/// Begins to renew credentials, unless somebody does.
fn renew_aside<L: Lender>(keeper: &Arc<Keeper<L>>) {
    let Ok(looking) = Arc::clone(&keeper.looking).try_lock_owned() else { return };
    // Without a runtime nobody can be asked.
    let Ok(runtime) = Handle::try_current() else { return };
    let keeper = Arc::clone(keeper);
    runtime.spawn(async move {
        // What comes of it is in the keeper and in the log.
        let _ = look(keeper, looking).await;
    });
}

/// Asks the lender, and keeps what it says.
async fn look<L: Lender>(
    keeper: Arc<Keeper<L>>,
    mut looking: OwnedMutexGuard<Option<Failed>>,
) -> Result<Arc<Credentials>, CredentialsError> {
    let lent = tokio::time::timeout(CREDENTIALS_TIMEOUT, keeper.lender.lend()).await;
    let now = keeper.now();
    let lent = lent.unwrap_or_else(|_| {
        let (name, seconds) = (keeper.lender.name(), CREDENTIALS_TIMEOUT.as_secs());
        let message = format!("the credentials of {name} were not there within {seconds} s");
        Err(CredentialsError::new(message, "see why whoever gives them takes so long"))
    });
    match lent.and_then(|lent| keeper.take(lent, now)) {
        Ok(credentials) => {
            *looking = None;
            Ok(credentials)
        }
        Err(error) => {
            let retried_from = now.after(ms(CREDENTIALS_RETRY)).elapsed_ms;
            keeper.renewed_from_ms.store(retried_from, Ordering::Relaxed);
            if keeper.good_at(now).is_some() {
                let (name, help) = (keeper.lender.name(), error.help());
                tracing::warn!(help, "the credentials of {name} were not renewed: {error}");
            }
            let remembered_until_ms = now.after(ms(CREDENTIALS_FAILED)).elapsed_ms;
            *looking = Some(Failed { error: error.clone(), remembered_until_ms });
            Err(error)
        }
    }
}

impl<L: Lender> Keeper<L> {
    fn now(&self) -> Now {
        Now { epoch_ms: self.clock.epoch_ms(), elapsed_ms: ms(self.clock.elapsed()) }
    }

    fn good_at(&self, now: Now) -> Option<Arc<Credentials>> {
        let current = self.current.load();
        let current = current.as_ref().filter(|current| now.is_before(current.good_until))?;
        Some(Arc::clone(&current.credentials))
    }

    fn take(&self, lent: Lent, now: Now) -> Result<Arc<Credentials>, CredentialsError> {
        let (good_until, renewed_from) = match lent.until {
            Until::Forever => (Now::NEVER, Now::NEVER),
            Until::Reread => (Now::NEVER, now.after(ms(CREDENTIALS_REREAD))),
            Until::Moment(moment_ms) => {
                let Some(life_ms) = moment_ms.checked_sub(now.epoch_ms).filter(|ms| *ms > 0) else {
                    return Err(self.expired());
                };
                let before_ms = ms(CREDENTIALS_RENEWED_BEFORE).min(life_ms / 2);
                let leeway_ms = ms(CREDENTIALS_LEEWAY).min(life_ms / 2);
                (now.after(life_ms - leeway_ms), now.after(life_ms - before_ms))
            }
        };
        // The same ones again stay what they are: their signing keys are kept by them.
        let known = self.current.load_full().map(|current| Arc::clone(&current.credentials));
        let credentials = known.filter(|known| **known == lent.credentials);
        let credentials = credentials.unwrap_or_else(|| Arc::new(lent.credentials));
        let name = self.lender.name();
        let key = credentials.access_key_id();
        tracing::debug!("the credentials of {name} are those of the access key {key}");
        let current = Current { credentials: Arc::clone(&credentials), good_until };
        self.current.store(Some(Arc::new(current)));
        self.renewed_from_ms.store(renewed_from.elapsed_ms, Ordering::Relaxed);
        Ok(credentials)
    }

    fn expired(&self) -> CredentialsError {
        let message = format!("the credentials of {} have expired already", self.lender.name());
        CredentialsError::new(message, "see that the clock of this machine is right")
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use super::*;
    use crate::credentials::testing::{Moved, settled};

    /// What the lender of a test does.
    #[derive(Clone, Copy, Debug)]
    enum Lends {
        /// Credentials with this key that are good for so many seconds from now on.
        For(&'static str, u64),
        Forever(&'static str),
        Reread(&'static str),
        Nothing(&'static str),
        Hangs,
        Panics,
    }

    #[derive(Debug)]
    struct Fake {
        clock: Arc<Moved>,
        lends: Arc<StdMutex<(Lends, usize)>>,
    }

    impl Lender for Fake {
        fn lend(&self) -> Lending<'_> {
            let mut lends = self.lends.lock().unwrap();
            lends.1 += 1;
            let lends = lends.0;
            let lent = |id: &str, until| {
                let credentials = Credentials::new(id.to_owned(), "secret".to_owned(), None);
                Ok(Lent { credentials, until })
            };
            let now_ms = self.clock.epoch_ms();
            Box::pin(async move {
                // Whoever is asked is never at once there.
                tokio::task::yield_now().await;
                match lends {
                    Lends::For(id, seconds) => lent(id, Until::Moment(now_ms + seconds * 1000)),
                    Lends::Forever(id) => lent(id, Until::Forever),
                    Lends::Reread(id) => lent(id, Until::Reread),
                    Lends::Nothing(why) => Err(CredentialsError::new(why, "help")),
                    Lends::Hangs => std::future::pending().await,
                    Lends::Panics => panic!("a bug"),
                }
            })
        }

        fn name(&self) -> &'static str {
            "the test"
        }
    }

    struct Bench {
        clock: Arc<Moved>,
        lends: Arc<StdMutex<(Lends, usize)>>,
        kept: Arc<dyn CredentialSource>,
    }

    impl Bench {
        fn new(lends: Lends) -> Bench {
            let (clock, lends) = (Moved::new(), Arc::new(StdMutex::new((lends, 0))));
            let fake = Fake { clock: Arc::clone(&clock), lends: Arc::clone(&lends) };
            let kept = Arc::new(Kept::new(fake, Arc::<Moved>::clone(&clock)));
            Bench { clock, lends, kept }
        }

        fn lend(&self, lends: Lends) {
            self.lends.lock().unwrap().0 = lends;
        }

        /// How often the lender was asked.
        fn asked(&self) -> usize {
            self.lends.lock().unwrap().1
        }

        fn at_hand(&self) -> Option<String> {
            Some(self.kept.at_hand()?.access_key_id().to_owned())
        }

        /// The access key that is signed with now, or why there is none.
        async fn key(&self) -> String {
            match self.kept.credentials().await {
                Ok(credentials) => credentials.access_key_id().to_owned(),
                Err(error) => format!("{error} ({})", error.help()),
            }
        }

        fn later(&self, seconds: u64) {
            self.clock.by(Duration::from_secs(seconds));
        }
    }

    const HOUR: u64 = 3600;

    #[tokio::test]
    async fn nobody_is_asked_before_something_is_signed_and_all_who_wait_share_one_answer() {
        let bench = Bench::new(Lends::For("A", HOUR));
        assert_eq!((bench.at_hand(), bench.asked()), (None, 0));
        let keys = tokio::join!(bench.key(), bench.key(), bench.key());
        assert_eq!(keys, ("A".to_owned(), "A".to_owned(), "A".to_owned()));
        assert_eq!((bench.at_hand().as_deref(), bench.asked()), (Some("A"), 1));
    }

    #[tokio::test]
    async fn credentials_are_renewed_beside_the_requests_ten_minutes_before_they_expire() {
        let bench = Bench::new(Lends::For("A", HOUR));
        bench.key().await;
        bench.lend(Lends::For("B", HOUR));
        bench.later(HOUR - 601);
        assert_eq!(bench.key().await, "A");
        settled().await;
        assert_eq!(bench.asked(), 1);
        bench.later(1);
        // Nobody waits for the new ones, and one asks for them.
        assert_eq!(
            (bench.at_hand().as_deref(), bench.at_hand().as_deref()),
            (Some("A"), Some("A"))
        );
        settled().await;
        assert_eq!((bench.at_hand().as_deref(), bench.asked()), (Some("B"), 2));
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_remembers_no_failure_for_longer_and_keeps_nothing_expired() {
        let bench = Bench::new(Lends::Nothing("none"));
        assert_eq!(bench.key().await, "none (help)");
        bench.clock.set_back(Duration::from_secs(30 * 24 * HOUR));
        bench.lend(Lends::For("A", HOUR));
        bench.later(5);
        assert_eq!(bench.key().await, "A");
        bench.clock.set_back(Duration::from_secs(30 * 24 * HOUR));
        bench.lend(Lends::For("B", HOUR));
        bench.later(HOUR);
        assert_eq!(bench.key().await, "B");
    }

    #[tokio::test]
    async fn a_short_life_is_renewed_at_its_half() {
        let bench = Bench::new(Lends::For("A", 100));
        bench.key().await;
        bench.lend(Lends::For("B", 100));
        bench.later(49);
        bench.key().await;
        settled().await;
        assert_eq!(bench.asked(), 1);
        bench.later(1);
        bench.key().await;
        settled().await;
        assert_eq!((bench.at_hand().as_deref(), bench.asked()), (Some("B"), 2));
    }

    #[tokio::test]
    async fn while_they_are_good_they_are_used_though_they_cannot_be_renewed() {
        let bench = Bench::new(Lends::For("A", HOUR));
        bench.key().await;
        bench.lend(Lends::Nothing("it is down"));
        bench.later(HOUR - 600);
        for _ in 0..5 {
            assert_eq!(bench.key().await, "A");
            settled().await;
        }
        assert_eq!(bench.asked(), 2);
        // It is tried again after half a minute.
        bench.later(30);
        assert_eq!(bench.key().await, "A");
        settled().await;
        assert_eq!(bench.asked(), 3);
        // Ten seconds before the end they are not used any more.
        bench.later(600 - 30 - 10);
        assert_eq!(bench.key().await, "it is down (help)");
        bench.lend(Lends::For("B", HOUR));
        bench.later(5);
        assert_eq!(bench.key().await, "B");
    }

    #[tokio::test]
    async fn that_there_are_none_is_remembered_for_five_seconds() {
        let bench = Bench::new(Lends::Nothing("there are none"));
        for _ in 0..3 {
            assert_eq!(bench.key().await, "there are none (help)");
        }
        bench.later(4);
        bench.key().await;
        assert_eq!(bench.asked(), 1);
        bench.lend(Lends::Forever("A"));
        bench.later(1);
        assert_eq!((bench.key().await.as_str(), bench.asked()), ("A", 2));
        bench.later(10 * 365 * 24 * HOUR);
        assert_eq!((bench.key().await.as_str(), bench.asked()), ("A", 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lender_that_hangs_costs_ten_seconds_once() {
        let bench = Bench::new(Lends::Hangs);
        let start = tokio::time::Instant::now();
        let why = "the credentials of the test were not there within 10 s \
                   (see why whoever gives them takes so long)";
        let both = tokio::join!(bench.key(), bench.key());
        assert_eq!(both, (why.to_owned(), why.to_owned()));
        assert_eq!((start.elapsed(), bench.asked()), (Duration::from_secs(10), 1));
    }

    #[tokio::test]
    async fn a_look_up_runs_to_its_end_though_nobody_waits() {
        let bench = Bench::new(Lends::For("A", HOUR));
        let mut waiting = Box::pin(bench.key());
        std::future::poll_fn(|cx| {
            assert!(waiting.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(waiting);
        settled().await;
        assert_eq!((bench.at_hand().as_deref(), bench.asked()), (Some("A"), 1));
    }

    #[tokio::test]
    async fn a_bug_costs_its_own_look_up() {
        let bench = Bench::new(Lends::Panics);
        assert_eq!(
            bench.key().await,
            "the credentials of the test were not looked up: it ended before its time \
             (report this: it is a bug, or the program ends)"
        );
        bench.lend(Lends::Forever("A"));
        assert_eq!(bench.key().await, "A");
    }

    #[tokio::test]
    async fn what_has_expired_already_is_not_used() {
        let bench = Bench::new(Lends::For("A", 0));
        assert_eq!(
            bench.key().await,
            "the credentials of the test have expired already \
             (see that the clock of this machine is right)"
        );
    }

    #[tokio::test]
    async fn a_file_is_read_again_after_a_minute_and_the_same_stay_the_same() {
        let bench = Bench::new(Lends::Reread("A"));
        bench.key().await;
        let first = bench.kept.at_hand().unwrap();
        bench.later(60);
        bench.key().await;
        settled().await;
        assert!(Arc::ptr_eq(&first, &bench.kept.at_hand().unwrap()));
        assert_eq!(bench.asked(), 2);
        bench.lend(Lends::Reread("B"));
        bench.later(60);
        bench.key().await;
        settled().await;
        assert_eq!(bench.at_hand().as_deref(), Some("B"));
    }
}
