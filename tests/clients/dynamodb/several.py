"""Batches, transactions and statements of PartiQL."""
import re
import uuid

from checks import body
from tables import drop, make, simple

# AWS shows what it was sent between the quotes, in its own way.
TOO_MANY_WRITES = re.compile(
    r"1 validation error detected: Value '\{.*\}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
    r"\[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]")
TOO_MANY_KEYS = "1 validation error detected: Value at 'RequestItems.boto-one.member.Keys' failed to satisfy constraint: " \
    "Member must have length less than or equal to 100"
TABLES = ["boto-one", "boto-two"]


def item(name, **attributes):
    return {"id": {"S": name}, **attributes}


def batches(checks):
    client = checks.client
    for table in TABLES:
        make(checks, simple(table))
    puts = [{"PutRequest": {"Item": item(f"{number:02}", n={"N": str(number)})}} for number in range(20)]
    answer = client.batch_write_item(RequestItems={"boto-one": puts, "boto-two": puts[:5]}, ReturnConsumedCapacity="TOTAL")
    checks.same("capacity", sorted((table["TableName"], table["CapacityUnits"]) for table in answer["ConsumedCapacity"]), [("boto-one", 20.0), ("boto-two", 5.0)])
    checks.same("nothing is left", answer["UnprocessedItems"], {})
    keys = [item(f"{number:02}") for number in (3, 4, 99)]
    answer = client.batch_get_item(RequestItems={"boto-one": {"Keys": keys}, "boto-two": {"Keys": keys[:1], "ProjectionExpression": "n"}})
    checks.same("nothing is left to get", answer["UnprocessedKeys"], {})
    one = sorted(answer["Responses"]["boto-one"], key=lambda found: found["id"]["S"])
    checks.same("got", one, [item("03", n={"N": "3"}), item("04", n={"N": "4"})])
    checks.same("projected", answer["Responses"]["boto-two"], [{"n": {"N": "3"}}])
    client.batch_write_item(RequestItems={"boto-one": [{"DeleteRequest": {"Key": item("03")}}, {"PutRequest": {"Item": item("04", n={"N": "40"})}}]})
    answer = client.batch_get_item(RequestItems={"boto-one": {"Keys": keys, "ConsistentRead": True}})
    checks.same("changed", answer["Responses"], {"boto-one": [item("04", n={"N": "40"})]})


def refused_batches(checks):
    client = checks.client
    puts = [{"PutRequest": {"Item": item(str(number))}} for number in range(26)]
    checks.refused("26 writes", "ValidationException", TOO_MANY_WRITES, client.batch_write_item, RequestItems={"boto-one": puts})
    checks.refused("101 keys", "ValidationException", TOO_MANY_KEYS, client.batch_get_item,
                   RequestItems={"boto-one": {"Keys": [item(str(number)) for number in range(101)]}})
    checks.refused("one item twice", "ValidationException", "Provided list of item keys contains duplicates", client.batch_write_item,
                   RequestItems={"boto-one": [puts[0], {"DeleteRequest": {"Key": item("0")}}]})
    checks.refused("one key twice", "ValidationException", "Provided list of item keys contains duplicates", client.batch_get_item,
                   RequestItems={"boto-one": {"Keys": [item("0"), item("0")]}})
    checks.refused("no table", "ResourceNotFoundException", "Requested resource not found", client.batch_write_item, RequestItems={"boto-none": puts[:1]})
    checks.refused("no table to get from", "ResourceNotFoundException", "Requested resource not found", client.batch_get_item, RequestItems={"boto-none": {"Keys": [item("0")]}})


def sixteen_megabytes(checks):
    """As much as a batch of writes may have, 16 MB, and what is more than that; then 16 MB of answers, of which the rest has to be asked for."""
    client = checks.client
    large = {"S": "x" * 390_000}
    for batch in (range(20), range(20, 40), range(40, 50)):
        answer = client.batch_write_item(RequestItems={"boto-one": [{"PutRequest": {"Item": item(f"large-{number}", text=large)}} for number in batch]})
        checks.same("written", answer["UnprocessedItems"], {})
    wanted = {"boto-one": {"Keys": [item(f"large-{number}") for number in range(50)]}}
    got, rounds = 0, 0
    while wanted:
        answer = client.batch_get_item(RequestItems=wanted)
        got, rounds, wanted = got + len(answer["Responses"].get("boto-one", [])), rounds + 1, answer["UnprocessedKeys"]
        if rounds > 50:
            break
    checks.same("all, in two rounds", (got, rounds), (50, 2))


