#!/usr/bin/env python3
"""Signs requests with botocore and boto3 and writes botocore.jsonl beside this file, a request a line.

pip install boto3==1.44.5; python3 botocore.py
"""
import datetime
import json
import pathlib
import sys
import uuid

sys.path.pop(0)  # This file is named as what it imports.

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "TOKEN/abc+def=="
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
HOST = "abcde12345.execute-api.us-east-1.amazonaws.com"
KEY = botocore.credentials.Credentials("AKIDEXAMPLE", SECRET)
SESSION = botocore.credentials.Credentials("ASIAEXAMPLE", SECRET, TOKEN)

botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW
lines = []


def add(name, service, request, answer="admitted", **changed):
    """Adds a prepared request, with parts of it changed after it was signed."""
    url = request.url.split("://", 1)[1]
    host, target = url.split("/", 1) if "/" in url else (url, "")
    headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in request.headers.items()}
    headers = {"Host": host, **{k: v for k, v in headers.items() if k != "User-Agent"}}
    headers.update(changed.get("headers", {}))
    body = request.body or b""
    lines.append({
        "name": name,
        "service": service,
        "method": changed.get("method", request.method),
        "target": changed.get("target", "/" + target),
        "headers": list(headers.items()),
        "body": changed.get("body", body if isinstance(body, str) else body.decode()),
        "answer": answer,
    })


def request(method, target, body=b"", headers=None, host=HOST, scheme="https"):
    return botocore.awsrequest.AWSRequest(
        method=method, url=f"{scheme}://{host}{target}", data=body, headers=headers or {})


def signed(unsigned, signer=botocore.auth.SigV4Auth, key=KEY, service="execute-api", **options):
    signer(key, service, "us-east-1", **options).add_auth(unsigned)
    return unsigned.prepare()


TARGETS = [
    "/prod", "/prod/", "/", "/prod/music?artist=No%20One&b=&a=2&a=1", "/prod/a%20b/x@y",
    "/prod//music///x", "/prod/./a/../music", "/prod/%E3%83%9F%C3%A9", "/prod/a+b/%2B/%40",
    "/prod/%2e%2e/music", "/prod/a%2Fb", "/prod/~user/(1)/it's!/a,b;c=d:e&f$g*h",
    "/prod?b=2&a=b&a=B&a=&A=1&a=10&a=9&flag", "/prod?empty", "/prod?a=%25&b=%2B&c=%26",
    "/prod?x=%7B%22a%22%3A%5B1%5D%7D",
    # As they stand: botocore does not write a query anew that is in a URL.
    "/prod?q=a+b&r=a%2Bb", "/prod?q=%c3%a9&s=~*", "/prod?q=a/b:c", "/prod?a=1&&b=2&", "/prod?a=b=c",
]
for target in TARGETS:
    add(f"GET {target}", "execute-api", signed(request("GET", target)))
    add(f"presigned GET {target}", "execute-api",
        signed(request("GET", target), botocore.auth.SigV4QueryAuth, expires=300))

JSON = {"Content-Type": "application/json"}
BODIES = ["", '{"a":1}', '{"name":"ミé","n":[1, 2]}', "x" * 5000]
for method in ["POST", "PUT", "PATCH", "DELETE"]:
    for body in BODIES:
        name = f"{method} of {len(body.encode())} bytes"
        for key in [KEY, SESSION]:
            session = " in a session" if key is SESSION else ""
            add(name + session, "execute-api",
                signed(request(method, "/prod/music", body.encode(), JSON), key=key))
add("presigned in a session", "execute-api",
    signed(request("GET", "/prod/music?x=1"), botocore.auth.SigV4QueryAuth, SESSION, expires=604800))
add("presigned POST with a body", "execute-api",
    signed(request("POST", "/prod/music", b'{"a":1}'), botocore.auth.SigV4QueryAuth, expires=1))
add("spaces in values", "execute-api", signed(request("GET", "/prod", headers={
    "X-Amz-Meta-Note": "  a   b  c ", "X-Empty": "", "X-Quoted": '"a   b"'})))
add("values that are not ASCII", "execute-api",
    signed(request("GET", "/prod", headers={"X-Note": "ミé"})))
add("headers that stay unsigned", "execute-api", signed(request("GET", "/prod", headers={
    "X-Amzn-Trace-Id": "Root=1-1-1", "Expect": "100-continue", "Connection": "close"})),
    headers={"X-Amzn-Trace-Id": "Root=2-2-2", "Connection": "keep-alive", "Via": "a proxy"})
add("Date in place of X-Amz-Date", "execute-api", signed(request("GET", "/prod", headers={"Date": ""})))
add("port 8443", "execute-api", signed(request("GET", "/prod", host="api.example.com:8443")))
add("port 443 is not signed", "execute-api",
    signed(request("GET", "/prod", host="api.example.com:443")), headers={"Host": "api.example.com"})
add("the hash of the body in a header", "execute-api", signed(request(
    "POST", "/prod", b'{"a":1}',
    {"X-Amz-Content-SHA256": "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"})))

