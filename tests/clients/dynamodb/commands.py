"""Asks a DynamoDB with the AWS CLI. usage: commands.py URL AWS [FILE]: the program `aws`, and a file with a line for each check that is known to differ"""
import json
import os
import pathlib
import subprocess
import sys

from checks import Checks, lines_of

URL, AWS = sys.argv[1:3]
TABLE = ["--table-name", "cli-notes"]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL_DYNAMODB": URL,
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}


def aws(*arguments, code=0):
    """What a command says: what its JSON holds, or, where it has to fail, its error."""
    done = subprocess.run([AWS, "dynamodb", *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}, not {code}: {done.stdout}{done.stderr}")
    if code:
        return done.stderr.strip()
    return json.loads(done.stdout) if done.stdout.strip().startswith("{") else done.stdout.strip()


def note(number):
    return {"book": {"S": "one"}, "page": {"N": str(number)}, "text": {"S": f"page {number}"}}


def tables(checks):
    left = subprocess.run([AWS, "dynamodb", "delete-table", *TABLE], env=ENVIRONMENT, capture_output=True, timeout=120)
    if left.returncode == 0:
        aws("wait", "table-not-exists", *TABLE)
    keys = ["--attribute-definitions", "AttributeName=book,AttributeType=S", "AttributeName=page,AttributeType=N",
            "--key-schema", "AttributeName=book,KeyType=HASH", "AttributeName=page,KeyType=RANGE"]
    made = aws("create-table", *TABLE, *keys, "--billing-mode", "PAY_PER_REQUEST")["TableDescription"]
    checks.same("made", (made["TableName"], made["TableStatus"] in ("CREATING", "ACTIVE")), ("cli-notes", True))
    checks.same("waited for", aws("wait", "table-exists", *TABLE), "")
    checks.same("described", aws("describe-table", *TABLE, "--query", "Table.[TableStatus, KeySchema[1].AttributeName] | {found: @}"), {"found": ["ACTIVE", "page"]})
    checks.same("as text", aws("describe-table", *TABLE, "--query", "Table.[TableName, ItemCount]", "--output", "text"), "cli-notes\t0")
    checks.same("listed", aws("list-tables", "--query", "{found: contains(TableNames, 'cli-notes')}"), {"found": True})
    page = aws("list-tables", "--page-size", "1", "--max-items", "1")
    checks.same("one of a list", len(page["TableNames"]), 1)
    again = "An error occurred (ResourceInUseException) when calling the CreateTable operation: Table already exists: cli-notes"
    checks.same("the same again", aws("create-table", *TABLE, *keys, "--billing-mode", "PAY_PER_REQUEST", code=255), again)


def items(checks):
    for number in range(1, 8):
        checks.same("put", aws("put-item", *TABLE, "--item", json.dumps(note(number))), "")
    key = json.dumps({"book": {"S": "one"}, "page": {"N": "1"}})
    checks.same("got", aws("get-item", *TABLE, "--key", key), {"Item": note(1)})
    changed = aws("update-item", *TABLE, "--key", key, "--update-expression", "SET seen = :yes", "--expression-attribute-values", '{":yes": {"BOOL": true}}', "--return-values", "ALL_NEW")
    checks.same("changed", changed, {"Attributes": {**note(1), "seen": {"BOOL": True}}})
    # The CLI's first version encodes what it is given.
    checks.same("bytes", aws("put-item", *TABLE, "--item", '{"book": {"S": "bytes"}, "page": {"N": "0"}, "b": {"B": "plain"}}'), "")
    checks.same("bytes again", aws("get-item", *TABLE, "--key", '{"book": {"S": "bytes"}, "page": {"N": "0"}}', "--query", "Item.b"), {"B": "cGxhaW4="})
    found = aws("query", *TABLE, "--key-condition-expression", "book = :b AND page > :p", "--expression-attribute-values", '{":b": {"S": "one"}, ":p": {"N": "5"}}')
    checks.same("query", found, {"Items": [note(6), note(7)], "Count": 2, "ScannedCount": 2, "ConsumedCapacity": None})
    checks.same("deleted", aws("delete-item", *TABLE, "--key", key, "--return-values", "ALL_OLD")["Attributes"]["seen"], {"BOOL": True})
    checks.same("gone", aws("get-item", *TABLE, "--key", key), "")


def pages(checks):
    first = aws("scan", *TABLE, "--page-size", "2", "--max-items", "3")
    checks.same("three of a scan", (len(first["Items"]), isinstance(first.get("NextToken"), str)), (3, True))
    rest = aws("scan", *TABLE, "--page-size", "2", "--starting-token", first["NextToken"])
    checks.same("the rest", ("NextToken" in rest, sorted(item["page"]["N"] for item in first["Items"] + rest["Items"])), (False, ["0", "2", "3", "4", "5", "6", "7"]))
    checks.same("all, in pages", aws("scan", *TABLE, "--page-size", "2", "--select", "COUNT", "--query", "{count: Count}"), {"count": 7})


def several(checks):
    writes = {"cli-notes": [{"PutRequest": {"Item": note(20)}}, {"DeleteRequest": {"Key": {"book": {"S": "bytes"}, "page": {"N": "0"}}}}]}
    checks.same("batch-write-item", aws("batch-write-item", "--request-items", json.dumps(writes)), {"UnprocessedItems": {}})
    writes = [{"Put": {"TableName": "cli-notes", "Item": note(21)}}]
    checks.same("transact-write-items", aws("transact-write-items", "--transact-items", json.dumps(writes)), "")
    statement = aws("execute-statement", "--statement", "SELECT \"text\" FROM \"cli-notes\" WHERE book = 'one' AND page = 21")
    checks.same("execute-statement", statement["Items"], [{"text": {"S": "page 21"}}])


def time_to_live(checks):
    checks.same("off", aws("describe-time-to-live", *TABLE), {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
    wanted = {"AttributeName": "until", "Enabled": True}
    checks.same("on", aws("update-time-to-live", *TABLE, "--time-to-live-specification", "Enabled=true, AttributeName=until"), {"TimeToLiveSpecification": wanted})
    checks.same("described", aws("describe-time-to-live", *TABLE), {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}})


def errors(checks):
    condition = aws("put-item", *TABLE, "--item", json.dumps(note(2)), "--condition-expression", "attribute_not_exists(book)", code=255)
    checks.same("a condition", condition, "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The conditional request failed")
    validation = aws("get-item", *TABLE, "--key", '{"book": {"S": "one"}}', code=255)
    checks.same("half a key", validation, "An error occurred (ValidationException) when calling the GetItem operation: The provided key element does not match the schema")
    unknown = aws("scan", "--table-name", "cli-none", code=255)
    checks.same("no table", unknown, "An error occurred (ResourceNotFoundException) when calling the Scan operation: Requested resource not found")
    taken = aws("describe-table", "--table-name", "cli-none", code=255)
    checks.same("no table to describe", taken,
                "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: cli-none not found")


def gone(checks):
    checks.same("deleted", aws("delete-table", *TABLE)["TableDescription"]["TableName"], "cli-notes")
    checks.same("waited for", aws("wait", "table-not-exists", *TABLE), "")


checks = Checks(URL, lines_of(sys.argv[3:]))
checks.run(tables, items, pages, several, time_to_live, errors, gone)
checks.end("AWS CLI")
