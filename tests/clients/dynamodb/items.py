"""Single items: what is kept, returned, counted, and refused."""
from checks import body
from tables import ORDERS, drop, make, simple

# Every type, with what DynamoDB makes of it where it is not the same.
EVERYTHING = {
    "id": {"S": "all"},
    "text": {"S": "grüße \U0001f600 \"quoted\" \\ \n"},
    "none": {"S": ""},
    "bytes": {"B": bytes(range(256))},
    "no-bytes": {"B": b""},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "null": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}, {"M": {}}]},
    "map": {"M": {"x": {"M": {"y": {"L": [{"BOOL": False}]}}}}},
}
# As they are sent, and as DynamoDB says them.
NUMBERS = {"1": "1", "-0": "0", "007": "7", "1.50": "1.5", "1e3": "1000", "1E-5": "0.00001", "-12.3400e1": "-123.4",
           "99999999999999999999999999999999999999": "99999999999999999999999999999999999999",
           "0.1234567890123456789012345678901234567": "0.1234567890123456789012345678901234567"}
SETS = {"SS": ["b", "a"], "NS": ["2", "1.0"], "BS": [b"\xff", b""]}
KEPT_SETS = {"SS": ["a", "b"], "NS": ["1", "2"], "BS": [b"", b"\xff"]}


def one(name="1", **attributes):
    return {"id": {"S": name}, **attributes}


def values_of_every_type(checks):
    client = checks.client
    make(checks, simple("boto-items"))
    checks.same("put", body(client.put_item(TableName="boto-items", Item=EVERYTHING)), {})
    checks.same("got", body(client.get_item(TableName="boto-items", Key=one("all"), ConsistentRead=True)), {"Item": EVERYTHING})
    client.put_item(TableName="boto-items", Item=one("n", list={"L": [{"N": number} for number in NUMBERS]}))
    found = client.get_item(TableName="boto-items", Key=one("n"))["Item"]["list"]["L"]
    checks.same("numbers", found, [{"N": number} for number in NUMBERS.values()])
    client.put_item(TableName="boto-items", Item=one("s", **{kind: {kind: values} for kind, values in SETS.items()}))
    found = client.get_item(TableName="boto-items", Key=one("s"))["Item"]
    checks.same("sets", {kind: sorted(found[kind][kind]) for kind in SETS}, KEPT_SETS)
    checks.same("no such item", body(client.get_item(TableName="boto-items", Key=one("none"))), {})


def returned_values(checks):
    client = checks.client
    table = {"TableName": "boto-items"}
    old = one(a={"N": "1"}, b={"S": "x"})
    checks.same("put, nothing old", body(client.put_item(**table, Item=old, ReturnValues="ALL_OLD")), {})
    new = one(a={"N": "2"}, c={"L": [{"N": "1"}]})
    checks.same("put, old", body(client.put_item(**table, Item=new, ReturnValues="ALL_OLD")), {"Attributes": old})
    change = {"UpdateExpression": "SET a = a + :one, d = :d REMOVE c[0]", "ExpressionAttributeValues": {":one": {"N": "1"}, ":d": {"S": "d"}}}
    answers = {
        "NONE": {},
        "ALL_OLD": {"Attributes": one(a={"N": "3"}, c={"L": []}, d={"S": "d"})},
        "UPDATED_OLD": {"Attributes": {"a": {"N": "4"}, "d": {"S": "d"}}},
        "ALL_NEW": {"Attributes": one(a={"N": "6"}, c={"L": []}, d={"S": "d"})},
        "UPDATED_NEW": {"Attributes": {"a": {"N": "7"}, "d": {"S": "d"}}},
    }
    for kind, expected in answers.items():
        checks.same(f"update, {kind}", body(client.update_item(**table, Key=one(), ReturnValues=kind, **change)), expected)
    made = client.update_item(**table, Key=one("new"), ReturnValues="ALL_NEW", UpdateExpression="ADD hits :one, tags :tags",
                              ExpressionAttributeValues={":one": {"N": "1"}, ":tags": {"SS": ["t"]}})
    checks.same("update makes an item", body(made), {"Attributes": one("new", hits={"N": "1"}, tags={"SS": ["t"]})})
    gone = client.delete_item(**table, Key=one("new"), ReturnValues="ALL_OLD")
    checks.same("delete, old", body(gone), {"Attributes": one("new", hits={"N": "1"}, tags={"SS": ["t"]})})
    checks.same("delete, nothing", body(client.delete_item(**table, Key=one("new"), ReturnValues="ALL_OLD")), {})


