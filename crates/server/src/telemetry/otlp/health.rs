//! Whether a collector takes what it is sent. What keeps it from that is said once, and once that it is over, with what it cost.

use tokio::time::Instant;

use crate::limits::OTLP_KEEPS_UP;

/// How the export of a signal goes.
pub(super) struct Health {
    what: &'static str,
    state: State,
    /// Requests whose spans were lost since it was well.
    lost: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Well,
    /// The last export failed.
    Failing,
    /// Exports succeed, and more comes than they take. The last of it was lost at this moment.
    Slow(Instant),
}

impl Health {
    pub(super) fn new(what: &'static str) -> Health {
        Health { what, state: State::Well, lost: 0 }
    }

    /// Notes how an export ended, and how many requests' spans were lost with it and since the one before.
    pub(super) fn note(&mut self, result: Result<(), String>, lost: u64, now: Instant) {
        let what = self.what;
        self.lost += lost;
        self.state = match (result, self.state) {
            (Err(_), State::Failing) => State::Failing,
            (Err(reason), State::Well | State::Slow(_)) => {
                tracing::warn!("{what} cannot be exported and are lost: {reason}");
                State::Failing
            }
            (Ok(()), State::Failing) => {
                tracing::info!("{what} are exported again{}", self.cost());
                State::Well
            }
            (Ok(()), State::Well) if lost > 0 => {
                tracing::warn!("{what} are lost: the collector is too slow");
                State::Slow(now)
            }
            (Ok(()), State::Slow(_)) if lost > 0 => State::Slow(now),
            (Ok(()), State::Slow(since)) if now.duration_since(since) >= OTLP_KEEPS_UP => {
                tracing::info!("the collector keeps up again{}", self.cost());
                State::Well
            }
            (Ok(()), state) => state,
        };
        if self.state == State::Well {
            self.lost = 0;
        }
    }

    /// Notes that there are no more exports, and how many requests' spans were lost since the last one.
    pub(super) fn end(mut self, lost: u64) {
        self.lost += lost;
        if self.lost > 0 {
            tracing::warn!("the export of {} ends{}", self.what, self.cost());
        }
    }

    fn cost(&self) -> String {
        match self.lost {
            0 => String::new(),
            lost => format!(": those of {lost} requests were lost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::log::captured::logged;

    fn failed() -> Result<(), String> {
        Err("no answer within 10000 ms".to_owned())
    }

    // Source: inferred (ours).
    #[test]
    fn an_outage_is_said_once_whatever_is_lost_meanwhile() {
        let now = Instant::now();
        let text = logged(|| {
            let mut health = Health::new("spans");
            health.note(Ok(()), 0, now);
            for lost in [512, 600, 512, 900] {
                health.note(failed(), lost, now);
            }
            health.note(Ok(()), 3, now);
            health.note(Ok(()), 0, now);
            health.end(0);
        });
        assert_eq!(
            text,
            " WARN spans cannot be exported and are lost: no answer within 10000 ms\n \
             INFO spans are exported again: those of 2527 requests were lost\n"
        );
    }

    // Source: inferred (ours).
    #[test]
    fn a_collector_that_is_too_slow_is_named_once_until_it_keeps_up() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let text = logged(|| {
            let mut health = Health::new("spans");
            for (seconds, lost) in [(0, 5), (1, 0), (2, 7), (61, 0), (62, 0), (63, 1), (64, 0)] {
                health.note(Ok(()), lost, at(seconds));
            }
            health.end(2);
        });
        assert_eq!(
            text,
            " WARN spans are lost: the collector is too slow\n \
             INFO the collector keeps up again: those of 12 requests were lost\n \
             WARN spans are lost: the collector is too slow\n \
             WARN the export of spans ends: those of 3 requests were lost\n"
        );
    }

    // Source: inferred (ours).
    #[test]
    fn metrics_have_no_requests_to_lose() {
        let now = Instant::now();
        let text = logged(|| {
            let mut health = Health::new("metrics");
            health.note(failed(), 0, now);
            health.note(Ok(()), 0, now);
            health.end(0);
        });
        assert_eq!(
            text,
            " WARN metrics cannot be exported and are lost: no answer within 10000 ms\n \
             INFO metrics are exported again\n"
        );
    }
}
