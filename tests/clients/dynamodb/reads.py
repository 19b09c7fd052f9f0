"""Query and Scan: pages, orders, indexes, filters, counts, segments, and what is refused."""
import string

from checks import body
from tables import ORDERS, drop, make

STATES = ["open", "paid", "sent"]


def order(customer, number):
    return {
        "customer": {"S": customer},
        "number": {"N": str(number)},
        "placed": {"S": f"2026-01-{31 - number:02}"},
        "state": {"S": STATES[number % 3]},
        "cost": {"N": str(number * 10)},
    }


def numbers(answer):
    return [int(item["number"]["N"]) for item in answer["Items"]]


def of_ann(more="", **members):
    """A query of one customer."""
    values = {":ann": {"S": "ann"}, **members.pop("values", {})}
    return {"TableName": "boto-orders", "KeyConditionExpression": f"customer = :ann{more}", "ExpressionAttributeValues": values, **members}


def filled(checks):
    client = checks.client
    make(checks, ORDERS)
    for start in (1, 16):
        puts = [{"PutRequest": {"Item": order("ann", number)}} for number in range(start, start + 15)]
        answer = client.batch_write_item(RequestItems={"boto-orders": puts})
        checks.same("all of the batch is done", body(answer), {"UnprocessedItems": {}})
    puts = [{"PutRequest": {"Item": order("bob", number)}} for number in range(1, 6)]
    client.batch_write_item(RequestItems={"boto-orders": puts})


def queries(checks):
    client = checks.client
    checks.same("count", client.query(**of_ann(Select="COUNT"))["Count"], 30)
    numbered = {"ExpressionAttributeNames": {"#number": "number"}}
    number = lambda value: {"N": str(value)}
    conditions = {
        " AND #number = :a": [7],
        " AND #number < :a": [1, 2, 3, 4, 5, 6],
        " AND #number <= :a": [1, 2, 3, 4, 5, 6, 7],
        " AND #number > :b": list(range(10, 31)),
        " AND #number >= :b": list(range(9, 31)),
        " AND #number BETWEEN :a AND :b": [7, 8, 9],
    }
    for condition, expected in conditions.items():
        values = {name: value for name, value in {":a": number(7), ":b": number(9)}.items() if name in condition}
        answer = client.query(**of_ann(condition, values=values, **numbered))
        checks.same(condition, (numbers(answer), answer["Count"], answer["ScannedCount"]), (expected, len(expected), len(expected)))
    checks.same("backwards", numbers(client.query(**of_ann(Limit=3, ScanIndexForward=False))), [30, 29, 28])
    first = client.query(**of_ann(Limit=2))
    checks.same("a page", body(first), {
        "Items": [order("ann", 1), order("ann", 2)], "Count": 2, "ScannedCount": 2,
        "LastEvaluatedKey": {"customer": {"S": "ann"}, "number": {"N": "2"}}})
    checks.same("the next", numbers(client.query(**of_ann(Limit=2, ExclusiveStartKey=first["LastEvaluatedKey"]))), [3, 4])
    answer = client.query(**of_ann(FilterExpression="cost > :big", values={":big": {"N": "280"}}))
    checks.same("filtered", (numbers(answer), answer["Count"], answer["ScannedCount"]), ([29, 30], 2, 30))
    answer = client.query(**of_ann(" AND #number = :a", values={":a": number(7)}, ProjectionExpression="cost, #state", ExpressionAttributeNames={"#number": "number", "#state": "state"}))
    checks.same("projected", answer["Items"], [{"cost": {"N": "70"}, "state": {"S": "paid"}}])
    checks.same("nobody", body(client.query(**of_ann(values={":ann": {"S": "nobody"}}))), {"Items": [], "Count": 0, "ScannedCount": 0})


def indexes(checks):
    client = checks.client
    answer = client.query(**of_ann(" AND placed < :day", values={":day": {"S": "2026-01-03"}}, IndexName="by-date"))
    expected = [{name: order("ann", number)[name] for name in ("customer", "number", "placed", "cost")} for number in (30, 29)]
    checks.same("local", answer["Items"], expected)
    answer = client.query(**of_ann(" AND placed < :day", values={":day": {"S": "2026-01-03"}}, IndexName="by-date", Select="ALL_ATTRIBUTES"))
    checks.same("local, all attributes", answer["Items"], [order("ann", 30), order("ann", 29)])
    by_state = {"TableName": "boto-orders", "IndexName": "by-state", "KeyConditionExpression": "#state = :state",
                "ExpressionAttributeNames": {"#state": "state"}, "ExpressionAttributeValues": {":state": {"S": "paid"}}}
    found = client.query(**by_state)
    checks.same("global", (found["Count"], sorted(numbers(found))), (12, [1, 1, 4, 4, 7, 10, 13, 16, 19, 22, 25, 28]))
    checks.same("in its order", [item["placed"]["S"] for item in found["Items"]], sorted(item["placed"]["S"] for item in found["Items"]))
    page = client.query(**by_state, Limit=1)
    checks.same("its key", page["LastEvaluatedKey"],
                {"customer": {"S": "ann"}, "number": {"N": "28"}, "placed": {"S": "2026-01-03"}, "state": {"S": "paid"}})
    checks.refused("consistent", "ValidationException", "Consistent reads are not supported on global secondary indexes", client.query, **by_state, ConsistentRead=True)
    checks.refused("no such index", "ValidationException", "The table does not have the specified index: by-name", client.query, **of_ann(IndexName="by-name"))