def updates(checks):
    client = checks.client
    table = {"TableName": "boto-items", "Key": one("u")}
    lists = {"list": {"L": [{"S": "a"}, {"S": "b"}]}, "rest": {"L": [{"N": "1"}, {"N": "2"}, {"N": "3"}]}}
    client.put_item(TableName="boto-items", Item=one("u", n={"N": "10"}, m={"M": {"x": {"N": "1"}}}, set={"NS": ["1", "2", "3"]}, **lists))
    values = {":one": {"N": "1"}, ":more": {"L": [{"S": "c"}]}, ":two": {"NS": ["2"]}, ":y": {"S": "y"}, ":zero": {"N": "0"}}
    answer = client.update_item(
        **table, ReturnValues="ALL_NEW", ExpressionAttributeNames={"#list": "list", "#set": "set"}, ExpressionAttributeValues=values,
        UpdateExpression="SET #list = list_append(#list, :more), m.y = :y, seen = if_not_exists(seen, :zero) REMOVE m.x, rest[1] ADD n :one DELETE #set :two")
    found = answer["Attributes"]
    checks.same("its set", sorted(found.pop("set")["NS"]), ["1", "3"])
    checks.same("all clauses", found, one(
        "u", n={"N": "11"}, m={"M": {"y": {"S": "y"}}}, seen={"N": "0"}, list={"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]}, rest={"L": [{"N": "1"}, {"N": "3"}]}))
    checks.refused("one path twice", "ValidationException",
                   "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; "
                   "path one: [rest], path two: [rest, [0]]",
                   client.update_item, **table, UpdateExpression="SET rest = :more REMOVE rest[0]", ExpressionAttributeValues={":more": {"L": []}})
    checks.refused("words of the language", "ValidationException",
                   "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: list",
                   client.update_item, **table, UpdateExpression="REMOVE list")
    checks.refused("no sum of texts", "ValidationException",
                   "An operand in the update expression has an incorrect data type",
                   client.update_item, **table, UpdateExpression="SET m.y = m.y + :one", ExpressionAttributeValues={":one": {"N": "1"}})
    checks.refused("a path that leads nowhere", "ValidationException",
                   "The document path provided in the update expression is invalid for update",
                   client.update_item, **table, UpdateExpression="SET nothing.here = :one", ExpressionAttributeValues={":one": {"N": "1"}})
    checks.refused("the key", "ValidationException",
                   "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
                   client.update_item, **table, UpdateExpression="SET id = :one", ExpressionAttributeValues={":one": {"S": "1"}})
    checks.refused("a value that is not used", "ValidationException",
                   "Value provided in ExpressionAttributeValues unused in expressions: keys: {:more}",
                   client.update_item, **table, UpdateExpression="REMOVE n", ExpressionAttributeValues={":more": {"S": "1"}})


def conditions(checks):
    client = checks.client
    item = one("c", n={"N": "1"}, text={"S": "beginning"}, list={"L": [{"S": "x"}]})
    client.put_item(TableName="boto-items", Item=item)
    true = [
        "attribute_exists(id) AND NOT attribute_not_exists(n)",
        "n BETWEEN :zero AND :two AND n IN (:zero, :one)",
        "begins_with(#text, :begin) OR n > :two",
        "contains(#list, :x) AND size(#list) = :one AND attribute_type(n, :N)",
        "(n <> :two) AND #list[0] = :x",
    ]
    values = {":zero": {"N": "0"}, ":one": {"N": "1.0"}, ":two": {"N": "2"}, ":begin": {"S": "begin"}, ":x": {"S": "x"}, ":N": {"S": "N"}}

    def used(expression):
        names = {name: name[1:] for name in ("#text", "#list") if name in expression}
        more = {"ExpressionAttributeNames": names} if names else {}
        kept = {name: value for name, value in values.items() if name in expression}
        return {"ConditionExpression": expression, **({"ExpressionAttributeValues": kept} if kept else {}), **more}

    for condition in true:
        checks.same(condition, body(client.put_item(TableName="boto-items", Item=item, **used(condition))), {})
        error = checks.refused(f"NOT {condition}", "ConditionalCheckFailedException", "The conditional request failed",
                               client.put_item, TableName="boto-items", Item=item, **used(f"NOT ({condition})"))
        checks.same("no item", "Item" in error, False)
    for call, more in [(client.put_item, {"Item": item}), (client.delete_item, {"Key": one("c")}), (client.update_item, {"Key": one("c"), "UpdateExpression": "REMOVE n"})]:
        error = checks.refused("with the item", "ConditionalCheckFailedException", "The conditional request failed",
                               call, TableName="boto-items", ConditionExpression="attribute_not_exists(id)", ReturnValuesOnConditionCheckFailure="ALL_OLD", **more)
        checks.same("the item", error.get("Item"), item)


def projections(checks):
    client = checks.client
    item = one("p", a={"M": {"b": {"L": [{"N": "0"}, {"M": {"c": {"S": "deep"}, "d": {"S": "no"}}}]}, "e": {"S": "e"}}}, **{"dotted.name": {"S": "dots"}})
    client.put_item(TableName="boto-items", Item=item)
    found = client.get_item(TableName="boto-items", Key=one("p"), ProjectionExpression="a.b[1].c, #dots, nothing", ExpressionAttributeNames={"#dots": "dotted.name"})
    checks.same("paths", body(found), {"Item": {"a": {"M": {"b": {"L": [{"M": {"c": {"S": "deep"}}}]}}}, "dotted.name": {"S": "dots"}}})
    found = client.get_item(TableName="boto-items", Key=one("p"), ProjectionExpression="nothing")
    checks.same("nothing of it", body(found), {"Item": {}})
    found = client.get_item(TableName="boto-items", Key=one("p"), AttributesToGet=["dotted.name", "id"])
    checks.same("AttributesToGet", body(found), {"Item": one("p", **{"dotted.name": {"S": "dots"}})})


def capacity(checks):
    client = checks.client
    make(checks, ORDERS)
    key = {"customer": {"S": "ann"}, "number": {"N": "1"}}
    item = {**key, "placed": {"S": "2026-01-01"}, "state": {"S": "open"}}
    total = lambda units: {"TableName": "boto-orders", "CapacityUnits": units}
    put = client.put_item(TableName="boto-orders", Item=item, ReturnConsumedCapacity="TOTAL")
    checks.same("put, table and two indexes", put["ConsumedCapacity"], total(3.0))
    got = client.get_item(TableName="boto-orders", Key=key, ReturnConsumedCapacity="TOTAL")
    checks.same("get", body(got), {"Item": item, "ConsumedCapacity": total(0.5)})
    got = client.get_item(TableName="boto-orders", Key=key, ReturnConsumedCapacity="TOTAL", ConsistentRead=True)
    checks.same("consistent get", got["ConsumedCapacity"], total(1.0))
    client.put_item(TableName="boto-orders", Item={**item, "number": {"N": "2"}, "big": {"S": "x" * 9000}})
    got = client.get_item(TableName="boto-orders", Key={**key, "number": {"N": "2"}}, ReturnConsumedCapacity="TOTAL")
    checks.same("get of 9 KB", got["ConsumedCapacity"], total(1.5))
    gone = client.delete_item(TableName="boto-orders", Key=key, ReturnConsumedCapacity="INDEXES")
    checks.same("delete", gone["ConsumedCapacity"], {
        **total(3.0), "Table": {"CapacityUnits": 1.0}, "LocalSecondaryIndexes": {"by-date": {"CapacityUnits": 1.0}},
        "GlobalSecondaryIndexes": {"by-state": {"CapacityUnits": 1.0}}})
    drop(checks, "boto-orders")


def size_of_a_collection(checks):
    client = checks.client
    make(checks, ORDERS)
    put = client.put_item(TableName="boto-orders", Item={"customer": {"S": "ann"}, "number": {"N": "1"}}, ReturnItemCollectionMetrics="SIZE")
    metrics = put["ItemCollectionMetrics"]
    checks.same("of whom", metrics["ItemCollectionKey"], {"customer": {"S": "ann"}})
    checks.same("two bounds", [bound >= 0 for bound in metrics["SizeEstimateRangeGB"]], [True, True])
    drop(checks, "boto-orders")


def legacy_parameters(checks):
    client = checks.client
    table = {"TableName": "boto-items"}
    item = one("l", n={"N": "1"}, s={"SS": ["a"]})
    client.put_item(**table, Item=item, Expected={"id": {"Exists": False}})
    checks.refused("Exists", "ConditionalCheckFailedException", "The conditional request failed", client.put_item, **table, Item=item, Expected={"id": {"Exists": False}})
    answer = client.update_item(
        **table, Key=one("l"), ReturnValues="ALL_NEW", ConditionalOperator="OR",
        Expected={"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "5"}]}, "s": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [{"S": "a"}]}},
        AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "4"}}, "s": {"Action": "DELETE"}, "t": {"Value": {"S": "put"}}})
    checks.same("AttributeUpdates", body(answer), {"Attributes": one("l", n={"N": "5"}, t={"S": "put"})})
    checks.refused("both kinds", "ValidationException",
                   "Can not use both expression and non-expression parameters in the same request: "
                   "Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}",
                   client.update_item, **table, Key=one("l"), AttributeUpdates={"n": {"Action": "DELETE"}}, UpdateExpression="REMOVE n")


def refused_items(checks):
    client = checks.client
    table = {"TableName": "boto-items"}
    put = lambda what, message, item: checks.refused(what, "ValidationException", message, client.put_item, **table, Item=item)
    invalid = "One or more parameter values were invalid: "
    put("no key", invalid + "Missing the key id in the item", {"a": {"S": "1"}})
    put("a key of another type", invalid + "Type mismatch for key id expected: S actual: N", {"id": {"N": "1"}})
    put("an empty key", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id", one(""))
    put("no number", "The parameter cannot be converted to a numeric value: one", one(n={"N": "one"}))
    put("39 digits", "Attempting to store more than 38 significant digits in a Number", one(n={"N": "1" * 39}))
    put("too large", "Number overflow. Attempting to store a number with magnitude larger than supported range", one(n={"N": "1e126"}))
    put("too small", "Number underflow. Attempting to store a number with magnitude smaller than supported range", one(n={"N": "1e-131"}))
    put("an empty set", invalid + "An string set  may not be empty", one(s={"SS": []}))
    put("a set with twins", invalid + "Input collection [\"a\", \"a\"] contains duplicates.", one(s={"SS": ["a", "a"]}))
    put("false as null", invalid + "Null attribute value types must have the value of true", one(n={"NULL": False}))
    put("more than 400 KB", "Item size has exceeded the maximum allowed size", one(text={"S": "x" * (400 * 1024)}))
    deep = {"S": "bottom"}
    for _ in range(33):
        deep = {"L": [deep]}
    put("33 lists in another", "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit", one(deep=deep))
    checks.refused("a key too many", "ValidationException", "The provided key element does not match the schema",
                   client.get_item, **table, Key=one("1", more={"S": "1"}))
    checks.refused("no table", "ResourceNotFoundException", "Requested resource not found", client.put_item, TableName="boto-none", Item=one())
    checks.refused("no table to get from", "ResourceNotFoundException", "Requested resource not found", client.get_item, TableName="boto-none", Key=one())
    drop(checks, "boto-items")


PARTS = [values_of_every_type, returned_values, updates, conditions, projections, capacity, size_of_a_collection, legacy_parameters, refused_items]
