//! Spans and metrics on their way to a collector, by OTLP over HTTP.
//!
//! Requests hand their spans to a queue with a limit and go on. One batch is sent at a time, within a timeout; what is not taken
//! is lost, and the log says so. It is not sent again: a collector on the same machine buffers better than a gateway.

mod health;
mod message;
mod protobuf;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use http_body_util::BodyExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use vestibule_gateway::{Clock, EndpointCall, Endpoints, Family, Gateway, Span};

use self::health::Health;
use crate::config::Otel;
use crate::limits::{CLOSE_TIMEOUT, OTLP_ANSWER_BYTES_MAX, OTLP_BATCH, OTLP_QUEUE_MAX};

/// Every metric as it stands now.
pub(crate) type Families = Box<dyn Fn() -> Vec<Family> + Send + Sync>;

/// An export under way.
#[derive(Debug)]
pub(crate) struct Exporting {
    end: oneshot::Sender<()>,
    exporter: JoinHandle<()>,
}

impl Exporting {
    /// Sends what waits, unless that takes too long.
    pub(crate) async fn close(self) {
        drop(self.end);
        if timeout(CLOSE_TIMEOUT, self.exporter).await.is_err() {
            tracing::error!("the last spans and metrics were not exported: it took too long");
        }
    }
}

/// Exports the spans of a gateway's requests and all metrics from here on.
pub(crate) fn export(
    otel: Otel,
    gateway: &Gateway,
    families: Families,
    network: Arc<dyn Endpoints>,
    clock: Arc<dyn Clock>,
) -> Exporting {
    let (sender, spans) = mpsc::channel(OTLP_QUEUE_MAX);
    let lost = Arc::new(AtomicU64::new(0));
    if otel.traces.is_some() {
        let lost = Arc::clone(&lost);
        gateway.trace_spans(otel.sampler, move |spans| {
            if sender.try_send(spans).is_err() {
                lost.fetch_add(1, Relaxed);
            }
        });
    }
    let (end, ended) = oneshot::channel();
    let exporter = Exporter { otel, families, network, clock, lost };
    Exporting { end, exporter: tokio::spawn(exporter.run(spans, ended)) }
}

struct Exporter {
    otel: Otel,
    families: Families,
    network: Arc<dyn Endpoints>,
    clock: Arc<dyn Clock>,
    /// Requests whose spans found no place in the queue, since it was looked at last.
    lost: Arc<AtomicU64>,
}

impl Exporter {
    /// Exports until the other half of `ended` is dropped, and then what waits.
    async fn run(self, spans: mpsc::Receiver<Vec<Span>>, ended: oneshot::Receiver<()>) {
        let (end, is_ended) = watch::channel(false);
        let exporter = Arc::new(self);
        let spans = tokio::spawn(Arc::clone(&exporter).spans(spans, is_ended.clone()));
        let metrics = tokio::spawn(exporter.metrics(is_ended));
        let _sender_dropped = ended.await;
        end.send_replace(true);
        for task in [spans, metrics] {
            if let Err(error) = task.await {
                tracing::error!(%error, "an export failed");
            }
        }
    }

    async fn spans(
        self: Arc<Self>,
        mut spans: mpsc::Receiver<Vec<Span>>,
        mut ended: watch::Receiver<bool>,
    ) {
        let Some(uri) = &self.otel.traces else { return };
        let mut health = Health::new("spans");
        loop {
            let mut batch = Vec::new();
            let is_last = self.gather(&mut batch, &mut spans, &mut ended).await;
            if !batch.is_empty() {
                let requests = batch.len() as u64;
                let batch: Vec<Span> = batch.into_iter().flatten().collect();
                let body = message::traces(&self.otel.resource, &batch);
                let sent = self.post(uri, body).await;
                let unsent = if sent.is_ok() { 0 } else { requests };
                let lost = unsent + self.lost.swap(0, Relaxed);
                health.note(sent, lost, Instant::now());
            }
            if is_last {
                health.end(self.lost.swap(0, Relaxed));
                return;
            }
        }
    }

    /// Waits for spans, and then for others to go with them. Returns whether they are the last ones.
    async fn gather(
        &self,
        batch: &mut Vec<Vec<Span>>,
        spans: &mut mpsc::Receiver<Vec<Span>>,
        ended: &mut watch::Receiver<bool>,
    ) -> bool {
        // At the end all that waits goes together: what is asked for first counts.
        let first = tokio::select! {
            biased;
            () = is_over(ended) => None,
            first = spans.recv() => first,
        };
        let Some(first) = first else {
            while let Ok(spans) = spans.try_recv() {
                batch.push(spans);
            }
            return true;
        };
        batch.push(first);
        let delay = sleep(self.otel.spans_delay);
        tokio::pin!(delay);
        while batch.len() < OTLP_BATCH {
            tokio::select! {
                next = spans.recv() => match next {
                    Some(next) => batch.push(next),
                    None => break,
                },
                () = &mut delay => break,
                () = is_over(ended) => break,
            }
        }
        false
    }

    async fn metrics(self: Arc<Self>, mut ended: watch::Receiver<bool>) {
        let Some(uri) = &self.otel.metrics else { return };
        let mut health = Health::new("metrics");
        let start = self.now();
        let mut tick = interval(self.otel.metrics_interval);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first one comes at once, when there is nothing to tell.
        tick.tick().await;
        loop {
            let is_last = tokio::select! {
                _ = tick.tick() => false,
                () = is_over(&mut ended) => true,
            };
            let families = (self.families)();
            // A clock that was put back tells of no time before the start.
            let now = self.now().max(start);
            let body = message::metrics(&self.otel.resource, &families, start, now);
            health.note(self.post(uri, body).await, 0, Instant::now());
            if is_last {
                return;
            }
        }
    }

    /// Nanoseconds since 1970.
    fn now(&self) -> u64 {
        self.clock.epoch_ms().saturating_mul(1_000_000)
    }

    async fn post(&self, uri: &Uri, body: Vec<u8>) -> Result<(), String> {
        let time: Duration = self.otel.timeout;
        timeout(time, self.sent(uri, body))
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} ms", time.as_millis())))
    }

    async fn sent(&self, uri: &Uri, body: Vec<u8>) -> Result<(), String> {
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        headers.extend(self.otel.headers.iter().cloned());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let agent = concat!("vestibule/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        let call = EndpointCall { request, verify_certificate: true };
        let answered = self.network.call(call).await.map_err(|error| error.to_string())?;
        let (head, mut body) = answered.into_parts();
        // What it says is of no interest, but a connection whose answer is not read is not used again.
        let mut bytes = 0;
        while bytes < OTLP_ANSWER_BYTES_MAX
            && let Some(Ok(frame)) = body.frame().await
        {
            bytes += frame.data_ref().map_or(0, Bytes::len);
        }
        match head.status.is_success() {
            true => Ok(()),
            false => Err(format!("it answered {}", head.status)),
        }
    }
}

/// Waits for the end.
async fn is_over(ended: &mut watch::Receiver<bool>) {
    while !*ended.borrow() {
        if ended.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
