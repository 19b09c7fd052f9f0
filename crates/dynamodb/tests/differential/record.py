#!/usr/bin/env python3
"""Sends the corpus to a DynamoDB and keeps its answers.

Usage: record.py CORPUS ANSWERS HOST:PORT

CORPUS is a folder of JSON lines: `name`, `action`, and the request's `body`, or its `text` when it is no JSON or has a member
twice. Of `«text*count»` the text is sent so many times. Each file begins without tables and is sent in order: its first requests make what
the others need. It is sent with an access key of its own, for which DynamoDB Local without -sharedDb has tables of their own.

ANSWERS gets a file of the same name: `name`, `status`, and the answer's `body` with the members of objects in order, or the
beginning of its `text` when it is no JSON. What is another one each time (times, ids) is masked.
"""
import http.client
import json
import pathlib
import re
import sys

# Members whose values are times or made up.
MASKED = {"CreationDateTime", "CreationRequestDateTime", "EndingSequenceNumber", "LastDecreaseDateTime", "LastIncreaseDateTime",
          "LastUpdateToPayPerRequestDateTime", "LatestStreamLabel", "NextToken", "ShardId", "ShardIterator", "StartingSequenceNumber", "StreamLabel", "TableId"}
REPEATED = re.compile(r"«([^«»]*)\*(\d+)»")
STREAM = re.compile(r"^(arn:.*/stream/).*$")


def masked(value):
    if isinstance(value, dict):
        return {name: "masked" if name in MASKED else masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return STREAM.sub(r"\1masked", value) if isinstance(value, str) else value


def sent(line):
    text = line["text"] if "text" in line else json.dumps(line["body"], ensure_ascii=False, separators=(",", ":"))
    return REPEATED.sub(lambda found: found[1] * int(found[2]), text).encode()


def asked(connection, key, line):
    streams = line["action"] in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    target = ("DynamoDBStreams_20120810." if streams else "DynamoDB_20120810.") + line["action"]
    signature = f"AWS4-HMAC-SHA256 Credential={key}/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "Authorization": signature}
    connection.request("POST", "/", sent(line), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    try:
        return {"name": line["name"], "status": answer.status, "body": masked(json.loads(text, parse_float=Exact))}
    except ValueError:
        return {"name": line["name"], "status": answer.status, "text": text[:40]}


class Exact(float):
    """A number that is written as it was read."""

    def __new__(cls, text):
        self = float.__new__(cls, text)
        self.text = text
        return self

    def __repr__(self):
        return self.text


def main(corpus, answers, address):
    for path in sorted(pathlib.Path(corpus).glob("*.jsonl")):
        connection = http.client.HTTPConnection(address, timeout=60)
        key = re.sub("[^a-z]", "", path.stem)
        lines = [json.loads(line) for line in path.read_text().split("\n") if line]
        found = [asked(connection, key, line) for line in lines]
        text = "".join(json.dumps(answer, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n" for answer in found)
        (pathlib.Path(answers) / path.name).write_text(text)
        print(path.stem, len(found), file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
