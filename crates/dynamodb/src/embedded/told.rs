//! Records of streams as `GetRecords` tells them. The engine writes who deleted an item as events of Lambda have it
//! (`principalId`); SDKs read the members of the API.
//!
//! AWS docs: the data type `Identity` of DynamoDB Streams has `PrincipalId` and `Type`.

use dynoxide::actions::get_records::{GetRecordsResponse, Record, StreamRecord, UserIdentity};
use serde::Serialize;

/// The answer of `GetRecords`.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    #[serde(rename = "NextShardIterator", skip_serializing_if = "Option::is_none")]
    next_shard_iterator: Option<String>,
    #[serde(rename = "Records")]
    records: Vec<ToldRecord>,
}

#[derive(Debug, Serialize)]
struct ToldRecord {
    #[serde(rename = "awsRegion")]
    aws_region: String,
    dynamodb: StreamRecord,
    #[serde(rename = "eventID")]
    event_id: String,
    #[serde(rename = "eventName")]
    event_name: String,
    #[serde(rename = "eventSource")]
    event_source: String,
    #[serde(rename = "eventVersion")]
    event_version: String,
    #[serde(rename = "userIdentity", skip_serializing_if = "Option::is_none")]
    user_identity: Option<Identity>,
}

#[derive(Debug, Serialize)]
struct Identity {
    #[serde(rename = "PrincipalId")]
    principal_id: String,
    #[serde(rename = "Type")]
    identity_type: String,
}

impl From<GetRecordsResponse> for Told {
    fn from(answer: GetRecordsResponse) -> Told {
        Told {
            next_shard_iterator: answer.next_shard_iterator,
            records: answer.records.into_iter().map(ToldRecord::from).collect(),
        }
    }
}

impl From<Record> for ToldRecord {
    fn from(record: Record) -> ToldRecord {
        ToldRecord {
            aws_region: record.aws_region,
            dynamodb: record.dynamodb,
            event_id: record.event_id,
            event_name: record.event_name,
            event_source: record.event_source,
            event_version: record.event_version,
            user_identity: record.user_identity.map(Identity::from),
        }
    }
}

impl From<UserIdentity> for Identity {
    fn from(UserIdentity { identity_type, principal_id }: UserIdentity) -> Identity {
        Identity { principal_id, identity_type }
    }
}
