#!/usr/bin/env python3
"""What limits cost a request: instructions in user mode, with them and without, of the same program.

usage: limits_cost.py [--record FILE] PROGRAM

PROGRAM is a release build of `vestibule`. Needs valgrind. Each way serves `limits_cost.yaml` for 2,000 requests, one after another on one
connection, after 400 that are not counted; no limit refuses any. Where an API key is asked for, looking it up (SHA-256 with it, for which
callgrind's processor has no instructions) is in the floor, too.
"""

import argparse
import datetime
import http.client
import json
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import time

DEFINITION = pathlib.Path(__file__).parent / "limits_cost.yaml"
KEY = "partner-0123456789abcdef"
STAGE = """
[[method_settings]]
stage = "things/prod"
throttling_rate_limit = 1000000
throttling_burst_limit = 1000000
"""
PLAN = """
[[api_keys]]
id = "partner"
value = "%s"
[[usage_plans]]
name = "partners"
stages = ["things/prod"]
keys = ["partner"]
""" % KEY
THROTTLE = "throttle = { rate_limit = 1000000, burst_limit = 1000000 }\n"
QUOTA = 'quota = { limit = 1000000000, period = "MONTH" }\n'
METHOD = '[[usage_plans.methods]]\nmethod = "/keyed/GET"\nrate_limit = 1000000\nburst_limit = 1000000\n'
ACCOUNT = ["--account-limit", "1000000:1000000"]
HEADERS = ["--rate-limit-headers"]
WARM, COUNTED = 400, 2000
# A way is compared with the last floor above it.
WAYS = [
    ("no limit", "/open", "", [], True),
    ("account", "/open", "", ACCOUNT, False),
    ("stage", "/open", STAGE, [], False),
    ("stage and account", "/open", STAGE, ACCOUNT, False),
    ("API key of a plan without limits", "/keyed", PLAN, [], True),
    ("plan", "/keyed", PLAN + THROTTLE, [], False),
    ("method, plan, stage and account", "/keyed", PLAN + THROTTLE + METHOD + STAGE, ACCOUNT, False),
    ("the same, told in headers", "/keyed", PLAN + THROTTLE + METHOD + STAGE, ACCOUNT + HEADERS, False),
    ("plan and quota", "/keyed", PLAN + THROTTLE + QUOTA, [], False),
]


def instructions(program, arguments, folder, path):
    """Of a request of `path`."""
    profile = pathlib.Path(folder) / "callgrind"
    server = subprocess.Popen(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}", program, "serve",
         str(DEFINITION.resolve()), "--ephemeral", "--listen", "127.0.0.1:0", "--admin", "off", "--log", "warn", *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = None
        for line in server.stdout:
            port = port or re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if line.startswith("try: "):
                break
        client = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=60)

        def ask(times):
            for _ in range(times):
                client.request("GET", path, headers={"x-api-key": KEY})
                answer = client.getresponse()
                answer.read()
                assert answer.status == 200, answer.status

        def count(state):
            subprocess.run(["callgrind_control", "-i", state, str(server.pid)], check=True, capture_output=True)

        ask(WARM)
        count("on")
        ask(COUNTED)
        # What is under way beside the last answer ends.
        time.sleep(0.5)
        count("off")
    finally:
        server.terminate()
        server.wait(timeout=120)
    totals = [int(line.split()[1]) for line in profile.read_text().splitlines() if line.startswith(("summary:", "totals:"))]
    return max(totals) / COUNTED


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--record", metavar="FILE")
    parser.add_argument("program")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    floor, counted = None, []
    for name, path, settings, arguments, is_floor in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "vestibule.toml").write_text("version = 1\n" + settings)
            count = instructions(program, arguments, folder, path)
        floor = count if is_floor else floor
        counted.append({"name": name, "instructions": round(count), "instructions_ratio": round(count / floor, 3)})
        print(f"{name:40} {count:10,.0f} instructions a request  {count - floor:+8,.0f}  {count / floor:.3f}", flush=True)
    if options.record:
        machine = {"processor": processor(), "processors": os.cpu_count(), "kernel": f"{platform.system()} {platform.release()}"}
        run = {"version": 1, "date": str(datetime.date.today()), "machine": machine, "requests": COUNTED, "rows": counted}
        pathlib.Path(options.record).write_text(json.dumps(run, indent=2) + "\n")


if __name__ == "__main__":
    main()
