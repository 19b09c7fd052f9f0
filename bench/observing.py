#!/usr/bin/env python3
"""What an access log costs a request: instructions in user mode, with it and without, of the same program.

usage: observing.py PROGRAM

PROGRAM is a release build of `vestibule`. Needs valgrind. Each way serves the MOCK of `end_to_end` for 2,000 requests, one after
another on one connection, after 400 that are not counted. Where OpenTelemetry is asked for, nobody listens at the endpoint: it is the
worst collector.
"""

import http.client
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

DEFINITION = pathlib.Path(__file__).parent / "end_to_end" / "definitions" / "mock.yaml"
WARM, COUNTED = 400, 2000
WAYS = [
    ("nothing", [], {}),
    ("access log, json, to a file", ["--access-log", "access.log"], {}),
    ("access log, clf, to a file", ["--access-log", "access.log", "--access-log-format", "clf"], {}),
    ("spans of every request", [], {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/"}),
    ("spans of no request", [], {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/",
                                 "OTEL_TRACES_SAMPLER": "always_off"}),
]


def instructions(program, arguments, environment, folder):
    profile = pathlib.Path(folder) / "callgrind"
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}",
               program, "serve", str(DEFINITION.resolve()), "--ephemeral", "--listen", "127.0.0.1:0",
               "--admin", "off", "--log", "warn", *arguments]
    server = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment},
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        lines, port, path = [], None, None
        for line in server.stdout:
            lines.append(line)
            port = port or re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            path = re.search(r"try: curl http://[^/]+(/\S*)", line) or path
            if path:
                break
        client = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=60)

        def ask(times):
            for _ in range(times):
                client.request("GET", path[1])
                answer = client.getresponse()
                answer.read()
                assert answer.status == 200, answer.status

        ask(WARM)
        subprocess.run(["callgrind_control", "-i", "on", str(server.pid)], check=True, capture_output=True)
        ask(COUNTED)
        time.sleep(0.5)
        subprocess.run(["callgrind_control", "-i", "off", str(server.pid)], check=True, capture_output=True)
    finally:
        server.terminate()
        server.wait(timeout=120)
    totals = [int(line.split()[1]) for line in profile.read_text().splitlines()
              if line.startswith(("summary:", "totals:"))]
    return max(totals) / COUNTED


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    floor = None
    for name, arguments, environment in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            count = instructions(program, arguments, environment, folder)
        floor = floor or count
        print(f"{name:30} {count:10,.0f} instructions a request  {count / floor:.3f}")


if __name__ == "__main__":
    main()
