//! Who makes a request, as IAM sees them.
//!
//! Follows the IAM user guide, "IAM identifiers" and the table of principal key values in "IAM
//! policy elements: Variables and tags".

use std::fmt;

use crate::arn::Arn;
use crate::arn::is_account;

/// Someone known to IAM. Nobody known, anonymous, is no principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub(crate) arn: String,
    pub(crate) account: String,
    pub(crate) user_id: String,
    pub(crate) kind: PrincipalKind,
    /// Names in lower case.
    tags: Vec<(String, String)>,
}

/// What kind of principal it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrincipalKind {
    /// A user of IAM; the name is without its path.
    User {
        /// The friendly name.
        name: String,
    },
    /// A session of a role.
    AssumedRole {
        /// The ARN of the role, `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
        role_arn: String,
        /// Of whom the session was got, when they are no principal of IAM.
        provider: Option<String>,
    },
    /// The account itself.
    Root,
    /// A session that `GetFederationToken` gave.
    FederatedUser,
    /// A service of AWS, as `apigateway.amazonaws.com`.
    Service,
}

impl PrincipalKind {
    /// `aws:PrincipalType`.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            PrincipalKind::User { .. } => "User",
            PrincipalKind::AssumedRole { .. } => "AssumedRole",
            PrincipalKind::Root => "Account",
            PrincipalKind::FederatedUser => "FederatedUser",
            PrincipalKind::Service => "Service",
        }
    }
}

impl Principal {
    /// A user: `arn:aws:iam::123456789012:user/PATH/NAME` with the id `AIDA...`.
    ///
    /// ```
    /// use vestibule_iam::Principal;
    ///
    /// let bob = Principal::user("arn:aws:iam::123456789012:user/staff/bob", "AIDAEXAMPLE").unwrap();
    /// assert_eq!((bob.username(), bob.account()), (Some("bob"), "123456789012"));
    /// ```
    ///
    /// # Errors
    /// The ARN is none of a user.
    pub fn user(arn: &str, user_id: &str) -> Result<Principal, BadPrincipal> {
        let (account, path) = named(arn, "iam", "user/", "user/NAME")?;
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        Ok(Principal::of(arn, account, user_id, PrincipalKind::User { name }))
    }

