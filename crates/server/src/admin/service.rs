//! The answers of the admin listener. Bodies of requests are never read.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use vestibule_dynamodb::Tables;
use vestibule_gateway::Gateway;

use super::flush::{Caches, Flush};
use super::metrics;
use super::readiness::Readiness;
use super::traces::{self, Traces};
use crate::listen::Guard;
use crate::telemetry::Telemetry;

/// The admin listener's answers.
#[derive(Debug)]
pub struct Admin {
    guard: Guard,
    readiness: Arc<Readiness>,
    traces: Traces,
    caches: Caches,
    telemetry: Option<Arc<Telemetry>>,
    store: Option<Tables>,
}

/// What a path of the admin listener answers.
#[derive(Debug, Clone, Copy)]
enum Page<'p> {
    Live,
    Ready,
    Metrics,
    Traces,
    Trace(&'p str),
    Flush(Flush<'p>),
}

impl<'p> Page<'p> {
    fn of(path: &'p str) -> Option<Page<'p>> {
        match path {
            "/livez" => Some(Page::Live),
            "/readyz" => Some(Page::Ready),
            "/metrics" => Some(Page::Metrics),
            "/traces" => Some(Page::Traces),
            path => match path.strip_prefix("/traces/") {
                Some(id) => Some(Page::Trace(id)),
                None => Flush::of(path.strip_prefix("/cache/")?).map(Page::Flush),
            },
        }
    }

    /// Why it is not for who called the address `local`.
    fn refused(self, local: IpAddr) -> Option<&'static str> {
        match self {
            Page::Traces | Page::Trace(_) if !traces::may_see(local) => {
                Some("traces are told at a loopback address alone\n")
            }
            Page::Flush(_) if !traces::may_see(local) => {
                Some("caches are flushed at a loopback address alone\n")
            }
            _ => None,
        }
    }
}

impl Admin {
    /// Returns the answers for callers that `guard` allows.
    pub fn new(guard: Guard, readiness: Arc<Readiness>) -> Self {
        let (traces, caches) = (Traces::default(), Caches::default());
        Self { guard, readiness, traces, caches, telemetry: None, store: None }
    }

    /// Returns the same with the traces of `gateway`.
    pub fn with_traces(self, gateway: Arc<Gateway>) -> Self {
        Self { traces: Traces::of(gateway), ..self }
    }

    /// Returns the same with the store, whose endpoints `/readyz` tells of.
    pub fn with_store(self, store: Tables) -> Self {
        Self { store: Some(store), ..self }
    }

    /// Returns the same with what `gateway` keeps, to be flushed.
    pub fn with_caches(self, gateway: Arc<Gateway>) -> Self {
        Self { caches: Caches::of(gateway), ..self }
    }

    /// Returns the same with what is measured.
    pub fn with_metrics(self, telemetry: Arc<Telemetry>) -> Self {
        Self { telemetry: Some(telemetry), ..self }
    }

    /// Answers one request that came in at the address `local`: 403 when the caller is not
    /// allowed, 404 for an unknown path, 405 for a method other than GET and HEAD, or DELETE of what is flushed.
    pub async fn answer<B>(&self, request: &Request<B>, local: IpAddr) -> Response<Full<Bytes>> {
        if let Err(refused) = self.guard.check(request, local) {
            return answer(StatusCode::FORBIDDEN, TEXT, format!("{refused}\n"));
        }
        let Some(page) = Page::of(request.uri().path()) else {
            return text(StatusCode::NOT_FOUND, "not found\n");
        };
        if let Some(refused) = page.refused(local) {
            return text(StatusCode::FORBIDDEN, refused);
        }
        if let Page::Flush(flush) = page {
            return self.flush(flush, request.method()).await;
        }
        let mut answer = match *request.method() {
            Method::GET | Method::HEAD => self.page(page),
            _ => not_allowed("GET, HEAD"),
        };
        if request.method() == Method::HEAD {
            *answer.body_mut() = Full::default();
        }
        answer
    }

    async fn flush(&self, flush: Flush<'_>, method: &Method) -> Response<Full<Bytes>> {
        if method != Method::DELETE {
            return not_allowed("DELETE");
        }
        let (status, said) = self.caches.flush(flush).await;
        answer(status, TEXT, said)
    }

    fn page(&self, page: Page<'_>) -> Response<Full<Bytes>> {
        match page {
            Page::Live => text(StatusCode::OK, "ok\n"),
            Page::Ready => self.ready(),
            Page::Metrics => {
                let families = self.telemetry.as_ref().map(|telemetry| telemetry.families());
                let text = metrics::text(&families.unwrap_or_default());
                answer(StatusCode::OK, metrics::CONTENT_TYPE, text)
            }
            Page::Traces => answer(StatusCode::OK, "application/json", self.traces.list()),
            // It is no page: whoever asks for it has it done.
            Page::Flush(_) => not_allowed("DELETE"),
            Page::Trace(id) => match self.traces.find(id) {
                Some(found) => answer(StatusCode::OK, "application/json", found),
                None => text(StatusCode::NOT_FOUND, "no trace with this id is kept\n"),
            },
        }
    }

    fn ready(&self) -> Response<Full<Bytes>> {
        let mut report = self.readiness.report();
        let health = self.store.as_ref().and_then(Tables::health);
        if let Some(health) = health.filter(|health| health.is_cut_off) {
            report.cut_off(&health);
        }
        let status =
            if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        match serde_json::to_string(&report) {
            Ok(json) => answer(status, "application/json", json + "\n"),
            Err(error) => {
                tracing::error!(%error, "the readiness report cannot be written");
                text(StatusCode::INTERNAL_SERVER_ERROR, "no report\n")
            }
        }
    }
}

const TEXT: &str = "text/plain; charset=utf-8";

fn text(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    answer(status, TEXT, body)
}

fn not_allowed(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// Returns the status line's code, the headers in their order and the body, as one text.
    async fn answered(
        readiness: &Arc<Readiness>,
        method: &str,
        target: &str,
        host: &str,
    ) -> String {
        answered_at("127.0.0.1", readiness, method, target, host).await
    }

    /// The same at an address.
    async fn answered_at(
        local: &str,
        readiness: &Arc<Readiness>,
        method: &str,
        target: &str,
        host: &str,
    ) -> String {
        let request = Request::builder().method(method).uri(target).header("host", host);
        let admin = Admin::new(Guard::new("admin_hosts", Vec::new()), Arc::clone(readiness));
        let answer = admin.answer(&request.body(()).unwrap(), local.parse().unwrap()).await;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut out = format!("{}\n", head.status.as_u16());
        for (name, value) in &head.headers {
            out.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        out + "\n" + std::str::from_utf8(&body).unwrap()
    }

    const TEXT: &str = "content-type: text/plain; charset=utf-8\ncache-control: no-store\n";
    const JSON: &str = "content-type: application/json\ncache-control: no-store\n";

    #[tokio::test]
    async fn livez_is_ok_from_the_start() {
        let readiness = Arc::new(Readiness::default());
        let answer = answered(&readiness, "GET", "/livez", "localhost").await;
        assert_eq!(answer, format!("200\n{TEXT}\nok\n"));
        let answer = answered(&readiness, "HEAD", "/livez?x=1", "localhost").await;
        assert_eq!(answer, format!("200\n{TEXT}\n"));
    }

    #[tokio::test]
    async fn readyz_follows_the_program() {
        let readiness = Arc::new(Readiness::default());
        assert_eq!(
            answered(&readiness, "GET", "/readyz", "localhost").await,
            format!(
                "503\n{JSON}\n{}\n",
                r#"{"ready":false,"deployments":[],"reasons":["starting"]}"#
            )
        );
        readiness.serve(vec!["a1b2c3d4e5".to_owned()], Vec::new());
        assert_eq!(
            answered(&readiness, "GET", "/readyz", "localhost").await,
            format!("200\n{JSON}\n{}\n", r#"{"ready":true,"deployments":["a1b2c3d4e5"]}"#)
        );
        readiness.drain();
        assert_eq!(
            answered(&readiness, "GET", "/readyz", "localhost").await,
            format!(
                "503\n{JSON}\n{}\n",
                r#"{"ready":false,"deployments":["a1b2c3d4e5"],"reasons":["draining"]}"#
            )
        );
    }

    #[tokio::test]
    async fn traces_are_told_at_a_loopback_address_alone() {
        let readiness = Arc::new(Readiness::default());
        let none = format!("200\n{JSON}\n{{\n  \"traces\": []\n}}\n");
        assert_eq!(answered(&readiness, "GET", "/traces", "localhost").await, none);
        assert_eq!(answered_at("::1", &readiness, "GET", "/traces", "localhost").await, none);
        assert_eq!(
            answered(&readiness, "GET", "/traces/5", "localhost").await,
            format!("404\n{TEXT}\nno trace with this id is kept\n")
        );
        for target in ["/traces", "/traces/5"] {
            assert_eq!(
                answered_at("10.1.2.3", &readiness, "GET", target, "10.1.2.3").await,
                format!("403\n{TEXT}\ntraces are told at a loopback address alone\n")
            );
        }
    }

    #[tokio::test]
    async fn caches_are_flushed_at_a_loopback_address_alone_and_by_delete() {
        let readiness = Arc::new(Readiness::default());
        for target in [
            "/cache/data",
            "/cache/data/abcdefghij/prod",
            "/cache/authorizers",
            "/cache/authorizers/abcdefghij/prod",
        ] {
            assert_eq!(
                answered_at("10.1.2.3", &readiness, "DELETE", target, "10.1.2.3").await,
                format!("403\n{TEXT}\ncaches are flushed at a loopback address alone\n")
            );
            assert_eq!(
                answered(&readiness, "GET", target, "localhost").await,
                format!("405\n{TEXT}allow: DELETE\n\nmethod not allowed\n")
            );
            assert_eq!(
                answered(&readiness, "DELETE", target, "localhost").await,
                format!("404\n{TEXT}\nnothing is served\n")
            );
        }
        for target in [
            "/cache",
            "/cache/",
            "/cache/data/",
            "/cache/data/a",
            "/cache/data/a/b/c",
            "/cache/answers/a/b",
            "/cache/authorizers/a",
        ] {
            assert_eq!(
                answered(&readiness, "DELETE", target, "localhost").await,
                format!("404\n{TEXT}\nnot found\n"),
                "{target}"
            );
        }
    }

    #[tokio::test]
    async fn all_else_is_refused() {
        let readiness = Arc::new(Readiness::default());
        assert_eq!(
            answered(&readiness, "GET", "/metric", "localhost").await,
            format!("404\n{TEXT}\nnot found\n")
        );
        assert_eq!(
            answered(&readiness, "POST", "/livez", "localhost").await,
            format!("405\n{TEXT}allow: GET, HEAD\n\nmethod not allowed\n")
        );
        assert_eq!(
            answered(&readiness, "GET", "/livez", "example.com").await,
            format!("403\n{TEXT}\nhost not allowed: add its name to the setting `admin_hosts`\n")
        );
    }
}
