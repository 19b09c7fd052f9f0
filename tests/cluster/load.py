"""Load through the balancer: clients on kept connections and on new ones, who remember what they were promised."""

import asyncio
import dataclasses
import http.client
import threading
import time

KEY = "partner-0123456789abcdef"
KEYS_OF_A_WRITER = 20
# Not the balancer's, whom the gateways believe.
ADDRESS = "127.0.0.5"


class Lost(Exception):
    """No answer, or none that is whole."""


@dataclasses.dataclass
class Failure:
    at: float
    verb: str
    path: str
    what: str

    def __str__(self):
        return f"{self.verb} {self.path}: {self.what}"


class Client:
    """One HTTP/1.1 connection at a time, kept or made anew for each request. It makes no request twice."""

    def __init__(self, port, keeps=True):
        self.port, self.keeps, self.streams = port, keeps, None

    async def ask(self, verb, path, body=None, headers=()):
        try:
            return await asyncio.wait_for(self.exchange(verb, path, body, headers), 40)
        except (OSError, EOFError, asyncio.TimeoutError, ValueError) as error:
            self.close()
            raise Lost(repr(error)) from error

    async def exchange(self, verb, path, body, headers):
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(ADDRESS, 0))
        reader, writer = self.streams
        lines = [f"{verb} {path} HTTP/1.1", "host: shop.test", *headers]
        if not self.keeps:
            lines.append("connection: close")
        if body is not None:
            lines += ["content-type: application/json", f"content-length: {len(body)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        answer = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self.close()
        return int(head[0].split(" ", 2)[1]), answer.decode(), fields

    def close(self):
        if self.streams:
            self.streams[1].close()
            self.streams = None


class Load:
    """Runs in a thread of its own, from `start` to `stop`. Its items are its own, by its name."""

    def __init__(self, name, port, writers=8, readers=4):
        self.name, self.port, self.writers, self.readers = name, port, writers, readers
        self.counts, self.failures = {}, []
        # By key: what was acknowledged last, and what was sent since without an answer.
        self.promised, self.open = {}, {}
        self.versions, self.lost_writes = [], []
        self.is_over, self.thread = False, None

    def start(self):
        self.thread = threading.Thread(target=lambda: asyncio.run(self.all()), daemon=True)
        self.began = time.monotonic()
        self.thread.start()
        return self

    def stop(self):
        self.is_over = True
        self.thread.join()
        self.seconds = time.monotonic() - self.began
        return self

    async def all(self):
        tasks = [self.write(number) for number in range(self.writers)]
        tasks += [self.read(number) for number in range(self.readers)]
        tasks += [self.limited() for _ in range(4)]
        tasks += [self.metered(), self.version()] + [self.slow() for _ in range(3)]
        await asyncio.gather(*tasks)

    def count(self, verb, path, status):
        kind = (verb, path, status)
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def of(self, verb, path, status):
        return self.counts.get((verb, path, status), 0)

    def requests(self):
        return sum(self.counts.values()) + sum(1 for failure in self.failures if failure.what.startswith("no answer"))

    async def ask(self, client, verb, path, body=None, headers=(), fine=(200,)):
        """The text of a fine answer; nothing after a failure, which is kept."""
        kind = "/items" if path.startswith("/items/") else path
        try:
            status, text, fields = await client.ask(verb, path, body, headers)
        except Lost as error:
            self.failures.append(Failure(time.monotonic(), verb, path, f"no answer: {error}"))
            return None
        self.count(verb, kind, status)
        if status not in fine:
            by = fields.get("x-amzn-errortype", "no type")
            self.failures.append(Failure(time.monotonic(), verb, path, f"{status} ({by}) {text.strip()[:120]}"))
            return None
        return text

    async def write(self, number):
        """Puts and reads back, over keys of its own. Each second writer makes a connection for each request."""
        client, turn = Client(self.port, keeps=number % 2 == 0), 0
        while not self.is_over:
            key, value = f"{self.name}-{number}-{turn % KEYS_OF_A_WRITER}", f"{number}.{turn}"
            turn += 1
            self.open.setdefault(key, []).append(value)
            if await self.ask(client, "PUT", f"/items/{key}", f'{{"value": "{value}"}}') is not None:
                self.promised[key], self.open[key] = value, []
            found = await self.ask(client, "GET", f"/items/{key}", fine=(200, 404))
            if found is not None:
                self.compare(key, found.strip())
            await asyncio.sleep(0.005)
        client.close()

    def compare(self, key, found):
        if found not in [self.promised.get(key, ""), *self.open[key]]:
            self.lost_writes.append(f"{key}: {found!r} instead of {self.promised.get(key)!r} or {self.open[key]}")

    async def read(self, number):
        client = Client(self.port, keeps=number % 2 == 0)
        while not self.is_over:
            await self.ask(client, "GET", f"/items/{self.name}-{number}-0", fine=(200, 404))
            await asyncio.sleep(0.005)
        client.close()

    async def limited(self):
        client = Client(self.port)
        while not self.is_over:
            await self.ask(client, "GET", "/limited", fine=(200, 429))
            await asyncio.sleep(0.02)
        client.close()

    async def metered(self):
        client = Client(self.port)
        while not self.is_over:
            await self.ask(client, "GET", "/metered", headers=(f"x-api-key: {KEY}",), fine=(200, 429))
            await asyncio.sleep(0.08)
        client.close()

    async def version(self):
        """Says that it is somebody else and calls another host, which must change nothing."""
        client = Client(self.port, keeps=False)
        lies = ("x-forwarded-for: 192.0.2.1", "x-forwarded-host: other.test", "x-forwarded-proto: https")
        while not self.is_over:
            text = await self.ask(client, "GET", "/version", headers=lies)
            if text is not None and text not in self.versions[-1:]:
                self.versions.append(text)
            await asyncio.sleep(0.02)

    async def slow(self):
        """Always under way: so wherever a gateway ends, it ends with some of these."""
        client = Client(self.port)
        while not self.is_over:
            await self.ask(client, "GET", "/slow")
        client.close()


def read_back(port, loads):
    """Each promise of all loads together, asked for once nothing is under way: how many, and which are broken."""
    promised, unanswered = {}, {}
    for load in loads:
        promised |= load.promised
        for key, values in load.open.items():
            unanswered[key] = values
    connection, broken = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for key, value in promised.items():
        connection.request("GET", f"/items/{key}")
        answer = connection.getresponse()
        found = answer.read().decode().strip()
        if answer.status != 200 or found not in [value, *unanswered.get(key, [])]:
            broken.append(f"{key}: {answer.status} {found!r} instead of {value!r}")
    return len(promised), broken