# What clients and those between do otherwise, and the hint for it.
add("the body is another one", "execute-api", signed(request(
    "POST", "/prod", b'{"a":1}',
    {"X-Amz-Content-SHA256": "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"})),
    "the body is not the one that was signed: its hash is not that of `X-Amz-Content-Sha256`",
    body='{"a":2}')
add("the body was added", "execute-api", signed(request("POST", "/prod", b"")),
    "the request was signed without its body", body='{"a":2}')
add("UNSIGNED-PAYLOAD", "execute-api", signed(request(
    "POST", "/prod", b'{"a":1}', {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})),
    "the client signed `UNSIGNED-PAYLOAD` in place of the body's hash")
add("STREAMING", "execute-api", signed(request(
    "POST", "/prod", b'{"a":1}', {"X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"})),
    "the client signed `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` in place of the body's hash")
add("the path of S3", "execute-api", signed(request("GET", "/prod/a%20b"), botocore.auth.S3SigV4Auth),
    "the client signed the path as it sent it: it has to be percent-encoded once more")


class Unnormalised(botocore.auth.SigV4Auth):
    def _normalize_url_path(self, path):
        return botocore.auth.quote(path, safe="/~")


add("a path with its dots", "execute-api", signed(request("GET", "/prod/./a//b"), Unnormalised),
    "the client signed the path with its empty segments and dots: they have to be resolved")
add("a path without its stage", "execute-api", signed(request("GET", "/music")),
    "the client signed the path without its first segment, the stage or base path",
    target="/prod/music")
add("HEAD signed as GET", "execute-api", signed(request("GET", "/prod")),
    "the client signed the method `GET`", method="HEAD")
add("a query that is not signed", "execute-api", signed(request("GET", "/prod")),
    "the request was signed without its query", target="/prod?x=1")
add("a plus for a space", "execute-api", signed(request("GET", "/prod?q=a%20b")),
    "the client signed a `+` of the query as a space: it is a plus, and a space is `%20`",
    target="/prod?q=a+b")
late = signed(request("GET", "/prod"), botocore.auth.SigV4QueryAuth, expires=300)
add("a token behind the signature", "execute-api", late,
    "the client put `X-Amz-Security-Token` into the query after it had signed the request",
    target="/prod?" + late.url.split("?", 1)[1] + "&X-Amz-Security-Token=TOKEN%2Fabc%2Bdef%3D%3D")
add("a port that was added", "execute-api", signed(request("GET", "/prod", host="api.example.com")),
    "the client signed the host `api.example.com`", headers={"Host": "api.example.com:8080"})
add("port 80 of another scheme", "execute-api",
    signed(request("GET", "/prod", host="api.example.com:80")),
    "the client signed the host `api.example.com:80`", headers={"Host": "api.example.com"})
add("port 443 of another scheme", "execute-api",
    signed(request("GET", "/prod", host="api.example.com:443", scheme="http")),
    "the client signed the host `api.example.com:443`", headers={"Host": "api.example.com"})
add("the host before a proxy", "execute-api", signed(request("GET", "/prod", host="api.example.com")),
    "the client signed the host `api.example.com`",
    headers={"Host": "10.0.0.1:8080", "X-Forwarded-Host": "api.example.com"})
add("another method", "execute-api", signed(request("POST", "/prod")), "", method="PUT")
add("a slash behind dots, which botocore leaves out", "execute-api",
    signed(request("GET", "/prod/music/.")), "")


def of_client(name, service, key, call):
    """Adds the request that a client of boto3 makes."""
    token = key.token and {"aws_session_token": key.token}
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id=key.access_key,
                          aws_secret_access_key=key.secret_key, **(token or {}))

    def sent(request, **_):
        add(name, service, request)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw())
    client.meta.events.register(f"before-send.{service}", sent)
    call(client)


class Raw:
    def stream(self):
        yield b"{}"


uuid.uuid4 = lambda: uuid.UUID("12345678-1234-4234-8234-123456789abc")
item = {"id": {"S": "ミ 1"}, "n": {"N": "1.50"}}
for key in [KEY, SESSION]:
    of_client("boto3 PutItem", "dynamodb", key, lambda c: c.put_item(TableName="t", Item=item))
    of_client("boto3 ListTables", "dynamodb", key, lambda c: c.list_tables())
    of_client("boto3 GetRestApis", "apigateway", key, lambda c: c.get_rest_apis(limit=5))
    of_client("boto3 GetResource", "apigateway", key, lambda c: c.get_resource(
        restApiId="abc", resourceId="a/b c", embed=["methods"]))
    of_client("boto3 UpdateStage", "apigateway", key, lambda c: c.update_stage(
        restApiId="abc", stageName="prod",
        patchOperations=[{"op": "replace", "path": "/variables/a", "value": "b"}]))

text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
pathlib.Path(__file__).with_suffix(".jsonl").write_text(text)
print(len(lines), "requests")
