//! AWS's standard chain: the shared files, a token for a web identity, the container, the metadata service of EC2, in this order (the
//! environment's own access key comes before all). The first that is there counts; one that is there and wrong ends the search.

use std::sync::Arc;

use vestibule_gateway::Clock;
use vestibule_sigv4::CredentialsError;

use super::container;
use super::kept::{Lender, Lending, Lent};
use super::metadata::{self, NoMetadata};
use super::profile::{self, Profiles};
use super::sts::{Session, Sts};
use super::wire::Wire;
use crate::config::{CredentialSettings, WebIdentitySettings};

const HELP: &str =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role";

/// The chain, as the environment configures it.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) settings: CredentialSettings,
    /// Where STS is asked unless a profile says another.
    pub(super) region: String,
    pub(super) wire: Arc<Wire>,
    pub(super) sts: Arc<Sts>,
    pub(super) clock: Arc<dyn Clock>,
}

/// What came of looking at one source.
pub(super) enum Looked {
    Found(Lent),
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
    ) -> Chain {
        Chain { settings, region, wire, sts, clock }
    }

    async fn find(&self) -> Result<Lent, CredentialsError> {
        let mut tried = vec!["no AWS_ACCESS_KEY_ID".to_owned()];
        match self.of_profile().await? {
            Looked::Found(lent) => return Ok(lent),
            Looked::NotThere(why) => tried.push(why),
        }
        match &self.settings.web_identity {
            Some(identity) => return self.of_web_identity(identity, &self.region).await,
            None => tried.push("no AWS_WEB_IDENTITY_TOKEN_FILE".to_owned()),
        }
        match self.settings.container {
            Some(_) => return self.of_container().await,
            None => tried.push("no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI".to_owned()),
        }
        match self.of_metadata().await? {
            Looked::Found(lent) => Ok(lent),
            Looked::NotThere(why) => {
                tried.push(why);
                let message = format!("there are no credentials: {}", tried.join("; "));
                Err(CredentialsError::new(message, HELP))
            }
        }
    }

    async fn of_profile(&self) -> Result<Looked, CredentialsError> {
        let settings = &self.settings.profile;
        let profiles = Profiles::read(settings).await?;
        let name = settings.name.as_deref().unwrap_or(profile::DEFAULT);
        match profiles.plan(name)? {
            Some(plan) => plan.carry_out(self).await.map(Looked::Found),
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
            let why = "AWS_EC2_METADATA_DISABLED forbids the instance metadata";
            return Ok(Looked::NotThere(why.to_owned()));
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
}

#[cfg(test)]
mod tests;
