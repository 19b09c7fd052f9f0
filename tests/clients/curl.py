#!/usr/bin/env python3
"""Requests that curl signs: `curl.py HOST:PORT`."""
import re
import subprocess

import twins


def header(request, signing):
    # curl 7.88 signs paths and queries as they are sent, and says when it is now.
    if not request.get("simple") or signing.age_s:
        return None
    token = ["-H", f"X-Amz-Security-Token: {signing.token}"] if signing.token else []
    body = ["--data-binary", request["body"]] if "body" in request else []
    command = ["curl", "-sv", "-m", "10", "-o", "/dev/null", "--path-as-is", "-X", request["method"], *token, *body,
               "--aws-sigv4", f"aws:amz:{signing.region}:{signing.service}", "--user", f"{signing.id}:{signing.secret}"]
    for name, value in request.get("headers", {}).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, f"http://{twins.HOST}{twins.target_of(request)}"], check=True, stderr=subprocess.PIPE, text=True).stderr
    first, *lines = re.findall(r"^> (.+?)\r?$", said, re.MULTILINE)
    headers = dict(line.split(": ", 1) for line in lines)
    headers.pop("Content-Length", None)
    return twins.Wire(*first.split(" ")[:2], headers, twins.body_of(request))


version = subprocess.run(["curl", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
twins.run(f"curl {version}", {"header": header})
