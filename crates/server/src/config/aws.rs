//! What AWS's own variables of the environment say: credentials, and endpoints of single services.
//! The names are those that AWS's SDKs read.

use vestibule_dynamodb::Address;
use vestibule_gateway::EndpointUrl;
use vestibule_sigv4::Credentials;

use super::environment::Environment;
use super::error::Error;
use super::origin::Origin;
use super::raw;
use super::value::{self, ValueError};

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
const DYNAMODB_ENDPOINT: &str = "AWS_ENDPOINT_URL_DYNAMODB";

/// The variables for endpoints of services, with the names that the services have in the URIs of
/// integrations. Those of Lambda and DynamoDB belong to settings of their own.
const ENDPOINTS: [(&str, &str); 13] = [
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
];

/// Returns the credentials that the environment has, if any.
pub(super) fn credentials(environment: &Environment) -> Result<Option<Credentials>, Error> {
    let id = environment.text(ACCESS_KEY_ID)?;
    let secret = environment.text(SECRET_ACCESS_KEY)?;
    let token = environment.text(SESSION_TOKEN)?;
    let owned = |text: &str| text.to_owned();
    match (id, secret) {
        (Some(id), Some(secret)) => {
            Ok(Some(Credentials::new(owned(id), owned(secret), token.map(owned))))
        }
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(Error::HalfOfCredentials { given: ACCESS_KEY_ID, missing: SECRET_ACCESS_KEY })
        }
        (None, Some(_)) => {
            Err(Error::HalfOfCredentials { given: SECRET_ACCESS_KEY, missing: ACCESS_KEY_ID })
        }
    }
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
