//! AWS's standard chain: the shared files, a token for a web identity, the container, the metadata service of EC2, in this order (the
//! environment's own access key comes before all). The first that is there counts; one that is there and wrong ends the search.

use std::sync::Arc;

use vestibule_gateway::Clock;
use vestibule_sigv4::CredentialsError;

use super::container;
use super::kept::{Lender, Lending, Lent};
use super::metadata::{self, NoMetadata};
use super::profile::{self, Plan, Profiles};
use super::sts::{Session, Sts};
use super::wire::Wire;
use crate::config::{CredentialSettings, WebIdentitySettings};

const HELP: &str =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role";

/// What was looked for and is not there.
const NO_KEYS: &str = "no AWS_ACCESS_KEY_ID";
const NO_WEB_IDENTITY: &str = "no AWS_WEB_IDENTITY_TOKEN_FILE";
const NO_CONTAINER: &str = "no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI";
const NO_METADATA: &str = "AWS_EC2_METADATA_DISABLED forbids the instance metadata";

/// The chain, as the environment configures it.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) settings: CredentialSettings,
    /// Where STS is asked unless a profile says another.
    pub(super) region: String,
    pub(super) wire: Arc<Wire>,
    pub(super) sts: Arc<Sts>,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether this machine is one of EC2, as far as it says so itself.
    is_instance: bool,
}

/// What came of looking at one source.
pub(super) enum Looked<T = Lent> {
    Found(T),
    /// It is not there; why, for whoever finds none at all.
    NotThere(String),
}

impl Chain {
    pub(super) fn new(
        settings: CredentialSettings,
        region: String,
        wire: Arc<Wire>,
        sts: Arc<Sts>,
        clock: Arc<dyn Clock>,
        is_instance: bool,
    ) -> Chain {
        Chain { settings, region, wire, sts, clock, is_instance }
    }

    async fn find(&self) -> Result<Lent, CredentialsError> {
        let mut tried = vec![NO_KEYS.to_owned()];
        match self.of_profile().await? {
            Looked::Found(lent) => return Ok(lent),
            Looked::NotThere(why) => tried.push(why),
        }
        match &self.settings.web_identity {
            Some(identity) => return self.of_web_identity(identity, &self.region).await,
            None => tried.push(NO_WEB_IDENTITY.to_owned()),
        }
        match self.settings.container {
            Some(_) => return self.of_container().await,
            None => tried.push(NO_CONTAINER.to_owned()),
        }
        match self.of_metadata().await? {
            Looked::Found(lent) => Ok(lent),
            Looked::NotThere(why) => {
                tried.push(why);
                Err(nothing_in(&tried))
            }
        }
    }

    async fn of_profile(&self) -> Result<Looked, CredentialsError> {
        let profiles = Profiles::read(&self.settings.profile).await?;
        match self.planned(&profiles)? {
            Looked::Found(plan) => plan.carry_out(self).await.map(Looked::Found),
            Looked::NotThere(why) => Ok(Looked::NotThere(why)),
        }
    }

    /// How the profile that counts gives credentials.
    fn planned(&self, profiles: &Profiles) -> Result<Looked<Plan>, CredentialsError> {
        let settings = &self.settings.profile;
        let name = settings.name.as_deref().unwrap_or(profile::DEFAULT);
        match profiles.plan(name)? {
            Some(plan) => Ok(Looked::Found(plan)),
            None if settings.name.is_some() && !profiles.has(name) => {
                let message = format!("there is no profile `{name}` in {}", profiles.files());
                let help = "correct AWS_PROFILE, or write the profile with `aws configure`";
                Err(CredentialsError::new(message, help))
            }
            None => Ok(Looked::NotThere(format!(
                "no profile `{name}` with credentials in {}",
                profiles.files()
            ))),
        }
    }

    /// A role that a token in a file opens. The file is read each time: its content changes.
    pub(super) async fn of_web_identity(
        &self,
        identity: &WebIdentitySettings,
        region: &str,
    ) -> Result<Lent, CredentialsError> {
        let file = identity.token_file.display();
        let token = profile::text_of(&identity.token_file).await.map_err(|why| {
            let message = format!("the file `{file}` of the web identity: {why}");
            CredentialsError::new(message, "see that AWS_WEB_IDENTITY_TOKEN_FILE names its token")
        })?;
        let session = Session {
            role: &identity.role,
            name: identity.session_name.as_deref().unwrap_or("vestibule"),
            external_id: None,
            duration_s: None,
            region,
        };
        let assumed = self.sts.assume_with_token(&session, token.trim()).await;
        assumed.map_err(|error| {
            let message = format!(
                "the role `{}` is not assumed with the token of `{file}`: {error}",
                identity.role
            );
            CredentialsError::new(message, error.help())
        })
    }

    /// What whoever gives credentials to this container gives.
    pub(super) async fn of_container(&self) -> Result<Lent, CredentialsError> {
        let help = "see the AWS_CONTAINER_ variables, and what answers there";
        let Some(settings) = &self.settings.container else {
            let message = "no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is set";
            return Err(CredentialsError::new(message, help));
        };
        container::ask(settings, &self.wire).await.map_err(|why| {
            CredentialsError::new(format!("the credentials of the container: {why}"), help)
        })
    }

    /// What the metadata service of EC2 gives, if it is there.
    pub(super) async fn of_metadata(&self) -> Result<Looked, CredentialsError> {
        let Some(endpoint) = &self.settings.metadata else {
            return Ok(Looked::NotThere(NO_METADATA.to_owned()));
        };
        match metadata::ask(endpoint, &self.wire, self.clock.epoch_ms()).await {
            Ok(lent) => Ok(Looked::Found(lent)),
            Err(NoMetadata::NotThere(why)) => {
                Ok(Looked::NotThere(format!("no instance metadata: {why}")))
            }
            Err(NoMetadata::Wrong(why)) => {
                let message = format!("the credentials of the instance: {why}");
                let help = "see the role of the instance and its trust policy";
                Err(CredentialsError::new(message, help))
            }
        }
    }
}

impl Lender for Chain {
    fn lend(&self) -> Lending<'_> {
        Box::pin(self.find())
    }

    fn name(&self) -> &'static str {
        "the gateway"
    }

    /// Reads the shared files and asks nobody: whoever is named may give some.
    fn foreseen(&self) -> Option<CredentialsError> {
        let mut tried = vec![NO_KEYS.to_owned()];
        let profiles = Profiles::read_now(&self.settings.profile);
        match profiles.and_then(|profiles| self.planned(&profiles)) {
            Ok(Looked::Found(_)) => return None,
            Ok(Looked::NotThere(why)) => tried.push(why),
            Err(error) => return Some(error),
        }
        if self.settings.web_identity.is_some() || self.settings.container.is_some() {
            return None;
        }
        tried.extend([NO_WEB_IDENTITY, NO_CONTAINER].map(str::to_owned));
        tried.push(match &self.settings.metadata {
            None => NO_METADATA.to_owned(),
            Some(endpoint) if self.is_instance || !metadata::is_of_ec2(endpoint) => return None,
            Some(_) => "this machine does not look like one of EC2, whose metadata service is asked when a call is signed".to_owned(),
        });
        Some(nothing_in(&tried))
    }
}

fn nothing_in(tried: &[String]) -> CredentialsError {
    CredentialsError::new(format!("there are no credentials: {}", tried.join("; ")), HELP)
}

#[cfg(test)]
mod tests;
