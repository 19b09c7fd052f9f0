// Asks a DynamoDB with the AWS SDK for JavaScript: its client, and the document client. usage: document.mjs URL [FILE]: the file has a line for each check
// that is known to differ.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import * as client from "@aws-sdk/client-dynamodb";
import * as document from "@aws-sdk/lib-dynamodb";

const [endpoint, knownFile] = process.argv.slice(2);
const known = new Map();
for (const line of knownFile ? readFileSync(knownFile, "utf8").split("\n") : []) {
  if (line && !line.startsWith("#")) known.set(line, 0);
}
const settings = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  maxAttempts: 1,
};
const plain = new client.DynamoDBClient(settings);
const documents = document.DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
const wrong = [];
let right = 0;
let part = "";

function same(what, found, expected) {
  try {
    deepStrictEqual(found, expected);
    right += 1;
  } catch (error) {
    differs(what, error.message);
  }
}

function differs(what, how) {
  const name = [part, `${part}: ${what}`].find((name) => known.has(name));
  if (name) known.set(name, known.get(name) + 1);
  else wrong.push(`${part}: ${what}\n${how}`);
}

const body = ({ $metadata, ...answer }) => answer;
const send = async (command) => body(await documents.send(command));

// The error that a command ends with: its class, its status and its whole message.
async function refused(what, kind, message, command, via = documents) {
  try {
    const answer = await via.send(command);
    differs(what, `expected ${kind}, got ${JSON.stringify(body(answer))}`);
    return {};
  } catch (error) {
    // AWS writes this before some messages, in some of its regions.
    const text = error.message.replace(/^1 validation error detected: (?=Invalid )/, "");
    same(what, [error.$metadata?.httpStatusCode, error.name, message instanceof RegExp && message.test(text) ? message : text], [400, kind, message]);
    // ValidationException alone has no class of its own.
    const expected = client[kind] ?? client.DynamoDBServiceException;
    same(`${what}: its class`, error instanceof expected, true);
    return error;
  }
}

async function remade(definition) {
  const TableName = definition.TableName;
  await plain.send(new client.DeleteTableCommand({ TableName })).catch((error) => {
    if (!(error instanceof client.ResourceNotFoundException)) throw error;
  });
  const wait = { client: plain, minDelay: 1, maxDelay: 1, maxWaitTime: 30 };
  await client.waitUntilTableNotExists(wait, { TableName });
  await plain.send(new client.CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...definition }));
  const ready = await client.waitUntilTableExists(wait, { TableName });
  same("the waiter", ready.state, "SUCCESS");
}

