#!/usr/bin/env python3
"""What observing costs a request: instructions in user mode and CPU time, of the same program with each way of observing.

usage: observing.py PROGRAM [--record FILE] [--cpu-only]

PROGRAM is a release build of `vestibule`. Instructions need valgrind (`--cpu-only` leaves them out): each way serves the MOCK of `end_to_end`
for 2,000 requests, one after another on one connection, after 400 that are not counted. CPU is what the process takes, user and system, for
20,000 requests on 4 connections, the least of 7 rounds that go through all ways in turn, after 2,000 that are not counted. Where
OpenTelemetry is asked for, a collector takes all and says so.
"""

import argparse
import datetime
import http.client
import http.server
import json
import os
import pathlib
import platform
import re
import socket
import subprocess
import tempfile
import threading
import time

DEFINITION = pathlib.Path(__file__).parent / "end_to_end" / "definitions" / "mock.yaml"
WARM, COUNTED = 400, 2000
CONNECTIONS, CPU_WARM, CPU_COUNTED, ROUNDS = 4, 2000, 20_000, 7


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what it is sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ways(collector):
    traces = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector}
    return [
        ("nothing", [], {}),
        ("access log, json, to a file", ["--access-log", "access.log"], {}),
        ("access log, clf, to a file", ["--access-log", "access.log", "--access-log-format", "clf"], {}),
        ("spans of every request", [], traces),
        ("spans of no request", [], {**traces, "OTEL_TRACES_SAMPLER": "always_off"}),
        ("access log, json, and spans", ["--access-log", "access.log"], traces),
    ]


class Server:
    """The program, ready to be asked."""

    def __init__(self, before, program, arguments, environment, folder):
        command = [*before, program, "serve", str(DEFINITION.resolve()), "--ephemeral", "--listen", "127.0.0.1:0",
                   "--admin", "off", "--log", "warn", *arguments]
        self.process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment},
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = path = None
        for line in self.process.stdout:
            port = port or re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            path = re.search(r"try: curl http://[^/]+(/\S*)", line) or path
            if path:
                break
        self.port, self.path = int(port[1]), path[1]

    def ask(self, times):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for _ in range(times):
            client.request("GET", self.path)
            answer = client.getresponse()
            answer.read()
            assert answer.status == 200, answer.status

    def flood(self, times):
        """Asks on several connections at once, with as little Python as there can be."""
        request = f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n".encode()

        def one(count):
            with socket.create_connection(("127.0.0.1", self.port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                length = None
                for _ in range(count):
                    connection.sendall(request)
                    received = connection.recv(65536)
                    if length is None:
                        assert received.startswith(b"HTTP/1.1 200 "), received
                        length = len(received)
                    while len(received) < length:
                        received += connection.recv(65536)

        threads = [threading.Thread(target=one, args=(times // CONNECTIONS,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def cpu_us(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000 / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=120)


def instructions(program, arguments, environment, folder):
    profile = pathlib.Path(folder) / "callgrind"
    valgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}"]
    server = Server(valgrind, program, arguments, environment, folder)
    count = lambda state: subprocess.run(["callgrind_control", "-i", state, str(server.process.pid)], check=True,
                                         capture_output=True)
    try:
        server.ask(WARM)
        count("on")
        server.ask(COUNTED)
        time.sleep(0.5)
        count("off")
    finally:
        server.end()
    totals = [int(line.split()[1]) for line in profile.read_text().splitlines()
              if line.startswith(("summary:", "totals:"))]
    return max(totals) / COUNTED


def cpu(program, all_ways):
    """The least CPU of each way in microseconds a request; all are there at once and are asked in turn."""
    folders = [tempfile.TemporaryDirectory() for _ in all_ways]
    servers = [Server([], program, arguments, environment, folder.name)
               for (_, arguments, environment), folder in zip(all_ways, folders)]
    found = [[] for _ in servers]
    try:
        for server in servers:
            server.flood(CPU_WARM)
        for _ in range(ROUNDS):
            for server, times in zip(servers, found):
                before = server.cpu_us()
                server.flood(CPU_COUNTED)
                time.sleep(0.1)
                times.append((server.cpu_us() - before) / CPU_COUNTED)
    finally:
        for server in servers:
            server.end()
        for folder in folders:
            folder.cleanup()
    return [min(times) for times in found]


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("program")
    asked.add_argument("--record", metavar="FILE")
    asked.add_argument("--cpu-only", action="store_true")
    asked = asked.parse_args()
    program = str(pathlib.Path(asked.program).resolve())
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    all_ways = ways(f"http://127.0.0.1:{collector.server_port}/v1/traces")
    load = os.getloadavg()[0]
    rows = [{"name": name, "cpu_us": round(us, 2)} for (name, _, _), us in zip(all_ways, cpu(program, all_ways))]
    if not asked.cpu_only:
        for row, (_, arguments, environment) in zip(rows, all_ways):
            with tempfile.TemporaryDirectory() as folder:
                row["instructions"] = round(instructions(program, arguments, environment, folder))
    for row in rows:
        for figure in ["cpu_us", "instructions"]:
            if figure in row:
                row[f"{figure}_ratio"] = round(row[figure] / rows[0][figure], 3)
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    if asked.record:
        machine = {"processor": processor(), "processors": os.cpu_count(),
                   "kernel": f"{platform.system()} {platform.release()}", "load_before": f"{load:.2f}"}
        run = {"version": 1, "date": str(datetime.date.today()), "machine": machine, "requests": CPU_COUNTED,
               "rounds": ROUNDS, "rows": rows}
        pathlib.Path(asked.record).write_text(json.dumps(run, indent=2) + "\n")


if __name__ == "__main__":
    main()
