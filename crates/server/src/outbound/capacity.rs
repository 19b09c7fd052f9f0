//! How many calls may be under way: to one host, and in all. A call that finds no place waits for one, as long as its
//! integration's timeout lets it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{OUTBOUND_CALLS_MAX, OUTBOUND_CALLS_PER_HOST_MAX};

/// The places that are left.
#[derive(Debug)]
pub(super) struct Capacity {
    all: Arc<Semaphore>,
    /// Hosts that are being called or waited for; others have no entry.
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to make one call; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    // Fields are dropped in their order: the permits before the entry is looked at.
    _permits: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    _entry: Entry,
}

/// What keeps a host's entry alive.
#[derive(Debug)]
struct Entry {
    capacity: Arc<Capacity>,
    host: String,
}

impl Default for Capacity {
    fn default() -> Capacity {
        let all = Arc::new(Semaphore::new(OUTBOUND_CALLS_MAX));
        Capacity { all, hosts: Mutex::default() }
    }
}

impl Capacity {
    /// Waits for a place to call `host`.
    pub(super) async fn place(self: &Arc<Self>, host: &str) -> Place {
        // Made before the wait, so that a call that is given up while it waits leaves no entry behind.
        let entry = Entry { capacity: Arc::clone(self), host: host.to_owned() };
        let of_host = self.host(host);
        // The semaphores are never closed, which is the one way in which this can fail.
        let of_host = of_host.acquire_owned().await.ok();
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Place { _permits: of_host.zip(of_all), _entry: entry }
    }

    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Semaphore::new(OUTBOUND_CALLS_PER_HOST_MAX));
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(new))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut hosts = self.capacity.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.get(&self.host).is_some_and(|of_host| Arc::strong_count(of_host) == 1) {
            hosts.remove(&self.host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn known(capacity: &Capacity) -> usize {
        capacity.hosts.lock().unwrap().len()
    }

    #[tokio::test]
    async fn a_host_has_places_of_its_own_and_a_call_without_one_waits() {
        let capacity = Arc::<Capacity>::default();
        let mut places = Vec::new();
        for _ in 0..OUTBOUND_CALLS_PER_HOST_MAX {
            places.push(capacity.place("a:80").await);
        }
        let mut further = pin!(capacity.place("a:80"));
        let mut context = Context::from_waker(Waker::noop());
        assert!(further.as_mut().poll(&mut context).is_pending());
        let other = capacity.place("b:80").await;
        assert_eq!(known(&capacity), 2);
        places.pop();
        let Poll::Ready(further) = further.as_mut().poll(&mut context) else {
            panic!("it waits although a place is free");
        };
        drop((places, further, other));
        assert_eq!(known(&capacity), 0);
    }

    #[tokio::test]
    async fn all_hosts_together_have_places() {
        let capacity = Arc::<Capacity>::default();
        let mut places = Vec::new();
        for call in 0..OUTBOUND_CALLS_MAX {
            places.push(capacity.place(&format!("host-{call}:80")).await);
        }
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut further = pin!(capacity.place("one more:80"));
            assert!(further.as_mut().poll(&mut context).is_pending());
            assert_eq!(known(&capacity), OUTBOUND_CALLS_MAX + 1);
        }
        // It was given up.
        assert_eq!(known(&capacity), OUTBOUND_CALLS_MAX);
        drop(places);
        assert_eq!(known(&capacity), 0);
    }
}
