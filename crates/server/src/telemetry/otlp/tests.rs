use std::sync::Mutex;

use http_body_util::Full;
use vestibule_gateway::{
    Calling, Distribution, EndpointBody, EndpointError, Family, FamilyKind, Sample, SampleValue,
    Sampler, SpanValue,
};

use super::*;

fn resource() -> Vec<(String, String)> {
    vec![("service.name".to_owned(), "shop".to_owned())]
}

fn span() -> Span {
    Span {
        trace_id: [0xab; 16],
        span_id: [1; 8],
        parent_span_id: Some([2; 8]),
        name: "GET /items/{id}".to_owned(),
        is_call: false,
        begin_epoch_ns: 1_700_000_000_000_000_000,
        end_epoch_ns: 1_700_000_000_001_500_000,
        is_error: true,
        attributes: vec![
            ("http.request.method", SpanValue::Text("GET".to_owned())),
            ("http.response.status_code", SpanValue::Number(504)),
        ],
    }
}

fn families() -> Vec<Family> {
    let labels = vec![("api", "items".to_owned())];
    let distribution = Distribution { bounds: &[0.5, 1.0], counts: vec![1, 0, 2], sum: 3.25 };
    let of = |name, kind, value| Family {
        name,
        help: "Help.",
        kind,
        samples: vec![Sample { labels: labels.clone(), value }],
    };
    vec![
        of("a_things", FamilyKind::Counter, SampleValue::Number(300)),
        of("a_level", FamilyKind::Gauge, SampleValue::Number(7)),
        of("a_seconds", FamilyKind::Histogram, SampleValue::Distribution(distribution)),
        Family { name: "a_quiet", help: "", kind: FamilyKind::Counter, samples: Vec::new() },
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const TRACES: &str = "\
    0ac3010a180a160a0c736572766963652e6e616d6512060a0473686f7012a6010a120a09766573746962756c\
    651205302e312e30128f010a10abababababababababababababababab120801010101010101012208020202\
    02020202022a0f474554202f6974656d732f7b69647d30023900002a36fe9c97174160e34036fe9c97174a1c\
    0a13687474702e726571756573742e6d6574686f6412050a034745544a200a19687474702e726573706f6e73\
    652e7374617475735f636f6465120318f8037a021802";

const METRICS: &str = "\
    0ab5020a180a160a0c736572766963652e6e616d6512060a0473686f701298020a120a09766573746962756c\
    651205302e312e3012440a08615f7468696e6773120548656c702e3a310a2b11e80300000000000019d00700\
    0000000000312c010000000000003a0e0a0361706912070a056974656d7310021801123f0a07615f6c657665\
    6c120548656c702e2a2d0a2b11d00700000000000019d0070000000000003107000000000000003a0e0a0361\
    706912070a056974656d73127b0a09615f7365636f6e6473120548656c702e1a01734a640a6011e803000000\
    00000019d007000000000000210300000000000000290000000000000a403218010000000000000000000000\
    0000000002000000000000003a10000000000000e03f000000000000f03f4a0e0a0361706912070a05697465\
    6d731002";

// Source: the same messages by the Python package opentelemetry-proto 1.
#[test]
fn messages_are_those_of_opentelemetry() {
    assert_eq!(hex(&message::traces(&resource(), &[span()])), TRACES);
    assert_eq!(hex(&message::metrics(&resource(), &families(), 1_000, 2_000)), METRICS);
}

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn epoch_ms(&self) -> u64 {
        43_200_000
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Notes what is sent, and answers 200 or never.
#[derive(Debug)]
struct Collector {
    sent: Mutex<Vec<String>>,
    answers: bool,
}

impl Endpoints for Collector {
    fn call(&self, call: EndpointCall) -> Calling {
        let (head, body) = call.request.into_parts();
        let mut text = format!("{} {}\n", head.method, head.uri);
        for (name, value) in &head.headers {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        self.sent.lock().unwrap().push(format!("{text}{} bytes", body.len()));
        if !self.answers {
            return Box::pin(std::future::pending::<Result<_, EndpointError>>());
        }
        let body = Full::new(Bytes::new()).map_err(Into::into);
        Box::pin(std::future::ready(Ok(http::Response::new(Box::pin(body) as EndpointBody))))
    }
}

/// An export to a collector, with the way in for spans.
struct Exported {
    spans: mpsc::Sender<Vec<Span>>,
    end: oneshot::Sender<()>,
    running: JoinHandle<()>,
    collector: Arc<Collector>,
}

fn exported(answers: bool) -> Exported {
    crate::log::captured::subscribe();
    let otel = Otel {
        traces: Some(Uri::from_static("http://collector:4318/v1/traces")),
        metrics: Some(Uri::from_static("http://collector:4318/v1/metrics")),
        headers: vec![("api-key".parse().unwrap(), HeaderValue::from_static("k"))],
        timeout: Duration::from_secs(10),
        resource: resource(),
        sampler: Sampler { follows_parent: true, ratio: 1.0 },
        metrics_interval: Duration::from_secs(60),
        spans_delay: Duration::from_secs(5),
    };
    let collector = Arc::new(Collector { sent: Mutex::default(), answers });
    let exporter = Exporter {
        otel,
        families: Box::new(families),
        network: Arc::<Collector>::clone(&collector),
        clock: Arc::new(Noon),
        lost: Arc::default(),
    };
    let (spans, receiver) = mpsc::channel(OTLP_QUEUE_MAX);
    let (end, ended) = oneshot::channel();
    Exported { spans, end, running: tokio::spawn(exporter.run(receiver, ended)), collector }
}

fn sent(path: &str, bytes: usize) -> String {
    format!(
        "POST http://collector:4318/v1/{path}\napi-key: k\ncontent-type: application/x-protobuf\n\
         user-agent: vestibule/{}\n{bytes} bytes",
        env!("CARGO_PKG_VERSION")
    )
}

// Source: OpenTelemetry's specification (OTLP/HTTP).
#[tokio::test(start_paused = true)]
async fn what_waits_is_sent_together_and_at_the_end() {
    let exported = exported(true);
    exported.spans.try_send(vec![span()]).unwrap();
    exported.spans.try_send(vec![span()]).unwrap();
    sleep(Duration::from_secs(61)).await;
    exported.spans.try_send(vec![span()]).unwrap();
    drop(exported.end);
    exported.running.await.unwrap();
    let two = message::traces(&resource(), &[span(), span()]).len();
    let one = message::traces(&resource(), &[span()]).len();
    let metrics = METRICS.len() / 2;
    let mut all = exported.collector.sent.lock().unwrap().clone();
    // The two signals do not wait for each other.
    all.sort();
    let metrics = sent("metrics", metrics);
    assert_eq!(all, [metrics.clone(), metrics, sent("traces", one), sent("traces", two)]);
}

// Source: inferred (ours).
#[tokio::test(start_paused = true)]
async fn a_collector_that_hangs_holds_no_more_than_the_queue() {
    let exported = exported(false);
    let mut taken = 0;
    for _ in 0..10 {
        while exported.spans.try_send(vec![span()]).is_ok() {
            taken += 1;
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert!(taken <= OTLP_QUEUE_MAX + 2 * OTLP_BATCH, "{taken}");
    drop(exported.end);
    let closed = timeout(Duration::from_secs(60), exported.running).await;
    closed.unwrap().unwrap();
}
