#!/usr/bin/env python3
"""Limits that several gateways share, under three times the load that they allow.

    bench/sharing.py PROGRAM [--seconds 10] [--json FILE]

PROGRAM is a release build of vestibule; `redis-server` has to be in the path. For each scenario it starts a store and gateways on
ports of its own, offers 3,000 requests a second to a method that allows 1,000 with a burst of 100, and reads the gateways' access
logs, so that the moments are those of the gateways and not of this client:

- one gateway, without a store and with one; three gateways with even load; three of which one has all the load
- three gateways whose store is killed (SIGKILL) after a third of the time and started again after two thirds

It prints, for windows of each length, the most and the fewest requests that were let in, beside `rate x t + burst` and
`rate x t`; the excess is over all windows of every length, the fewest from the first second on.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

RATE, BURST, OFFERED = 1_000, 100, 3_000
WINDOWS_MS = [10, 100, 1_000, 3_000]
CONNECTIONS = 30

DEFINITION = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE, MethodResponses: [{StatusCode: 200}], Integration: {Type: MOCK, RequestTemplates: {application/json: '{"statusCode": 200}'}, IntegrationResponses: [{StatusCode: 200, ResponseTemplates: {application/json: fine}}]}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
  Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod, MethodSettings: [{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: %d, ThrottlingBurstLimit: %d}]}}
""" % (RATE, BURST)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Store:
    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None

    def start(self):
        arguments = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", self.folder]
        self.process = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Gateway:
    def __init__(self, program, folder, name, store):
        self.log = os.path.join(folder, f"{name}.log")
        self.port, self.admin = free_port(), free_port()
        self.errors = open(os.path.join(folder, f"{name}.err"), "w+", encoding="utf-8")
        form = "$context.requestTimeEpoch $context.status $context.responseLatency"
        arguments = [program, "serve", "api.yaml", "--ephemeral", "--listen", f"127.0.0.1:{self.port}",
                     "--admin", f"127.0.0.1:{self.admin}", "--access-log", self.log, "--access-log-format", form]
        if store:
            arguments += ["--shared", f"redis://127.0.0.1:{store.port}"]
        self.process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=self.errors)
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        sys.exit(f"the gateway is not ready: {open(self.errors.name, encoding='utf-8').read()}")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        found = re.findall(r'^(vestibule_shared_\w+)(?:\{\w+="(\w+)"\})? (\d+)$', text, re.M)
        return {f"{name}:{label}" if label else name: int(number) for name, label, number in found}

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def lines(self):
        with open(self.log, encoding="utf-8") as log:
            return [tuple(map(int, line.split())) for line in log if line.count(" ") == 2]

    def log_lines(self):
        with open(self.errors.name, encoding="utf-8") as errors:
            return [line.split(" ", 1)[1].strip() for line in errors if "shared store" in line]


