// Sends what a client signed, and its twins: the same with one thing changed, which has to be refused. cases.json says what is sent and what is right.
import { readFileSync } from "node:fs";
import { request as ask } from "node:http";

const CASES = JSON.parse(readFileSync(new URL("cases.json", import.meta.url)));
export const KEYS = CASES.keys;
export const HOST = process.argv[2];

export function wrong(what) {
  console.error(`WRONG ${what}`);
  process.exit(1);
}

// Undefined for no body, which is what signers want to see.
export function bodyOf(request) {
  if ("body_hex" in request) return Buffer.from(request.body_hex, "hex");
  return "body" in request ? Buffer.from(request.body) : undefined;
}

// A query as it is sent, with its mark.
export function queryOf(pairs) {
  const escaped = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return pairs.length ? `?${pairs.map((pair) => pair.map(escaped).join("=")).join("&")}` : "";
}

export const targetOf = (request) => request.path + queryOf(request.query ?? []);

// How a key signs, with what a case changes of it.
export function signingOf(key, change = {}) {
  const { id, secret_env, token_env } = change.key ?? key;
  const token = "token" in change ? change.token ?? undefined : process.env[token_env];
  return {
    id: change.id ?? id, secret: change.secret ?? process.env[secret_env], token, ageSeconds: change.age_s ?? 0,
    region: change.region ?? "us-east-1", service: change.service ?? "execute-api",
  };
}

// Another last digit: one that is decimal stays it.
const otherDigit = (found) => found.slice(0, -1) + (found.endsWith("0") ? "1" : "0");

// The twin of a signed request.
function changed(wire, what) {
  const [, path, mark, query] = wire.target.match(/^([^?]*)(\??)(.*)$/);
  const replaced = (pattern) => ({
    ...wire,
    target: wire.target.replace(pattern, otherDigit),
    headers: Object.fromEntries(Object.entries(wire.headers).map(([name, value]) => [name, `${name}:${value}`.replace(pattern, otherDigit).slice(name.length + 1)])),
  });
  switch (what) {
    case "body": return { ...wire, body: Buffer.concat([wire.body ?? Buffer.alloc(0), Buffer.from(" ")]) };
    case "query": return { ...wire, target: `${wire.target}${mark ? "&" : "?"}more=1` };
    case "verb": return { ...wire, method: "PATCH" };
    case "path": return { ...wire, target: `${path}2${mark}${query}` };
    case "host": return { ...wire, headers: { ...without(wire.headers, "host"), Host: "api.example.com" } };
    // Both forms have the same words, in the target or in headers.
    case "time": return replaced(/(?<=x-amz-date[=:])\d{8}T\d{6}/i);
    case "signature": return replaced(/(?<=Signature=)[0-9a-f]{64}/);
    case "unsigned": {
      const kept = query.split("&").filter((pair) => !/^x-amz-/i.test(pair)).join("&");
      return { ...wire, target: path + (kept && `?${kept}`), headers: without(wire.headers, "authorization") };
    }
    default: return wrong(`cases.json has an unknown change ${what}`);
  }
}

const without = (headers, left) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== left));

function answerTo({ method, target, headers, body }) {
  const [host, port] = HOST.split(":");
  return new Promise((resolve, reject) => {
    // The length stands among the headers once.
    const sent = { ...without(headers, "content-length"), ...(body && { "Content-Length": body.length }) };
    const asked = ask({ host, port, method, path: target, headers: sent, timeout: 10_000 }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, type: response.headers["x-amzn-errortype"], body: JSON.parse(text) });
    });
    asked.on("error", reject).on("timeout", () => asked.destroy(new Error("no answer for ten seconds"))).end(body);
  });
}

// Ends the run at the first wrong answer.
async function expect(where, wire, answer) {
  const { status, type, body } = await answerTo(wire);
  const right = CASES.answers[answer];
  let expected = `200 for ${answer}`;
  let good = status === 200 && type === undefined && body.user === answer;
  if (right) {
    // AWS spells it `Message` where policies refuse.
    const name = "Message" in right ? "Message" : "message";
    expected = `403 ${right.type} with ${name} \`${right[name]}\``;
    good = status === 403 && type === right.type && (body[name] ?? "").startsWith(right[name]);
  }
  if (!good) wrong(`${where}: ${wire.method} ${wire.target}\n  expected ${expected}\n  got ${status} ${type} ${JSON.stringify(body)}`);
}

// Asks everything of the client's forms: functions that sign a request, or return nothing for one that the client cannot sign.
export async function run(client, forms) {
  let [admitted, refused] = [0, 0];
  for (const [form, sign] of Object.entries(forms)) {
    for (const key of KEYS) {
      for (const request of CASES.requests) {
        const where = `${client}, ${form}, ${key.id}, ${request.name}`;
        const wire = await sign(request, signingOf(key));
        if (!wire) continue;
        await expect(where, wire, key.user);
        admitted += 1;
        for (const twin of CASES.twins) {
          await expect(`${where}, ${twin.name}`, changed(wire, twin.change), twin.answer);
          refused += 1;
        }
        // What is said of tokens is said of sessions.
        for (const signing of CASES.signings.filter((signing) => "token_env" in key || !("token" in signing))) {
          await expect(`${where}, ${signing.name}`, await sign(request, signingOf(key, signing)), signing.answer);
          refused += 1;
        }
      }
    }
  }
  console.log(`ok ${client}, ${Object.keys(forms).join(" and ")}: ${admitted} requests admitted, ${refused} twins refused`);
}