    /// A session of the role `arn:aws:iam::123456789012:role/PATH/NAME`, whose id is `AROA...`.
    ///
    /// # Errors
    /// The ARN is none of a role, or the session has a name that no session has: 2 to 64 letters,
    /// digits and characters of `+=,.@-_`.
    pub fn assumed_role(
        role_arn: &str,
        role_id: &str,
        session: &str,
    ) -> Result<Principal, BadPrincipal> {
        let (account, path) = named(role_arn, "iam", "role/", "role/NAME")?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c);
        if !(2..=64).contains(&session.len()) || !session.chars().all(is_part) {
            return Err(BadPrincipal { text: session.to_owned(), wanted: Wanted::Session });
        }
        let partition = Arn::parse(role_arn).map_or("aws", |arn| arn.partition);
        // AWS: the ARN of a session has no path.
        let name = path.rsplit('/').next().unwrap_or(path);
        let arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}");
        let kind = PrincipalKind::AssumedRole { role_arn: role_arn.to_owned(), provider: None };
        Ok(Principal::of(&arn, account, &format!("{role_id}:{session}"), kind))
    }

    /// Says of whom a session of a role was got, as `cognito-identity.amazonaws.com`. Of no effect
    /// on others.
    #[must_use]
    pub fn of_provider(mut self, name: &str) -> Principal {
        if let PrincipalKind::AssumedRole { provider, .. } = &mut self.kind {
            *provider = Some(name.to_owned());
        }
        self
    }

    /// The account itself, twelve digits.
    ///
    /// # Errors
    /// It is no account.
    pub fn root(account: &str) -> Result<Principal, BadPrincipal> {
        if !is_account(account) {
            return Err(BadPrincipal { text: account.to_owned(), wanted: Wanted::Account });
        }
        let arn = format!("arn:aws:iam::{account}:root");
        Ok(Principal::of(&arn, account, account, PrincipalKind::Root))
    }

    /// A federated user: `arn:aws:sts::123456789012:federated-user/NAME`.
    ///
    /// # Errors
    /// The ARN is none of a federated user.
    pub fn federated_user(arn: &str) -> Result<Principal, BadPrincipal> {
        let (account, name) = named(arn, "sts", "federated-user/", "federated-user/NAME")?;
        let id = format!("{account}:{name}");
        Ok(Principal::of(arn, account, &id, PrincipalKind::FederatedUser))
    }

    /// Whom an ARN names that can have access keys: a session of a role, an account itself, else a user. `unique_id` makes the id of a
    /// role or user from its ARN, which begins with `AROA` or `AIDA`. The ARN of a session does not say its role's path: it has
    /// none here.
    ///
    /// ```
    /// use vestibule_iam::Principal;
    ///
    /// let arn = "arn:aws:sts::123456789012:assumed-role/crew/alice";
    /// let alice = Principal::parse(arn, |prefix, _| format!("{prefix}EXAMPLE")).unwrap();
    /// assert_eq!(alice.user_id(), "AROAEXAMPLE:alice");
    /// assert_eq!(alice.policy_arn(), "arn:aws:iam::123456789012:role/crew");
    /// ```
    ///
    /// # Errors
    /// The ARN is none of these.
    pub fn parse(
        arn: &str,
        unique_id: impl FnOnce(&'static str, &str) -> String,
    ) -> Result<Principal, BadPrincipal> {
        let parts = Arn::parse(arn);
        let session = parts.filter(|parts| parts.service == "sts" && parts.region.is_empty());
        let session = session.and_then(|parts| {
            let named = parts.resource.strip_prefix("assumed-role/")?;
            Some((parts, named.rsplit_once('/').unwrap_or((named, ""))))
        });
        if let Some((Arn { partition, account, .. }, (role, session))) = session {
            let role = format!("arn:{partition}:iam::{account}:role/{role}");
            return Principal::assumed_role(&role, &unique_id("AROA", &role), session);
        }
        match parts {
            Some(Arn { service: "iam", region: "", account, resource: "root", .. }) => {
                Principal::root(account)
            }
            Some(_) | None => Principal::user(arn, &unique_id("AIDA", arn)),
        }
    }

    /// A service of AWS that acts for itself, as `apigateway.amazonaws.com` when it takes a role.
    pub fn service(name: &str) -> Principal {
        Principal::of(name, "", name, PrincipalKind::Service)
    }

    fn of(arn: &str, account: &str, user_id: &str, kind: PrincipalKind) -> Principal {
        let (arn, account, user_id) = (arn.to_owned(), account.to_owned(), user_id.to_owned());
        Principal { arn, account, user_id, kind, tags: Vec::new() }
    }

    /// With a tag. Case does not matter in its name; the last of a name counts.
    #[must_use]
    pub fn with_tag(mut self, name: &str, value: &str) -> Principal {
        let name = name.to_ascii_lowercase();
        self.tags.retain(|(other, _)| *other != name);
        self.tags.push((name, value.to_owned()));
        self
    }

    /// The ARN: of a session its own, not the role's. `$context.identity.userArn`.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The account; empty for a service.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The unique id, `AIDA...` or `AROA...:session`. `$context.identity.caller`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// What kind of principal it is.
    pub fn kind(&self) -> &PrincipalKind {
        &self.kind
    }

    /// The value of a tag, whose name is in lower case of ASCII.
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// `aws:username`, which users alone have.
    pub fn username(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User { name } => Some(name),
            PrincipalKind::AssumedRole { .. }
            | PrincipalKind::Root
            | PrincipalKind::FederatedUser
            | PrincipalKind::Service => None,
        }
    }

    /// `aws:PrincipalArn`: of a session the role's.
    pub fn policy_arn(&self) -> &str {
        match &self.kind {
            PrincipalKind::AssumedRole { role_arn, .. } => role_arn,
            PrincipalKind::User { .. }
            | PrincipalKind::Root
            | PrincipalKind::FederatedUser
            | PrincipalKind::Service => &self.arn,
        }
    }
}

/// Returns the account and the name in an ARN of IAM.
fn named<'a>(
    text: &'a str,
    service: &'static str,
    prefix: &'static str,
    form: &'static str,
) -> Result<(&'a str, &'a str), BadPrincipal> {
    let bad = || BadPrincipal { text: text.to_owned(), wanted: Wanted::Arn { service, form } };
    let arn = Arn::parse(text).ok_or_else(bad)?;
    let name = arn.resource.strip_prefix(prefix).ok_or_else(bad)?;
    let is_named = !name.is_empty()
        && name.split('/').all(|part| !part.is_empty())
        && !name.contains(|c: char| "*?:${".contains(c) || c.is_control() || c == ' ');
    let is_right = arn.service == service && arn.region.is_empty() && is_account(arn.account);
    if is_right && is_named { Ok((arn.account, name)) } else { Err(bad()) }
}

/// A text that names no principal of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPrincipal {
    text: String,
    wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Arn { service: &'static str, form: &'static str },
    Account,
    Session,
}

