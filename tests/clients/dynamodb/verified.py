"""What the listener takes and refuses where it is not on loopback: keys and policies of verified.toml. usage: verified.py URL"""
import datetime
import os
import sys
import unittest.mock

import boto3

import raw
from checks import Checks, body
from raw import said, send
from tables import simple

URL = sys.argv[1]
ALICE = ("AKIAALICEEXAMPLE", os.environ["ALICE_SECRET"])
CAROL = ("AKIACAROLEXAMPLE", os.environ["BOB_SECRET"])
BOB = ("AKIABOBEXAMPLE", os.environ["BOB_SECRET"])
WORKER = ("ASIAWORKEREXAMPLE", os.environ["WORKER_SECRET"], os.environ["WORKER_SESSION_TOKEN"])
TABLES = "arn:aws:dynamodb:us-east-1:000000000000:table/"
ITEM = {"id": {"S": "one"}, "n": {"N": "1"}}
WRONG_SIGNATURE = "The request signature we calculated does not match the signature you provided. " \
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."


def client_of(checks, key, secret, token=None, **more):
    settings = {**checks.settings(), "aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": token, **more}
    return checks.watched(boto3.client("dynamodb", **settings))


def denied(user, action, resource, because=None):
    because = because or f"because no identity-based policy allows the dynamodb:{action} action"
    return f"User: arn:aws:{user} is not authorized to perform: dynamodb:{action} on resource: {resource} {because}"


def who_is_admitted(checks):
    for who in (ALICE, WORKER):
        client = client_of(checks, *who)
        checks.same("put", body(client.put_item(TableName="notes", Item=ITEM)), {})
        checks.same("got", body(client.get_item(TableName="notes", Key={"id": {"S": "one"}})), {"Item": ITEM})
        checks.same("listed", client.list_tables()["TableNames"], ["notes", "shared"])


