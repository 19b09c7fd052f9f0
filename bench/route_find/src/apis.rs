//! The APIs: their definitions are made here, then read and compiled as the program does.

use std::fmt::Write;
use std::sync::Arc;

use vestibule_gateway::{Facts, Snapshot, compile};
use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Deployment, DeploymentId, Region};

use crate::Outcome;

/// First segments. With [`NOUNS`] they make 1,000 resources of five methods; the first of both has the mean length.
const AREAS: [&str; 25] = [
    "billing", "accounts", "admin", "archive", "catalog", "claims", "content", "delivery",
    "devices", "finance", "fleet", "health", "identity", "insights", "learning", "library",
    "market", "media", "network", "payroll", "people", "planning", "research", "support", "travel",
];

const NOUNS: [&str; 40] = [
    "vouchers",
    "addresses",
    "agreements",
    "alerts",
    "approvals",
    "assets",
    "audits",
    "batches",
    "bookings",
    "campaigns",
    "carriers",
    "categories",
    "certificates",
    "comments",
    "contacts",
    "contracts",
    "coupons",
    "credentials",
    "customers",
    "documents",
    "employees",
    "events",
    "exports",
    "features",
    "filters",
    "folders",
    "forecasts",
    "groups",
    "invoices",
    "items",
    "locations",
    "messages",
    "notifications",
    "offers",
    "partners",
    "payments",
    "permissions",
    "products",
    "reports",
    "subscriptions",
];

/// The methods of one resource and of those below it: a verb and the path below the resource.
const METHODS: [(&str, &str); 5] =
    [("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("GET", "/{id}/files/{path+}")];

/// A request of the stream, and the path of the resource that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) verb: &'static str,
    pub(crate) path: String,
    pub(crate) resource: String,
}

/// A compiled API of `methods` methods, a multiple of five of at most 5,000.
pub(crate) fn api(methods: usize) -> Outcome<Snapshot> {
    let account = AccountId::parse("000000000000").map_err(|error| error.to_string())?;
    let region = Region::parse("us-east-1").map_err(|error| error.to_string())?;
    let base_path = BasePath::Ignore;
    let parameters = vec![];
    let options =
        Options { account: account.clone(), region: region.clone(), parameters, base_path };
    let source = Source::new("routes.json", definition(methods));
    let mut imported = read(&[source], &options, &NoFiles);
    let api = imported.definitions.apis.pop().ok_or("the definition has no API")?;
    let deployment = Deployment { id: DeploymentId::of(b"routes"), api: Arc::new(api) };
    let facts = Facts::new(account, region);
    let compiled = compile(&deployment, &facts);
    let findings = imported.diagnostics.iter().chain(&compiled.diagnostics).next();
    match (findings, compiled.snapshot) {
        (None, Some(snapshot)) => Ok(snapshot),
        (Some(finding), _) => Err(finding.message.clone()),
        (None, None) => Err("the definition did not compile".to_owned()),
    }
}

/// As many requests as `count`, for every method of an API of that size in turn: of neighbours, one is 1,777 methods away
/// from the other, a number that shares no factor with the sizes.
pub(crate) fn requests(methods: usize, count: usize) -> Vec<Request> {
    let request = |turn: usize| {
        let number = turn * 1_777 % methods;
        let (verb, below) = METHODS.get(number % 5).copied().unwrap_or_default();
        let resource = resource(number / 5) + below;
        let path = resource
            .replace("{tenant}", &format!("tenant-{:04}", turn % 5_000))
            .replace("{id}", &format!("{:08x}", turn.wrapping_mul(2_654_435_761) % (1 << 32)))
            .replace("{path+}", "2026/11/scan.pdf");
        Request { verb, path, resource }
    };
    (0..count).map(request).collect()
}

fn definition(methods: usize) -> String {
    let mut text =
        r#"{"openapi": "3.0.1", "info": {"title": "routes", "version": "1"}, "paths": {"#
            .to_owned();
    let resources = (0..methods / 5).map(resource);
    let paths = resources.flat_map(|path| {
        let [list, create, read, replace, file] =
            METHODS.map(|(verb, below)| operation(verb, below));
        let files = format!("\n\"{path}/{{id}}/files/{{path+}}\": {{{file}}}");
        [
            format!("\n\"{path}\": {{{list}, {create}}}"),
            format!("\n\"{path}/{{id}}\": {{{read}, {replace}}}"),
            files,
        ]
    });
    let paths: Vec<String> = paths.collect();
    // Writing to a string does not fail.
    let _ = write!(text, "{}}}}}", paths.join(","));
    text
}

fn resource(number: usize) -> String {
    // Neighbours in the definition share their area, as those of a real one do.
    let area = AREAS.get(number / NOUNS.len() % AREAS.len()).copied().unwrap_or_default();
    let noun = NOUNS.get(number % NOUNS.len()).copied().unwrap_or_default();
    format!("/{area}/{{tenant}}/{noun}")
}

fn operation(verb: &str, below: &str) -> String {
    let names = ["tenant", "id", "path"].into_iter().filter(|name| {
        *name == "tenant"
            || below.contains(&format!("{{{name}}}"))
            || below.contains(&format!("{{{name}+}}"))
    });
    let parameter = |name| {
        format!(
            r#"{{"name": "{name}", "in": "path", "required": true, "schema": {{"type": "string"}}}}"#
        )
    };
    let parameters: Vec<String> = names.map(parameter).collect();
    format!(
        r#""{}": {{"parameters": [{}], "responses": {{"200": {{"description": "ok"}}}}, "x-amazon-apigateway-integration":
{{"type": "mock", "requestTemplates": {{"application/json": "{{\"statusCode\": 200}}"}}, "responses": {{"default": {{"statusCode": "200"}}}}}}}}"#,
        verb.to_ascii_lowercase(),
        parameters.join(", "),
    )
}
