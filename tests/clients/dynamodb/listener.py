"""What the listener of a developer takes and refuses, and that the gateway serves the same tables. usage: listener.py URL GATEWAY-URL"""
import concurrent.futures
import json
import sys
import urllib.request

import boto3
from botocore.config import Config

import raw
from checks import Checks
from raw import said, send, signed
from tables import drop, make, simple

URL, GATEWAY = sys.argv[1:3]
LIST = b'{"ExclusiveStartTableName": "zzz"}'
NO_TABLES = (200, {"TableNames": []})
UNKNOWN = {"__type": "com.amazon.coral.service#UnknownOperationException"}
UNSIGNED = (400, {"__type": "com.amazon.coral.service#MissingAuthenticationTokenException", "message": "Request is missing Authentication Token"})


def listed(**headers):
    """ListTables, whose answer is known, with more headers."""
    answer = send(URL, "POST", "/", {**signed(URL, "ListTables", LIST), **headers}, LIST)
    return said(answer) if answer.status in (200, 400) else (answer.status, answer.body.decode())


def pages_of_others(checks):
    """A web page must not drive a developer's store."""
    port = URL.rpartition(":")[2]
    checks.same("a client", listed(), NO_TABLES)
    for host in [f"localhost:{port}", f"dynamodb.us-east-1.localhost:{port}", "127.0.0.1", "[::1]"]:
        checks.same(f"host {host}", listed(Host=host), NO_TABLES)
    for host in ["example.com", f"rebound.example:{port}", "localhost.example.com", f"10.1.2.3:{port}"]:
        checks.same(f"host {host}", listed(Host=host)[0], 403)
    checks.same("its own origin", listed(Origin=URL), NO_TABLES)
    for origin in ["https://example.com", "null", "http://localhost:3000"]:
        checks.same(f"origin {origin}", listed(Origin=origin)[0], 403)
    asking = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    answer = send(URL, "OPTIONS", "/", asking)
    allowed = [name for name in answer.headers if name.lower().startswith("access-control-")]
    checks.same("a page that asks", (answer.status >= 400, allowed), (True, []))
    answer = send(URL, "POST", "/", {"Content-Type": "text/plain", "X-Amz-Target": "DynamoDB_20120810.ListTables"}, LIST)
    checks.same("what pages may send unasked", (answer.status, answer.body), (404, b"<UnknownOperationException/>\n"))


