//! The table `vestibule.usage`: the requests of a key of a usage plan on a day, an item each. Its keys are the plan and
//! `2026-11-27/key`, so that a plan's days are one query, as GetUsage of API Gateway asks for them.

use std::fmt;

use bytes::Bytes;
use serde_json::{Value, json};
use vestibule_dynamodb::{Action, CallError, Reply, State};
use vestibule_gateway::{Day, Unwritten, Written};

use crate::limits::{USE_KEPT_S, USE_TABLE_LOOKED_AT_EVERY, USE_TABLE_LOOKS_MAX};

const TABLE: &str = "vestibule.usage";

/// What the time to live of an item is in.
const EXPIRES: &str = "expires_at";

/// The table in a store.
#[derive(Debug, Clone)]
pub(super) struct UsageTable {
    state: State,
}

/// Requests of a key on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) key: String,
    pub(super) day: Day,
    pub(super) requests: u32,
}

/// Why the table did not do as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UsageError {
    /// The store has no answer.
    Call(CallError),
    /// The store refused, in DynamoDB's words.
    Refused {
        /// What it refused.
        action: Action,
        /// Its answer.
        answer: String,
    },
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UsageError::Call(error) => error.fmt(f),
            UsageError::Refused { action, answer, .. } => {
                write!(f, "{action} of `{TABLE}` was answered with {answer}")
            }
        }
    }
}

impl UsageError {
    /// What became of requests that were to be added.
    pub(super) fn written(&self) -> Written {
        match self {
            UsageError::Call(
                CallError::Saturated
                | CallError::CircuitOpen { .. }
                | CallError::NoCredentials { .. },
            ) => Written::Not,
            UsageError::Call(
                CallError::Deadline
                | CallError::Closed
                | CallError::Unreachable { .. }
                | CallError::Unsound { .. }
                | CallError::TooLarge { .. },
            ) => Written::Perhaps,
            // It would be refused for ever.
            UsageError::Refused { answer, .. } if answer.contains("ValidationException") => {
                Written::Perhaps
            }
            // Such as credentials that have expired, a right that is missing, a table that is not there, a busy store.
            UsageError::Refused { .. } => Written::Not,
        }
    }

    /// Whether the table is not there any more.
    pub(super) fn is_of_no_table(&self) -> bool {
        matches!(self, UsageError::Refused { answer, .. } if answer.contains("ResourceNotFound"))
    }
}

impl UsageTable {
    /// The table, which is made unless it is there.
    pub(super) async fn open(state: State) -> Result<UsageTable, UsageError> {
        let table = UsageTable { state };
        let key = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
        let create = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [key("plan"), key("day_key")],
            "KeySchema": [
                { "AttributeName": "plan", "KeyType": "HASH" },
                { "AttributeName": "day_key", "KeyType": "RANGE" },
            ],
        });
        let is_created = match table.call(Action::CreateTable, &create).await {
            Ok(_) => true,
            Err(UsageError::Refused { answer, .. }) if answer.contains("ResourceInUse") => false,
            Err(error) => return Err(error),
        };
        table.become_active().await?;
        if is_created {
            let expire = json!({
                "TableName": TABLE,
                "TimeToLiveSpecification": { "Enabled": true, "AttributeName": EXPIRES },
            });
            table.call(Action::UpdateTimeToLive, &expire).await?;
        }
        Ok(table)
    }

    /// Waits until the table is made, which takes DynamoDB at AWS some seconds; not for ever.
    async fn become_active(&self) -> Result<(), UsageError> {
        for _ in 0..USE_TABLE_LOOKS_MAX {
            let described = json!({ "TableName": TABLE });
            let answer = self.call(Action::DescribeTable, &described).await?;
            if answer.pointer("/Table/TableStatus") == Some(&json!("ACTIVE")) {
                break;
            }
            tokio::time::sleep(USE_TABLE_LOOKED_AT_EVERY).await;
        }
        Ok(())
    }

    /// Adds requests, and returns how many there are of the day now.
    pub(super) async fn add(&self, unwritten: &Unwritten) -> Result<u32, UsageError> {
        let day = unwritten.day();
        let update = json!({
            "TableName": TABLE,
            "Key": {
                "plan": { "S": unwritten.plan() },
                "day_key": { "S": format!("{day}/{}", unwritten.key()) },
            },
            "UpdateExpression": "ADD #requests :requests SET #expires = :expires",
            "ExpressionAttributeNames": { "#requests": "requests", "#expires": EXPIRES },
            "ExpressionAttributeValues": {
                ":requests": { "N": unwritten.requests().to_string() },
                ":expires": { "N": (day.epoch_s() + USE_KEPT_S).to_string() },
            },
            "ReturnValues": "UPDATED_NEW",
        });
        let answer = self.call(Action::UpdateItem, &update).await?;
        Ok(answer.get("Attributes").map_or(0, requests))
    }

    /// All that is kept of a plan from a day on.
    pub(super) async fn kept(&self, plan: &str, since: Day) -> Result<Vec<Kept>, UsageError> {
        let mut kept = Vec::new();
        let mut query = json!({
            "TableName": TABLE,
            "ConsistentRead": true,
            "KeyConditionExpression": "#plan = :plan AND #day >= :since",
            "ExpressionAttributeNames": { "#plan": "plan", "#day": "day_key" },
            "ExpressionAttributeValues": {
                ":plan": { "S": plan },
                ":since": { "S": since.to_string() },
            },
        });
        loop {
            let mut answer = self.call(Action::Query, &query).await?;
            let items = answer.get("Items").and_then(Value::as_array);
            kept.extend(items.into_iter().flatten().filter_map(item));
            let next = answer.get_mut("LastEvaluatedKey").map(Value::take);
            match (query.as_object_mut(), next) {
                (Some(query), Some(next)) => query.insert("ExclusiveStartKey".to_owned(), next),
                _ => return Ok(kept),
            };
        }
    }

    async fn call(&self, action: Action, body: &Value) -> Result<Value, UsageError> {
        let reply = self.state.call(action, Bytes::from(body.to_string())).await;
        let reply = reply.map_err(UsageError::Call)?;
        if !reply.is_success() {
            return Err(refused(action, &reply));
        }
        Ok(serde_json::from_slice(&reply.body).unwrap_or_default())
    }
}

