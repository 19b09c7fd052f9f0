#!/usr/bin/env python3
"""Writes aws_suite.jsonl beside this file from AWS's Signature Version 4 test suite, a signed request a line.

python3 aws_suite.py FOLDER, where FOLDER is aws-signing-test-suite/v4 of the crate aws-sigv4 1.6.4 (Apache-2.0, which took it
from aws-c-auth). Not taken: double-encode-path and double-url-encode, whose requests have no or another one's signature.
"""
import json
import pathlib
import sys

NOT_SIGNED = "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization."
DOTS = "the client signed the path with its empty segments and dots: they have to be resolved"
APPENDED = "the client put `X-Amz-Security-Token` into the query after it had signed the request"
lines = []
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if not (folder / "context.json").exists():
        continue
    context = json.loads((folder / "context.json").read_text())
    assert context["credentials"]["access_key_id"] == "AKIDEXAMPLE"
    for form in ["header", "query"]:
        head, _, body = (folder / f"{form}-signed-request.txt").read_text().partition("\n\n")
        # A receiver puts a space for the fold of a long value.
        first, *headers = head.replace("\n ", " ").splitlines()
        method, target = first.removesuffix(" HTTP/1.1").split(" ", 1)
        answer = "admitted"
        path = target.split("?")[0]
        if not context["normalize"] and (any(s in ("", ".", "..") for s in path.split("/")[1:-1])
                                         or path.endswith(("..", "//"))):
            answer = DOTS
        if context.get("omit_session_token"):
            answer = NOT_SIGNED if form == "header" else APPENDED
        lines.append({
            "name": f"{folder.name}, {form}",
            "service": "service",
            "method": method,
            "target": target,
            "headers": [line.split(":", 1) for line in headers],
            "body": body,
            "session_token": context["credentials"].get("token"),
            "answer": answer,
        })

text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
pathlib.Path(__file__).with_suffix(".jsonl").write_text(text)
print(len(lines), "requests")
