// Signs requests with the AWS SDK for JavaScript, aws4 and aws4fetch, and writes javascript.jsonl beside this file, a request a line.
//
// npm install @smithy/signature-v4@5.7.5 @smithy/protocol-http @aws-crypto/sha256-js@5.2.0 @aws-sdk/client-dynamodb@3.1169.0
//   aws4@1.13.2 aws4fetch@1.0.20
// NODE_PATH does not lead imports: run a copy of this file beside node_modules, then move what it wrote.
import { writeFileSync } from "node:fs";
import aws4 from "aws4";
import { AwsV4Signer } from "aws4fetch";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const key = { accessKeyId: "AKIDEXAMPLE", secretAccessKey };
const session = { accessKeyId: "ASIAEXAMPLE", secretAccessKey, sessionToken: "TOKEN/abc+def==" };
const signingDate = new Date("2026-01-02T03:04:05Z");
const hostname = "abcde12345.execute-api.us-east-1.amazonaws.com";
const lines = [];

// As the SDK's handlers write a query.
function queryOf(query) {
  const written = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.keys(query).sort().flatMap((name) => {
    const value = query[name];
    if (Array.isArray(value)) return value.map((one) => `${written(name)}=${written(one)}`);
    return value ? `${written(name)}=${written(value)}` : written(name);
  });
  return pairs.length ? `?${pairs.join("&")}` : "";
}

function add(name, service, request, answer = "admitted") {
  const { "user-agent": _, ...headers } = request.headers;
  lines.push({
    name,
    service,
    method: request.method,
    target: request.path + queryOf(request.query ?? {}),
    headers: Object.entries(headers).map(([header, value]) => [header, String(value)]),
    body: Buffer.from(request.body ?? "").toString(),
    answer,
  });
}

function signer(credentials, options = {}) {
  return new SignatureV4({ credentials, region: "us-east-1", service: "execute-api", sha256: Sha256, ...options });
}

function request(method, path, { query = {}, body, headers = {} } = {}) {
  return new HttpRequest({ method, hostname, path, query, body, headers: { host: hostname, ...headers } });
}

const gets = [
  ["/prod", {}], ["/prod/", {}], ["/", {}], ["/prod/music", { artist: "No One", b: "", a: ["2", "1"] }],
  ["/prod/a%20b/x%40y", {}], ["/prod//music///x", {}], ["/prod/./a/../music", {}],
  ["/prod/%E3%83%9F%C3%A9", { q: "ミé" }], ["/prod/a+b/%2B", { q: "a+b", r: "a b" }], ["/prod/%2e%2e/music", {}],
  ["/prod/~user/(1)/it's!", { q: "~*'()!" }], ["/prod", { "a b": "c/d:e?f=g&h", "%": "%25" }],
];
for (const [path, query] of gets) {
  const name = path + queryOf(query);
  add(`GET ${name}`, "execute-api", await signer(key).sign(request("GET", path, { query }), { signingDate }));
  const unsigned = request("GET", path, { query });
  add(`presigned GET ${name}`, "execute-api", await signer(key).presign(unsigned, { signingDate, expiresIn: 300 }));
}
const flag = await signer(key).sign(request("GET", "/prod", { query: { flag: null } }), { signingDate });
add("GET /prod?flag, which the signer leaves out", "execute-api", flag, "the request was signed without its query");
const headers = { "content-type": "application/json" };
for (const credentials of [key, session]) {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const applyChecksum of [true, false]) {
      const unsigned = request(method, "/prod/music", { body: '{"name":"ミé"}', headers });
      const name = `${method} of ${credentials.accessKeyId}, ${applyChecksum ? "with" : "without"} the hash`;
      add(name, "execute-api", await signer(credentials, { applyChecksum }).sign(unsigned, { signingDate }));
    }
  }
  const unsigned = request("GET", "/prod/music", { query: { x: "1" } });
  const name = `presigned GET of ${credentials.accessKeyId}`;
  add(name, "execute-api", await signer(credentials).presign(unsigned, { signingDate, expiresIn: 604800 }));
}
const spaces = request("GET", "/prod", { headers: { "x-note": "  a   b  c ", "x-quoted": '"a   b"' } });
add("spaces in values", "execute-api", await signer(key).sign(spaces, { signingDate }));

Date.now = () => signingDate.getTime();
for (const credentials of [key, session]) {
  const client = new DynamoDBClient({
    region: "us-east-1", credentials,
    requestHandler: {
      handle: async (sent) => {
        add(`DynamoDBClient ${sent.headers["x-amz-target"]} of ${credentials.accessKeyId}`, "dynamodb", sent);
        throw new Error("sent");
      },
      metadata: { handlerProtocol: "http/1.1" },
    },
    maxAttempts: 1,
  });
  // What differs from machine to machine and from run to run.
  const steady = (next) => (args) => {
    args.request.headers["x-amz-user-agent"] = "aws-sdk-js/3";
    args.request.headers["amz-sdk-invocation-id"] = "12345678-1234-4234-8234-123456789abc";
    return next(args);
  };
  client.middlewareStack.addRelativeTo(steady, { relation: "before", toMiddleware: "httpSigningMiddleware" });
  const id = { S: "ミ 1" };
  for (const command of [new PutItemCommand({ TableName: "t", Item: { id } }), new GetItemCommand({ TableName: "t", Key: { id } })]) {
    await client.send(command).catch((error) => { if (error.message !== "sent") throw error; });
  }
}

// Signers of API Gateway's users that are no part of an SDK.
const targets = ["/prod", "/prod/music?artist=No%20One&b=&a=2&a=1", "/prod/a%20b/x%40y", "/prod/%E3%83%9F%C3%A9", "/prod?flag"];
for (const target of targets) {
  for (const credentials of [key, session]) {
    const of = `${target} of ${credentials.accessKeyId}`;
    for (const [method, body] of [["GET", ""], ["POST", '{"name":"ミé"}']]) {
      const options = {
        host: hostname, path: target, method, body, service: "execute-api", region: "us-east-1",
        headers: { "X-Amz-Date": "20260102T030405Z", ...(body && headers) },
      };
      const signed = aws4.sign(options, credentials);
      add(`aws4 ${method} ${of}`, "execute-api", { ...signed, path: signed.path, query: {} });
      const signer = new AwsV4Signer({
        ...credentials, method, url: `https://${hostname}${target}`, body: body || undefined, service: "execute-api",
        region: "us-east-1", datetime: "20260102T030405Z", headers: body ? headers : {},
      });
      const fetched = await signer.sign();
      const path = fetched.url.pathname + fetched.url.search;
      add(`aws4fetch ${method} ${of}`, "execute-api", {
        method, path, query: {}, body, headers: { host: hostname, ...Object.fromEntries(fetched.headers) },
      });
    }
    const signer = new AwsV4Signer({
      ...credentials, method: "GET", url: `https://${hostname}${target}`, service: "execute-api", region: "us-east-1",
      datetime: "20260102T030405Z", signQuery: true,
    });
    const { url } = await signer.sign();
    const presigned = { method: "GET", path: url.pathname + url.search, query: {}, headers: { host: hostname } };
    // What it signs as a space it sends as a plus.
    const answer = url.search.includes("+")
      ? "the client signed a `+` of the query as a space: it is a plus, and a space is `%20`" : "admitted";
    add(`aws4fetch presigned ${of}`, "execute-api", presigned, answer);
  }
}

writeFileSync(new URL("javascript.jsonl", import.meta.url), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
console.log(lines.length, "requests");
