//! A network in memory: it notes the requests that reach it, and answers as a test says.

use super::definition::{compiled, deployed};
use super::fixture::{Noon, Zeros, store};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{
    Calling, EndpointBody, EndpointCall, EndpointError, Endpoints, Gateway, Ports, Site, Snapshot,
    StageView,
};
use vestibule_restapi::{RestApi, RestApiId, Stage, StageName};

type Answer = Result<http::Response<EndpointBody>, EndpointError>;

/// The one endpoint there is, whatever the address.
pub(crate) struct Backend {
    asked: Mutex<Vec<String>>,
    answers: Box<dyn Fn() -> Answer + Send + Sync>,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backend")
    }
}

impl Backend {
    /// It answers every request so.
    pub(crate) fn new(answers: impl Fn() -> Answer + Send + Sync + 'static) -> Arc<Backend> {
        Arc::new(Backend { asked: Mutex::default(), answers: Box::new(answers) })
    }

    /// It answers every request with 200 and these headers and this body.
    pub(crate) fn fine(headers: &'static [(&str, &str)], body: &'static str) -> Arc<Backend> {
        Backend::new(move || Ok(answer(200, headers, body)))
    }

    /// The last request: verb and URI, headers in their order, a blank line, the body.
    pub(crate) fn asked(&self) -> String {
        self.asked.lock().unwrap().last().cloned().unwrap_or_default()
    }

    /// How many requests there were.
    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// An answer of a backend.
pub(crate) fn answer(
    status: u16,
    headers: &[(&str, &str)],
    body: &'static str,
) -> http::Response<EndpointBody> {
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let body = Full::new(Bytes::from_static(body.as_bytes())).map_err(Into::into);
    answer.body(Box::pin(body) as EndpointBody).unwrap()
}

impl Endpoints for Backend {
    fn call(&self, call: EndpointCall) -> Calling {
        let (head, body) = call.request.into_parts();
        let mut text = format!("{} {}\n", head.method, head.uri);
        for (name, value) in &head.headers {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        if !call.verify_certificate {
            text.push_str("(whoever issued its certificate)\n");
        }
        self.asked.lock().unwrap().push(format!("{text}\n{}", String::from_utf8_lossy(&body)));
        Box::pin(std::future::ready((self.answers)()))
    }
}

/// A gateway that serves `api` at `/` in front of a backend.
pub(crate) fn before(backend: &Arc<Backend>, api: RestApi) -> Arc<Gateway> {
    serving(backend, deployed(api))
}

/// The same as a stage with variables.
pub(crate) fn before_stage(
    backend: &Arc<Backend>,
    api: RestApi,
    variables: Vec<(String, String)>,
) -> Arc<Gateway> {
    before_stage_with(backend, api, |stage| stage.variables = variables)
}

/// The same as a stage that is changed.
pub(crate) fn before_stage_with(
    backend: &Arc<Backend>,
    api: RestApi,
    change: impl FnOnce(&mut Stage),
) -> Arc<Gateway> {
    let mut stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    change(&mut stage);
    serving(backend, StageView::new(stage, Arc::new(compiled(api))))
}

/// The same of an API that is compiled.
pub(crate) fn before_snapshot(backend: &Arc<Backend>, snapshot: Snapshot) -> Arc<Gateway> {
    let stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("api"));
    serving(backend, StageView::new(stage, Arc::new(snapshot)))
}

fn serving(backend: &Arc<Backend>, stage: StageView) -> Arc<Gateway> {
    let gateway = Gateway::new(Ports {
        tables: store(),
        endpoints: Arc::<Backend>::clone(backend),
        clock: Arc::new(Noon),
        random: Arc::new(Zeros),
    });
    gateway.serve(Site::new([stage]));
    gateway
}
