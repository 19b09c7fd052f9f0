//! A Lambda authorizer: its function, what it knows a caller by, how long its results are kept. AWS docs: CreateAuthorizer.

use super::authorizers::header;
use super::integration::whole_match;
use super::{Facts, aws};
use crate::authorize::{IdentitySources, LambdaAuthorizer};
use crate::digest::{Digest, Key};
use crate::limits::IDENTITY_SOURCES_MAX;
use crate::map::Source;
use http::HeaderName;
use std::time::Duration;
use vestibule_restapi::{Authorizer, AuthorizerType, Code, Diagnostic, RestApi, Sourced};

/// AWS's default, in seconds.
const RESULT_TTL_S: u32 = 300;

/// Compiles an authorizer of the type TOKEN or REQUEST, unless something in it is wrong.
pub(super) fn compile(
    authorizer: &Authorizer,
    api: &RestApi,
    facts: &Facts,
    findings: &mut Vec<Diagnostic>,
) -> Option<LambdaAuthorizer> {
    let ttl_s = authorizer.result_ttl_s.unwrap_or(RESULT_TTL_S);
    let invocation = match &authorizer.uri {
        Some(uri) => {
            let role = authorizer.credentials.as_ref();
            aws::asked_function(uri, role, &facts.services).map_err(|why| *why)
        }
        None => {
            let message = format!("the authorizer `{}` names no function", authorizer.name);
            let finding = Diagnostic::error(Code::Missing, message).at(authorizer.place.clone());
            Err(finding.help("name it in `authorizerUri`"))
        }
    };
    let invocation = invocation.map_err(|finding| findings.push(finding)).ok();
    let identity = match authorizer.kind {
        AuthorizerType::Request => request(authorizer, ttl_s > 0, findings),
        AuthorizerType::Token | AuthorizerType::CognitoUserPools => token(authorizer, findings),
    };
    Some(LambdaAuthorizer {
        name: authorizer.name.clone(),
        invocation: invocation?,
        identity: identity?,
        ttl: (ttl_s > 0).then(|| Duration::from_secs(ttl_s.into())),
        fingerprint: fingerprint(authorizer, api),
        place: authorizer.place.clone(),
    })
}

/// All that a definition says of an authorizer, and of which API it is.
fn fingerprint(authorizer: &Authorizer, api: &RestApi) -> Key {
    let mut digest = Digest::default();
    let optional = |text: &Option<Sourced>| text.as_ref().map(|text| text.as_str().to_owned());
    digest.add(api.id.as_str().as_bytes());
    digest.add(authorizer.name.as_bytes());
    digest.add(authorizer.kind.as_str().as_bytes());
    digest.add_all(optional(&authorizer.uri));
    digest.add_all(optional(&authorizer.credentials));
    digest.add_all(optional(&authorizer.identity_source));
    digest.add_all(optional(&authorizer.identity_validation_expression));
    digest.add_all(authorizer.result_ttl_s.map(|ttl| ttl.to_string()));
    digest.key()
}

/// One header, `Authorization` where none is named (AWS's default).
fn token(authorizer: &Authorizer, findings: &mut Vec<Diagnostic>) -> Option<IdentitySources> {
    let name = match &authorizer.identity_source {
        None => Some("Authorization".to_owned()),
        Some(source) => {
            header(source, findings)?;
            source.strip_prefix("method.request.header.").map(str::to_owned)
        }
    };
    let expression = authorizer.identity_validation_expression.as_ref();
    let pattern = match expression.filter(|expression| !expression.is_empty()) {
        None => None,
        Some(expression) => Some(whole_match(expression, findings)?),
    };
    Some(IdentitySources::Token { header: name?, pattern })
}

/// Parts of the request, at least one where results are kept.
fn request(
    authorizer: &Authorizer,
    is_kept: bool,
    findings: &mut Vec<Diagnostic>,
) -> Option<IdentitySources> {
    if let Some(expression) = &authorizer.identity_validation_expression {
        let message =
            "`identityValidationExpression` has no effect on an authorizer of type REQUEST";
        findings.push(Diagnostic::warning(Code::Ignored, message).at(expression.whole()));
    }
    let written = authorizer.identity_source.as_ref().filter(|source| !source.trim().is_empty());
    let Some(written) = written else {
        if !is_kept {
            return Some(IdentitySources::Request(Vec::new()));
        }
        let message = format!(
            "the authorizer `{}` keeps its results and says not what it knows a caller by",
            authorizer.name
        );
        let finding = Diagnostic::error(Code::Missing, message).at(authorizer.place.clone());
        let help = "name what identifies a caller in `identitySource`, such as `method.request.header.Authorization`, or set \
                    `authorizerResultTtlInSeconds` to 0";
        findings.push(finding.help(help));
        return None;
    };
    let mut sources = Vec::new();
    let mut is_sound = true;
    let mut start = 0;
    for part in written.split(',') {
        let (at, text) = (start, part.trim());
        start += part.len() + 1;
        let indent = part.len() - part.trim_start().len();
        let place = written.place(at + indent..at + indent + text.len());
        match source(text) {
            Some(source) => sources.push((text.to_owned(), source)),
            None => {
                is_sound = false;
                let message = format!("`{text}` is no identity source");
                let finding = Diagnostic::error(Code::InvalidMapping, message).at(place);
                findings.push(finding.help(SOURCE_HELP));
            }
        }
    }
    if sources.len() > IDENTITY_SOURCES_MAX {
        let message = format!("there are more than {IDENTITY_SOURCES_MAX} identity sources");
        findings.push(Diagnostic::error(Code::LimitExceeded, message).at(written.whole()));
        return None;
    }
    is_sound.then_some(IdentitySources::Request(sources))
}

const SOURCE_HELP: &str = "it is one of `method.request.header.NAME`, `method.request.querystring.NAME`, \
                           `stageVariables.NAME` and `context.NAME`";

/// AWS docs: no variables of the path, and nothing of the body.
fn source(text: &str) -> Option<Source> {
    let source = Source::of_method_request(text).ok()?;
    match &source {
        Source::Header(name) | Source::MultiValueHeader(name) => {
            HeaderName::from_bytes(name.as_bytes()).is_ok().then_some(source)
        }
        Source::Querystring(name)
        | Source::MultiValueQuerystring(name)
        | Source::StageVariable(name)
        | Source::Context(name) => (!name.is_empty()).then_some(source),
        Source::Literal(_)
        | Source::Path(_)
        | Source::Parameter(_)
        | Source::Body
        | Source::BodyPart(_) => None,
    }
}
