"""Sends what a client signed, and its twins: the same with one thing changed, which has to be refused. cases.json says what is sent and what is right."""
import collections
import http.client
import json
import os
import pathlib
import re
import sys
import urllib.parse

CASES = json.loads((pathlib.Path(__file__).parent / "cases.json").read_text())
HOST = sys.argv[1]

# A request as it is sent; its headers are a dict, with `Host` among them.
Wire = collections.namedtuple("Wire", "method target headers body")
# Whose signature is made how. `token` is None for a key that is no session's.
Signing = collections.namedtuple("Signing", "id secret token age_s region service")


def body_of(request):
    return bytes.fromhex(request["body_hex"]) if "body_hex" in request else request.get("body", "").encode()


def target_of(request):
    pairs = request.get("query", [])
    query = "&".join(f"{urllib.parse.quote(name, safe='')}={urllib.parse.quote(value, safe='')}" for name, value in pairs)
    return request["path"] + (f"?{query}" if query else "")


def signing_of(key, change={}):
    """How the key signs, with what a case changes of it."""
    key = change.get("key", key)
    return Signing(change.get("id", key["id"]), change.get("secret", os.environ[key["secret_env"]]),
                   change.get("token", os.environ[key["token_env"]] if "token_env" in key else None),
                   change.get("age_s", 0), change.get("region", "us-east-1"), change.get("service", "execute-api"))


def other_digit(found):
    """Another last digit: one that is decimal stays it."""
    digit = found[0][-1]
    return found[0][:-1] + ("0" if digit != "0" else "1")


def changed(wire, what):
    """The twin of a signed request."""
    path, mark, query = wire.target.partition("?")
    if what == "body":
        return wire._replace(body=wire.body + b" ")
    if what == "query":
        return wire._replace(target=wire.target + ("&" if mark else "?") + "more=1")
    if what == "verb":
        return wire._replace(method="PATCH")
    if what == "path":
        return wire._replace(target=path + "2" + mark + query)
    if what == "unsigned":
        kept = "&".join(pair for pair in query.split("&") if not pair.lower().startswith("x-amz-"))
        headers = {name: value for name, value in wire.headers.items() if name.lower() != "authorization"}
        return wire._replace(target=path + (f"?{kept}" if kept else ""), headers=headers)
    if what == "host":
        return wire._replace(headers={**wire.headers, "Host": "api.example.com"})
    # Both forms have the same words, in the target or in headers.
    pattern = {"time": r"(?i)(?<=x-amz-date[=:])\d{8}T\d{6}", "signature": r"(?<=Signature=)[0-9a-f]{64}"}[what]
    lines = {name: re.sub(pattern, other_digit, f"{name}:{value}") for name, value in wire.headers.items()}
    headers = {name: line.split(":", 1)[1] for name, line in lines.items()}
    return wire._replace(target=re.sub(pattern, other_digit, wire.target), headers=headers)


def answer_to(wire):
    """The status, the type of the error and the body."""
    connection = http.client.HTTPConnection(HOST, timeout=10)
    connection.putrequest(wire.method, wire.target, skip_host=True, skip_accept_encoding=True)
    length = {"Content-Length": str(len(wire.body))} if wire.body else {}
    for name, value in {**wire.headers, **length}.items():
        connection.putheader(name, value)
    connection.endheaders(wire.body or None)
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, response.getheader("x-amzn-ErrorType"), body


def expect(where, wire, answer):
    """Ends the run at the first wrong answer."""
    status, kind, body = answer_to(wire)
    right = CASES["answers"].get(answer)
    if right:
        # AWS spells it `Message` where policies refuse.
        (name, message), = [(name, text) for name, text in right.items() if name != "type"]
        expected = f"403 {right['type']} with {name} `{message}`"
        good = (status, kind) == (403, right["type"]) and body.get(name, "").startswith(message)
    else:
        expected = f"200 for {answer}"
        good = (status, kind, body.get("user")) == (200, None, answer)
    if not good:
        sys.exit(f"WRONG {where}: {wire.method} {wire.target}\n  expected {expected}\n  got {status} {kind} {json.dumps(body)}")


def run(client, forms):
    """Asks everything of the client's forms: functions that sign a request as Signing says, or return None for one that the client cannot sign."""
    admitted = refused = 0
    for form, sign in forms.items():
        for key in CASES["keys"]:
            for request in CASES["requests"]:
                where = f"{client}, {form}, {key['id']}, {request['name']}"
                wire = sign(request, signing_of(key))
                if wire is None:
                    continue
                expect(where, wire, key["user"])
                admitted += 1
                for twin in CASES["twins"]:
                    expect(f"{where}, {twin['name']}", changed(wire, twin["change"]), twin["answer"])
                    refused += 1
                for case in CASES["signings"]:
                    # What is said of tokens is said of sessions.
                    wire = sign(request, signing_of(key, case)) if "token_env" in key or "token" not in case else None
                    if wire is not None:
                        expect(f"{where}, {case['name']}", wire, case["answer"])
                        refused += 1
    print(f"ok {client}, {' and '.join(forms)}: {admitted} requests admitted, {refused} twins refused")
