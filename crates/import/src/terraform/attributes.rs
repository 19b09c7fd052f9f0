//! Attributes that only a creation would know. Nothing was created, so ids, names and ARNs are made of what the plan says: the
//! same plan has the same ones on every start.

use super::references::Resolver;
use crate::arn;
use vestibule_restapi::{ResourceId, RestApiId};

/// An attribute that the provider computes; none where nothing here stands for it.
pub(super) fn computed(
    resolver: &mut Resolver<'_, '_>,
    at: usize,
    attribute: &str,
) -> Option<String> {
    let plan = resolver.plan;
    let options = resolver.options;
    let instance = plan.instances.get(at).filter(|instance| !instance.is_data)?;
    let label = |name: &str| instance.text(name).unwrap_or(instance.name).to_owned();
    let id = |resolver: &mut Resolver<'_, '_>| resolver.attribute(at, "id");
    Some(match (instance.kind, attribute) {
        ("aws_api_gateway_rest_api", "id") => {
            let tag = instance.value("tags").and_then(|tags| tags.get("_custom_id_")?.text());
            let own = tag.and_then(|tag| RestApiId::parse(tag).ok());
            own.unwrap_or_else(|| RestApiId::of(&label("name"))).as_str().to_owned()
        }
        ("aws_api_gateway_rest_api", "root_resource_id") => ResourceId::of("/").as_str().to_owned(),
        ("aws_api_gateway_api_key" | "aws_api_gateway_usage_plan", "id") => {
            RestApiId::of(instance.address).as_str().to_owned()
        }
        ("aws_api_gateway_domain_name", "id") => instance.text("domain_name")?.to_owned(),
        (kind, "id") if kind.starts_with("aws_api_gateway_") => instance.address.to_owned(),
        ("aws_dynamodb_table", "id") => instance.text("name")?.to_owned(),
        ("aws_dynamodb_table", "arn") => {
            arn::of(options, "dynamodb", &format!("table/{}", instance.text("name")?))
        }
        ("aws_iam_role", "id" | "name") => label("name"),
        ("aws_iam_role", "arn") => {
            let path = instance.text("path").unwrap_or("/");
            arn::of_iam(options, "role", path, &label("name"))
        }
        ("aws_cognito_user_pool", "id") => arn::user_pool_id(options, instance.address),
        ("aws_cognito_user_pool", "arn") => {
            arn::of(options, "cognito-idp", &format!("userpool/{}", id(resolver)?))
        }
        ("aws_cognito_user_pool_client", "id") => {
            RestApiId::of(instance.address).as_str().to_owned()
        }
        ("aws_lambda_function", "arn") => {
            arn::of(options, "lambda", &format!("function:{}", label("function_name")))
        }
        ("aws_lambda_function", "invoke_arn") => {
            let function = resolver.attribute(at, "arn")?;
            arn::of_invocation(options, &function)
        }
        _ => return None,
    })
}
