//! From a deployment to a snapshot: everything that a request would otherwise have to parse is compiled here, once.
//!
//! All findings are collected. With one error there is no snapshot: a broken definition is never served, and neither is one
//! that demands a protection which the gateway does not enforce. Where it is asked for, a snapshot is made in spite of errors
//! that are of single methods: those keep their place and are refused.

mod authorization;
mod authorizers;
mod aws;
mod credentials;
mod integration;
mod lambda_authorizer;
mod method;
mod policy;
mod refusals;
mod reserved;
mod roles;
mod signer;
mod stage;

pub use policy::{check_principals, policy_fault};
pub use stage::{check_stage, check_usage_plan};

use authorizers::Authorizers;
use method::Shared;

use super::snapshot::{Route, Serving, Snapshot, with_resources};
use crate::limits::{Limits, PATH_SEGMENTS_MAX, RESOURCES_MAX};
use crate::map::{BinaryMediaTypes, RequestMapping};
use crate::principals::Principals;
use crate::respond::{CustomResponse, GatewayResponses, Substitution};
use crate::route::{Conflict, Growth};
use crate::services::Services;
use crate::user_pools::UserPools;
use crate::validate::Schemas;
use http::StatusCode;
use roles::Roles;
use std::collections::HashSet;
use std::sync::Arc;
use vestibule_restapi::{
    AccountId, Code, Deployment, Diagnostic, GatewayResponse, Method, Region, Resource, RestApi,
    Role,
};

/// Where the API runs.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `$context.accountId`.
    pub account: AccountId,
    /// The region that requests are signed for, and that its ARNs name.
    pub region: Region,
    /// Who may sign requests.
    pub principals: Arc<Principals>,
    /// Whether methods without an error are served beside those that have one.
    pub allow_partial: bool,
    /// What it may ask of the gateway.
    pub limits: Limits,
    /// What integrations act as.
    pub roles: Vec<Role>,
    /// Where AWS's services are called, and as whom.
    pub services: Services,
    /// Who issues the tokens of user pools.
    pub user_pools: UserPools,
    /// Values that were given for parameters with `NoEcho`: neither logs nor traces show them.
    pub secrets: Vec<String>,
}

impl Facts {
    /// AWS's limits, and nothing known beside account and region: no users, roles, services or pools of others.
    pub fn new(account: AccountId, region: Region) -> Facts {
        Facts {
            account,
            region,
            principals: Arc::default(),
            allow_partial: false,
            limits: Limits::AWS,
            roles: Vec::new(),
            services: Services::default(),
            user_pools: UserPools::default(),
            secrets: Vec::new(),
        }
    }
}