impl BadPrincipal {
    /// What it should look like.
    pub fn help(&self) -> String {
        match &self.wanted {
            Wanted::Arn { service, form } => {
                format!("write `arn:aws:{service}::123456789012:{form}`")
            }
            Wanted::Account => "an account's id has twelve digits".to_owned(),
            Wanted::Session => "it has 2 to 64 letters, digits or `+=,.@-_`".to_owned(),
        }
    }
}

impl fmt::Display for BadPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crate::fault::quoted(&self.text);
        match &self.wanted {
            Wanted::Arn { form, .. } => {
                let kind = form.split('/').next().unwrap_or(form);
                write!(f, "{text} is not the ARN of a {}", kind.replace('-', " "))
            }
            Wanted::Account => write!(f, "{text} is not an account's id"),
            Wanted::Session => write!(f, "{text} is not the name of a session"),
        }
    }
}

impl std::error::Error for BadPrincipal {}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, "IAM identifiers"); the words are ours.
    use super::*;

    #[test]
    fn a_session_has_an_arn_without_the_path_of_its_role() {
        let role = "arn:aws-cn:iam::123456789012:role/a/b/crew";
        let session = Principal::assumed_role(role, "AROAEXAMPLE", "job-1").unwrap();
        assert_eq!(session.arn(), "arn:aws-cn:sts::123456789012:assumed-role/crew/job-1");
        assert_eq!((session.policy_arn(), session.user_id()), (role, "AROAEXAMPLE:job-1"));
        assert_eq!((session.account(), session.username()), ("123456789012", None));
    }

    #[test]
    fn an_arn_says_whom_it_names() {
        let parse = |arn: &str| Principal::parse(arn, |prefix, of| format!("{prefix} of {of}"));
        let said = |arn: &str| match parse(arn) {
            Ok(who) => format!("{}: {}", who.arn(), who.user_id()),
            Err(error) => error.to_string(),
        };
        let bob = "arn:aws-cn:iam::123456789012:user/staff/bob";
        assert_eq!(said(bob), format!("{bob}: AIDA of {bob}"));
        let session = "arn:aws-cn:sts::123456789012:assumed-role/crew/job-1";
        let role = "arn:aws-cn:iam::123456789012:role/crew";
        assert_eq!(said(session), format!("{session}: AROA of {role}:job-1"));
        let root = "arn:aws:iam::123456789012:root";
        assert_eq!(said(root), format!("{root}: 123456789012"));
        assert_eq!(said("arn:aws:iam::1:root"), "`1` is not an account's id");
        let nameless = "arn:aws:sts::123456789012:assumed-role/crew";
        assert_eq!(said(nameless), "`` is not the name of a session");
        for other in ["bob", "arn:aws:sts::123456789012:federated-user/x", "arn:aws:iam:eu:1:root"]
        {
            assert_eq!(said(other), format!("`{other}` is not the ARN of a user"));
        }
    }

    #[test]
    fn the_last_tag_of_a_name_counts() {
        let root = Principal::root("123456789012").unwrap();
        let root = root.with_tag("Team", "blue").with_tag("team", "Red");
        assert_eq!((root.tag("team"), root.tag("Team")), (Some("Red"), None));
    }

    #[test]
    fn what_names_nobody_is_refused_with_its_form() {
        let user = |arn: &str| Principal::user(arn, "AIDAEXAMPLE").unwrap_err();
        for arn in [
            "bob",
            "arn:aws:iam::1234:user/bob",
            "arn:aws:iam:us-east-1:123456789012:user/bob",
            "arn:aws:sts::123456789012:user/bob",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:user/a//bob",
            "arn:aws:iam::123456789012:user/*",
            "arn:aws:iam::123456789012:user/${aws:username}",
            "arn:aws:iam::123456789012:role/bob",
        ] {
            assert_eq!(user(arn).to_string(), format!("`{arn}` is not the ARN of a user"));
        }
        assert_eq!(user("bob").help(), "write `arn:aws:iam::123456789012:user/NAME`");
        let federated = Principal::federated_user("bob").unwrap_err();
        assert_eq!(federated.to_string(), "`bob` is not the ARN of a federated user");
        let role = "arn:aws:iam::123456789012:role/crew";
        for name in ["", "a", "a b", &"x".repeat(65)] {
            let session = Principal::assumed_role(role, "AROAEXAMPLE", name).unwrap_err();
            assert_eq!(session.to_string(), format!("`{name}` is not the name of a session"));
        }
        let root = Principal::root("12345678901").unwrap_err();
        assert_eq!(root.to_string(), "`12345678901` is not an account's id");
        assert_eq!(root.help(), "an account's id has twelve digits");
    }
}
