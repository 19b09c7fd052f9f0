//! A gateway over an ephemeral store, with a clock that stands and ids that are counted.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use vestibule_gateway::{
    Calling, Clock, EndpointCall, EndpointError, EndpointUrl, Endpoints, Facts, Gateway, Ports,
    Random, Response, Services, Site, StageView, compile,
};
use vestibule_import::Imported;
use vestibule_restapi::{
    AccountId, Deployment, DeploymentId, Diagnostic, RestApi, Severity, Stage, StageName,
};

use crate::definitions::check_finding;
use crate::store::Store;

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn epoch_ms(&self) -> u64 {
        1_735_732_800_000
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Debug, Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn next(&self) -> u64 {
        self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
    }
}

/// A network on which nobody can be reached.
#[derive(Debug)]
struct Nowhere;

impl Endpoints for Nowhere {
    fn call(&self, _: EndpointCall) -> Calling {
        Box::pin(std::future::ready(Err(EndpointError::Network("there is none".to_owned()))))
    }
}

/// Endpoints of this machine, which need no credentials: integrations of AWS compile, and their calls fail.
fn services() -> Option<Services> {
    let url = EndpointUrl::parse("http://localhost:1").ok()?;
    let names = ["lambda", "s3", "sns", "sqs", "states"];
    let endpoints = names.map(|name| (name.to_owned(), url.clone()));
    Some(Services::new(endpoints.into(), None))
}

/// A gateway and what it runs on.
#[derive(Debug)]
pub(super) struct Service {
    store: Store,
    gateway: Arc<Gateway>,
}

impl Service {
    /// A gateway that serves nothing yet.
    pub(super) fn new() -> Service {
        let store = Store::open();
        let gateway = Gateway::new(Ports {
            tables: store.tables.clone(),
            endpoints: Arc::new(Nowhere),
            clock: Arc::new(Noon),
            random: Arc::new(Counted::default()),
        });
        Service { store, gateway }
    }

    /// Creates the tables of a definition and loads a seed.
    #[expect(clippy::expect_used, reason = "without its data a fixture shows nothing")]
    pub(super) fn fill(&self, imported: &Imported, seed: &[u8]) {
        for table in &imported.definitions.tables {
            let ensured = self.store.tables.ensure_table(&table.create_table, None);
            self.store.runtime.block_on(ensured).expect("a table");
        }
        let seeded = vestibule_dynamodb::seed(&self.store.tables, &self.store.state, seed, |_| {});
        self.store.runtime.block_on(seeded).expect("a seed");
    }

    /// Serves an API that compiles, as the one at `/`; returns whether it does.
    pub(super) fn serve(&self, api: RestApi) -> Option<Arc<RestApi>> {
        let deployment = Deployment { id: DeploymentId::of(b"fuzz"), api: Arc::new(api) };
        let account = AccountId::parse("000000000000").ok()?;
        let (region, services) = (vestibule_restapi::Region::parse("us-east-1").ok()?, services()?);
        let facts = Facts { services, ..Facts::new(account, region) };
        let compiled = compile(&deployment, &facts);
        compiled.diagnostics.iter().for_each(|finding| check_finding(finding, None));
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        let mut methods = deployment.api.resources.iter().flat_map(|resource| &resource.methods);
        let is_refused = methods.any(|method| method.refusal.is_some());
        let is_broken = is_refused || compiled.diagnostics.iter().any(is_error);
        assert_eq!(compiled.snapshot.is_none(), is_broken, "{:?}", compiled.diagnostics);
        let stage = Stage {
            variables: vec![("table".to_owned(), "items".to_owned())],
            ..Stage::new(StageName::parse("prod").ok()?, deployment.api.id.clone())
        };
        self.gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled.snapshot?))]));
        Some(deployment.api)
    }

    /// Answers a request.
    pub(super) fn answer(&self, request: http::Request<Bytes>) -> Response {
        let client = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.store.runtime.block_on(self.gateway.answer(request.map(Full::new), client))
    }
}
