// Requests that the AWS SDK for JavaScript, aws4 and aws4fetch sign: `sdk.mjs HOST:PORT`. What twins.py does for Python is in twins.mjs.
import { readFileSync } from "node:fs";
import aws4 from "aws4";
import { AwsV4Signer } from "aws4fetch";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiGatewayManagementApiClient, GetConnectionCommand, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { HOST, KEYS, bodyOf, queryOf, run, signingOf, targetOf, wrong } from "./twins.mjs";

const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
const signedAt = ({ ageSeconds }) => new Date(Date.now() - 1000 * ageSeconds);
const written = (date) => date.toISOString().replace(/[:-]|\.\d{3}/g, "");

// The request as the SDK signs it. Its handler writes the query from an object.
async function smithy(request, signing, sign) {
  const query = {};
  for (const [name, value] of request.query ?? []) {
    query[name] = name in query ? [query[name], value].flat() : value;
  }
  const [hostname, port] = HOST.split(":");
  const headers = { Host: HOST, ...request.headers };
  const unsigned = new HttpRequest({ method: request.method, hostname, port, path: request.path, query, headers, body: bodyOf(request) });
  const signer = new SignatureV4({
    credentials: { accessKeyId: signing.id, secretAccessKey: signing.secret, sessionToken: signing.token },
    region: signing.region, service: signing.service, sha256: Sha256,
  });
  const signed = await sign(signer, unsigned, { signingDate: signedAt(signing) });
  const pairs = Object.entries(signed.query).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  return { method: signed.method, target: request.path + queryOf(pairs), headers: signed.headers, body: bodyOf(request) };
}

function byAws4(request, signing, signQuery) {
  const credentials = { accessKeyId: signing.id, secretAccessKey: signing.secret, sessionToken: signing.token };
  const date = written(signedAt(signing));
  const target = targetOf(request);
  const { method, path, headers } = aws4.sign({
    method: request.method, body: bodyOf(request), service: signing.service, region: signing.region, signQuery,
    path: signQuery ? `${target}${target.includes("?") ? "&" : "?"}X-Amz-Expires=300&X-Amz-Date=${date}` : target,
    headers: { Host: HOST, ...request.headers, ...(signQuery ? {} : { "X-Amz-Date": date }) },
  }, credentials);
  return { method, target: path, headers, body: bodyOf(request) };
}

async function byAws4fetch(request, signing, signQuery) {
  const target = targetOf(request);
  // It presigns a space and sends a plus, which is a plus.
  if (signQuery && target.includes("%20", request.path.length)) return undefined;
  const expires = signQuery ? `${target.includes("?") ? "&" : "?"}X-Amz-Expires=300` : "";
  const { method, url, headers } = await new AwsV4Signer({
    accessKeyId: signing.id, secretAccessKey: signing.secret, sessionToken: signing.token, region: signing.region, service: signing.service,
    method: request.method, url: `http://${HOST}${target}${expires}`, headers: request.headers, body: bodyOf(request),
    datetime: written(signedAt(signing)), signQuery,
  }).sign();
  return { method, target: url.pathname + url.search, headers: { Host: HOST, ...Object.fromEntries(headers) }, body: bodyOf(request) };
}

// The SDK as its users call it: it takes the answers, and knows the errors by their names.
async function calls() {
  const send = (signing, command) => new ApiGatewayManagementApiClient({
    endpoint: `http://${HOST}`, region: signing.region, maxAttempts: 1,
    credentials: { accessKeyId: signing.id, secretAccessKey: signing.secret, sessionToken: signing.token },
  }).send(command);
  let count = 0;
  for (const key of KEYS) {
    for (const ConnectionId of ["a=", "a/b c"]) {
      await send(signingOf(key), new GetConnectionCommand({ ConnectionId }));
      await send(signingOf(key), new PostToConnectionCommand({ ConnectionId, Data: Uint8Array.of(0, 255) }));
      for (const [change, name] of [[{ secret: "another" }, "InvalidSignatureException"], [{ id: "AKIANOBODYEXAMPLE" }, "UnrecognizedClientException"]]) {
        const error = await send(signingOf(key, change), new GetConnectionCommand({ ConnectionId })).catch((error) => error);
        if (error.name !== name) wrong(`ApiGatewayManagementApiClient, ${key.id}: expected ${name}, got ${error.name ?? "no error"}`);
      }
      count += 2;
    }
  }
  console.log(`ok ApiGatewayManagementApiClient ${version("@aws-sdk/client-apigatewaymanagementapi")}: ${count} calls admitted, ${count} refused`);
}

await run(`@smithy/signature-v4 ${version("@smithy/signature-v4")}`, {
  header: (request, signing) => smithy(request, signing, (signer, unsigned, options) => signer.sign(unsigned, options)),
  presigned: (request, signing) => smithy(request, signing, (signer, unsigned, options) => signer.presign(unsigned, { ...options, expiresIn: 300 })),
});
await run(`aws4 ${version("aws4")}`, {
  header: (request, signing) => byAws4(request, signing, false),
  presigned: (request, signing) => byAws4(request, signing, true),
});
await run(`aws4fetch ${version("aws4fetch")}`, {
  header: (request, signing) => byAws4fetch(request, signing, false),
  presigned: (request, signing) => byAws4fetch(request, signing, true),
});
await calls();