fn refused(action: Action, reply: &Reply) -> UsageError {
    let answer = String::from_utf8_lossy(&reply.body).into_owned();
    UsageError::Refused { action, answer }
}

fn item(item: &Value) -> Option<Kept> {
    let (day, key) = item.pointer("/day_key/S")?.as_str()?.split_once('/')?;
    Some(Kept { key: key.to_owned(), day: Day::parse(day)?, requests: requests(item) })
}

/// What the attribute `requests` says; what is less than none is none, what no quota can hold the most that one can.
fn requests(attributes: &Value) -> u32 {
    let number = attributes.pointer("/requests/N").and_then(Value::as_str);
    let number = number.and_then(|text| text.parse::<f64>().ok());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, which is what is meant"
    )]
    number.map_or(0, |number| number as u32)
}

#[cfg(test)]
mod tests {
    //! Source: ours.
    use super::*;
    use vestibule_dynamodb::{Embedded, Location, Options};

    async fn table() -> (UsageTable, State) {
        let (_, state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
        (UsageTable::open(state.clone()).await.unwrap(), state)
    }

    async fn put(state: &State, plan: &str, day_key: &str, requests: &str) {
        let item = json!({ "TableName": TABLE, "Item": {
            "plan": { "S": plan }, "day_key": { "S": day_key }, "requests": { "N": requests },
        }});
        let reply = state.call(Action::PutItem, Bytes::from(item.to_string())).await.unwrap();
        assert!(reply.is_success(), "{reply:?}");
    }

    #[tokio::test]
    async fn what_is_kept_of_a_plan_is_read_from_a_day_on() {
        let (table, state) = table().await;
        // A second start finds it.
        UsageTable::open(state.clone()).await.unwrap();
        for (plan, day_key, requests) in [
            ("gold", "2026-11-25/a", "9"),
            ("gold", "2026-11-26/a", "1"),
            ("gold", "2026-11-26/b/c", "2"),
            ("gold", "2026-11-27/a", "99999999999"),
            ("gold", "2026-11-28/a", "-3"),
            ("gold", "odd", "1"),
            ("free", "2026-11-26/a", "4"),
        ] {
            put(&state, plan, day_key, requests).await;
        }
        let kept = table.kept("gold", Day::parse("2026-11-26").unwrap()).await.unwrap();
        let shown = |kept: &Kept| format!("{} {} {}", kept.day, kept.key, kept.requests);
        assert_eq!(
            kept.iter().map(shown).collect::<Vec<_>>(),
            ["2026-11-26 a 1", "2026-11-26 b/c 2", "2026-11-27 a 4294967295", "2026-11-28 a 0"]
        );
    }

    /// More than a page has.
    #[tokio::test]
    async fn a_plan_of_many_keys_is_read_whole() {
        let (table, state) = table().await;
        let filling = "x".repeat(300 * 1024);
        for number in 0..8 {
            let item = json!({ "TableName": TABLE, "Item": {
                "plan": { "S": "gold" },
                "day_key": { "S": format!("2026-11-26/{number}") },
                "filling": { "S": filling },
            }});
            let put = state.call(Action::PutItem, Bytes::from(item.to_string())).await;
            assert!(put.unwrap().is_success());
        }
        let kept = table.kept("gold", Day::parse("2026-11-26").unwrap()).await.unwrap();
        assert_eq!(kept.len(), 8);
    }

    #[test]
    fn what_is_not_written_is_told_from_what_may_be() {
        let refused = |status, kind: &str| {
            let body = format!("{{\"__type\":\"com.amazonaws.dynamodb.v20120810#{kind}\"}}");
            refused(Action::UpdateItem, &Reply::of(status, body.into())).written()
        };
        assert_eq!(UsageError::Call(CallError::Saturated).written(), Written::Not);
        assert_eq!(UsageError::Call(CallError::Deadline).written(), Written::Perhaps);
        assert_eq!(refused(400, "ProvisionedThroughputExceededException"), Written::Not);
        assert_eq!(refused(400, "ThrottlingException"), Written::Not);
        assert_eq!(refused(500, "InternalServerError"), Written::Not);
        assert_eq!(refused(400, "ExpiredTokenException"), Written::Not);
        assert_eq!(refused(400, "AccessDeniedException"), Written::Not);
        assert_eq!(refused(400, "ResourceNotFoundException"), Written::Not);
        assert_eq!(refused(400, "ValidationException"), Written::Perhaps);
    }

    #[tokio::test]
    async fn a_table_that_is_gone_is_known_and_made_again() {
        let (table, state) = table().await;
        let gone = json!({ "TableName": TABLE }).to_string();
        state.call(Action::DeleteTable, Bytes::from(gone)).await.unwrap();
        let day = Day::parse("2026-11-26").unwrap();
        let error = table.kept("gold", day).await.unwrap_err();
        assert!(error.is_of_no_table(), "{error}");
        let table = UsageTable::open(state).await.unwrap();
        assert_eq!(table.kept("gold", day).await.unwrap(), []);
    }
}