async def offer(port, per_second, begin, seconds, errors):
    """One connection: requests at their moments, whether or not the ones before are answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def read():
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length.group(1)) if length else 0)

    reading = asyncio.create_task(read())
    apart = 1 / per_second
    for number in range(int(seconds * per_second)):
        wait = begin + number * apart - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        try:
            writer.write(b"GET / HTTP/1.1\r\nhost: api.test\r\n\r\n")
        except OSError as error:
            errors.append(str(error))
            return
    await asyncio.sleep(0.5)
    reading.cancel()
    writer.close()


async def load(shares, seconds, store_events):
    errors, begin = [], time.monotonic() + 0.3
    offers = []
    for port, per_second in shares:
        for number in range(CONNECTIONS):
            shift = number / per_second
            offers.append(offer(port, per_second / CONNECTIONS, begin + shift, seconds, errors))

    async def event(at, action):
        await asyncio.sleep(begin + at - time.monotonic())
        await asyncio.get_running_loop().run_in_executor(None, action)

    await asyncio.gather(*offers, *(event(at, action) for at, action in store_events))
    return errors


def windows(admitted, first, last):
    """Moments in ms, in order."""
    level, before, excess = 0.0, admitted[0], -1e9
    for at in admitted:
        level = max(0.0, level - (at - before) * RATE / 1_000) + 1
        excess, before = max(excess, level - BURST), at
    rows = []
    for length in WINDOWS_MS:
        counts = [0] * (last - first + 1)
        for at in admitted:
            if first <= at <= last:
                counts[at - first] += 1
        sums, running = [], 0
        for at, count in enumerate(counts):
            running += count - (counts[at - length] if at >= length else 0)
            if at >= length - 1:
                sums.append((at, running))
        steady = [number for at, number in sums if at - length >= 1_000 and at < last - first - 50]
        most = max(number for _, number in sums)
        rows.append({"ms": length, "most": most, "allowed": length * RATE // 1_000 + BURST,
                     "fewest": min(steady, default=None), "rate": length * RATE // 1_000})
    return rows, excess


def scenario(program, name, gateways, shared, shares, seconds, kill=False):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "api.yaml"), "w", encoding="utf-8") as file:
            file.write(DEFINITION)
        store = Store(folder) if shared else None
        if store:
            store.start()
        started = [Gateway(program, folder, f"gateway{n}", store) for n in range(gateways)]
        events = [(seconds / 3, store.kill), (seconds * 2 / 3, store.start)] if kill else []
        offered = [(gateway.port, share) for gateway, share in zip(started, shares) if share]
        errors = asyncio.run(load(offered, seconds, events))
        metrics = [gateway.metrics() for gateway in started]
        for gateway in started:
            gateway.stop()
        if store:
            store.kill()
        lines = [gateway.lines() for gateway in started]
        log = [gateway.log_lines() for gateway in started]
    every = sorted(line for of_one in lines for line in of_one)
    admitted = [at for at, status, _ in every if status == 200]
    others = [status for _, status, _ in every if status not in (200, 429)]
    rows, excess = windows(admitted, every[0][0], every[-1][0])
    latencies = sorted(latency for _, status, latency in every if status == 200)
    result = {
        "scenario": name, "seconds": seconds, "offered": len(every), "admitted": len(admitted),
        "admitted_by_gateway": [sum(status == 200 for _, status, _ in of_one) for of_one in lines],
        "other_statuses": len(others), "client_errors": len(errors), "windows": rows,
        "excess_over_rate_and_burst": round(excess, 1),
        "excess_percent_of_burst": round(100 * excess / BURST, 1),
        "admitted_latency_ms": {"median": latencies[len(latencies) // 2],
                                "p99": latencies[len(latencies) * 99 // 100], "most": latencies[-1]},
        "metrics": metrics, "log": log,
    }
    show(result)
    return result


def show(result):
    print(f"\n{result['scenario']}: {result['offered']} offered, {result['admitted']} let in {result['admitted_by_gateway']}, "
          f"{result['other_statuses']} other answers, {result['client_errors']} errors")
    print(f"  {'window':>8} {'most':>6} {'rate x t + burst':>17} {'fewest':>7} {'rate x t':>9}")
    for row in result["windows"]:
        fewest = "-" if row["fewest"] is None else row["fewest"]
        print(f"  {row['ms']:>5} ms {row['most']:>6} {row['allowed']:>17} {fewest:>7} {row['rate']:>9}")
    print(f"  greatest excess of any window: {result['excess_over_rate_and_burst']} requests; "
          f"latency of those let in {result['admitted_latency_ms']}")
    for metrics, log in zip(result["metrics"], result["log"]):
        if metrics:
            print("  " + ", ".join(f"{name.removeprefix('vestibule_shared_')} {number}" for name, number in metrics.items()))
        for line in log:
            print(f"    {line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--json")
    parser.add_argument("--only", help="a scenario by the beginning of its name")
    arguments = parser.parse_args()
    program, seconds = os.path.abspath(arguments.program), arguments.seconds
    third = OFFERED / 3
    scenarios = [
        ("one gateway alone", 1, False, [OFFERED], False),
        ("one gateway with a store", 1, True, [OFFERED], False),
        ("three gateways, even load", 3, True, [third] * 3, False),
        ("three gateways, one has all the load", 3, True, [OFFERED, 0, 0], False),
        ("three gateways, the store is killed and started again", 3, True, [third] * 3, True),
    ]
    results = []
    for name, gateways, shared, shares, kill in scenarios:
        if not arguments.only or name.startswith(arguments.only):
            results.append(scenario(program, name, gateways, shared, shares, seconds, kill))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"rate": RATE, "burst": BURST, "offered_per_second": OFFERED, "results": results}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
