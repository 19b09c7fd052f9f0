//! Authorizers: what decides about the callers of the methods that name it.

use crate::api::AuthorizationType;
use crate::place::{Place, Sourced};

/// Something that decides about callers.
#[derive(Clone, Debug)]
pub struct Authorizer {
    /// Its name; in OpenAPI that of its security scheme.
    pub name: String,
    /// Which kind.
    pub kind: AuthorizerType,
    /// Free text about it that AWS keeps, such as `custom` or `oauth2`.
    pub auth_type: Option<String>,
    /// The function to ask, as the ARN of an API Gateway path; none for user pools.
    pub uri: Option<Sourced>,
    /// The role that the function is called with.
    pub credentials: Option<Sourced>,
    /// What identifies a caller: mapping expressions such as `method.request.header.Authorization`, separated by commas.
    /// A `REQUEST` authorizer whose results are not kept may have none.
    pub identity_source: Option<Sourced>,
    /// A regular expression that a token must match before the function is asked.
    pub identity_validation_expression: Option<Sourced>,
    /// Seconds its results are kept, 0 to 3,600; `None` is AWS's default, 300.
    pub result_ttl_s: Option<u32>,
    /// The user pools, for `COGNITO_USER_POOLS`.
    pub provider_arns: Vec<Sourced>,
    /// Where it is defined.
    pub place: Place,
}

impl Authorizer {
    /// AWS's longest time for which results are kept, in seconds.
    pub const RESULT_TTL_S_MAX: u32 = 3_600;
}

/// AWS's types of authorizers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerType {
    /// A Lambda function that is given one token.
    Token,
    /// A Lambda function that is given the request.
    Request,
    /// User pools, whose tokens it takes.
    CognitoUserPools,
}

impl AuthorizerType {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthorizerType::Token => "TOKEN",
            AuthorizerType::Request => "REQUEST",
            AuthorizerType::CognitoUserPools => "COGNITO_USER_POOLS",
        }
    }

    /// The authorization type of methods that name such an authorizer.
    pub fn authorization(self) -> AuthorizationType {
        match self {
            AuthorizerType::Token | AuthorizerType::Request => AuthorizationType::Custom,
            AuthorizerType::CognitoUserPools => AuthorizationType::CognitoUserPools,
        }
    }
}
