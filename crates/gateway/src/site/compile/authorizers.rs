//! The authorizers of an API, each compiled once, when the first method asks for it. What is wrong with one is said of every method
//! that names it, because none of them can be served.

use super::integration::whole_match;
use super::{Facts, lambda_authorizer};
use crate::authorize::{CognitoAuthorizer, LambdaAuthorizer};
use crate::services::EndpointUrl;
use crate::user_pools::{KeySource, PoolArn, UserPool};
use http::HeaderName;
use std::collections::HashMap;
use std::sync::Arc;
use vestibule_restapi as restapi;
use vestibule_restapi::{
    ApiKeySource, AuthorizerType, Code, Diagnostic, Place, RestApi, Severity, Sourced, closest,
};

/// What a method is given by the authorizer that it names.
#[derive(Clone, Debug)]
pub(super) enum Authorizer {
    Cognito(Arc<CognitoAuthorizer>),
    Lambda(Arc<LambdaAuthorizer>),
}

/// The authorizers of an API.
#[derive(Debug)]
pub(super) struct Authorizers<'a> {
    api: &'a RestApi,
    facts: &'a Facts,
    compiled: HashMap<&'a str, Outcome>,
}

/// None when an error forbids it, and all findings.
type Outcome = (Option<Authorizer>, Vec<Diagnostic>);

impl<'a> Authorizers<'a> {
    pub(super) fn new(api: &'a RestApi, facts: &'a Facts) -> Authorizers<'a> {
        Authorizers { api, facts, compiled: HashMap::new() }
    }

    /// Where the API keys of the API come from.
    pub(super) fn api_key_source(&self) -> ApiKeySource {
        self.api.api_key_source
    }

    /// The authorizer of this name, for a method that names it at `place`; none when there is none, or something in it is wrong.
    pub(super) fn find(
        &mut self,
        name: &str,
        place: &Place,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Authorizer> {
        let Some(defined) = self.api.authorizers.iter().find(|known| known.name == name) else {
            diagnostics.push(self.unknown(name, place));
            return None;
        };
        let (api, facts) = (self.api, self.facts);
        let (authorizer, findings) =
            self.compiled.entry(&defined.name).or_insert_with(|| compile(defined, api, facts));
        diagnostics.extend(findings.iter().cloned());
        authorizer.clone()
    }

    /// Judges those that no method names: what would keep them from being used is a warning.
    pub(super) fn check_unused(&self, diagnostics: &mut Vec<Diagnostic>) {
        let unused = |known: &&restapi::Authorizer| !self.compiled.contains_key(&*known.name);
        for authorizer in self.api.authorizers.iter().filter(unused) {
            let (_, findings) = compile(authorizer, self.api, self.facts);
            let note = format!("no method uses the authorizer `{}`", authorizer.name);
            // Nobody calls its function: where it answers need not be known.
            let of_itself = |finding: &Diagnostic| finding.code != Code::UnreachableService;
            diagnostics.extend(findings.into_iter().filter(of_itself).map(|mut finding| {
                if finding.severity == Severity::Error {
                    finding.severity = Severity::Warning;
                }
                finding.note(note.clone())
            }));
        }
    }

    fn unknown(&self, name: &str, place: &Place) -> Diagnostic {
        let known = self.api.authorizers.iter().map(|known| known.name.as_str());
        let message = format!("there is no authorizer `{name}`");
        let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
        match closest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        }
    }
}

fn compile(authorizer: &restapi::Authorizer, api: &RestApi, facts: &Facts) -> Outcome {
    let mut findings = Vec::new();
    let compiled = match authorizer.kind {
        AuthorizerType::Token | AuthorizerType::Request => {
            lambda_authorizer::compile(authorizer, api, facts, &mut findings)
                .map(|made| Authorizer::Lambda(Arc::new(made)))
        }
        AuthorizerType::CognitoUserPools => cognito(authorizer, facts, &mut findings)
            .map(|made| Authorizer::Cognito(Arc::new(made))),
    };
    let has_error = findings.iter().any(|found| found.severity == Severity::Error);
    (compiled.filter(|_| !has_error), findings)
}

fn cognito(
    authorizer: &restapi::Authorizer,
    facts: &Facts,
    findings: &mut Vec<Diagnostic>,
) -> Option<CognitoAuthorizer> {
    let mut pools = Vec::new();
    for arn in &authorizer.provider_arns {
        match PoolArn::parse(arn) {
            Some(pool) => {
                let pool = facts.user_pools.find(&pool);
                findings.extend(unprotected(&pool, arn));
                pools.push(pool);
            }
            None => findings.push(no_pool(arn)),
        }
    }
    if authorizer.provider_arns.is_empty() {
        let message = format!("the authorizer `{}` names no user pool", authorizer.name);
        let finding = Diagnostic::error(Code::Missing, message).at(authorizer.place.clone());
        findings.push(finding.help("name one by its ARN in `providerARNs`"));
    }
    let header = match &authorizer.identity_source {
        Some(source) => header(source, findings)?,
        None => http::header::AUTHORIZATION,
    };
    let expression = authorizer.identity_validation_expression.as_ref();
    let expression = match expression.map(|text| (whole_match(text, findings), text)) {
        Some((None, _)) => return None,
        Some((Some(regex), text)) => Some((regex, text.whole())),
        None => None,
    };
    let (name, place) = (authorizer.name.clone(), authorizer.place.clone());
    Some(CognitoAuthorizer { name, header, pools, expression, place })
}

/// Whoever is between the gateway and an issuer without TLS can put a key of his own among its keys.
fn unprotected(pool: &UserPool, arn: &Sourced) -> Option<Diagnostic> {
    let KeySource::Url(url) = &pool.keys else { return None };
    let is_plain = EndpointUrl::parse(url).is_ok_and(|url| url.is_plain() && !url.is_local());
    let message = format!(
        "the keys of `{}` come from `{url}` without TLS: whoever is on the way can issue tokens",
        pool.pool
    );
    let finding = || Diagnostic::warning(Code::KeysNotProtected, message).at(arn.whole());
    is_plain.then(|| finding().help("say an `https://` URL, or the file of the keys, for `jwks`"))
}

fn no_pool(arn: &Sourced) -> Diagnostic {
    let message = format!("`{}` is not the ARN of a user pool", &**arn);
    let finding = Diagnostic::error(Code::InvalidValue, message).at(arn.whole());
    finding.help(
        "write it like `arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a1b2c3d4e`",
    )
}

/// The header that an identity source names.
pub(super) fn header(source: &Sourced, findings: &mut Vec<Diagnostic>) -> Option<HeaderName> {
    let named = source.strip_prefix("method.request.header.");
    let header = named.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok());
    if header.is_none() {
        let message = format!("`{}` does not name the header that has the token", &**source);
        let finding = Diagnostic::error(Code::InvalidMapping, message).at(source.whole());
        findings.push(finding.help("write it like `method.request.header.Authorization`"));
    }
    header
}
