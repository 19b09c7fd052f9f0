//! What a function is asked: AWS's events of the types TOKEN and REQUEST. AWS docs: api-gateway-lambda-authorizer-input; of
//! REQUEST the members and their order, with `{}` where there is nothing.

use super::LambdaAuthorizer;
use super::identity_source::IdentitySources;
use crate::exchange::Exchange;
use crate::integrate::lambda::event::{
    All, Last, Pairs, RequestContext, headers, query_parameters,
};
use crate::site::{Method, StageView};
use bytes::Bytes;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenEvent<'e> {
    r#type: &'static str,
    method_arn: &'e str,
    authorization_token: &'e str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestEvent<'e> {
    r#type: &'static str,
    method_arn: &'e str,
    resource: &'e str,
    path: &'e str,
    http_method: &'e str,
    headers: Last<'e>,
    multi_value_headers: All<'e>,
    query_string_parameters: Last<'e>,
    multi_value_query_string_parameters: All<'e>,
    path_parameters: Pairs<'e>,
    stage_variables: Pairs<'e>,
    request_context: RequestContext<'e>,
}

/// Makes the event about one request; says why when there is none.
pub(super) fn of(
    authorizer: &LambdaAuthorizer,
    method: &Method,
    stage: &StageView,
    exchange: &Exchange,
    method_arn: &str,
) -> Result<Bytes, String> {
    let made = match &authorizer.identity {
        IdentitySources::Token { .. } => serde_json::to_vec(&TokenEvent {
            r#type: "TOKEN",
            method_arn,
            authorization_token: &authorizer.identity.token(exchange),
        }),
        IdentitySources::Request(_) => {
            let route = exchange.matched.and_then(|index| stage.snapshot().route(index));
            let headers = headers(&method.declared_headers, exchange);
            let query = query_parameters(exchange);
            serde_json::to_vec(&RequestEvent {
                r#type: "REQUEST",
                method_arn,
                resource: route.map_or("", |route| &route.resource_path),
                path: exchange.event_path(),
                http_method: exchange.verb(),
                headers: Last(&headers),
                multi_value_headers: All(&headers),
                query_string_parameters: Last(&query),
                multi_value_query_string_parameters: All(&query),
                path_parameters: Pairs(&exchange.path_parameters),
                stage_variables: Pairs(stage.variables()),
                request_context: RequestContext(exchange),
            })
        }
    };
    made.map(Bytes::from).map_err(|error| error.to_string())
}
