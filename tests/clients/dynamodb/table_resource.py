"""boto3's resource: Table, batch_writer, Attr and Key, and Python's own types."""
import decimal

from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from checks import body
from tables import drop

D = decimal.Decimal


def table(checks):
    return checks.resource.Table("boto-places")


def made(checks):
    drop(checks, "boto-places")
    new = checks.resource.create_table(
        TableName="boto-places",
        AttributeDefinitions=[{"AttributeName": "land", "AttributeType": "S"}, {"AttributeName": "height", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "land", "KeyType": "HASH"}, {"AttributeName": "height", "KeyType": "RANGE"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    new.wait_until_exists()
    new.load()
    checks.same("loaded", (new.name, new.table_status, new.item_count), ("boto-places", "ACTIVE", 0))
    checks.same("among all", "boto-places" in [found.name for found in checks.resource.tables.filter(ExclusiveStartTableName="boto-pl")], True)


def types(checks):
    item = {
        "land": "Österreich", "height": D("3798.0"), "exact": D("0.1"), "tiny": D("1E-100"), "huge": D("9.9999999999999999999999999999999999999E+37"),
        "texts": {"a", "b"}, "numbers": {D(1), D("2.5")}, "bytes": Binary(b"\x00\xff"), "more": {Binary(b"1"), Binary(b"2")},
        "list": [1, "x", None, True, {"deep": [D(-1)]}], "nothing": None, "map": {},
    }
    checks.same("put", body(table(checks).put_item(Item=item)), {})
    found = table(checks).get_item(Key={"land": "Österreich", "height": 3798}, ConsistentRead=True)["Item"]
    checks.same("got", found, item)
    checks.same("the number as it is kept", str(found["height"]), "3798")


def written_in_batches(checks):
    with table(checks).batch_writer(overwrite_by_pkeys=["land", "height"]) as batch:
        for height in range(70):
            batch.put_item(Item={"land": "Schweiz", "height": height, "even": height % 2 == 0})
        batch.put_item(Item={"land": "Schweiz", "height": 0, "even": "last wins"})
        batch.delete_item(Key={"land": "Schweiz", "height": 69})
    answer = table(checks).query(KeyConditionExpression=Key("land").eq("Schweiz"))
    checks.same("written", [int(item["height"]) for item in answer["Items"]], list(range(69)))
    checks.same("the last of one key", answer["Items"][0]["even"], "last wins")
    keys = [{"land": "Schweiz", "height": height} for height in (1, 2, 500)]
    answer = checks.resource.batch_get_item(RequestItems={"boto-places": {"Keys": keys}})
    found = sorted(answer["Responses"]["boto-places"], key=lambda item: item["height"])
    checks.same("got", found, [{"land": "Schweiz", "height": D(1), "even": False}, {"land": "Schweiz", "height": D(2), "even": True}])


def conditions(checks):
    query = lambda key, **members: [int(item["height"]) for item in table(checks).query(KeyConditionExpression=Key("land").eq("Schweiz") & key, **members)["Items"]]
    checks.same("between", query(Key("height").between(3, 5)), [3, 4, 5])
    checks.same("lt, backwards", query(Key("height").lt(3), ScanIndexForward=False), [2, 1, 0])
    checks.same("filtered", query(Key("height").gte(60), FilterExpression=Attr("even").eq(True)), [60, 62, 64, 66, 68])
    either = Attr("height").is_in([7, 8]) | Attr("texts").contains("a") | (Attr("list[4].deep[0]").eq(-1) & ~Attr("nothing").exists())
    answer = table(checks).scan(FilterExpression=either & Attr("land").begins_with("Ö"))
    checks.same("scanned", ([item["land"] for item in answer["Items"]], answer["ScannedCount"]), (["Österreich"], 70))
    checks.same("types and sizes", table(checks).scan(FilterExpression=Attr("texts").attribute_type("SS") & Attr("texts").size().eq(2), Select="COUNT")["Count"], 1)
    checks.refused("a condition that fails", "ConditionalCheckFailedException", "The conditional request failed", table(checks).delete_item,
                   Key={"land": "Schweiz", "height": 1}, ConditionExpression=Attr("even").eq(True))
    changed = table(checks).update_item(Key={"land": "Schweiz", "height": 1}, UpdateExpression="SET visits = if_not_exists(visits, :zero) + :one",
                                        ExpressionAttributeValues={":zero": 0, ":one": D("1.5")}, ConditionExpression=Attr("even").ne(True), ReturnValues="UPDATED_NEW")
    checks.same("one that holds", body(changed), {"Attributes": {"visits": D("1.5")}})


def gone(checks):
    table(checks).delete()
    table(checks).wait_until_not_exists()
    checks.refused("asked after that", "ResourceNotFoundException", "Requested resource not found", table(checks).scan)


PARTS = [made, types, written_in_batches, conditions, gone]