def signatures(checks):
    plain = {"Content-Type": raw.JSON_10, "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    checks.same("none", said(send(URL, "POST", "/", plain, LIST)), UNSIGNED)
    other = raw.Credentials("ANYTHING", "whatever", "token")
    checks.same("anybody's", raw.call(URL, "ListTables", LIST, credentials=other), NO_TABLES)
    checks.same("another region's", raw.call(URL, "ListTables", LIST, region="eu-west-1"), NO_TABLES)
    for form in ["Basic YWxpY2U6c2VjcmV0", "Bearer token", "AWS4-HMAC-SHA256"]:
        status, answer = said(send(URL, "POST", "/", {**plain, "Authorization": form}, LIST))
        kind = answer["__type"].partition("#")[2] if isinstance(answer, dict) else answer
        checks.same(f"form {form}", (status, kind in ("IncompleteSignatureException", "MissingAuthenticationTokenException")), (400, True))


def what_is_no_call(checks):
    answer = send(URL, "GET", "/", {})
    checks.same("a GET", (answer.status, answer.body), (200, b"healthy: dynamodb.us-east-1.amazonaws.com "))
    checks.same("no such action", raw.call(URL, "GetItems", b"{}"), (400, UNKNOWN))
    checks.same("another spelling", raw.call(URL, "getItem", b"{}"), (400, UNKNOWN))
    status, answer = raw.call(URL, "CreateBackup", b'{"TableName": "notes", "BackupName": "b"}')
    checks.same("one that is not here", (status, answer), (400, {**UNKNOWN, "message": "CreateBackup is not supported here"}))
    broken = (400, {"__type": "com.amazon.coral.service#SerializationException"})
    for text in [b"", b"{", b"null", b"[]", b"[" * 100_000, b"\xff\xfe", b'{"TableName": "notes"}x']:
        checks.same(f"no JSON: {text[:20]!r}", raw.call(URL, "GetItem", text), broken)
    large = b'{"TableName": "' + b"x" * (16 * 1024 * 1024) + b'"}'
    answer = send(URL, "POST", "/", signed(URL, "GetItem", large), large)
    checks.same("more than 16 MB", (answer.status, answer.body), (413, b""))
    checks.same("the next is answered", listed(), NO_TABLES)


def the_programs_own_tables(checks):
    client = checks.client
    name = "vestibule.meta"
    missing = "Requested resource not found"
    key = {"name": {"S": "schema"}}
    checks.same("not listed", [table for table in client.list_tables()["TableNames"] if table.startswith("vestibule.")], [])
    checks.refused("described", "ResourceNotFoundException", f"{missing}: Table: {name} not found", client.describe_table, TableName=name)
    checks.refused("got", "ResourceNotFoundException", missing, client.get_item, TableName=name, Key=key)
    checks.refused("put", "ResourceNotFoundException", missing, client.put_item, TableName=name, Item=key)
    checks.refused("scanned", "ResourceNotFoundException", missing, client.scan, TableName=name)
    checks.refused("in a batch", "ResourceNotFoundException", missing, client.batch_get_item, RequestItems={"notes": {"Keys": [{"id": {"S": "1"}}]}, name: {"Keys": [key]}})
    checks.refused("in a transaction", "ResourceNotFoundException", missing, client.transact_write_items, TransactItems=[{"Delete": {"TableName": name, "Key": key}}])
    checks.refused("in a statement", "ResourceNotFoundException", missing, client.execute_statement, Statement=f'SELECT * FROM "{name}"')
    checks.refused("deleted", "ResourceNotFoundException", f"{missing}: Table: {name} not found", client.delete_table, TableName=name)
    checks.refused("made", "ValidationException", "TableName `vestibule.mine` is refused: names beginning `vestibule.` are reserved", client.create_table, **simple("vestibule.mine"))


def through_the_gateway(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(GATEWAY + path, data, {"Content-Type": "application/json"}, method="PUT" if data else "GET")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, json.load(answer)


def the_gateways_tables(checks):
    client = checks.client
    checks.same("the definition's table", client.describe_table(TableName="notes")["Table"]["TableStatus"], "ACTIVE")
    client.put_item(TableName="notes", Item={"id": {"S": "one"}, "text": {"S": "from boto3"}})
    checks.same("put by a client", through_the_gateway("/notes/one"), (200, {"Item": {"id": {"S": "one"}, "text": {"S": "from boto3"}}}))
    checks.same("put by the gateway", through_the_gateway("/notes/two", {"text": "from the gateway"}), (200, {}))
    checks.same("read by a client", client.get_item(TableName="notes", Key={"id": {"S": "two"}})["Item"], {"id": {"S": "two"}, "text": {"S": "from the gateway"}})
    make(checks, simple("made-by-a-client"))
    checks.same("a new table", through_the_gateway("/made-by-a-client/one", {"text": "x"}), (200, {}))
    checks.same("its item", client.scan(TableName="made-by-a-client")["Items"], [{"id": {"S": "one"}, "text": {"S": "x"}}])
    drop(checks, "made-by-a-client")
    missing = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "Requested resource not found"}
    checks.same("a table that is gone", through_the_gateway("/made-by-a-client/one"), (200, missing))
    checks.same("the same on the wire", raw.call(URL, "GetItem", {"TableName": "made-by-a-client", "Key": {"id": {"S": "one"}}}), (400, missing))


def many_at_once(checks):
    """50 connections count together: each of 1,000 additions is done, and no answer is another's."""
    client = boto3.client("dynamodb", **checks.settings(config=Config(max_pool_connections=50, retries={"total_max_attempts": 1})))
    make(checks, simple("counted"))
    update = {"TableName": "counted", "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": "ALL_NEW"}

    def add(number):
        counted = client.update_item(Key={"id": {"S": "counter"}}, **update)["Attributes"]["n"]["N"]
        own = client.update_item(Key={"id": {"S": f"own-{number}"}}, **update)["Attributes"]
        return int(counted), own == {"id": {"S": f"own-{number}"}, "n": {"N": "1"}}

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        found = list(pool.map(add, range(1000)))
    checks.same("each was counted once", {counted for counted, _ in found} == set(range(1, 1001)), True)
    checks.same("each has its own answer", all(own for _, own in found), True)
    drop(checks, "counted")


checks = Checks(URL)
checks.run(pages_of_others, signatures, what_is_no_call, the_programs_own_tables, the_gateways_tables, many_at_once)
checks.end("the listener")
