//! What the tests of credentials stand on: a clock that is moved, and a network in memory that notes who asked for what.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use vestibule_gateway::{Calling, Clock, EndpointBody, EndpointCall, EndpointError, Endpoints};

/// A clock that goes when it is told to.
#[derive(Debug)]
pub(super) struct Moved {
    epoch_ms: AtomicU64,
    elapsed_ms: AtomicU64,
}

impl Moved {
    /// At 2026-01-01T00:00:00Z.
    pub(super) fn new() -> Arc<Moved> {
        let (epoch_ms, elapsed_ms) = (AtomicU64::new(1_767_225_600_000), AtomicU64::new(0));
        Arc::new(Moved { epoch_ms, elapsed_ms })
    }

    pub(super) fn by(&self, time: Duration) {
        let time_ms = u64::try_from(time.as_millis()).unwrap();
        self.epoch_ms.fetch_add(time_ms, Ordering::Relaxed);
        self.elapsed_ms.fetch_add(time_ms, Ordering::Relaxed);
    }

    /// Somebody corrects the time of day.
    pub(super) fn set_back(&self, time: Duration) {
        self.epoch_ms.fetch_sub(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for Moved {
    fn epoch_ms(&self) -> u64 {
        self.epoch_ms.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed_ms.load(Ordering::Relaxed))
    }
}

/// What a test's endpoint does with a request.
#[derive(Clone, Debug)]
pub(super) enum Does {
    Answer(u16, String),
    Hang,
    Refuse,
}

/// Answers requests in turn; the last answer is that to all further ones.
#[derive(Debug)]
pub(super) struct Scripted {
    asked: Mutex<Vec<String>>,
    script: Mutex<VecDeque<Does>>,
}

impl Scripted {
    pub(super) fn new(script: impl IntoIterator<Item = Does>) -> Arc<Scripted> {
        let script = Mutex::new(script.into_iter().collect());
        Arc::new(Scripted { asked: Mutex::default(), script })
    }

    /// Verb, URI and body of each request, with the access key that signed it or the token that it showed.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn then(&self, does: Does) {
        *self.script.lock().unwrap() = VecDeque::from([does]);
    }
}

impl Endpoints for Scripted {
    fn call(&self, call: EndpointCall) -> Calling {
        let (head, body) = call.request.into_parts();
        let mut text = format!("{} {}", head.method, head.uri);
        for (name, value) in &head.headers {
            let value = value.to_str().unwrap();
            match name.as_str() {
                "authorization" => {
                    let value = value.strip_prefix("AWS4-HMAC-SHA256 Credential=");
                    let shown = value.map_or("its token", |value| value.split('/').next().unwrap());
                    text.push_str(&format!(" by {shown}"));
                }
                "x-amz-security-token" | "x-aws-ec2-metadata-token" => {
                    text.push_str(&format!(" with {value}"));
                }
                _ => {}
            }
        }
        if !body.is_empty() {
            text.push_str(&format!("\n{}", String::from_utf8_lossy(&body)));
        }
        self.asked.lock().unwrap().push(text);
        let mut script = self.script.lock().unwrap();
        let does = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        match does.unwrap_or(Does::Refuse) {
            Does::Answer(status, body) => {
                let body = Full::new(Bytes::from(body)).map_err(Into::into);
                let body = Box::pin(body) as EndpointBody;
                let answer = http::Response::builder().status(status).body(body).unwrap();
                Box::pin(std::future::ready(Ok(answer)))
            }
            Does::Hang => Box::pin(std::future::pending()),
            Does::Refuse => {
                let why = EndpointError::Network("connection refused".to_owned());
                Box::pin(std::future::ready(Err(why)))
            }
        }
    }
}

/// STS's answer with a session of this key, that expires then.
pub(super) fn session(id: &str, expiration: &str) -> Does {
    Does::Answer(
        200,
        format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{id}</AccessKeyId>\
             <SecretAccessKey>secret</SecretAccessKey><SessionToken>token-of-{id}</SessionToken>\
             <Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}

/// STS's error.
pub(super) fn refusal(code: &str, words: &str) -> Does {
    let error = format!("<Error><Code>{code}</Code><Message>{words}</Message></Error>");
    Does::Answer(403, format!("<ErrorResponse>{error}</ErrorResponse>"))
}

/// Lets everything that waits for nothing run to its end.
pub(super) async fn settled() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
