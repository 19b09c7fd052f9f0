//! How many calls may be under way: to one host, and in all. A call that finds no place waits for one, as long as its
//! integration's timeout lets it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::uri::Authority;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{OUTBOUND_CALLS_MAX, OUTBOUND_CALLS_PER_HOST_MAX, OUTBOUND_HOSTS_KEPT_MAX};

/// The places that are left.
#[derive(Debug)]
pub(super) struct Capacity {
    all: Arc<Semaphore>,
    /// By host and port in lower case. Those that nobody calls or waits for are forgotten when they become many.
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to make one call; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _of_host: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

/// The places of one host, for one call that wants one.
#[derive(Debug)]
pub(super) struct Wanted {
    of_host: Arc<Semaphore>,
    of_all: Arc<Semaphore>,
}

impl Default for Capacity {
    fn default() -> Capacity {
        let all = Arc::new(Semaphore::new(OUTBOUND_CALLS_MAX));
        Capacity { all, hosts: Mutex::default() }
    }
}

impl Capacity {
    /// Asks for a place to call a host; without one, none is asked for.
    pub(super) fn wanted(&self, host: Option<&Authority>) -> Wanted {
        let of_host = self.host(host.map_or("", Authority::as_str));
        Wanted { of_host, of_all: Arc::clone(&self.all) }
    }

    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // Most are written in lower case.
        if let Some(known) = hosts.get(host) {
            return Arc::clone(known);
        }
        if hosts.len() >= OUTBOUND_HOSTS_KEPT_MAX {
            hosts.retain(|_, of_host| Arc::strong_count(of_host) > 1);
        }
        let new = || Arc::new(Semaphore::new(OUTBOUND_CALLS_PER_HOST_MAX));
        Arc::clone(hosts.entry(host.to_ascii_lowercase()).or_insert_with(new))
    }
}

impl Wanted {
    /// The place, when one is free.
    pub(super) fn free(&self) -> Option<Place> {
        let of_host = Arc::clone(&self.of_host).try_acquire_owned().ok()?;
        let of_all = Arc::clone(&self.of_all).try_acquire_owned().ok()?;
        Some(Place { _of_host: Some(of_host), _of_all: Some(of_all) })
    }

    /// The place, as soon as one is free.
    pub(super) async fn place(self) -> Place {
        // The semaphores are never closed, which is the one way in which this can fail.
        let of_host = self.of_host.acquire_owned().await.ok();
        let of_all = self.of_all.acquire_owned().await.ok();
        Place { _of_host: of_host, _of_all: of_all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};

    fn wanted(capacity: &Capacity, host: &str) -> Wanted {
        capacity.wanted(Some(&host.parse().unwrap()))
    }

    #[test]
    fn a_host_has_places_of_its_own_and_a_call_without_one_waits() {
        let capacity = Capacity::default();
        let mut places: Vec<Place> = (0..OUTBOUND_CALLS_PER_HOST_MAX)
            .map(|_| wanted(&capacity, "a:80").free().unwrap())
            .collect();
        assert!(wanted(&capacity, "A:80").free().is_none());
        let mut further = pin!(wanted(&capacity, "a:80").place());
        let mut context = Context::from_waker(Waker::noop());
        assert!(further.as_mut().poll(&mut context).is_pending());
        assert!(wanted(&capacity, "b:80").free().is_some());
        places.pop();
        assert!(further.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn all_hosts_together_have_places() {
        let capacity = Capacity::default();
        let place = |call| wanted(&capacity, &format!("host-{call}:80")).free();
        let mut places: Vec<Place> =
            (0..OUTBOUND_CALLS_MAX).map(|call| place(call).unwrap()).collect();
        assert!(place(OUTBOUND_CALLS_MAX).is_none());
        places.pop();
        assert!(place(OUTBOUND_CALLS_MAX).is_some());
    }

    #[test]
    fn hosts_that_nobody_calls_are_forgotten_when_they_are_many() {
        let capacity = Capacity::default();
        let known = || capacity.hosts.lock().unwrap().len();
        let called = wanted(&capacity, "called:80").free().unwrap();
        let waited_for = wanted(&capacity, "waited-for:80");
        for host in 2..OUTBOUND_HOSTS_KEPT_MAX {
            drop(wanted(&capacity, &format!("host-{host}:80")));
        }
        assert_eq!(known(), OUTBOUND_HOSTS_KEPT_MAX);
        drop(wanted(&capacity, "host-2:80"));
        assert_eq!(known(), OUTBOUND_HOSTS_KEPT_MAX);
        drop(wanted(&capacity, "one-more:80"));
        assert_eq!(known(), 3);
        drop((called, waited_for));
    }
}
