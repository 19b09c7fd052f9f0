//! What AWS's own variables of the environment say: where credentials are, and endpoints of single services.
//! The names are those that AWS's SDKs read (AWS SDKs and Tools Reference Guide, "Environment variables").

use std::path::PathBuf;

use vestibule_dynamodb::Address;
use vestibule_gateway::EndpointUrl;
use vestibule_sigv4::Credentials;
use zeroize::Zeroizing;

use super::environment::Environment;
use super::error::Error;
use super::origin::Origin;
use super::raw;
use super::value::{self, ValueError};

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
const DYNAMODB_ENDPOINT: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const WEB_IDENTITY_TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE_ARN: &str = "AWS_ROLE_ARN";

/// The variables for endpoints of services, with the names that the services have in the URIs of
/// integrations. Those of Lambda and DynamoDB belong to settings of their own.
const ENDPOINTS: [(&str, &str); 14] = [
    ("AWS_ENDPOINT_URL_CLOUDWATCH", "monitoring"),
    ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "logs"),
    ("AWS_ENDPOINT_URL_EVENTBRIDGE", "events"),
    ("AWS_ENDPOINT_URL_FIREHOSE", "firehose"),
    ("AWS_ENDPOINT_URL_KINESIS", "kinesis"),
    ("AWS_ENDPOINT_URL_KMS", "kms"),
    ("AWS_ENDPOINT_URL_S3", "s3"),
    ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "secretsmanager"),
    ("AWS_ENDPOINT_URL_SES", "email"),
    ("AWS_ENDPOINT_URL_SFN", "states"),
    ("AWS_ENDPOINT_URL_SNS", "sns"),
    ("AWS_ENDPOINT_URL_SQS", "sqs"),
    ("AWS_ENDPOINT_URL_SSM", "ssm"),
    ("AWS_ENDPOINT_URL_STS", "sts"),
];

/// Where the metadata service of EC2 is, by the mode that the environment says.
pub(crate) const METADATA: [(&str, &str); 2] =
    [("ipv4", "http://169.254.169.254"), ("ipv6", "http://[fd00:ec2::254]")];

/// What the environment says of credentials. All but the access key is looked up when something is signed.
#[derive(Debug, Clone)]
pub struct CredentialSettings {
    /// The access key that stands in the environment itself.
    pub keys: Option<Credentials>,
    /// The shared files.
    pub profile: ProfileSettings,
    /// A token of an issuer that AWS knows, and the role that it opens.
    pub web_identity: Option<WebIdentitySettings>,
    /// Whoever gives credentials to this container.
    pub container: Option<ContainerSettings>,
    /// The metadata service of EC2; none where it is disabled.
    pub metadata: Option<EndpointUrl>,
    /// The variables that are set, with their values as they may be shown.
    pub shown: Vec<(&'static str, String)>,
}

/// The shared files of AWS's tools, and which of their profiles counts.
#[derive(Debug, Clone, Default)]
pub struct ProfileSettings {
    /// The profile that is named; `default` otherwise.
    pub name: Option<String>,
    /// Another place of `~/.aws/config`.
    pub config: Option<PathBuf>,
    /// Another place of `~/.aws/credentials`.
    pub credentials: Option<PathBuf>,
    /// What `~` is.
    pub home: Option<PathBuf>,
}

/// A role that is assumed with a token from a file.
#[derive(Debug, Clone)]
pub struct WebIdentitySettings {
    /// Its content changes.
    pub token_file: PathBuf,
    /// The ARN of the role.
    pub role: String,
    /// The name of the session.
    pub session_name: Option<String>,
}

/// Whoever gives credentials to a container: ECS, or the Pod Identity of EKS.
#[derive(Debug, Clone)]
pub struct ContainerSettings {
    /// Where it is.
    pub address: ContainerAddress,
    /// What it is shown.
    pub authorization: Option<ContainerAuthorization>,
}

/// Where a container asks. Its path is as good as a password.
#[derive(Clone, PartialEq, Eq)]
pub enum ContainerAddress {
    /// A path at the address that ECS has everywhere.
    Relative(String),
    /// A URL.
    Full(String),
}

/// Shows no path.
impl std::fmt::Debug for ContainerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ContainerAddress::Relative(_) => "Relative(***)",
            ContainerAddress::Full(_) => "Full(***)",
        })
    }
}

/// What a container shows when it asks.
#[derive(Clone)]
pub enum ContainerAuthorization {
    /// This text, a secret.
    Text(Zeroizing<String>),
    /// The content of a file, which changes.
    File(PathBuf),
}

/// Shows no secret.
impl std::fmt::Debug for ContainerAuthorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ContainerAuthorization::Text(_) => f.write_str("Text(***)"),
            ContainerAuthorization::File(path) => write!(f, "File({})", path.display()),
        }
    }
}

impl CredentialSettings {
    /// Tells whether the environment itself names credentials, so that they are meant for every endpoint.
    pub fn are_named(&self) -> bool {
        self.keys.is_some()
            || self.profile.name.is_some()
            || self.web_identity.is_some()
            || self.container.is_some()
    }
}

/// Returns what the environment says of credentials.
pub(super) fn credentials(environment: &Environment) -> Result<CredentialSettings, Error> {
    let mut variables = Variables { environment, shown: Vec::new() };
    let keys = variables.keys()?;
    let profile = variables.profile()?;
    let web_identity = variables.web_identity()?;
    let container = variables.container()?;
    let metadata = variables.metadata()?;
    let shown = variables.shown;
    Ok(CredentialSettings { keys, profile, web_identity, container, metadata, shown })
}

