//! How a profile gives credentials: where the first ones come from, and which roles are assumed with them, one after another.

use std::collections::BTreeMap;

use vestibule_sigv4::{Credentials, CredentialsError};

use super::Properties;
use crate::config::WebIdentitySettings;
use crate::credentials::chain::{Chain, Looked};
use crate::credentials::kept::{Lent, Until};
use crate::credentials::process;
use crate::credentials::sts::Session;
use crate::limits::PROFILE_CHAIN_MAX;

/// The profile of whoever names none.
pub(in crate::credentials) const DEFAULT: &str = "default";

/// Where the first credentials come from, and the roles behind them.
#[derive(Debug)]
pub(in crate::credentials) struct Plan {
    base: Base,
    /// In the order in which they are assumed.
    roles: Vec<Role>,
}

#[derive(Debug)]
enum Base {
    Keys(Credentials),
    Process { profile: String, command: String },
    WebIdentity { identity: WebIdentitySettings, region: Option<String> },
    Environment,
    Container,
    Metadata,
}

#[derive(Debug)]
struct Role {
    profile: String,
    arn: String,
    session_name: Option<String>,
    external_id: Option<String>,
    duration_s: Option<String>,
    region: Option<String>,
}

/// How a profile of these gives credentials; none when it does not, or is not there.
pub(super) fn of(
    profiles: &BTreeMap<String, Properties>,
    name: &str,
) -> Result<Option<Plan>, CredentialsError> {
    let (mut roles, mut seen) = (Vec::new(), Vec::<&str>::new());
    let mut name = name;
    loop {
        let Some(properties) = profiles.get(name) else {
            let Some(from) = seen.last() else { return Ok(None) };
            return Err(wrong(from, &format!("its `source_profile`, `{name}`, is not there")));
        };
        if seen.contains(&name) {
            return Err(wrong(name, "it names itself as `source_profile`, through others"));
        }
        if seen.len() >= PROFILE_CHAIN_MAX {
            let why = format!("more than {PROFILE_CHAIN_MAX} profiles name one another");
            return Err(wrong(name, &why));
        }
        let is_source = !seen.is_empty();
        seen.push(name);
        let profile = Profile { name, properties };
        if is_source && let Some(keys) = profile.keys()? {
            return Ok(Some(plan(Base::Keys(keys), roles)));
        }
        let Some(role) = profile.role() else {
            let base = profile.base()?;
            if base.is_none() && is_source {
                return Err(wrong(name, "it has no credentials, and another profile needs them"));
            }
            return Ok(base.map(|base| plan(base, roles)));
        };
        profile.refuse_mfa()?;
        roles.push(role);
        match (profile.text("source_profile"), profile.text("credential_source")) {
            (Some(_), Some(_)) => {
                return Err(wrong(name, "it has both `source_profile` and `credential_source`"));
            }
            (None, None) => {
                let why = "it has `role_arn`, and neither `source_profile` nor `credential_source`";
                return Err(wrong(name, why));
            }
            (None, Some(source)) => return Ok(Some(plan(profile.source(source)?, roles))),
            (Some(source), None) if source == name => {
                let base = profile.base()?;
                let base = base.ok_or_else(|| wrong(name, "it has no credentials for its role"))?;
                return Ok(Some(plan(base, roles)));
            }
            (Some(source), None) => name = source,
        }
    }
}

fn plan(base: Base, mut roles: Vec<Role>) -> Plan {
    roles.reverse();
    Plan { base, roles }
}

fn wrong(profile: &str, why: &str) -> CredentialsError {
    CredentialsError::new(format!("the profile `{profile}`: {why}"), "correct the profile")
}

/// A profile with its name.
struct Profile<'p> {
    name: &'p str,
    properties: &'p Properties,
}

impl<'p> Profile<'p> {
    fn text(&self, property: &str) -> Option<&'p str> {
        self.properties.get(property).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn owned(&self, property: &str) -> Option<String> {
        self.text(property).map(str::to_owned)
    }

    /// The role that it is, unless a token opens it.
    fn role(&self) -> Option<Role> {
        if self.text("web_identity_token_file").is_some() {
            return None;
        }
        Some(Role {
            profile: self.name.to_owned(),
            arn: self.owned("role_arn")?,
            session_name: self.owned("role_session_name"),
            external_id: self.owned("external_id"),
            duration_s: self.owned("duration_seconds"),
            region: self.owned("region"),
        })
    }

    fn base(&self) -> Result<Option<Base>, CredentialsError> {
        if let Some(source) = self.text("credential_source") {
            return self.source(source).map(Some);
        }
        if let Some(base) = self.web_identity()? {
            return Ok(Some(base));
        }
        self.refuse_logins()?;
        if let Some(command) = self.owned("credential_process") {
            return Ok(Some(Base::Process { profile: self.name.to_owned(), command }));
        }
        Ok(self.keys()?.map(Base::Keys))
    }

