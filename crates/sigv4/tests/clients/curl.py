#!/usr/bin/env python3
"""Signs requests with curl and writes curl.jsonl beside this file, a request a line. Each is of the moment at which it was made.

python3 curl.py
"""
import json
import pathlib
import socket
import subprocess

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "TOKEN/abc+def=="
lines = []
server = socket.create_server(("127.0.0.1", 0))
PORT = server.getsockname()[1]


def add(name, target, *options, key="AKIDEXAMPLE", answer="admitted"):
    """Lets curl send a request, and adds what came over the wire."""
    url = f"http://api.example.com{target}"
    command = ["curl", "-sS", "--globoff", "--path-as-is", "--connect-to", f"::127.0.0.1:{PORT}",
               "--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", f"{key}:{SECRET}", *options, url]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as curl:
        connection, _ = server.accept()
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.decode().partition("\r\n\r\n")
        first, *headers = head.split("\r\n")
        headers = [header.split(": ", 1) if ": " in header else [header.rstrip(":"), ""] for header in headers]
        length = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
        while len(body.encode()) < length:
            body += connection.recv(65536).decode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()
    method, target, _ = first.split(" ")
    lines.append({
        "name": name, "service": "execute-api", "method": method, "target": target,
        "headers": [[n, v] for n, v in headers if n != "User-Agent"], "body": body, "answer": answer,
        "now": next(v for n, v in headers if n.lower() == "x-amz-date"),
    })


NOT_ENCODED = "the client signed the path as it sent it: it has to be percent-encoded once more"
NOT_NORMALISED = ("the client signed the path with its empty segments and dots: "
                  "they have to be resolved")
NOT_SORTED = ("the client signed the query as it sent it: names and values have to be sorted, "
              "and each needs its `=`")
add("GET", "/prod/music")
add("a sorted query", "/prod/music?a=1&b=1&b=2&flag=&x=%2F%20")
add("a query that is not sorted", "/prod/music?b=2&a=1", answer=NOT_SORTED)
add("a name without a value", "/prod/music?flag", answer=NOT_SORTED)
add("an escaped path", "/prod/a%20b/%E3%83%9F", answer=NOT_ENCODED)
add("slashes and dots", "/prod//music/./x", answer=NOT_NORMALISED)
add("a body", "/prod/music", "-H", "Content-Type: application/json", "-d", '{"name":"ミé"}')
add("PUT", "/prod/music", "-X", "PUT", "-H", "Content-Type: application/json", "-d", '{"a":1}')
add("a session", "/prod/music", "-H", f"X-Amz-Security-Token: {TOKEN}", key="ASIAEXAMPLE")
add("a header", "/prod/music", "-H", "X-Note: a b")
add("spaces in a value", "/prod/music", "-H", "X-Note:  a   b  c ")

text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
pathlib.Path(__file__).with_suffix(".jsonl").write_text(text)
print(len(lines), "requests")