def pages(checks):
    client = checks.client
    answers = list(client.get_paginator("query").paginate(**of_ann(), PaginationConfig={"PageSize": 7}))
    checks.same("pages of a query", [numbers(answer) for answer in answers], [list(range(start, min(start + 7, 31))) for start in range(1, 31, 7)])
    paginator = client.get_paginator("scan")
    whole = paginator.paginate(TableName="boto-orders", PaginationConfig={"PageSize": 10}).build_full_result()
    checks.same("all of a scan", sorted((item["customer"]["S"], int(item["number"]["N"])) for item in whole["Items"]),
                [("ann", number) for number in range(1, 31)] + [("bob", number) for number in range(1, 6)])
    part = paginator.paginate(TableName="boto-orders", PaginationConfig={"PageSize": 10, "MaxItems": 12}).build_full_result()
    rest = paginator.paginate(TableName="boto-orders", PaginationConfig={"PageSize": 10, "StartingToken": part["NextToken"]}).build_full_result()
    checks.same("a scan in two", part["Items"] + rest["Items"], whole["Items"])


def scans(checks):
    client = checks.client
    table = {"TableName": "boto-orders"}
    answer = client.scan(**table, Select="COUNT", ReturnConsumedCapacity="TOTAL")
    checks.same("count", body(answer), {"Count": 35, "ScannedCount": 35, "ConsumedCapacity": {"TableName": "boto-orders", "CapacityUnits": 0.5}})
    answer = client.scan(**table, FilterExpression="customer = :bob AND cost IN (:a, :b)",
                         ExpressionAttributeValues={":bob": {"S": "bob"}, ":a": {"N": "10"}, ":b": {"N": "50"}})
    checks.same("filtered", (sorted(numbers(answer)), answer["Count"], answer["ScannedCount"]), ([1, 5], 2, 35))
    segments = [client.scan(**table, TotalSegments=3, Segment=segment) for segment in range(3)]
    checks.same("in segments", sum(segment["Count"] for segment in segments), 35)
    checks.same("of an index", client.scan(**table, IndexName="by-state", Select="COUNT")["Count"], 35)
    checks.refused("a segment too many", "ValidationException",
                   "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is not less than TotalSegments: 3",
                   client.scan, **table, TotalSegments=3, Segment=3)


def legacy_parameters(checks):
    client = checks.client
    conditions = {"customer": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "ann"}]},
                  "number": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "5"}, {"N": "9"}]}}
    filters = {"state": {"ComparisonOperator": "NE", "AttributeValueList": [{"S": "paid"}]}, "cost": {"ComparisonOperator": "NOT_NULL"}}
    answer = client.query(TableName="boto-orders", KeyConditions=conditions, QueryFilter=filters, AttributesToGet=["number"])
    checks.same("KeyConditions", body(answer), {"Items": [{"number": {"N": str(number)}} for number in (5, 6, 8, 9)], "Count": 4, "ScannedCount": 5})
    filters = {"customer": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "b"}]}, "cost": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "40"}]}}
    answer = client.scan(TableName="boto-orders", ScanFilter=filters)
    checks.same("ScanFilter", (sorted(numbers(answer)), answer["ScannedCount"]), ([4, 5], 35))
    answer = client.scan(TableName="boto-orders", ScanFilter=filters, ConditionalOperator="OR", Select="COUNT")
    checks.same("OR", answer["Count"], 32)


def a_megabyte(checks):
    """A page ends at 1 MB, of which the client is told by a key."""
    client = checks.client
    for letter in string.ascii_lowercase[:12]:
        client.put_item(TableName="boto-orders", Item={"customer": {"S": "large"}, "number": {"N": str(ord(letter) - 96)}, "text": {"S": letter * 100_000}})
    query = of_ann(values={":ann": {"S": "large"}})
    answer = client.query(**query)
    checks.same("ten or eleven fit", (answer["Count"] in (10, 11), answer["LastEvaluatedKey"]["number"]["N"]), (True, str(answer["Count"])))
    whole = client.get_paginator("query").paginate(**query).build_full_result()
    checks.same("all", [item["text"]["S"][:2] for item in whole["Items"]], [letter * 2 for letter in string.ascii_lowercase[:12]])


def refused(checks):
    client = checks.client
    wrong = lambda what, message, **members: checks.refused(what, "ValidationException", message, client.query, **{"TableName": "boto-orders", **members})
    wrong("no condition", "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    wrong("no partition key", "Query condition missed key schema element: customer", KeyConditionExpression="#n = :n",
          ExpressionAttributeNames={"#n": "number"}, ExpressionAttributeValues={":n": {"N": "1"}})
    wrong("no comparison of partition keys", "Query key condition not supported", KeyConditionExpression="customer > :c", ExpressionAttributeValues={":c": {"S": "a"}})
    wrong("a value that is not there", "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; attribute value: :c",
          KeyConditionExpression="customer = :c")
    wrong("no expression", 'Invalid KeyConditionExpression: Syntax error; token: "=", near: "= = :c"',
          KeyConditionExpression="customer = = :c", ExpressionAttributeValues={":c": {"S": "a"}})
    wrong("a key in the filter", "Filter Expression can only contain non-primary key attributes: Primary key attribute: customer",
          **{name: value for name, value in of_ann(FilterExpression="customer = :ann").items() if name != "TableName"})
    checks.refused("no table", "ResourceNotFoundException", "Requested resource not found", client.query,
                   **{**of_ann(), "TableName": "boto-none"})
    checks.refused("no table to scan", "ResourceNotFoundException", "Requested resource not found", client.scan, TableName="boto-none")
    drop(checks, "boto-orders")


PARTS = [filled, queries, indexes, pages, scans, legacy_parameters, a_megabyte, refused]
