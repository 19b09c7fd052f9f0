//! What an endpoint tells of itself, whatever the store is.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::action::Action;
use crate::reply::Reply;

/// Capacity units of an account and of a table. AWS docs: "Quotas in Amazon DynamoDB", as they are at first.
const ACCOUNT_UNITS: u32 = 80_000;
const TABLE_UNITS: u32 = 40_000;

/// Minutes for which an SDK keeps an endpoint that it was told (as AWS says).
const KEPT_MINUTES: u32 = 1_440;

/// Answers an action that is about the endpoint at this host, or about the account; none of another action.
pub fn described(action: Action, body: &[u8], host: &str) -> Option<Reply> {
    let members = match action {
        Action::DescribeEndpoints => {
            json!({"Endpoints": [{"Address": host, "CachePeriodInMinutes": KEPT_MINUTES}]})
        }
        Action::DescribeLimits => json!({
            "AccountMaxReadCapacityUnits": ACCOUNT_UNITS,
            "AccountMaxWriteCapacityUnits": ACCOUNT_UNITS,
            "TableMaxReadCapacityUnits": TABLE_UNITS,
            "TableMaxWriteCapacityUnits": TABLE_UNITS,
        }),
        _ => return None,
    };
    let is_request = serde_json::from_slice::<Map<String, Value>>(body).is_ok();
    Some(match is_request {
        true => Reply::of(200, Bytes::from(members.to_string())),
        false => Refusal::Serialization.into_reply(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(action: Action, body: &str) -> Option<String> {
        let reply = described(action, body.as_bytes(), "localhost:4566")?;
        Some(format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body)))
    }

    // Source: AWS docs, DescribeEndpoints and DescribeLimits of the API reference.
    #[test]
    fn endpoint_and_limits_are_told() {
        let endpoints =
            r#"200 {"Endpoints":[{"Address":"localhost:4566","CachePeriodInMinutes":1440}]}"#;
        assert_eq!(told(Action::DescribeEndpoints, "{}").as_deref(), Some(endpoints));
        let limits = r#"200 {"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,"TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000}"#;
        assert_eq!(told(Action::DescribeLimits, "{}").as_deref(), Some(limits));
        let broken = r#"400 {"__type":"com.amazon.coral.service#SerializationException"}"#;
        assert_eq!(told(Action::DescribeLimits, "[]").as_deref(), Some(broken));
        assert_eq!(told(Action::ListTables, "{}"), None);
    }
}
