//! The members of each action's request. AWS docs: DynamoDB API Reference, each action's page.

use super::shape::{Member, Shape};
use crate::action::{Action, refused_by_name};

const fn may(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, is_required: false }
}

const fn must(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, is_required: true }
}

static STRING: Shape = Shape::String;
static BOOLEAN: Shape = Shape::Boolean;
static INTEGER: Shape = Shape::Integer;
static LONG: Shape = Shape::Long;
static ANY: Shape = Shape::Any;
static STRINGS: Shape = Shape::List(&STRING);
static NAMES: Shape = Shape::Map(&STRING);

static VALUE: Shape = Shape::Structure(
    "AttributeValue",
    &[
        may("S", &STRING),
        may("N", &STRING),
        may("B", &STRING),
        may("BOOL", &BOOLEAN),
        may("NULL", &BOOLEAN),
        may("SS", &STRINGS),
        may("NS", &STRINGS),
        may("BS", &STRINGS),
        may("L", &VALUES),
        may("M", &ITEM),
    ],
);
static VALUES: Shape = Shape::List(&VALUE);
static ITEM: Shape = Shape::Map(&VALUE);
static ITEMS: Shape = Shape::List(&ITEM);

static EXPECTED: Shape = Shape::Map(&Shape::Structure(
    "ExpectedAttributeValue",
    &[
        may("Value", &VALUE),
        may("Exists", &BOOLEAN),
        may("ComparisonOperator", &STRING),
        may("AttributeValueList", &VALUES),
    ],
));
static CONDITIONS: Shape = Shape::Map(&Shape::Structure(
    "Condition",
    &[may("AttributeValueList", &VALUES), may("ComparisonOperator", &STRING)],
));
static UPDATES: Shape = Shape::Map(&Shape::Structure(
    "AttributeValueUpdate",
    &[may("Value", &VALUE), may("Action", &STRING)],
));

static KEY_SCHEMA: Shape = Shape::List(&Shape::Structure(
    "KeySchemaElement",
    &[may("AttributeName", &STRING), may("KeyType", &STRING)],
));
static ATTRIBUTE_DEFINITIONS: Shape = Shape::List(&Shape::Structure(
    "AttributeDefinition",
    &[may("AttributeName", &STRING), may("AttributeType", &STRING)],
));
static PROJECTION: Shape = Shape::Structure(
    "Projection",
    &[may("ProjectionType", &STRING), may("NonKeyAttributes", &STRINGS)],
);
static THROUGHPUT: Shape = Shape::Structure(
    "ProvisionedThroughput",
    &[may("ReadCapacityUnits", &LONG), may("WriteCapacityUnits", &LONG)],
);
static ON_DEMAND: Shape = Shape::Structure(
    "OnDemandThroughput",
    &[may("MaxReadRequestUnits", &LONG), may("MaxWriteRequestUnits", &LONG)],
);
static LOCAL_INDEXES: Shape = Shape::List(&Shape::Structure(
    "LocalSecondaryIndex",
    &[may("IndexName", &STRING), may("KeySchema", &KEY_SCHEMA), may("Projection", &PROJECTION)],
));
static GLOBAL_INDEXES: Shape = Shape::List(&Shape::Structure("GlobalSecondaryIndex", GLOBAL));
static GLOBAL: &[Member] = &[
    may("IndexName", &STRING),
    may("KeySchema", &KEY_SCHEMA),
    may("Projection", &PROJECTION),
    may("ProvisionedThroughput", &THROUGHPUT),
    may("OnDemandThroughput", &ON_DEMAND),
];
static INDEX_UPDATES: Shape = Shape::List(&Shape::Structure(
    "GlobalSecondaryIndexUpdate",
    &[
        may("Create", &Shape::Structure("CreateGlobalSecondaryIndexAction", GLOBAL)),
        may("Update", &Shape::Structure("UpdateGlobalSecondaryIndexAction", GLOBAL)),
        may(
            "Delete",
            &Shape::Structure("DeleteGlobalSecondaryIndexAction", &[may("IndexName", &STRING)]),
        ),
    ],
));
static STREAM: Shape = Shape::Structure(
    "StreamSpecification",
    &[may("StreamEnabled", &BOOLEAN), may("StreamViewType", &STRING)],
);
static SSE: Shape = Shape::Structure(
    "SSESpecification",
    &[may("Enabled", &BOOLEAN), may("SSEType", &STRING), may("KMSMasterKeyId", &STRING)],
);
static TAGS: Shape =
    Shape::List(&Shape::Structure("Tag", &[may("Key", &STRING), may("Value", &STRING)]));

