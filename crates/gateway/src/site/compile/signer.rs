//! As whom a service of AWS is called: as the role that an integration or authorizer names, where one has to be assumed, else as
//! the gateway itself, never as the one in place of the other.

use super::aws::Compiled;
use crate::integrate::Signer;
use crate::services::{ServiceEndpoint, Services};
use vestibule_restapi::{Code, Diagnostic, Integration, Sourced};

/// Services that are signed for under another name.
const SIGNING_NAMES: [(&str, &str); 2] = [("appsync-api", "appsync"), ("email", "ses")];

const ROLE_HELP: &str = "write the ARN of a role, such as `arn:aws:iam::123456789012:role/orders`";

/// The role that an integration names. The caller's own identity is none: `refusals` refuses it wherever the call goes.
pub(super) fn role_of(integration: &Integration) -> Option<&Sourced> {
    integration.credentials.as_ref().filter(|arn| !arn.contains(":user/"))
}

/// Who signs for a service in a region. Looks no credentials up.
pub(super) fn signer(
    service: &str,
    region: &str,
    endpoint: ServiceEndpoint,
    role: Option<&Sourced>,
    services: &Services,
) -> Compiled<Signer> {
    let named = SIGNING_NAMES.iter().find(|(known, _)| *known == service);
    let service = named.map_or(service, |(_, name)| name).to_owned();
    let assumed = role.filter(|_| endpoint.is_for_roles);
    let credentials = match (assumed, role) {
        (None, None) => endpoint.credentials,
        (None, Some(_)) => endpoint.for_any_role,
        (Some(role), _) => {
            check(role)?;
            services.assumed(role, region).ok_or_else(|| nobody_assumes(role))?
        }
    };
    Ok(Signer::new(credentials, assumed.cloned(), region.to_owned(), service))
}

/// Who signs calls of DynamoDB at AWS in place of the gateway: the role that an integration names. Nobody where it names none.
pub(super) fn of_dynamodb(
    integration: &Integration,
    region: &str,
    services: &Services,
) -> Compiled<Option<Signer>> {
    let Some(role) = role_of(integration) else { return Ok(None) };
    check(role)?;
    let credentials = services.assumed(role, region).ok_or_else(|| nobody_assumes(role))?;
    let service = "dynamodb".to_owned();
    Ok(Some(Signer::new(credentials, Some(role.clone()), region.to_owned(), service)))
}

/// Refuses what is no role, or none that is known before a request is there.
fn check(role: &Sourced) -> Compiled<()> {
    if role.contains("${stageVariables.") {
        let message =
            format!("a role that a stage variable names is not assumed yet: `{}`", role.as_str());
        let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(role.whole());
        return Err(Box::new(finding.help(ROLE_HELP)));
    }
    let fields: Vec<&str> = role.splitn(6, ':').collect();
    let (account, resource) = match fields.as_slice() {
        ["arn", _, "iam", "", account, resource] => (*account, *resource),
        _ => ("", ""),
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    match resource.split_once('/') {
        Some(("role", name)) if is_account && !name.is_empty() => Ok(()),
        Some(_) | None => {
            let message = format!("`{}` is no ARN of a role", role.as_str());
            let finding = Diagnostic::error(Code::InvalidValue, message).at(role.whole());
            Err(Box::new(finding.help(ROLE_HELP)))
        }
    }
}

fn nobody_assumes(role: &Sourced) -> Box<Diagnostic> {
    let message = format!("nobody assumes roles: a call of AWS as `{}` is not made", role.as_str());
    let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(role.whole());
    let note = "the gateway's own rights never stand in for those of a role";
    Box::new(finding.note(note))
}
