"""What every script here compares with, and the clients that it asks."""
import functools
import pathlib
import re
import sys
import traceback
import zlib

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# AWS's request ids have 52 letters and digits, those of emulators are UUIDs.
REQUEST_ID = re.compile(r"[0-9A-Z]{52}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What AWS writes before some messages, in some of its regions.
ENVELOPE = "1 validation error detected: "

# Errors that every service of AWS has, which the clients' models do not name.
WITHOUT_CLASS = ["AccessDeniedException", "InvalidSignatureException", "UnrecognizedClientException", "ValidationException"]


class Checks:
    """Counts what is right and tells what is wrong; a wrong answer does not keep the rest from being asked."""

    def __init__(self, url, known=()):
        self.url = url
        self.right = 0
        self.wrong = []
        self.known = {name: 0 for name in known}
        self.request_ids = set()
        self.part = None

    def same(self, what, found, expected):
        if found == expected:
            self.right += 1
        else:
            self.differs(what, expected, found)

    def differs(self, what, expected, found):
        """Something is wrong, unless it is known of this store."""
        for name in (self.part, f"{self.part}: {what}", f"*: {what.partition(': ')[2]}"):
            if name in self.known:
                self.known[name] += 1
                return
        self.wrong.append(f"{self.part}: {what}\n  expected {expected!r}\n  got      {found if what == 'ended early' else repr(found)}")

    def refused(self, what, kind, message, call, *arguments, **members):
        """The error that a call ends with: its class, its code and its whole message, or a pattern of it, or None where AWS's is not known.
        Returns the error's answer."""
        try:
            answer = call(*arguments, **members)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            found = error.response["Error"]
            text = found["Message"]
            if isinstance(message, re.Pattern):
                text = message if message.fullmatch(text) else text
            elif message and not message.startswith(ENVELOPE):
                text = text.removeprefix(ENVELOPE)
            self.same(what, (status, found["Code"], text if message is not None else None), (400, kind, message))
            expected = "ClientError" if kind in WITHOUT_CLASS else kind
            self.same(f"{what}: its class", type(error).__name__, expected)
            return error.response
        self.differs(what, f"{kind}: {message}", body(answer))
        return {}

    def run(self, *parts):
        for part in parts:
            self.part = part.__name__
            before = self.right, len(self.wrong)
            try:
                part(self)
            except Exception:
                self.differs("ended early", "an end", traceback.format_exc())
            state = "ok" if len(self.wrong) == before[1] else "WRONG"
            print(f"{state} {self.part}: {self.right - before[0]} answers", flush=True)

    def end(self, client):
        for name, times in self.known.items():
            if not times:
                self.wrong.append(f"{name}\n  is known to differ, and does not")
        for wrong in self.wrong:
            print(f"WRONG {wrong}")
        if self.wrong:
            sys.exit(f"{client}: {len(self.wrong)} of {len(self.wrong) + self.right} answers are wrong")
        known = f", {sum(self.known.values())} known to differ" if self.known else ""
        print(f"ok {client}: {self.right} answers, {len(self.request_ids)} requests{known}")

    def settings(self, **more):
        return {
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "config": Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30),
            **more,
        }

    @functools.cached_property
    def client(self):
        return self.watched(boto3.client("dynamodb", **self.settings()))

    @functools.cached_property
    def resource(self):
        resource = boto3.resource("dynamodb", **self.settings())
        self.watched(resource.meta.client)
        return resource

    @functools.cached_property
    def streams(self):
        return self.watched(boto3.client("dynamodbstreams", **self.settings()))

    def watched(self, client):
        """Looks at each answer's frame: botocore leaves a checksum that is missing alone."""
        client.meta.events.register("before-parse", self.frame)
        return client

    def frame(self, operation_model, response_dict, **_):
        headers, body = response_dict["headers"], response_dict["body"]
        what = operation_model.name
        self.same(f"{what}: checksum", headers.get("x-amz-crc32"), str(zlib.crc32(body)))
        self.same(f"{what}: content type", headers.get("Content-Type"), "application/x-amz-json-1.0")
        self.same(f"{what}: length", headers.get("Content-Length"), str(len(body)))
        request_id = headers.get("x-amzn-RequestId", "")
        self.same(f"{what}: request id is one", bool(REQUEST_ID.fullmatch(request_id)), True)
        self.same(f"{what}: request id is new", request_id in self.request_ids, False)
        self.request_ids.add(request_id)


def lines_of(files):
    """The checks that files name, a line each."""
    lines = [line for file in files for line in pathlib.Path(file).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def body(answer):
    """An answer without what the client adds."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
