//! ARNs of what the definitions define, as AWS would have made them. AWS docs: reference-arns.

use crate::Options;
use crate::variables::partition;
use vestibule_restapi::RestApiId;

/// Of a resource of a region.
pub(crate) fn of(options: &Options, service: &str, resource: &str) -> String {
    let (region, account) = (options.region.as_str(), options.account.as_str());
    format!("arn:{}:{service}:{region}:{account}:{resource}", partition(region))
}

/// Of a role, user or policy; `path` begins and ends with `/`.
pub(crate) fn of_iam(options: &Options, what: &str, path: &str, name: &str) -> String {
    let partition = partition(options.region.as_str());
    format!("arn:{partition}:iam::{}:{what}{path}{name}", options.account)
}

/// What an integration calls a Lambda function by.
pub(crate) fn of_invocation(options: &Options, function: &str) -> String {
    let region = options.region.as_str();
    let partition = partition(region);
    format!(
        "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations"
    )
}

/// The id of the user pool that is defined under this name.
pub(crate) fn user_pool_id(options: &Options, name: &str) -> String {
    let hash = RestApiId::of(name);
    format!("{}_{}", options.region, hash.as_str().get(..9).unwrap_or(""))
}
