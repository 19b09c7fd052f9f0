//! The data plane without a listener: a mock with a user pool, and the same mock open to all.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::runtime::Runtime;
use vestibule_bench_report::cpu_ns;
use vestibule_dynamodb::{Embedded, Location, Options as StoreOptions};
use vestibule_gateway::{
    Calling, Clock, EndpointCall, EndpointError, Endpoints, Facts, Gateway, KeySource, Ports,
    Random, Site, StageView, TokenForm, UserPool, UserPools, compile,
};
use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Deployment, DeploymentId, Region, Stage, StageName};

use crate::Outcome;

const DEFINITION: &str = r#"
openapi: 3.0.1
info: {title: tokens, version: '1'}
components:
  securitySchemes:
    users:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer:
        type: cognito_user_pools
        providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool']
paths:
  /guarded:
    get:
      security: [{users: []}]
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration: &mock
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200'}}
  /open:
    get:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration: *mock
"#;

#[derive(Debug)]
struct System(Instant);

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "the real clock, as the program's")]
    fn epoch_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[derive(Debug)]
struct Ids;

impl Random for Ids {
    fn next(&self) -> u64 {
        0x0123_4567_89ab_cdef
    }
}

#[derive(Debug)]
struct Nowhere;

impl Endpoints for Nowhere {
    fn call(&self, _: EndpointCall) -> Calling {
        Box::pin(std::future::ready(Err(EndpointError::Network("no network".to_owned()))))
    }
}

/// A gateway with a token that it takes.
pub(crate) struct Guarded {
    gateway: Arc<Gateway>,
    runtime: Runtime,
    token: String,
}

impl Guarded {
    pub(crate) fn new(published: String, token: String) -> Outcome<Guarded> {
        let account = AccountId::parse("123456789012").map_err(|error| error.to_string())?;
        let region = Region::parse("us-east-1").map_err(|error| error.to_string())?;
        let options = Options {
            account: account.clone(),
            region: region.clone(),
            parameters: vec![],
            base_path: BasePath::Ignore,
        };
        let source = Source::new("api.yaml", DEFINITION.to_owned());
        let mut imported = read(&[source], &options, &NoFiles);
        let api = imported.definitions.apis.pop().ok_or("the definition has no API")?;
        let stage = StageName::parse("prod").map_err(|error| error.to_string())?;
        let stage = Stage::new(stage, api.id.clone());
        let deployment = Deployment { id: DeploymentId::of(b"tokens"), api: Arc::new(api) };
        let read = move || Ok(published.clone().into_bytes());
        let pool = UserPool {
            pool: "us-east-1_Pool".to_owned(),
            issuer: crate::run::ISSUER.to_owned(),
            keys: KeySource::Document("keys".to_owned(), Arc::new(read)),
            clients: vec!["web".to_owned()],
            tokens: TokenForm::Cognito,
        };
        let facts = Facts { user_pools: UserPools::new(vec![pool]), ..Facts::new(account, region) };
        let snapshot = compile(&deployment, &facts).snapshot.ok_or("it does not compile")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let store = Embedded::open(&StoreOptions::new(Location::Ephemeral));
        let (tables, _) = store.map_err(|error| error.to_string())?;
        let clock = Arc::new(System(Instant::now()));
        let gateway = Gateway::new(Ports {
            tables,
            endpoints: Arc::new(Nowhere),
            clock,
            random: Arc::new(Ids),
        });
        gateway.serve(Site::new([StageView::new(stage, Arc::new(snapshot))]));
        Ok(Guarded { gateway, runtime, token })
    }

    /// CPU of one request, of so many: of the method with the pool, and of the open one.
    pub(crate) fn cpu_ns(&self, passes: usize) -> Outcome<(f64, f64)> {
        Ok((self.of("/guarded", passes)?, self.of("/open", passes)?))
    }

    fn of(&self, path: &str, passes: usize) -> Outcome<f64> {
        let before = cpu_ns()?;
        self.runtime.block_on(async {
            for _ in 0..passes {
                // Both send the token, so that it is read alike.
                let request = Request::get(path)
                    .header("host", "api.test")
                    .header("authorization", &self.token)
                    .body(Full::<Bytes>::default())
                    .map_err(|error| error.to_string())?;
                let client = std::net::IpAddr::from(std::net::Ipv4Addr::LOCALHOST);
                let status = self.gateway.answer(request, client).await.status();
                if status != 200 {
                    return Err(format!("{path} is answered with {status}"));
                }
            }
            Ok::<_, String>(())
        })?;
        Ok((cpu_ns()? - before) / passes as f64)
    }
}