static KEYS_AND_ATTRIBUTES: Shape = Shape::Map(&Shape::Structure(
    "KeysAndAttributes",
    &[
        must("Keys", &ITEMS),
        may("AttributesToGet", &STRINGS),
        may("ConsistentRead", &BOOLEAN),
        may("ProjectionExpression", &STRING),
        may("ExpressionAttributeNames", &NAMES),
    ],
));
static WRITE_REQUESTS: Shape = Shape::Map(&Shape::List(&Shape::Structure(
    "WriteRequest",
    &[
        may("PutRequest", &Shape::Structure("PutRequest", &[must("Item", &ITEM)])),
        may("DeleteRequest", &Shape::Structure("DeleteRequest", &[must("Key", &ITEM)])),
    ],
)));

macro_rules! transact {
    ($($extra:expr),*) => {
        &[
            must("TableName", &STRING),
            may("ExpressionAttributeNames", &NAMES),
            may("ExpressionAttributeValues", &ITEM),
            may("ReturnValuesOnConditionCheckFailure", &STRING),
            $($extra),*
        ]
    };
}

static TRANSACT_WRITES: Shape = Shape::List(&Shape::Structure(
    "TransactWriteItem",
    &[
        may(
            "ConditionCheck",
            &Shape::Structure(
                "ConditionCheck",
                transact![must("Key", &ITEM), must("ConditionExpression", &STRING)],
            ),
        ),
        may(
            "Put",
            &Shape::Structure(
                "Put",
                transact![must("Item", &ITEM), may("ConditionExpression", &STRING)],
            ),
        ),
        may(
            "Delete",
            &Shape::Structure(
                "Delete",
                transact![must("Key", &ITEM), may("ConditionExpression", &STRING)],
            ),
        ),
        may(
            "Update",
            &Shape::Structure(
                "Update",
                transact![
                    must("Key", &ITEM),
                    must("UpdateExpression", &STRING),
                    may("ConditionExpression", &STRING)
                ],
            ),
        ),
    ],
));
static TRANSACT_GETS: Shape = Shape::List(&Shape::Structure(
    "TransactGetItem",
    &[must(
        "Get",
        &Shape::Structure(
            "Get",
            &[
                must("TableName", &STRING),
                must("Key", &ITEM),
                may("ProjectionExpression", &STRING),
                may("ExpressionAttributeNames", &NAMES),
            ],
        ),
    )],
));

macro_rules! statement {
    ($name:literal) => {
        Shape::List(&Shape::Structure(
            $name,
            &[
                must("Statement", &STRING),
                may("Parameters", &VALUES),
                may("ConsistentRead", &BOOLEAN),
                may("ReturnValuesOnConditionCheckFailure", &STRING),
            ],
        ))
    };
}
static BATCH_STATEMENTS: Shape = statement!("BatchStatementRequest");
static TRANSACT_STATEMENTS: Shape = statement!("ParameterizedStatement");
static TIME_TO_LIVE: Shape = Shape::Structure(
    "TimeToLiveSpecification",
    &[must("Enabled", &BOOLEAN), must("AttributeName", &STRING)],
);

/// Members that every action on one table or on items may have; a name means one shape in all.
static COMMON: &[Member] = &[
    may("TableName", &STRING),
    may("Key", &ITEM),
    may("Item", &ITEM),
    may("AttributesToGet", &STRINGS),
    may("AttributeUpdates", &UPDATES),
    may("ConditionExpression", &STRING),
    may("ConditionalOperator", &STRING),
    may("ConsistentRead", &BOOLEAN),
    may("ExclusiveStartKey", &ITEM),
    may("Expected", &EXPECTED),
    may("ExpressionAttributeNames", &NAMES),
    may("ExpressionAttributeValues", &ITEM),
    may("FilterExpression", &STRING),
    may("IndexName", &STRING),
    may("KeyConditionExpression", &STRING),
    may("KeyConditions", &CONDITIONS),
    may("Limit", &INTEGER),
    may("ProjectionExpression", &STRING),
    may("QueryFilter", &CONDITIONS),
    may("ReturnConsumedCapacity", &STRING),
    may("ReturnItemCollectionMetrics", &STRING),
    may("ReturnValues", &STRING),
    may("ReturnValuesOnConditionCheckFailure", &STRING),
    may("ScanFilter", &CONDITIONS),
    may("ScanIndexForward", &BOOLEAN),
    may("Segment", &INTEGER),
    may("Select", &STRING),
    may("TotalSegments", &INTEGER),
    may("UpdateExpression", &STRING),
    may("ExclusiveStartTableName", &STRING),
];

