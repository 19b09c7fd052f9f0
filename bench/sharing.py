#!/usr/bin/env python3
"""`limits_load.py` against gateways that share their limits: one and three, even load and one busy gateway, and a store that is killed
in the middle and started again.

usage: sharing.py [--seconds 15] [--out FILE] PROGRAM

PROGRAM is `vestibule`, a release build. `redis-server` has to be in the path. Stores and gateways have ports of their own; nothing is
left behind. Offered are three times what the limit of `limits_load.yaml` lets in.
"""

import argparse
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).parent.resolve()
SCENARIOS = [
    # name, gateways, whether they share a store, how many of them are asked, whether the store is killed
    ("one gateway, without a store", 1, False, 1, False),
    ("one gateway, with a store", 1, True, 1, False),
    ("three gateways, even load", 3, True, 3, False),
    ("three gateways, one has all the load", 3, True, 1, False),
    ("three gateways, the store is killed after a third and starts again after two thirds", 3, True, 3, True),
]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        if time.monotonic() > end:
            sys.exit("a program is not ready within 30 s")
        time.sleep(0.02)


class Store:
    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", self.folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self.listens)

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


class Gateway:
    def __init__(self, program, folder, number, store):
        self.port, self.admin, self.log = free_port(), free_port(), pathlib.Path(folder, f"{number}.log")
        command = [program, "serve", str(HERE / "limits_load.yaml"), "--ephemeral", "--listen", f"127.0.0.1:{self.port}",
                   "--admin", f"127.0.0.1:{self.admin}", *(["--shared", f"redis://127.0.0.1:{store.port}"] if store else [])]
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
        until(self.is_ready)

    def is_ready(self):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=1).close()
            return True
        except OSError:
            return False

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        found = re.findall(r'^vestibule_shared_(\w+?)(?:_total)?(?:\{\w+="(\w+)"\})? (\d+)$', text, re.M)
        return {f"{name} {label}".strip(): int(number) for name, label, number in found}

    def lines(self):
        return [line.split("Z ", 1)[1].strip() for line in self.log.read_text("utf-8").splitlines() if "shared store" in line]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def run(program, seconds, scenario):
    name, number, is_shared, asked, is_killed = scenario
    print(f"\n### {name}\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder) if is_shared else None
        if store:
            store.start()
        gateways = [Gateway(program, folder, at, store) for at in range(number)]
        timers = [threading.Timer(seconds / 3, store.kill), threading.Timer(seconds * 2 / 3, store.start)] if is_killed else []
        for timer in timers:
            timer.start()
        out = pathlib.Path(folder, "out.json")
        urls = [f"http://127.0.0.1:{gateway.port}/things" for gateway in gateways[:asked]]
        load = [sys.executable, str(HERE / "limits_load.py"), "--rate", "1000", "--burst", "100", "--offered", "3000",
                "--seconds", str(seconds), "--out", str(out), *urls]
        code = subprocess.run(load, check=False).returncode
        for timer in timers:
            timer.join()
        metrics = [gateway.metrics() for gateway in gateways]
        for gateway in gateways:
            gateway.stop()
        if store:
            store.kill()
        log = [gateway.lines() for gateway in gateways]
        result = json.loads(out.read_text("utf-8"))
    for at in range(number if is_shared else 0):
        print(f"\ngateway {at}: " + ", ".join(f"{what} {count}" for what, count in metrics[at].items()))
        for line in log[at]:
            print(f"    {line}")
    print(f"\nwithin 2 %: {'yes' if code == 0 else 'no'}", flush=True)
    return {"scenario": name, "is_within": code == 0, **result, "shared": metrics, "log": log}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--out")
    parser.add_argument("program", type=pathlib.Path)
    options = parser.parse_args()
    results = [run(str(options.program.resolve()), options.seconds, scenario) for scenario in SCENARIOS]
    if options.out:
        pathlib.Path(options.out).write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
