//! The answers the gateway makes itself, and their customisation.

use crate::integration::{MappingTemplate, ParameterMapping};
use crate::place::Place;
use std::fmt;

/// A customised gateway response.
#[derive(Clone, Debug)]
pub struct GatewayResponse {
    /// Which one.
    pub kind: GatewayResponseType,
    /// The status, when it is changed.
    pub status_code: Option<u16>,
    /// Mappings onto `gatewayresponse.header.*`.
    pub response_parameters: Vec<ParameterMapping>,
    /// Texts by media type, in which `$context.*`, `$stageVariables.*` and `method.request.*` are replaced.
    pub response_templates: Vec<MappingTemplate>,
    /// Where it is defined.
    pub place: Place,
}

macro_rules! gateway_response_types {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $status:expr,)+) => {
        /// The gateway responses of AWS (AWS docs: supported-gateway-response-types).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GatewayResponseType {
            $($(#[doc = $doc])+ $name,)+
        }

        impl GatewayResponseType {
            /// Every type.
            pub const ALL: &[GatewayResponseType] = &[$(GatewayResponseType::$name,)+];

            /// AWS's word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(GatewayResponseType::$name => $word,)+ }
            }

            /// The status it has when nothing is customised; none for the two defaults.
            pub fn status(self) -> Option<u16> {
                match self { $(GatewayResponseType::$name => $status,)+ }
            }
        }
    };
}

gateway_response_types! {
    /// A policy or authorizer refused the caller.
    AccessDenied = "ACCESS_DENIED", Some(403),
    /// The API's configuration cannot answer the request.
    ApiConfigurationError = "API_CONFIGURATION_ERROR", Some(500),
    /// The authorizer cannot be called as configured.
    AuthorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR", Some(500),
    /// The authorizer failed.
    AuthorizerFailure = "AUTHORIZER_FAILURE", Some(500),
    /// The body does not fit its model.
    BadRequestBody = "BAD_REQUEST_BODY", Some(400),
    /// A required parameter is missing.
    BadRequestParameters = "BAD_REQUEST_PARAMETERS", Some(400),
    /// What a 4XX type without customisation of its own takes over.
    Default4xx = "DEFAULT_4XX", None,
    /// What a 5XX type without customisation of its own takes over.
    Default5xx = "DEFAULT_5XX", None,
    /// Temporary credentials have run out.
    ExpiredToken = "EXPIRED_TOKEN", Some(403),
    /// The endpoint cannot be reached or its answer not be understood.
    IntegrationFailure = "INTEGRATION_FAILURE", Some(504),
    /// The endpoint took too long.
    IntegrationTimeout = "INTEGRATION_TIMEOUT", Some(504),
    /// No API key, or not one that opens this stage.
    InvalidApiKey = "INVALID_API_KEY", Some(403),
    /// The signature does not match.
    InvalidSignature = "INVALID_SIGNATURE", Some(403),
    /// No credentials; also the answer to an unknown path or verb.
    MissingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN", Some(403),
    /// The usage plan's quota is used up.
    QuotaExceeded = "QUOTA_EXCEEDED", Some(429),
    /// The request is larger than 10 MB.
    RequestTooLarge = "REQUEST_TOO_LARGE", Some(413),
    /// Rarely seen: no such resource after authorization.
    ResourceNotFound = "RESOURCE_NOT_FOUND", Some(404),
    /// A rate limit was reached.
    Throttled = "THROTTLED", Some(429),
    /// The authorizer rejected the caller.
    Unauthorized = "UNAUTHORIZED", Some(401),
    /// No template is for the body's media type.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", Some(415),
    /// A web application firewall refused the request.
    WafFiltered = "WAF_FILTERED", Some(403),
}

impl GatewayResponseType {
    /// The type of this name.
    pub fn parse(name: &str) -> Option<GatewayResponseType> {
        GatewayResponseType::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// The type whose customisation it takes over when it has none of its own; none for the two defaults.
    pub fn fallback(self) -> Option<GatewayResponseType> {
        match self.status()? {
            400..=499 => Some(GatewayResponseType::Default4xx),
            _ => Some(GatewayResponseType::Default5xx),
        }
    }
}

impl fmt::Display for GatewayResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_the_21_types_of_aws() {
        assert_eq!(GatewayResponseType::ALL.len(), 21);
        assert_eq!(GatewayResponseType::parse("THROTTLED"), Some(GatewayResponseType::Throttled));
        assert_eq!(
            GatewayResponseType::Throttled.fallback(),
            Some(GatewayResponseType::Default4xx)
        );
        assert_eq!(GatewayResponseType::Default4xx.fallback(), None);
    }

    // Source: recorded on AWS (what GetGatewayResponses lists).
    #[test]
    fn each_type_has_the_status_of_aws() {
        let of = |status: Option<u16>| {
            let types = GatewayResponseType::ALL.iter().filter(|kind| kind.status() == status);
            types.map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(None), "DEFAULT_4XX DEFAULT_5XX");
        assert_eq!(of(Some(400)), "BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS");
        assert_eq!(of(Some(401)), "UNAUTHORIZED");
        assert_eq!(
            of(Some(403)),
            "ACCESS_DENIED EXPIRED_TOKEN INVALID_API_KEY INVALID_SIGNATURE \
             MISSING_AUTHENTICATION_TOKEN WAF_FILTERED"
        );
        assert_eq!(of(Some(404)), "RESOURCE_NOT_FOUND");
        assert_eq!(of(Some(413)), "REQUEST_TOO_LARGE");
        assert_eq!(of(Some(415)), "UNSUPPORTED_MEDIA_TYPE");
        assert_eq!(of(Some(429)), "QUOTA_EXCEEDED THROTTLED");
        assert_eq!(
            of(Some(500)),
            "API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE"
        );
        assert_eq!(of(Some(504)), "INTEGRATION_FAILURE INTEGRATION_TIMEOUT");
    }
}