static TABLE: &[Member] = &[
    may("TableName", &STRING),
    may("AttributeDefinitions", &ATTRIBUTE_DEFINITIONS),
    may("KeySchema", &KEY_SCHEMA),
    may("LocalSecondaryIndexes", &LOCAL_INDEXES),
    may("GlobalSecondaryIndexes", &GLOBAL_INDEXES),
    may("GlobalSecondaryIndexUpdates", &INDEX_UPDATES),
    may("BillingMode", &STRING),
    may("ProvisionedThroughput", &THROUGHPUT),
    may("OnDemandThroughput", &ON_DEMAND),
    may("StreamSpecification", &STREAM),
    may("SSESpecification", &SSE),
    may("Tags", &TAGS),
    may("TableClass", &STRING),
    may("DeletionProtectionEnabled", &BOOLEAN),
];

static BATCH_GET: &[Member] =
    &[must("RequestItems", &KEYS_AND_ATTRIBUTES), may("ReturnConsumedCapacity", &STRING)];
static BATCH_WRITE: &[Member] = &[
    must("RequestItems", &WRITE_REQUESTS),
    may("ReturnConsumedCapacity", &STRING),
    may("ReturnItemCollectionMetrics", &STRING),
];
static TRANSACT_GET: &[Member] =
    &[must("TransactItems", &TRANSACT_GETS), may("ReturnConsumedCapacity", &STRING)];
static TRANSACT_WRITE: &[Member] = &[
    must("TransactItems", &TRANSACT_WRITES),
    may("ClientRequestToken", &STRING),
    may("ReturnConsumedCapacity", &STRING),
    may("ReturnItemCollectionMetrics", &STRING),
];
static STATEMENT: &[Member] = &[
    must("Statement", &STRING),
    may("Parameters", &VALUES),
    may("ConsistentRead", &BOOLEAN),
    may("Limit", &INTEGER),
    may("NextToken", &STRING),
    may("ReturnConsumedCapacity", &STRING),
    may("ReturnValuesOnConditionCheckFailure", &STRING),
];
static BATCH_STATEMENT: &[Member] =
    &[must("Statements", &BATCH_STATEMENTS), may("ReturnConsumedCapacity", &STRING)];
static TRANSACT_STATEMENT: &[Member] = &[
    must("TransactStatements", &TRANSACT_STATEMENTS),
    may("ClientRequestToken", &STRING),
    may("ReturnConsumedCapacity", &STRING),
];
static TTL: &[Member] =
    &[must("TableName", &STRING), must("TimeToLiveSpecification", &TIME_TO_LIVE)];
static ARN: &[Member] = &[
    must("ResourceArn", &STRING),
    may("Tags", &TAGS),
    may("TagKeys", &STRINGS),
    may("NextToken", &STRING),
];
static STREAMS: &[Member] = &[
    may("TableName", &STRING),
    may("StreamArn", &STRING),
    may("ShardId", &STRING),
    may("ShardIterator", &STRING),
    may("ShardIteratorType", &STRING),
    may("SequenceNumber", &STRING),
    may("ExclusiveStartShardId", &STRING),
    may("ExclusiveStartStreamArn", &STRING),
    may("Limit", &INTEGER),
];
/// AWS: it has an endpoint and a deserialiser of its own; the engine has its words.
static VECTORS: &[Member] = &[may("TableName", &ANY)];

/// Returns the members of the action's request.
pub(super) fn members(action: Action) -> &'static [Member] {
    match action {
        Action::CreateTable | Action::UpdateTable => TABLE,
        Action::BatchGetItem => BATCH_GET,
        Action::BatchWriteItem => BATCH_WRITE,
        Action::TransactGetItems => TRANSACT_GET,
        Action::TransactWriteItems => TRANSACT_WRITE,
        Action::ExecuteStatement => STATEMENT,
        Action::BatchExecuteStatement => BATCH_STATEMENT,
        Action::ExecuteTransaction => TRANSACT_STATEMENT,
        Action::UpdateTimeToLive => TTL,
        Action::TagResource | Action::UntagResource | Action::ListTagsOfResource => ARN,
        Action::DescribeStream
        | Action::GetRecords
        | Action::GetShardIterator
        | Action::ListStreams => STREAMS,
        Action::SearchVectors => VECTORS,
        Action::DeleteItem
        | Action::GetItem
        | Action::PutItem
        | Action::Query
        | Action::Scan
        | Action::UpdateItem
        | Action::DeleteTable
        | Action::DescribeTable
        | Action::DescribeTimeToLive
        | Action::ListTables => COMMON,
        refused_by_name!() => &[],
    }
}

/// Returns the shape of an item.
pub(super) fn item() -> &'static [Member] {
    static ITEM_MEMBER: &[Member] = &[may("Item", &ITEM)];
    ITEM_MEMBER
}