/// A snapshot, unless there was an error, and all findings.
#[derive(Debug)]
pub struct Compiled {
    /// Ready to serve; none when an error forbids it.
    pub snapshot: Option<Snapshot>,
    /// Methods that have an error of their own.
    pub refused_methods: usize,
    /// Methods that have none.
    pub sound_methods: usize,
    /// Errors and warnings, in the order of the definition's parts.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a deployment.
pub fn compile(deployment: &Deployment, facts: &Facts) -> Compiled {
    let api = &*deployment.api;
    let mut diagnostics = Vec::new();
    refusals::of_api(api, &mut diagnostics);
    let mut schemas = Schemas::new(api);
    let mut authorizers = Authorizers::new(api, facts);
    let mut tree = Growth::default();
    let mut routes = Vec::new();
    let mut roles = Roles::new(facts);
    for (resource, method) in with_resources(api) {
        insert(&mut tree, resource, method, routes.len(), &mut diagnostics);
        let (authorizers, roles, schemas) = (&mut authorizers, &mut roles, &mut schemas);
        let shared = Shared { facts, authorizers, roles, schemas };
        routes.push(method::route(resource, method, shared, &mut diagnostics));
    }
    authorizers.check_unused(&mut diagnostics);
    authorization::nobody_known(api, facts, &mut diagnostics);
    credentials::missing(&routes, &mut diagnostics);
    let arn = policy::arn(api, facts, &mut diagnostics);
    let policy = arn.as_ref().and_then(|arn| policy::compile(api, arn, &mut diagnostics));
    let gateway_responses = gateway_responses(api, &mut diagnostics);
    once_each(&mut diagnostics);
    let is_refused = |route: &&Route| matches!(route.serving, Serving::Refused(_));
    let refused_methods = routes.iter().filter(is_refused).count();
    let sound_methods = routes.len() - refused_methods;
    let is_broken = diagnostics.iter().any(Diagnostic::forbids_all)
        || (refused_methods > 0 && !facts.allow_partial);
    let arn = arn.filter(|_| !is_broken);
    let snapshot = arn.map(|arn| Snapshot {
        api_id: api.id.clone(),
        api_name: api.name.as_str().to_owned(),
        deployment_id: deployment.id.clone(),
        account: facts.account.clone(),
        arn,
        policy,
        principals: Arc::clone(&facts.principals),
        secrets: facts.secrets.clone(),
        tree: tree.finish(),
        routes,
        gateway_responses,
        binary_media_types: BinaryMediaTypes::new(
            api.binary_media_types.iter().map(|listed| listed.as_str()),
        ),
        api: Arc::clone(&deployment.api),
        minimum_compression_size: api.minimum_compression_size.map(|size| size as usize),
    });
    Compiled { snapshot, refused_methods, sound_methods, diagnostics }
}

/// Keeps the first of findings that say the same of the same place: methods share security and models.
fn once_each(diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    diagnostics.retain(|finding| {
        let place = finding.place.as_ref().map(|place| (place.to_string(), place.span.clone()));
        seen.insert((finding.code, finding.message.clone(), place))
    });
}

fn insert(
    tree: &mut Growth,
    resource: &Resource,
    method: &Method,
    index: usize,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let path = &resource.path;
    if path.split('/').filter(|segment| !segment.is_empty()).count() > PATH_SEGMENTS_MAX {
        let message = format!("the path has more than {PATH_SEGMENTS_MAX} segments");
        diagnostics.push(Diagnostic::error(Code::InvalidPath, message).at(path.whole()));
        return;
    }
    let Err(conflict) = tree.insert(path, method.http_method, index) else { return };
    let finding = match conflict {
        Conflict::SecondVariable(sibling) => Diagnostic::error(
            Code::InvalidPath,
            format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
            ),
        )
        .at(path.whole())
        .help(format!("use `{sibling}` here too")),
        Conflict::BelowGreedy(greedy) => Diagnostic::error(
            Code::InvalidPath,
            format!("Cannot create a child of a resource with a greedy path variable: {greedy}"),
        )
        .at(path.whole()),
        Conflict::SameName(name) => Diagnostic::error(
            Code::InvalidPath,
            format!("two variables of the path are named `{name}`"),
        )
        .at(path.whole()),
        Conflict::Twice => Diagnostic::error(
            Code::Duplicate,
            format!("{} `{}` is defined twice", method.http_method, path.as_str()),
        )
        .at(method.place.clone()),
        Conflict::Full => Diagnostic::error(
            Code::LimitExceeded,
            format!("the API has more than {RESOURCES_MAX} resources"),
        )
        .at(path.whole()),
    };
    diagnostics.push(finding);
}

fn gateway_responses(api: &RestApi, diagnostics: &mut Vec<Diagnostic>) -> GatewayResponses {
    let mut custom = Vec::new();
    for response in &api.gateway_responses {
        custom.push((response.kind, custom_response(response, diagnostics)));
    }
    GatewayResponses::new(custom)
}

fn custom_response(
    response: &GatewayResponse,
    diagnostics: &mut Vec<Diagnostic>,
) -> CustomResponse {
    let headers = response
        .response_parameters
        .iter()
        .filter_map(|line| RequestMapping::compile_gateway_response(line, diagnostics))
        .collect();
    let templates = response
        .response_templates
        .iter()
        .map(|template| (template.media_type.clone(), Substitution::parse(&template.template)))
        .collect();
    let status = response.status_code.and_then(|status| StatusCode::from_u16(status).ok());
    CustomResponse { status, headers, templates }
}
