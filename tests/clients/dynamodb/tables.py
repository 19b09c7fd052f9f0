"""Tables as boto3's client makes, describes, changes and deletes them."""
import datetime
import time

from checks import body

ORDERS = {
    "TableName": "boto-orders",
    "AttributeDefinitions": [
        {"AttributeName": "customer", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "placed", "AttributeType": "S"},
        {"AttributeName": "state", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-date",
            "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "placed", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["cost"]},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-state",
            "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}, {"AttributeName": "placed", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def simple(name):
    """A table with one key."""
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


def make(checks, definition):
    """The table, new."""
    drop(checks, definition["TableName"])
    checks.client.create_table(**definition)
    checks.client.get_waiter("table_exists").wait(TableName=definition["TableName"], WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def drop(checks, name):
    try:
        checks.client.delete_table(TableName=name)
        checks.client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    except checks.client.exceptions.ResourceNotFoundException:
        pass


def arn_of(checks, name):
    """The table's ARN: whose account it is, the store says."""
    return checks.client.describe_table(TableName=name)["Table"]["TableArn"]


def a_table_from_birth_to_death(checks):
    client = checks.client
    drop(checks, "boto-orders")
    made = client.create_table(**ORDERS)["TableDescription"]
    checks.same("a new table is made or ready", made["TableStatus"] in ("CREATING", "ACTIVE"), True)
    client.get_waiter("table_exists").wait(TableName="boto-orders", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    table = client.describe_table(TableName="boto-orders")["Table"]
    checks.same("name, state", (table["TableName"], table["TableStatus"]), ("boto-orders", "ACTIVE"))
    checks.same("keys", table["KeySchema"], ORDERS["KeySchema"])
    by_name = sorted(table["AttributeDefinitions"], key=lambda definition: definition["AttributeName"])
    checks.same("attributes", by_name, ORDERS["AttributeDefinitions"])
    checks.same("size", (table["ItemCount"], table["TableSizeBytes"]), (0, 0))
    checks.same("date", isinstance(table["CreationDateTime"], datetime.datetime), True)
    checks.same("age", abs(datetime.datetime.now(datetime.timezone.utc) - table["CreationDateTime"]).total_seconds() < 60, True)
    checks.same("billing", table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
    capacity = {name: table["ProvisionedThroughput"][name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")}
    checks.same("capacity", capacity, {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0})
    arn = table["TableArn"]
    checks.same("ARN", (arn.startswith("arn:aws:dynamodb:"), arn.endswith(":table/boto-orders")), (True, True))
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        found, = table[kind]
        given, = ORDERS[kind]
        checks.same(kind, {name: found[name] for name in given}, given)
        checks.same(f"{kind}: size", (found["ItemCount"], found["IndexSizeBytes"]), (0, 0))
        checks.same(f"{kind}: ARN", found["IndexArn"], f"{arn}/index/{given['IndexName']}")
    checks.same("state of the global one", table["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE")
    checks.refused("the same again", "ResourceInUseException", "Table already exists: boto-orders", client.create_table, **ORDERS)
    gone = client.delete_table(TableName="boto-orders")["TableDescription"]
    checks.same("deleted", (gone["TableName"], gone["TableStatus"] in ("DELETING", "ACTIVE")), ("boto-orders", True))
    client.get_waiter("table_not_exists").wait(TableName="boto-orders", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    checks.refused("described after that", "ResourceNotFoundException", "Requested resource not found: Table: boto-orders not found",
                   client.describe_table, TableName="boto-orders")


def a_table_by_its_arn(checks):
    client = checks.client
    make(checks, simple("boto-named"))
    arn = arn_of(checks, "boto-named")
    checks.same("described", client.describe_table(TableName=arn)["Table"]["TableName"], "boto-named")
    client.put_item(TableName=arn, Item={"id": {"S": "1"}})
    checks.same("the same table", client.get_item(TableName="boto-named", Key={"id": {"S": "1"}})["Item"], {"id": {"S": "1"}})
    drop(checks, "boto-named")


def lists_of_tables(checks):
    client = checks.client
    names = [f"boto-list-{letter}" for letter in "abcde"]
    for name in names:
        make(checks, simple(name))
    first = body(client.list_tables(ExclusiveStartTableName="boto-list-", Limit=2))
    checks.same("a page", first, {"TableNames": names[:2], "LastEvaluatedTableName": "boto-list-b"})
    pages = client.get_paginator("list_tables").paginate(ExclusiveStartTableName="boto-list-", PaginationConfig={"PageSize": 2, "MaxItems": 5})
    checks.same("pages", [page["TableNames"] for page in pages], [names[:2], names[2:4], names[4:]])
    checks.same("all", set(names) <= set(client.list_tables()["TableNames"]), True)
    for name in names:
        drop(checks, name)
    left = client.list_tables(ExclusiveStartTableName="boto-list-")["TableNames"]
    checks.same("none is left", [name for name in left if name.startswith("boto-list-")], [])


def changes_of_a_table(checks):
    client = checks.client
    make(checks, {**simple("boto-changed"), "BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}})
    client.put_item(TableName="boto-changed", Item={"id": {"S": "1"}, "colour": {"S": "red"}})
    throughput = client.describe_table(TableName="boto-changed")["Table"]["ProvisionedThroughput"]
    checks.same("capacity", (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (5, 6))
    client.update_table(TableName="boto-changed", ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 8})
    throughput = client.describe_table(TableName="boto-changed")["Table"]["ProvisionedThroughput"]
    checks.same("new capacity", (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (7, 8))
    client.update_table(TableName="boto-changed", BillingMode="PAY_PER_REQUEST")
    checks.same("billing", client.describe_table(TableName="boto-changed")["Table"]["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")

    client.update_table(
        TableName="boto-changed",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "colour", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-colour",
                    "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            }
        ],
    )
    for _ in range(100):
        index, = client.describe_table(TableName="boto-changed")["Table"]["GlobalSecondaryIndexes"]
        if index["IndexStatus"] == "ACTIVE":
            break
        time.sleep(0.1)
    found = client.query(TableName="boto-changed", IndexName="by-colour", KeyConditionExpression="colour = :red",
                         ExpressionAttributeValues={":red": {"S": "red"}})
    checks.same("a new index has the old items", found["Items"], [{"id": {"S": "1"}, "colour": {"S": "red"}}])
    client.update_table(TableName="boto-changed", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-colour"}}])
    for _ in range(100):
        left = client.describe_table(TableName="boto-changed")["Table"].get("GlobalSecondaryIndexes", [])
        if not left:
            break
        time.sleep(0.1)
    checks.same("without it", left, [])
    checks.refused("an index that is gone", "ValidationException", "The table does not have the specified index: by-colour",
                   client.query, TableName="boto-changed", IndexName="by-colour", KeyConditionExpression="colour = :red",
                   ExpressionAttributeValues={":red": {"S": "red"}})
    drop(checks, "boto-changed")


def time_to_live(checks):
    client = checks.client
    make(checks, simple("boto-expiring"))
    checks.same("off", client.describe_time_to_live(TableName="boto-expiring")["TimeToLiveDescription"], {"TimeToLiveStatus": "DISABLED"})
    wanted = {"AttributeName": "until", "Enabled": True}
    answer = client.update_time_to_live(TableName="boto-expiring", TimeToLiveSpecification=wanted)
    checks.same("answer", body(answer), {"TimeToLiveSpecification": wanted})
    checks.same("on", client.describe_time_to_live(TableName="boto-expiring")["TimeToLiveDescription"],
                {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"})
    checks.refused("on again", "ValidationException", "TimeToLive is already enabled",
                   client.update_time_to_live, TableName="boto-expiring", TimeToLiveSpecification=wanted)
    checks.refused("of no table", "ResourceNotFoundException", "Requested resource not found: Table: boto-none not found",
                   client.describe_time_to_live, TableName="boto-none")
    drop(checks, "boto-expiring")


def tags(checks):
    client = checks.client
    make(checks, {**simple("boto-tagged"), "Tags": [{"Key": "born", "Value": "with"}]})
    arn = arn_of(checks, "boto-tagged")
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "one"}, {"Key": "stage", "Value": ""}])
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "two"}])

    def listed():
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return sorted((tag["Key"], tag["Value"]) for page in pages for tag in page["Tags"])

    checks.same("tags", listed(), [("born", "with"), ("stage", ""), ("team", "two")])
    client.untag_resource(ResourceArn=arn, TagKeys=["stage", "unknown"])
    checks.same("without one", listed(), [("born", "with"), ("team", "two")])
    other = arn.replace("boto-tagged", "boto-none")
    checks.refused("of no table", "ResourceNotFoundException", f"Requested resource not found: ResourcArn: {other} not found",
                   client.list_tags_of_resource, ResourceArn=other)
    drop(checks, "boto-tagged")


def streams(checks):
    client = checks.client
    make(checks, {**simple("boto-watched"), "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
    client.put_item(TableName="boto-watched", Item={"id": {"S": "1"}, "n": {"N": "1"}})
    client.update_item(TableName="boto-watched", Key={"id": {"S": "1"}}, UpdateExpression="SET n = :two", ExpressionAttributeValues={":two": {"N": "2"}})
    client.delete_item(TableName="boto-watched", Key={"id": {"S": "1"}})
    arn = client.describe_table(TableName="boto-watched")["Table"]["LatestStreamArn"]
    # Those of tables of the same name stay a day.
    listed = checks.streams.list_streams(TableName="boto-watched")["Streams"]
    checks.same("listed", {(stream["StreamArn"], stream["TableName"]) for stream in listed} >= {(arn, "boto-watched")}, True)
    described = checks.streams.describe_stream(StreamArn=arn)["StreamDescription"]
    checks.same("its form", (described["StreamStatus"], described["StreamViewType"]), ("ENABLED", "NEW_AND_OLD_IMAGES"))
    shard, = described["Shards"]
    iterator = checks.streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    records = checks.streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    one, two = {"id": {"S": "1"}, "n": {"N": "1"}}, {"id": {"S": "1"}, "n": {"N": "2"}}
    seen = [(record["eventName"], record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")) for record in records]
    checks.same("records", seen, [("INSERT", None, one), ("MODIFY", one, two), ("REMOVE", two, None)])
    drop(checks, "boto-watched")


PARTS = [a_table_from_birth_to_death, a_table_by_its_arn, lists_of_tables, changes_of_a_table, time_to_live, tags, streams]