    fn source(&self, source: &str) -> Result<Base, CredentialsError> {
        match source {
            "Environment" => Ok(Base::Environment),
            "EcsContainer" => Ok(Base::Container),
            "Ec2InstanceMetadata" => Ok(Base::Metadata),
            _ => Err(wrong(
                self.name,
                &format!(
                    "its `credential_source` is `{source}`, and none of Environment, EcsContainer and \
                     Ec2InstanceMetadata"
                ),
            )),
        }
    }

    fn web_identity(&self) -> Result<Option<Base>, CredentialsError> {
        let Some(token_file) = self.text("web_identity_token_file") else { return Ok(None) };
        let role = self.owned("role_arn");
        let role = role.ok_or_else(|| {
            wrong(self.name, "it has `web_identity_token_file`, and no `role_arn`")
        })?;
        let session_name = self.owned("role_session_name");
        let identity = WebIdentitySettings { token_file: token_file.into(), role, session_name };
        Ok(Some(Base::WebIdentity { identity, region: self.owned("region") }))
    }

    fn keys(&self) -> Result<Option<Credentials>, CredentialsError> {
        let id = self.owned("aws_access_key_id");
        let secret = self.owned("aws_secret_access_key");
        match (id, secret) {
            (Some(id), Some(secret)) => {
                Ok(Some(Credentials::new(id, secret, self.owned("aws_session_token"))))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(wrong(self.name, "it has no `aws_secret_access_key`")),
            (None, Some(_)) => Err(wrong(self.name, "it has no `aws_access_key_id`")),
        }
    }

    /// Refuses ways to log in that a browser belongs to.
    fn refuse_logins(&self) -> Result<(), CredentialsError> {
        let logins = ["sso_session", "sso_start_url", "sso_account_id", "login_session"];
        let Some(login) = logins.into_iter().find(|name| self.text(name).is_some()) else {
            return Ok(());
        };
        let name = self.name;
        let message = format!(
            "the profile `{name}`: `{login}` (IAM Identity Center, `aws login`) is not supported"
        );
        let help = format!(
            "let another profile say `credential_process = aws configure export-credentials --profile {name} --format process`"
        );
        Err(CredentialsError::new(message, help))
    }

    /// Refuses a role that wants a code from a person.
    fn refuse_mfa(&self) -> Result<(), CredentialsError> {
        match self.text("mfa_serial") {
            None => Ok(()),
            Some(_) => {
                Err(wrong(self.name, "`mfa_serial` asks a person for a code, and there is none"))
            }
        }
    }
}

impl Plan {
    /// Gets the first credentials, then a session of each role.
    pub(in crate::credentials) async fn carry_out(
        self,
        chain: &Chain,
    ) -> Result<Lent, CredentialsError> {
        let mut lent = self.base.lend(chain).await?;
        for role in &self.roles {
            let session = Session {
                role: &role.arn,
                name: role.session_name.as_deref().unwrap_or("vestibule"),
                external_id: role.external_id.as_deref(),
                duration_s: role.duration_s.as_deref(),
                region: role.region.as_deref().unwrap_or(&chain.region),
            };
            lent = chain.sts.assume(&session, &lent.credentials).await.map_err(|error| {
                let Role { profile, arn, .. } = role;
                let message = format!("the role `{arn}` of the profile `{profile}`: {error}");
                CredentialsError::new(message, error.help())
            })?;
        }
        Ok(lent)
    }
}

impl Base {
    async fn lend(self, chain: &Chain) -> Result<Lent, CredentialsError> {
        match self {
            Base::Keys(credentials) => Ok(Lent { credentials, until: Until::Reread }),
            Base::Process { profile, command } => process::run(&command).await.map_err(|why| {
                let message = format!(
                    "the command of `credential_process` of the profile `{profile}`: {why}"
                );
                CredentialsError::new(message, "run the command by hand, and see what it prints")
            }),
            Base::WebIdentity { identity, region } => {
                let region = region.as_deref().unwrap_or(&chain.region);
                chain.of_web_identity(&identity, region).await
            }
            Base::Environment => match &chain.settings.keys {
                Some(keys) => Ok(Lent { credentials: keys.clone(), until: Until::Forever }),
                None => {
                    let message =
                        "a profile wants the credentials of the environment, and there are none";
                    let help = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
                    Err(CredentialsError::new(message, help))
                }
            },
            Base::Container => chain.of_container().await,
            Base::Metadata => match chain.of_metadata().await? {
                Looked::Found(lent) => Ok(lent),
                Looked::NotThere(why) => Err(CredentialsError::new(
                    format!("a profile wants the credentials of the instance: {why}"),
                    "run it on an instance with a role",
                )),
            },
        }
    }
}