/// The variables, and those of them that were set.
struct Variables<'e> {
    environment: &'e Environment,
    shown: Vec<(&'static str, String)>,
}

impl Variables<'_> {
    fn text(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        let text = self.environment.text(name)?.map(str::to_owned);
        self.shown.extend(text.iter().map(|text| (name, text.clone())));
        Ok(text)
    }

    fn secret(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        let text = self.environment.text(name)?.map(str::to_owned);
        self.shown.extend(text.iter().map(|_| (name, "***".to_owned())));
        Ok(text)
    }

    fn path(&mut self, name: &'static str) -> Result<Option<PathBuf>, Error> {
        Ok(self.text(name)?.map(PathBuf::from))
    }

    fn keys(&mut self) -> Result<Option<Credentials>, Error> {
        let id = self.text(ACCESS_KEY_ID)?;
        let secret = self.secret(SECRET_ACCESS_KEY)?;
        let token = self.secret(SESSION_TOKEN)?;
        match (id, secret) {
            (Some(id), Some(secret)) => Ok(Some(Credentials::new(id, secret, token))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
            (None, Some(_)) => Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
        }
    }

    fn profile(&mut self) -> Result<ProfileSettings, Error> {
        let name = self.text("AWS_PROFILE")?;
        let name = match name {
            Some(name) => Some(name),
            None => self.text("AWS_DEFAULT_PROFILE")?,
        };
        Ok(ProfileSettings {
            name,
            config: self.path("AWS_CONFIG_FILE")?,
            credentials: self.path("AWS_SHARED_CREDENTIALS_FILE")?,
            home: self.environment.text("HOME")?.map(PathBuf::from),
        })
    }

    fn web_identity(&mut self) -> Result<Option<WebIdentitySettings>, Error> {
        let Some(token_file) = self.path(WEB_IDENTITY_TOKEN_FILE)? else { return Ok(None) };
        let role = self.text(ROLE_ARN)?.ok_or_else(|| half(WEB_IDENTITY_TOKEN_FILE, ROLE_ARN))?;
        let session_name = self.text("AWS_ROLE_SESSION_NAME")?;
        Ok(Some(WebIdentitySettings { token_file, role, session_name }))
    }

    fn container(&mut self) -> Result<Option<ContainerSettings>, Error> {
        let relative = self.secret("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")?;
        let full = self.secret("AWS_CONTAINER_CREDENTIALS_FULL_URI")?;
        let address = match (relative, full) {
            (Some(relative), _) => ContainerAddress::Relative(relative),
            (None, Some(full)) => ContainerAddress::Full(full),
            (None, None) => return Ok(None),
        };
        let file = self.path("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")?;
        let text = self.secret("AWS_CONTAINER_AUTHORIZATION_TOKEN")?;
        let text = text.map(|text| ContainerAuthorization::Text(Zeroizing::new(text)));
        let authorization = file.map(ContainerAuthorization::File).or(text);
        Ok(Some(ContainerSettings { address, authorization }))
    }

    fn metadata(&mut self) -> Result<Option<EndpointUrl>, Error> {
        let is_disabled = self.text("AWS_EC2_METADATA_DISABLED")?;
        if is_disabled.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let wrong = |name: &str, error: ValueError| Error::Variable {
            name: name.to_owned(),
            reason: error.reason,
            help: error.help,
        };
        const MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
        const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        let mode = self.text(MODE)?.unwrap_or_else(|| "IPv4".to_owned());
        let known = METADATA.iter().find(|(known, _)| mode.eq_ignore_ascii_case(known));
        let (_, address) = known.ok_or_else(|| {
            let help = "write `IPv4` or `IPv6`";
            wrong(MODE, ValueError { reason: "no mode of the metadata service", help })
        })?;
        match self.text(ENDPOINT)? {
            Some(text) => {
                value::endpoint_url(&text).map(Some).map_err(|error| wrong(ENDPOINT, error))
            }
            None => Ok(EndpointUrl::parse(address).ok()),
        }
    }
}

fn half(given: &'static str, missing: &'static str) -> Error {
    Error::HalfOfCredentials { given, missing }
}

/// Returns the address of AWS's DynamoDB that the environment says, if any.
pub(super) fn dynamodb_endpoint(
    environment: &Environment,
) -> Result<Option<(Address, Origin)>, Error> {
    let Some(text) = environment.text(DYNAMODB_ENDPOINT)? else { return Ok(None) };
    let origin = Origin::Environment(DYNAMODB_ENDPOINT);
    let address = Address::parse(text).map_err(|reason| {
        let help = "write it like `https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com`";
        let (setting, text) = (&raw::DYNAMODB, text.to_owned());
        Error::Value { setting, text, origin: origin.clone(), error: ValueError { reason, help } }
    })?;
    Ok(Some((address, origin)))
}

/// Returns the services whose endpoints the environment says in variables of AWS.
pub(super) fn endpoints(
    environment: &Environment,
) -> Result<Vec<(String, EndpointUrl, Origin)>, Error> {
    let mut endpoints = Vec::new();
    for (variable, service) in ENDPOINTS {
        let Some(text) = environment.text(variable)? else { continue };
        let origin = Origin::Environment(variable);
        let url = value::endpoint_url(text).map_err(|error| {
            let (setting, text, origin) = (&raw::ENDPOINTS, text.to_owned(), origin.clone());
            Error::Value { setting, text, origin, error }
        })?;
        endpoints.push((service.to_owned(), url, origin));
    }
    Ok(endpoints)
}
