"""Works with tables and items in dynamodb-admin, as its page does. usage: browser.py URL [FILE]: where dynamodb-admin listens, whose
DYNAMO_ENDPOINT is what is tried, and a file with a line for each check that is known to differ"""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from checks import Checks, lines_of

ADMIN = sys.argv[1]


def asked(method, path, body=None, **query):
    """The status, and the answer's JSON or text."""
    target = ADMIN + path + (f"?{urllib.parse.urlencode(query)}" if query else "")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(target, data, {"Content-Type": "application/json"} if data else {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, text = answer.status, answer.read().decode()
            is_json = answer.headers.get_content_type() == "application/json"
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    return status, json.loads(text) if is_json else text


def tables(checks):
    asked("DELETE", "/tables/browsed")
    definition = {
        "TableDefinition": {"TableName": "browsed", "HashAttributeName": "owner", "HashAttributeType": "S", "RangeAttributeName": "n", "RangeAttributeType": "N",
                            "ReadCapacityUnits": 3, "WriteCapacityUnits": 3},
        "SecondaryIndexes": [{"IndexName": "by-colour", "IndexType": "global", "HashAttributeName": "colour", "HashAttributeType": "S", "ReadCapacityUnits": 3, "WriteCapacityUnits": 3}],
    }
    checks.same("made", asked("POST", "/create-table", definition), (204, ""))
    status, listed = asked("GET", "/api/tables")
    found = [table for table in listed if table["TableName"] == "browsed"]
    checks.same("listed", (status, [table["GlobalSecondaryIndexes"][0]["IndexName"] for table in found]), (200, ["by-colour"]))
    checks.same("none of the program's own", [table["TableName"] for table in listed if table["TableName"].startswith("vestibule.")], [])
    status, page = asked("GET", "/")
    checks.same("the page names it", (status, "browsed" in page), (200, True))
    status, page = asked("GET", "/tables/browsed")
    checks.same("its page", (status, "by-colour" in page), (200, True))


def items(checks):
    for number in range(30):
        item = {"owner": "ann", "n": number, "colour": "red" if number % 2 else "blue", "more": {"list": [1, None, "x"]}}
        checks.same("added", asked("PUT", "/tables/browsed/add-item", item), (200, {"owner": "ann", "n": number}))
    status, page = asked("GET", "/tables/browsed/items", pageSize=25)
    checks.same("a page", (status, [item["n"] for item in page["Items"]], json.loads(urllib.parse.unquote(page["nextKey"]))), (200, list(range(25)), {"owner": "ann", "n": 24}))
    status, page = asked("GET", "/tables/browsed/items", pageSize=25, startKey='{"owner": "ann", "n": 24}')
    checks.same("the next", (status, [item["n"] for item in page["Items"]], page["nextKey"]), (200, [25, 26, 27, 28, 29], None))
    filters = {"owner": {"operator": "=", "value": "ann", "type": "S"}, "n": {"operator": "<", "value": "3", "type": "N"}, "colour": {"operator": "begins_with", "value": "b", "type": "S"}}
    status, page = asked("GET", "/tables/browsed/items", operationType="query", filters=json.dumps(filters))
    checks.same("asked for", (status, [item["n"] for item in page["Items"]]), (200, [0, 2]))
    status, page = asked("GET", "/tables/browsed/items", operationType="query", queryableSelection="by-colour", filters='{"colour": {"operator": "=", "value": "red", "type": "S"}}')
    checks.same("through the index", (status, len(page["Items"])), (200, 15))
    changed = {"owner": "ann", "n": 1, "colour": "green"}
    checks.same("changed", asked("PUT", "/tables/browsed/items/ann,1", changed), (200, changed))
    status, page = asked("GET", "/tables/browsed/items/ann,1")
    checks.same("its page", (status, "green" in page), (200, True))
    checks.same("deleted", asked("DELETE", "/tables/browsed/items/ann,1"), (204, ""))
    checks.same("gone", asked("GET", "/tables/browsed/items/ann,1"), (404, "Not found"))
    status, answer = asked("PUT", "/tables/browsed/add-item", {"owner": "ann", "n": "no number"})
    checks.same("what it cannot keep", (status, json.loads(answer)), (500, {"message": "One or more parameter values were invalid: Type mismatch for key n expected: N actual: S"}))


def more_pages(checks):
    status, page = asked("GET", "/tables/browsed/meta")
    checks.same("meta", (status, "TableArn" in page or "browsed" in page), (200, True))
    status, page = asked("GET", "/tables/browsed/ttl")
    checks.same("time to live", (status, "DISABLED" in page), (200, True))


def gone(checks):
    checks.same("purged", asked("DELETE", "/tables/browsed/all")[0], 200)
    checks.same("nothing is left", asked("GET", "/tables/browsed/items")[1]["Items"], [])
    checks.same("deleted", asked("DELETE", "/tables/browsed"), (204, ""))
    status, answer = asked("GET", "/tables/browsed")
    checks.same("asked for after that", (status, json.loads(answer)), (500, {"message": "Requested resource not found: Table: browsed not found"}))


checks = Checks(ADMIN, lines_of(sys.argv[2:]))
checks.run(tables, items, more_pages, gone)
checks.end("dynamodb-admin")