const TableName = "js-things";
const songs = {
  TableName: "js-songs",
  AttributeDefinitions: ["artist", "title", "genre"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [{ AttributeName: "artist", KeyType: "HASH" }, { AttributeName: "title", KeyType: "RANGE" }],
  GlobalSecondaryIndexes: [
    { IndexName: "by-genre", KeySchema: [{ AttributeName: "genre", KeyType: "HASH" }], Projection: { ProjectionType: "KEYS_ONLY" } },
  ],
};

const parts = {
  async tables() {
    await remade({ TableName, AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }], KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] });
    await remade(songs);
    const { Table } = body(await plain.send(new client.DescribeTableCommand({ TableName: "js-songs" })));
    same("keys", Table.KeySchema, songs.KeySchema);
    same("index", [Table.GlobalSecondaryIndexes[0].IndexName, Table.GlobalSecondaryIndexes[0].IndexStatus], ["by-genre", "ACTIVE"]);
    same("date", Table.CreationDateTime instanceof Date && Math.abs(Date.now() - Table.CreationDateTime) < 60_000, true);
    const names = [];
    for await (const page of client.paginateListTables({ client: plain, pageSize: 1 }, { ExclusiveStartTableName: "js-a" })) {
      same("a page has one", page.TableNames.length <= 1, true);
      names.push(...page.TableNames);
      if (names.includes("js-things")) break;
    }
    same("listed", names.filter((name) => name.startsWith("js-")), ["js-songs", "js-things"]);
  },

  async items_as_they_go_over_the_wire() {
    const Item = {
      id: { S: "wire" },
      bytes: { B: Uint8Array.from([0, 255, 128]) },
      sets: { M: { b: { BS: [Uint8Array.of(1)] }, n: { NS: ["1.5"] }, s: { SS: ["x"] } } },
      list: { L: [{ NULL: true }, { BOOL: false }, { N: "12345678901234567890" }] },
    };
    const put = await plain.send(new client.PutItemCommand({ TableName, Item, ReturnConsumedCapacity: "TOTAL" }));
    same("capacity", put.ConsumedCapacity, { TableName, CapacityUnits: 1 });
    same("request id", /^([0-9A-Z]{52}|[0-9a-f-]{36})$/.test(put.$metadata.requestId), true);
    const got = await plain.send(new client.GetItemCommand({ TableName, Key: { id: { S: "wire" } }, ConsistentRead: true }));
    same("got", body(got), { Item });
  },

  async documents() {
    const Item = {
      id: "one",
      text: "ü \u{1F600} \"",
      integer: 42,
      fraction: -0.5,
      // No number of JavaScript's: lib-dynamodb gives it back as it was only where it is told to.
      exact: 9007199254740993n,
      yes: true,
      nothing: null,
      absent: undefined,
      list: [1, "two", [true], { deep: null }],
      map: { a: { b: { c: [] } } },
      texts: new Set(["b"]),
      numbers: new Set([1]),
      bytes: Uint8Array.of(1, 2, 3),
    };
    same("put", await send(new document.PutCommand({ TableName, Item })), {});
    const exact = document.DynamoDBDocumentClient.from(plain, { unmarshallOptions: { wrapNumbers: (text) => (Number.isSafeInteger(Number(text)) || text.includes(".") ? Number(text) : BigInt(text)) } });
    const { absent, ...kept } = Item;
    same("got", body(await exact.send(new document.GetCommand({ TableName, Key: { id: "one" } }))), { Item: kept });
    same("nothing there", await send(new document.GetCommand({ TableName, Key: { id: "none" } })), {});
    const changed = await send(new document.UpdateCommand({
      TableName, Key: { id: "one" }, ReturnValues: "UPDATED_NEW",
      UpdateExpression: "SET #integer = #integer + :by, #list = :object ADD texts :more REMOVE #map",
      ExpressionAttributeNames: { "#integer": "integer", "#list": "list", "#map": "map" },
      ExpressionAttributeValues: { ":by": 0.5, ":object": [{ new: [1] }], ":more": new Set(["a"]) },
    }));
    same("changed", changed, { Attributes: { integer: 42.5, list: [{ new: [1] }], texts: new Set(["a", "b"]) } });
    const gone = await send(new document.DeleteCommand({ TableName, Key: { id: "one" }, ReturnValues: "ALL_OLD" }));
    same("the old one", Object.keys(gone.Attributes).sort(), Object.keys(kept).filter((name) => name !== "map").sort());
  },

  async batches_and_pages() {
    const song = (number) => ({ artist: number % 2 ? "odd" : "even", title: String(number).padStart(3, "0"), genre: number % 3 ? "rock" : "folk" });
    for (let start = 0; start < 60; start += 20) {
      const puts = Array.from({ length: 20 }, (_, index) => ({ PutRequest: { Item: song(start + index) } }));
      same("written", await send(new document.BatchWriteCommand({ RequestItems: { "js-songs": puts } })), { UnprocessedItems: {} });
    }
    const query = { TableName: "js-songs", KeyConditionExpression: "artist = :a AND title BETWEEN :from AND :to", ExpressionAttributeValues: { ":a": "odd", ":from": "010", ":to": "029" } };
    const titles = [];
    for await (const page of document.paginateQuery({ client: documents, pageSize: 4 }, query)) titles.push(page.Items.map((item) => item.title));
    same("query in pages", titles, [["011", "013", "015", "017"], ["019", "021", "023", "025"], ["027", "029"]].concat(titles.length === 4 ? [[]] : []));
    let [count, pages] = [0, 0];
    for await (const page of document.paginateScan({ client: documents, pageSize: 25 }, { TableName: "js-songs", FilterExpression: "genre = :g", ExpressionAttributeValues: { ":g": "folk" } })) {
      count += page.Count;
      pages += 1;
    }
    same("scan in pages", [count, pages], [20, 3]);
    const folk = await send(new document.QueryCommand({ TableName: "js-songs", IndexName: "by-genre", KeyConditionExpression: "genre = :g", ExpressionAttributeValues: { ":g": "folk" }, Select: "COUNT" }));
    same("index", folk, { Count: 20, ScannedCount: 20 });
    const Keys = [song(1), song(2)].map(({ artist, title }) => ({ artist, title })).concat([{ artist: "none", title: "0" }]);
    const got = await send(new document.BatchGetCommand({ RequestItems: { "js-songs": { Keys, ProjectionExpression: "title" } } }));
    got.Responses["js-songs"].sort((one, two) => (one.title < two.title ? -1 : 1));
    same("batch get", got, { Responses: { "js-songs": [{ title: "001" }, { title: "002" }] }, UnprocessedKeys: {} });
    const many = Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: song(index) } }));
    await refused("26 writes", "ValidationException", /^1 validation error detected: Value '{.*}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less/, new document.BatchWriteCommand({ RequestItems: { "js-songs": many } }));
  },

  async transactions() {
    const Key = { artist: "odd", title: "001" };
    const Item = { artist: "new", title: "000", parts: new Set([1]) };
    const write = new document.TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: "js-songs", Item } },
        { Update: { TableName: "js-songs", Key, UpdateExpression: "SET plays = :one", ExpressionAttributeValues: { ":one": 1 } } },
        { ConditionCheck: { TableName, Key: { id: "none" }, ConditionExpression: "attribute_not_exists(id)" } },
      ],
    });
    same("written", await send(write), {});
    const got = await send(new document.TransactGetCommand({ TransactItems: [{ Get: { TableName: "js-songs", Key: { artist: "new", title: "000" } } }, { Get: { TableName, Key: { id: "none" } } }] }));
    same("got", got, { Responses: [{ Item }, {}] });
    const condition = { ConditionExpression: "attribute_not_exists(artist)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
    const error = await refused("cancelled", "TransactionCanceledException",
      "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
      new document.TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: "made" } } }, { Put: { TableName: "js-songs", Item: { artist: "new", title: "000" }, ...condition } }] }));
    // The document client leaves errors as they came.
    same("reasons", error.CancellationReasons, [{ Code: "None" }, { Code: "ConditionalCheckFailed", Message: "The conditional request failed", Item: { artist: { S: "new" }, title: { S: "000" }, parts: { NS: ["1"] } } }]);
    same("nothing is done", await send(new document.GetCommand({ TableName, Key: { id: "made" } })), {});
  },

  async statements() {
    const run = (Statement, ...Parameters) => send(new document.ExecuteStatementCommand({ Statement, ...(Parameters.length ? { Parameters } : {}) }));
    await run("INSERT INTO \"js-things\" VALUE {'id': ?, 'tags': ?}", "sql", { a: [1] });
    same("selected", (await run("SELECT * FROM \"js-things\" WHERE id = ?", "sql")).Items, [{ id: "sql", tags: { a: [1] } }]);
    const answer = await send(new document.BatchExecuteStatementCommand({ Statements: [{ Statement: "SELECT tags FROM \"js-things\" WHERE id = ?", Parameters: ["sql"] }] }));
    same("a batch", answer, { Responses: [{ TableName, Item: { tags: { a: [1] } } }] });
  },

  async errors() {
    const Item = { id: "guarded", n: 1 };
    await send(new document.PutCommand({ TableName, Item }));
    const error = await refused("a condition", "ConditionalCheckFailedException", "The conditional request failed",
      new document.PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(id)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" }));
    same("its item", error.Item, { id: { S: "guarded" }, n: { N: "1" } });
    await refused("no table", "ResourceNotFoundException", "Requested resource not found", new document.GetCommand({ TableName: "js-none", Key: { id: "1" } }));
    await refused("no expression", "ValidationException", 'Invalid UpdateExpression: Syntax error; token: "NOT", near: "NOT A"',
      new document.UpdateCommand({ TableName, Key: { id: "guarded" }, UpdateExpression: "NOT A CLAUSE" }));
    await refused("a value that is not there", "ValidationException",
      "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v",
      new document.UpdateCommand({ TableName, Key: { id: "guarded" }, UpdateExpression: "SET a = :v" }));
  },

  async gone() {
    for (const name of ["js-things", "js-songs"]) {
      await plain.send(new client.DeleteTableCommand({ TableName: name }));
      await client.waitUntilTableNotExists({ client: plain, minDelay: 1, maxDelay: 1, maxWaitTime: 30 }, { TableName: name });
    }
    await refused("described", "ResourceNotFoundException", "Requested resource not found: Table: js-songs not found", new client.DescribeTableCommand({ TableName: "js-songs" }), plain);
  },
};

for (const [name, run] of Object.entries(parts)) {
  part = name;
  const before = [right, wrong.length];
  await run().catch((error) => differs("ended early", error.stack));
  console.log(`${wrong.length === before[1] ? "ok" : "WRONG"} ${name}: ${right - before[0]} answers`);
}
for (const [name, times] of known) {
  if (!times) wrong.push(`${name}\n  is known to differ, and does not`);
}
for (const each of wrong) console.log(`WRONG ${each}`);
const differing = [...known.values()].reduce((sum, times) => sum + times, 0);
console.log(`${wrong.length ? "WRONG" : "ok"} JavaScript: ${right} answers are right, ${wrong.length} wrong, ${differing} known to differ`);
process.exitCode = wrong.length ? 1 : 0;
