//! Several gateways and one store, in simulated time: what they let in together. Source: ours, "no window of t seconds
//! admits more than 2 % above rate x t + burst, none starves below 98 % of it"; AWS docs for the buckets themselves.

mod faults;
mod model;
mod rates;

use super::{Local, Quantity, Shared, Sharing, Taken, Thing, WhenLost};
use crate::site::Throttle;
use model::{Delays, Link, SimClock, Valkey};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// One of something that is counted.
#[derive(Clone)]
struct Want {
    name: String,
    quantity: Quantity,
}

fn bucket(name: &str, rate_per_second: f64, burst_requests: u32) -> Want {
    let throttle = Throttle { rate_per_second, burst_requests };
    Want { name: name.to_owned(), quantity: Quantity::Bucket(throttle) }
}

fn quota(name: &str, requests: u32) -> Want {
    Want { name: name.to_owned(), quantity: Quantity::Quota(requests) }
}

/// A gateway with what it knows of each limit.
struct Gateway {
    shared: Arc<Shared>,
    locals: Mutex<HashMap<String, Arc<Local>>>,
}

impl Gateway {
    fn new(sharing: Sharing, begin: Instant) -> Gateway {
        let shared = Shared::new(sharing, Arc::new(SimClock(begin)));
        Gateway { shared, locals: Mutex::default() }
    }

    fn things(&self, wants: &[Want]) -> Vec<Thing> {
        let mut locals = self.locals.lock().unwrap();
        let thing = |Want { name, quantity }: &Want| {
            let local = locals.entry(name.clone()).or_insert_with(|| Local::named(name.clone()));
            Thing { local: Arc::clone(local), quantity: *quantity }
        };
        wants.iter().map(thing).collect()
    }
}

async fn take(gateway: &Gateway, wants: &[Want]) -> Taken {
    gateway.shared.take(&gateway.things(wants)).await
}

/// Gateways that share a store.
struct Fleet {
    valkey: Arc<Valkey>,
    gateways: Vec<Arc<Gateway>>,
    begin: Instant,
}

impl Fleet {
    /// So many gateways, each with its delay to the store.
    fn new(delays: &[Delays]) -> Fleet {
        Fleet::with(delays, WhenLost::Share)
    }

    fn with(delays: &[Delays], when_lost: WhenLost) -> Fleet {
        Fleet::of(delays.len(), when_lost, |at, valkey| Link::new(valkey, delays[at].clone()))
    }

    /// So many gateways, each with its way to the store.
    fn of(number: usize, when_lost: WhenLost, link: impl Fn(usize, Arc<Valkey>) -> Link) -> Fleet {
        let begin = Instant::now();
        let valkey = Arc::new(Valkey::new(begin));
        let number = u32::try_from(number).unwrap();
        let gateway = |at: u32| {
            let store = Arc::new(link(at as usize, Arc::clone(&valkey)));
            let gateways = NonZeroU32::new(number);
            Arc::new(Gateway::new(Sharing { store, when_lost, gateways }, begin))
        };
        let gateways = (0..number).map(gateway).collect();
        Fleet { valkey, gateways, begin }
    }

    /// When each of the requests was let in that come at these moments to the gateways at these indices, in order; with the
    /// gateway.
    async fn admitted(
        &self,
        wants: &[Want],
        arrivals: impl IntoIterator<Item = (usize, Duration)>,
    ) -> Vec<(Duration, usize)> {
        let mut asked = Vec::new();
        for (at, when) in arrivals {
            let (gateway, wants, begin) =
                (Arc::clone(&self.gateways[at]), wants.to_vec(), self.begin);
            asked.push(tokio::spawn(async move {
                sleep_until(begin + when).await;
                let taken = take(&gateway, &wants).await;
                (taken == Taken::Yes).then(|| (begin.elapsed(), at))
            }));
        }
        let mut admitted = Vec::new();
        for request in asked {
            admitted.extend(request.await.unwrap());
        }
        admitted.sort();
        admitted
    }

    /// How many of so many requests at once are let in by a gateway.
    async fn at_once(&self, gateway: usize, wants: &[Want], requests: usize) -> usize {
        let now = self.begin.elapsed();
        self.admitted(wants, (0..requests).map(|_| (gateway, now))).await.len()
    }
}

/// So many requests a second at a gateway, in a time.
fn offered(
    gateway: usize,
    per_second: u64,
    from: Duration,
    to: Duration,
) -> impl Iterator<Item = (usize, Duration)> {
    let apart = Duration::from_nanos(1_000_000_000 / per_second);
    (0..).map(move |n| (gateway, from + apart * n)).take_while(move |(_, at)| *at < to)
}

/// The window in which most is let in beyond `rate_per_second` x its length + `burst`, and by how much. All windows are looked at:
/// a bucket of this rate runs over by the greatest excess.
fn excess(admitted: &[(Duration, usize)], rate_per_second: f64, burst: f64) -> f64 {
    let (mut level, mut last, mut most) = (0.0_f64, Duration::ZERO, f64::MIN);
    for (at, _) in admitted {
        level = (level - (*at - last).as_secs_f64() * rate_per_second).max(0.0) + 1.0;
        most = most.max(level - burst);
        last = *at;
    }
    most
}

/// The fewest requests of all windows of a length between two moments.
fn fewest(admitted: &[(Duration, usize)], window: Duration, from: Duration, to: Duration) -> usize {
    let count = |begin: Duration| {
        let inside = admitted.iter().filter(|(at, _)| (begin..begin + window).contains(at));
        inside.count()
    };
    let begins = (0..).map(|n| from + ms(10) * n).take_while(|begin| *begin + window <= to);
    begins.map(count).min().unwrap()
}
