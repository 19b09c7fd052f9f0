"""The processes of a cluster on one machine: a store, a Redis, gateways, a balancer, a slow backend."""

import atexit
import csv
import http.server
import io
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = REPOSITORY / "deploy" / "cluster"
BACKEND_SECONDS = 1.5


def fail(what):
    sys.exit(f"WRONG {what}")


def until(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            fail(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetched(url):
    """Status and text; no status when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return None, str(error)


class Process:
    def __init__(self, name, folder):
        self.name, self.folder, self.process = name, folder, None
        self.log = os.path.join(folder, f"{name}.log")
        atexit.register(self.kill)

    def run(self, *command, **options):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **options)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def is_over(self):
        return self.process.poll() is not None

    def text(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()


class Store(Process):
    """DynamoDB Local with its tables on the disk, so that it may end and come back."""

    def __init__(self, folder, emulator, name="store"):
        super().__init__(name, folder)
        self.emulator, self.port, self.tables = emulator, free_port(), os.path.join(folder, f"tables-of-{name}")
        os.mkdir(self.tables)

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.run("java", f"-Djava.library.path={self.emulator}/DynamoDBLocal_lib", "-jar", f"{self.emulator}/DynamoDBLocal.jar",
                 "-sharedDb", "-dbPath", self.tables, "-disableTelemetry", "-port", str(self.port))
        until("the store listens", lambda: fetched(self.url())[0] is not None)


class Redis(Process):
    def __init__(self, folder):
        super().__init__("redis", folder)
        self.port = free_port()

    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self.run("redis-server", "--port", str(self.port), "--save", "", "--requirepass", "secret-of-redis")
        until("Redis listens", self.listens)

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False


class Gateway(Process):
    """One with the settings of deploy/cluster; what is said here are its addresses and what it serves."""

    def __init__(self, folder, number, program, arguments):
        super().__init__(f"gateway{number}", folder)
        self.program, self.arguments = program, arguments
        self.is_alone = "--shared" not in arguments
        self.port, self.admin = free_port(), free_port()

    def begin(self):
        environment = {**os.environ, "VESTIBULE_SHARED_PASSWORD": "secret-of-redis"}
        settings = "none.toml" if self.is_alone else str(CLUSTER / "vestibule.toml")
        self.run(self.program, "serve", "api.yaml", "--config", settings, "--trusted-proxy", "127.0.0.1",
                 "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}", *self.arguments, env=environment)

    def start(self):
        self.begin()
        until(f"{self.name} is ready", self.is_ready)

    def readyz(self):
        return fetched(f"http://127.0.0.1:{self.admin}/readyz")

    def is_ready(self):
        if self.is_over():
            fail(f"{self.name} ended: {self.text()[-2000:]}")
        return self.readyz()[0] == 200

    def version(self):
        return fetched(f"http://127.0.0.1:{self.port}/version")[1].split()[0]

    def metric(self, line_begins):
        lines = fetched(f"http://127.0.0.1:{self.admin}/metrics")[1].splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(line_begins))

    def stop(self):
        """Ends it as systemd and Docker do, and tells how long that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        until(f"{self.name} ends", self.is_over, 45)
        if self.process.returncode != 0:
            fail(f"{self.name} ended with {self.process.returncode}: {self.text()[-2000:]}")
        return time.monotonic() - began


class Balancer(Process):
    """HAProxy with a file of deploy/cluster."""

    def __init__(self, folder, gateways, file="haproxy.cfg"):
        super().__init__(f"balancer-{file}", folder)
        self.file = str(CLUSTER / file)
        self.port, self.stats, self.gateways = free_port(), free_port(), gateways

    def start(self):
        addresses = {"API": f"127.0.0.1:{self.port}", "STATS": f"127.0.0.1:{self.stats}"}
        for number, gateway in enumerate(self.gateways, 1):
            addresses |= {f"GATEWAY_{number}": f"127.0.0.1:{gateway.port}", f"ADMIN_{number}": str(gateway.admin)}
        self.run("haproxy", "-W", "-f", self.file, env={**os.environ, **addresses})
        until("the balancer sees three gateways", lambda: self.up() == [1, 2, 3])

    def rows(self):
        if self.is_over():
            fail(f"the balancer ended: {self.text()}")
        status, text = fetched(f"http://127.0.0.1:{self.stats}/;csv")
        return list(csv.DictReader(io.StringIO(text.removeprefix("# ")))) if status == 200 else []

    def up(self):
        """The numbers of the gateways that get requests."""
        rows = [row for row in self.rows() if row["pxname"] == "gateways" and re.fullmatch(r"gateway\d", row["svname"])]
        return [int(row["svname"][-1]) for row in rows if row["status"].startswith("UP")]

    def total(self, column):
        return sum(int(row[column] or 0) for row in self.rows() if row["svname"] == "BACKEND" and row["pxname"] in ("gateways", "unready"))


class Slow(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(BACKEND_SECONDS)
        self.send_response(200)
        self.send_header("content-length", "5")
        self.end_headers()
        self.wfile.write(b"slow\n")

    def log_message(self, *_):
        pass


class Backend(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A gateway that was killed waits for no answer."""


def slow_backend():
    server = Backend(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_port}"
