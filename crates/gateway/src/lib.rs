//! The data plane: compiles deployments and runs each request through the pipeline.
//!
//! [`compile`] turns a deployment into a [`Snapshot`] or says what is wrong with it; a [`Site`] of stages that point at
//! snapshots is what a [`Gateway`] serves. `pipeline.rs` is the file to read first.
//!
//! ```
//! use std::sync::Arc;
//! use vestibule_gateway::{Clock, Random};
//!
//! #[derive(Debug)]
//! struct Noon;
//! impl Clock for Noon {
//!     fn epoch_ms(&self) -> u64 { 43_200_000 }
//!     fn elapsed(&self) -> std::time::Duration { std::time::Duration::ZERO }
//! }
//! let clock: Arc<dyn Clock> = Arc::new(Noon);
//! assert_eq!(clock.epoch_ms(), 43_200_000);
//! ```

mod authorize;
mod cache;
mod clock;
mod coding;
mod digest;
mod error;
mod exchange;
mod hex;
mod integrate;
mod limits;
mod lint;
mod map;
mod observe;
mod pipeline;
mod ports;
mod principals;
mod respond;
mod route;
mod services;
mod site;
mod throttle;
mod underway;
mod user_pools;
mod validate;

pub use authorize::{RequestFacts, SignedFor, Unadmitted, check_authorizer_result};
pub use cache::{
    CacheFuture, CacheKey, CacheOptions, CacheStore, CacheStoreError, CacheVersion, Cached,
};
pub use clock::{Clock, Random};
pub use exchange::{
    Arrival, BodyError, Client, ClientCertificate, Full, TlsSession, Unread, awaited_aside,
    pass_aside,
};
pub use integrate::{
    Calling, EndpointBody, EndpointCall, EndpointError, Endpoints, SESSION as ROLE_SESSION,
    answered,
};
pub use limits::Limits;
pub use lint::{lint, lint_cache, lint_template};
pub use map::{Case, Given, RenderFailure, Rendering, StandaloneTemplate, render};
pub use observe::{
    AccessLogFormat, Chosen, Distribution, Family, FamilyKind, Made, Mapped, Pairs, Sample,
    SampleValue, Sampler, Shown, Span, SpanValue, Step, Trace, TraceMode, Tried,
};
pub use pipeline::Gateway;
pub use ports::{Ports, Roles};
pub use principals::Principals;
pub use respond::Response;
pub use route::Variables;
pub use services::{EndpointUrl, Services, SignedEndpoints};
pub use site::{
    ApiKeys, Compiled, Domains, Facts, ListedMethod, Matched, ServedMethod, Site, Snapshot,
    StageView, check_principals, check_stage, check_usage_plan, compile, policy_fault,
};
pub use throttle::{
    Ask, Batch, CountedPlan, Day, Decided, Deciding, Granted, Meter, MeterKind, Reading,
    SharedStore, Sharing, StoreLost, Unwritten, WhenLost, Written,
};
pub use user_pools::{KeySource, PoolArn, ReadKeys, TokenForm, UserPool, UserPools, key_set_url};