def transactions(checks):
    client = checks.client
    token = str(uuid.uuid4())
    put = {"Put": {"TableName": "boto-one", "Item": item("t", n={"N": "1"})}}
    changes = [
        put,
        {"Update": {"TableName": "boto-two", "Key": item("00"), "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}},
        {"Delete": {"TableName": "boto-two", "Key": item("01"), "ConditionExpression": "attribute_exists(id)"}},
        {"ConditionCheck": {"TableName": "boto-two", "Key": item("02"), "ConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}},
    ]
    checks.same("written", body(client.transact_write_items(TransactItems=changes, ClientRequestToken=token)), {})
    checks.same("the same token does nothing", body(client.transact_write_items(TransactItems=changes, ClientRequestToken=token)), {})
    checks.refused("the token for something else", "IdempotentParameterMismatchException", None, client.transact_write_items, TransactItems=[put], ClientRequestToken=token)
    gets = [{"Get": {"TableName": table, "Key": item(name)}} for table, name in [("boto-one", "t"), ("boto-two", "00"), ("boto-two", "01")]]
    answer = client.transact_get_items(TransactItems=gets)
    checks.same("got", body(answer), {"Responses": [{"Item": item("t", n={"N": "1"})}, {"Item": item("00", n={"N": "1"})}, {}]})
    answer = client.transact_write_items(TransactItems=[put], ReturnConsumedCapacity="TOTAL")
    checks.same("twice the capacity", answer["ConsumedCapacity"][0]["CapacityUnits"], 2.0)


def cancelled_transactions(checks):
    client = checks.client
    absent = {"ConditionExpression": "attribute_not_exists(id)"}
    changes = [
        {"Put": {"TableName": "boto-two", "Item": item("made")}},
        {"Put": {"TableName": "boto-two", "Item": item("02"), **absent, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
        {"Delete": {"TableName": "boto-two", "Key": item("03"), **absent}},
    ]
    message = "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]"
    error = checks.refused("cancelled", "TransactionCanceledException", message, client.transact_write_items, TransactItems=changes)
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    checks.same("reasons", error.get("CancellationReasons"), [{"Code": "None"}, {**failed, "Item": item("02", n={"N": "2"})}, failed])
    checks.same("nothing is done", body(client.get_item(TableName="boto-two", Key=item("made"))), {})
    add = {"Update": {"TableName": "boto-two", "Key": item("02"), "UpdateExpression": "SET n = n + :text", "ExpressionAttributeValues": {":text": {"S": "x"}}}}
    checks.refused("a wrong change", "ValidationException",
                   'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
                   client.transact_write_items, TransactItems=[add])
    twice = [{"Delete": {"TableName": "boto-two", "Key": item("02")}}] * 2
    checks.refused("one item twice", "ValidationException", "Transaction request cannot include multiple operations on one item", client.transact_write_items, TransactItems=twice)
    none = [{"Put": {"TableName": "boto-none", "Item": item("1")}}]
    checks.refused("no table", "ResourceNotFoundException", "Requested resource not found", client.transact_write_items, TransactItems=none)


def statements(checks):
    client = checks.client
    run = lambda statement, *values, **members: client.execute_statement(Statement=statement, **({"Parameters": list(values)} if values else {}), **members)
    checks.same("insert", body(run("INSERT INTO \"boto-one\" VALUE {'id': ?, 'n': ?}", {"S": "q"}, {"N": "1"})), {"Items": []})
    checks.refused("insert again", "DuplicateItemException", "Duplicate primary key exists in table", run, "INSERT INTO \"boto-one\" VALUE {'id': 'q'}")
    checks.same("select", run("SELECT * FROM \"boto-one\" WHERE id = 'q'")["Items"], [item("q", n={"N": "1"})])
    checks.same("select one attribute", run("SELECT n FROM \"boto-one\" WHERE id = ?", {"S": "q"})["Items"], [{"n": {"N": "1"}}])
    run("UPDATE \"boto-one\" SET n = ? WHERE id = ?", {"N": "2"}, {"S": "q"})
    checks.same("updated", client.get_item(TableName="boto-one", Key=item("q"))["Item"], item("q", n={"N": "2"}))
    run("DELETE FROM \"boto-one\" WHERE id = ?", {"S": "q"})
    checks.same("deleted", run("SELECT * FROM \"boto-one\" WHERE id = 'q'")["Items"], [])
    checks.refused("no table", "ResourceNotFoundException", "Requested resource not found", run, "SELECT * FROM \"boto-none\" WHERE id = 'q'")
    pages = [run("SELECT id FROM \"boto-two\"", Limit=3)]
    while "NextToken" in pages[-1] and len(pages) < 9:
        pages.append(run("SELECT id FROM \"boto-two\"", Limit=3, NextToken=pages[-1]["NextToken"]))
    names = sorted(found["id"]["S"] for page in pages for found in page["Items"])
    checks.same("pages", names, ["00", "02", "03", "04"])
    answer = client.batch_execute_statement(Statements=[
        {"Statement": "SELECT n FROM \"boto-two\" WHERE id = '02'"},
        {"Statement": "SELECT n FROM \"boto-none\" WHERE id = '02'"},
    ])
    checks.same("a batch", answer["Responses"][0], {"TableName": "boto-two", "Item": {"n": {"N": "2"}}})
    checks.same("a wrong one of it", answer["Responses"][1]["Error"]["Code"], "ResourceNotFound")
    client.execute_transaction(TransactStatements=[
        {"Statement": "INSERT INTO \"boto-one\" VALUE {'id': 'q1'}"}, {"Statement": "UPDATE \"boto-two\" SET n = 22 WHERE id = '02'"}])
    checks.same("a transaction", client.get_item(TableName="boto-two", Key=item("02"))["Item"], item("02", n={"N": "22"}))
    for table in TABLES:
        drop(checks, table)


PARTS = [batches, refused_batches, sixteen_megabytes, transactions, cancelled_transactions, statements]
