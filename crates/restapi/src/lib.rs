//! The vocabulary of a REST API, in AWS's words: what a definition says, where it says it, and what is wrong with it.
//!
//! Pure data: no I/O, no rule of the data plane. Readers of definitions (crate `import`) end in these types,
//! the gateway starts from them, and neither knows the other.
//!
//! ```
//! use vestibule_restapi::{Code, Diagnostic, Document, Sourced};
//!
//! let document = Document::new("api.yaml", "template: $inptu\n");
//! let template = Sourced::verbatim(&document, 10, "$inptu", "/template");
//! let finding = Diagnostic::error(Code::TemplateSyntax, "unknown variable `$inptu`")
//!     .at(template.place(0..6))
//!     .help("did you mean `$input`?");
//! assert!(finding.to_string().starts_with("error[GW301]: unknown variable `$inptu`\n"));
//! assert!(finding.to_string().contains("--> api.yaml:1:11"));
//! ```

mod api;
mod authorizer;
mod diagnostic;
mod documentation;
mod domain_name;
mod gateway_response;
mod identity;
mod ids;
mod integration;
mod joined;
mod model;
mod place;
mod printable;
mod refusal;
mod spelling;
mod stage;
mod usage;

pub use api::{
    ApiKeySource, Authorization, AuthorizationType, EndpointAccessMode, EndpointConfiguration,
    EndpointType, HttpMethod, IpAddressType, Method, MethodResponse, ParameterLocation,
    RequestParameter, Resource, RestApi,
};
pub use authorizer::{Authorizer, AuthorizerType};
pub use diagnostic::{Code, Diagnostic, Scope, Severity};
pub use documentation::{Documentation, DocumentationLocation, DocumentationPart};
pub use domain_name::{BasePathMapping, DomainName, MutualTls};
pub use gateway_response::{GatewayResponse, GatewayResponseType};
pub use identity::{PermissionsBoundary, Role, UserPool};
pub use ids::{
    AccountId, DeploymentId, InvalidId, Region, ResourceId, RestApiId, StageName, iam_id,
};
pub use integration::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, IntegrationType,
    MappingTemplate, ParameterMapping, PassthroughBehavior,
};
pub use joined::Joined;
pub use model::{Model, RequestModel, RequestValidator};
pub use place::{Document, Piece, Place, Position, Sourced};
pub use printable::{one_line, printable};
pub use refusal::Refusal;
pub use spelling::closest;
pub use stage::{
    AccessLogSettings, CanarySettings, Deployment, LoggingLevel, MethodSetting, Stage,
    UnauthorizedCacheControl,
};
pub use usage::{
    ApiKey, ApiKeyValue, QuotaPeriod, QuotaSettings, ThrottleSettings, UsagePlan, UsagePlanStage,
};