def who_is_not(checks):
    get = {"TableName": "notes", "Key": {"id": {"S": "one"}}}
    wrong = client_of(checks, ALICE[0], "another secret")
    error = checks.refused("a wrong secret", "InvalidSignatureException", None, wrong.get_item, **get)
    checks.same("its words", error["Error"]["Message"].partition("\n")[0], WRONG_SIGNATURE)
    unknown = "The security token included in the request is invalid"
    checks.refused("an unknown key", "UnrecognizedClientException", f"{unknown}.", client_of(checks, "AKIANOBODYEXAMPLE", ALICE[1]).get_item, **get)
    checks.refused("no session token", "UnrecognizedClientException", unknown, client_of(checks, *WORKER[:2]).get_item, **get)
    checks.refused("another's token", "UnrecognizedClientException", unknown, client_of(checks, *WORKER[:2], "token").get_item, **get)
    headers = {"Content-Type": raw.JSON_10, "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    unsigned = {"__type": "com.amazon.coral.service#MissingAuthenticationTokenException", "message": "Request is missing Authentication Token"}
    checks.same("nobody", said(send(URL, "POST", "/", headers, b"{}")), (400, unsigned))


def wrong_scopes(checks):
    alice = raw.Credentials(*ALICE)

    def kind(**how):
        status, answer = raw.call(URL, "ListTables", b"{}", credentials=alice, **how)
        return status, answer.get("__type"), answer.get("message", "").partition("\n")[0]

    invalid = "com.amazon.coral.service#InvalidSignatureException"
    checks.same("another region's", kind(region="eu-west-1")[:2], (400, invalid))
    checks.same("another service's", kind(service="sqs"), (400, invalid, "Credential should be scoped to correct service: 'dynamodb'. "))
    signed = raw.signed(URL, "ListTables", b"{}", credentials=alice)
    changed = {**signed, "X-Amz-Target": "DynamoDB_20120810.DescribeLimits"}
    status, answer = said(send(URL, "POST", "/", changed, b"{}"))
    checks.same("another action", (status, answer["__type"]), (400, invalid))
    status, answer = said(send(URL, "POST", "/", signed, b'{"Limit": 1}'))
    checks.same("another body", (status, answer["__type"]), (400, invalid))


def old_signatures(checks):
    alice = raw.Credentials(*ALICE)
    for minutes, words in [(-20, "Signature expired: {} is now earlier than "), (20, "Signature not yet current: {} is still later than ")]:
        then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        with unittest.mock.patch("botocore.auth.get_current_datetime", lambda: then):
            status, answer = raw.call(URL, "ListTables", b"{}", credentials=alice)
        words = words.format(then.strftime("%Y%m%dT%H%M%SZ"))
        checks.same(f"{minutes} minutes", (status, answer["__type"], answer["message"][:len(words)]), (400, "com.amazon.coral.service#InvalidSignatureException", words))


def what_policies_allow(checks):
    alice, bob = client_of(checks, *ALICE), client_of(checks, *BOB)
    put = {"TableName": "notes", "Item": ITEM}
    checks.refused("bob has no policy", "AccessDeniedException", denied("iam::000000000000:user/bob", "PutItem", TABLES + "notes"), bob.put_item, **put)
    checks.refused("bob lists", "AccessDeniedException", denied("iam::000000000000:user/bob", "ListTables", TABLES + "*"), bob.list_tables)
    user = "iam::000000000000:user/alice"
    checks.refused("another table", "AccessDeniedException", denied(user, "Scan", TABLES + "shared"), alice.scan, TableName="shared")
    checks.refused("a table that is not there", "AccessDeniedException", denied(user, "Scan", TABLES + "nothing"), alice.scan, TableName="nothing")
    because = "with an explicit deny in an identity-based policy"
    checks.refused("what is denied", "AccessDeniedException", denied(user, "DeleteTable", TABLES + "notes", because), alice.delete_table, TableName="notes")
    checks.refused("a new table", "AccessDeniedException", denied(user, "CreateTable", TABLES + "mine"), alice.create_table, **simple("mine"))
    batch = {"notes": {"Keys": [{"id": {"S": "one"}}]}, "shared": {"Keys": [{"id": {"S": "one"}}]}}
    checks.refused("a batch of two tables", "AccessDeniedException", denied(user, "BatchGetItem", TABLES + "shared"), alice.batch_get_item, RequestItems=batch)
    writes = [{"Put": put}, {"Put": {**put, "TableName": "shared"}}]
    checks.refused("a transaction over two", "AccessDeniedException", denied(user, "PutItem", TABLES + "shared"), alice.transact_write_items, TransactItems=writes)
    checks.same("nothing of it is done", body(alice.transact_write_items(TransactItems=writes[:1])), {})
    statement = 'SELECT * FROM "{}"'
    checks.same("a statement", alice.execute_statement(Statement=statement.format("notes"))["Items"], [ITEM])
    checks.refused("a statement over another table", "AccessDeniedException", denied(user, "PartiQLSelect", TABLES + "shared"),
                   alice.execute_statement, Statement=statement.format("shared"))


def what_keys_allow(checks):
    carol = client_of(checks, *CAROL)
    own, other = {"id": {"S": "carol"}}, {"id": {"S": "bob"}}
    message = denied("iam::000000000000:user/carol", "{}", TABLES + "shared")
    checks.same("her own", body(carol.put_item(TableName="shared", Item=own)), {})
    checks.same("hers again", body(carol.get_item(TableName="shared", Key=own)), {"Item": own})
    checks.refused("another's", "AccessDeniedException", message.replace("{}", "PutItem"), carol.put_item, TableName="shared", Item=other)
    checks.refused("another's to read", "AccessDeniedException", message.replace("{}", "GetItem"), carol.get_item, TableName="shared", Key=other)
    query = {"TableName": "shared", "KeyConditionExpression": "id = :id"}
    checks.same("hers to ask for", carol.query(**query, ExpressionAttributeValues={":id": own["id"]})["Items"], [own])
    checks.refused("another's to ask for", "AccessDeniedException", message.replace("{}", "Query"), carol.query, **query, ExpressionAttributeValues={":id": other["id"]})
    # Which keys a statement is about is not told.
    checks.refused("a statement", "AccessDeniedException", message.replace("{}", "PartiQLSelect"), carol.execute_statement, Statement="SELECT * FROM \"shared\" WHERE id = 'carol'")


checks = Checks(URL)
checks.run(who_is_admitted, who_is_not, wrong_scopes, old_signatures, what_policies_allow, what_keys_allow)
checks.end("the listener off loopback")
