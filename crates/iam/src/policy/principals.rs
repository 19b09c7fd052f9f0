//! `Principal` and `NotPrincipal`: whom a statement is about.
//!
//! Follows the IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal", and for
//! anonymous callers the API Gateway developer guide, "API Gateway resource policies".

use super::statement::{Effect, Grant};
use crate::arn::{Arn, is_account};
use crate::fault::quoted;
use crate::principal::{Principal, PrincipalKind};

/// The principals of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Principals {
    /// `"*"`
    Everyone,
    Named(Vec<Named>),
}

/// One principal of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// `{"AWS": "*"}`: everyone that AWS knows.
    Known,
    /// An account, by its id or its root's ARN.
    Account(String),
    /// A user, role or session, by its ARN.
    Arn(String),
    /// A user or role, by its unique id.
    UserId(String),
    Service(String),
    Federated(String),
}

/// The types of principals that a policy may name.
pub(crate) const TYPES: [&str; 3] = ["AWS", "Service", "Federated"];

impl Named {
    /// Returns the principal of that type and text, or says in message and help why it is none.
    pub(crate) fn parse(type_name: &str, text: &str) -> Result<Named, (String, &'static str)> {
        match type_name {
            "AWS" => Named::aws(text),
            "Service" if is_service(text) => Ok(Named::Service(text.to_ascii_lowercase())),
            "Service" => Err((
                format!("{} is not the principal of a service", quoted(text)),
                "write its name, as in `apigateway.amazonaws.com`",
            )),
            _ if text.is_empty() || text.contains(['*', '?']) => Err((
                format!("{} is not an identity provider", quoted(text)),
                "write its name, as in `cognito-identity.amazonaws.com`, or its ARN",
            )),
            _ => Ok(Named::Federated(text.to_owned())),
        }
    }

    fn aws(text: &str) -> Result<Named, (String, &'static str)> {
        if text == "*" {
            return Ok(Named::Known);
        }
        if is_account(text) {
            return Ok(Named::Account(text.to_owned()));
        }
        if text.contains(['*', '?']) {
            let message = format!("{} has a wildcard", quoted(text));
            let help = "a principal is named whole, or is `*`; use a condition on \
                        `aws:PrincipalArn` for patterns";
            return Err((message, help));
        }
        let is_id = text.len() >= 16
            && ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix))
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if is_id {
            return Ok(Named::UserId(text.to_owned()));
        }
        let wrong = || {
            let message = format!("{} is not a principal of AWS", quoted(text));
            let help = "write an account's twelve digits, or the ARN of a user, role or session";
            (message, help)
        };
        let arn = Arn::parse(text).filter(|arn| is_account(arn.account)).ok_or_else(wrong)?;
        match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Ok(Named::Account(arn.account.to_owned())),
            ("iam", Some(("user" | "role", name)))
            | ("sts", Some(("assumed-role" | "federated-user", name)))
                if !name.is_empty() =>
            {
                Ok(Named::Arn(text.to_owned()))
            }
            _ => Err(wrong()),
        }
    }

    /// How it stands for a principal, if it does.
    fn grant(&self, principal: &Principal) -> Option<Grant> {
        let is_named = match self {
            Named::Known => true,
            Named::Account(account) => {
                let is_own = *account == principal.account;
                let is_root = principal.kind == PrincipalKind::Root;
                let grant = if is_root { Grant::Direct } else { Grant::Account };
                return is_own.then_some(grant);
            }
            Named::Arn(arn) => *arn == principal.arn || arn == principal.policy_arn(),
            Named::UserId(id) => principal.user_id.split(':').next() == Some(id.as_str()),
            Named::Service(name) => {
                principal.kind == PrincipalKind::Service && *name == principal.arn
            }
            Named::Federated(name) => match &principal.kind {
                PrincipalKind::AssumedRole { provider, .. } => provider.as_ref() == Some(name),
                PrincipalKind::User { .. }
                | PrincipalKind::Root
                | PrincipalKind::FederatedUser
                | PrincipalKind::Service => false,
            },
        };
        is_named.then_some(Grant::Direct)
    }
}

fn is_service(text: &str) -> bool {
    text.contains('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

impl Principals {
    /// How `Principal` stands for a principal, nobody being anonymous.
    pub(crate) fn grant(&self, principal: Option<&Principal>, effect: Effect) -> Option<Grant> {
        let named = match self {
            Principals::Everyone => return Some(Grant::Direct),
            Principals::Named(named) => named,
        };
        let Some(principal) = principal else {
            // AWS: `{"AWS": ...}` allows only those who signed their request. A denial of everyone
            // that AWS knows leaves nobody out.
            let is_denied = effect == Effect::Deny && named.contains(&Named::Known);
            return is_denied.then_some(Grant::Direct);
        };
        let mut grants = named.iter().filter_map(|one| one.grant(principal));
        let first = grants.next()?;
        if first == Grant::Direct || grants.any(|grant| grant == Grant::Direct) {
            return Some(Grant::Direct);
        }
        Some(first)
    }

    /// Whether a user or session is named itself, and neither as one of many nor by its role.
    pub(crate) fn names(&self, principal: &Principal) -> bool {
        let is_itself = |one: &Named| match one {
            Named::Arn(arn) => *arn == principal.arn,
            Named::UserId(id) => *id == principal.user_id,
            Named::Known | Named::Account(_) | Named::Service(_) | Named::Federated(_) => false,
        };
        match self {
            Principals::Everyone => false,
            Principals::Named(named) => named.iter().any(is_itself),
        }
    }

    /// Whether `NotPrincipal` leaves a principal to the statement.
    ///
    /// AWS: a denial spares only whom the list has whole: the account and the user; the account, the
    /// role and the session. An Allow takes whom the list has in no way.
    pub(crate) fn excludes(&self, principal: Option<&Principal>, effect: Effect) -> bool {
        let named = match self {
            Principals::Everyone => return false,
            Principals::Named(named) => named,
        };
        let Some(principal) = principal else { return true };
        match effect {
            Effect::Allow => !named.iter().any(|one| one.grant(principal).is_some()),
            Effect::Deny => !is_spared(named, principal),
        }
    }
}

fn is_spared(named: &[Named], principal: &Principal) -> bool {
    if named.contains(&Named::Known) {
        return true;
    }
    let has_arn =
        |wanted: &str| named.iter().any(|one| matches!(one, Named::Arn(arn) if arn == wanted));
    let has_account = named
        .iter()
        .any(|one| matches!(one, Named::Account(account) if *account == principal.account));
    match &principal.kind {
        PrincipalKind::Root => has_account,
        PrincipalKind::User { .. } | PrincipalKind::FederatedUser => {
            has_account && has_arn(&principal.arn)
        }
        PrincipalKind::AssumedRole { role_arn, .. } => {
            has_account && has_arn(role_arn) && has_arn(&principal.arn)
        }
        PrincipalKind::Service => named.iter().any(|one| one.grant(principal).is_some()),
    }
}
