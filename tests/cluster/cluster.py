"""Three gateways, a remote store, a Redis and a balancer on one machine: cluster.py PROGRAM EMULATOR

EMULATOR is the folder with DynamoDBLocal.jar; `redis-server`, `haproxy` and `java` have to be in the path. Balancer and
gateways have the files of deploy/cluster. Everything that docs/scaling.md says of a cluster happens here under load; it
ends with 1 at the first thing that is otherwise."""

import http.client
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from load import KEY, Load, read_back
from processes import BACKEND_SECONDS, Balancer, Gateway, Redis, Store, fail, fetched, slow_backend, until

PROGRAM, EMULATOR = (os.path.abspath(argument) for argument in sys.argv[1:3])
RATE, BURST, QUOTA = 50, 20, 300
API = (pathlib.Path(__file__).parent / "api.yaml").read_text(encoding="utf-8")


def ok(what):
    print(f"ok {what}", flush=True)


def equal(what, got, expected):
    if got != expected:
        fail(f"{what}: expected {expected}, got {got}")
    ok(f"{what}: {got}")


class Cluster:
    def __init__(self, folder):
        self.folder, self.backend, self.loads = folder, slow_backend(), []
        self.store, self.redis = Store(folder, EMULATOR), Redis(folder)
        self.store.start()
        self.redis.start()
        self.write(1)
        with open(os.path.join(folder, "seed.json"), "w", encoding="utf-8") as seed:
            seed.write('{"items": [{"PutRequest": {"Item": {"id": {"S": "seeded"}, "value": {"S": "yes"}}}}]}')
        arguments = ["--dynamodb", self.store.url(), "--shared", self.redis.url(), "--seed", "seed.json"]
        self.gateways = [Gateway(folder, number, PROGRAM, arguments) for number in (1, 2, 3)]
        self.balancer = Balancer(folder, self.gateways)
        self.of_tcp = Balancer(folder, self.gateways, "haproxy-tcp.cfg")

    def write(self, version, text=API):
        """What is served; whole at each moment, as a program that deploys would do it."""
        new = os.path.join(self.folder, "new")
        with open(new, "w", encoding="utf-8") as file:
            file.write(text.replace("BACKEND", self.backend).replace("VERSION", str(version)))
        os.rename(new, os.path.join(self.folder, "api.yaml"))

    def load(self, name, balancer=None):
        load = Load(name.replace(" ", "-"), (balancer or self.balancer).port).start()
        self.loads.append(load)
        until("the load has begun", lambda: load.requests() > 200)
        return load

    def decided_alone(self):
        """Requests that a gateway let in or refused without the store, as each gateway now counts them."""
        return sum(gateway.metric('vestibule_shared_decisions_total{by="gateway"}') for gateway in self.gateways)


def summary(load):
    kinds = sorted(load.counts.items())
    for (verb, path, status), number in kinds:
        print(f"   {verb} {path} {status}: {number}")


def unharmed(what, load):
    for failure in load.failures[:5]:
        print(f"   {failure}")
    summary(load)
    equal(f"{what}: failed of {load.requests()} requests in {load.seconds:.0f} s", len(load.failures), 0)
    equal(f"{what}: reads that missed an acknowledged write", load.lost_writes, [])


def moves(cluster):
    """One gateway with the embedded store goes on with a store on the network: its items, its seeds, the use of its quota."""
    folder, target = cluster.folder, Store(cluster.folder, EMULATOR, "target")
    target.start()
    with open(os.path.join(folder, "none.toml"), "w", encoding="utf-8") as settings:
        settings.write("version = 1\n")
    before = Gateway(folder, "-embedded", PROGRAM, ["--data", "data", "--seed", "seed.json"])
    before.start()
    for number in range(100):
        equal_quietly(asked(before, "PUT", f"/items/moved-{number}", f'{{"value": "{number}"}}')[0], 200)
    for _ in range(7):
        equal_quietly(asked(before, "GET", "/metered")[0], 200)
    before.stop()
    copied = subprocess.run([PROGRAM, "data", "copy", "--from", "embedded", "--to", target.url(), "--data", "data", "--config", "none.toml"],
                            cwd=folder, capture_output=True, text=True)
    if copied.returncode != 0:
        fail(f"data copy: {copied.returncode} {copied.stdout} {copied.stderr}")
    after = Gateway(folder, "-remote", PROGRAM, ["--dynamodb", target.url(), "--seed", "seed.json"])
    after.start()
    found = [asked(after, "GET", f"/items/moved-{number}") for number in range(100)]
    equal("items that are not there after data copy", [item for number, item in enumerate(found) if item != (200, f"{number}\n")], [])
    equal("the seed is not loaded again", "seed seed.json: loaded before" in after.text(), True)
    statuses = [asked(after, "GET", "/metered")[0] for _ in range(QUOTA)]
    equal("what is left of the quota", statuses.count(200), QUOTA - 7)
    after.stop()
    target.kill()


def asked(gateway, verb, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    connection.request(verb, path, body, {"x-api-key": KEY, "content-type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def equal_quietly(got, expected):
    if got != expected:
        fail(f"expected {expected}, got {got}")


def starts_at_once(cluster):
    """All three make the table and load the seed of an empty store."""
    for gateway in cluster.gateways:
        gateway.begin()
    for gateway in cluster.gateways:
        until(f"{gateway.name} is ready", gateway.is_ready)
    cluster.balancer.start()
    equal("three gateways that start at once on an empty store",
          fetched(f"http://127.0.0.1:{cluster.balancer.port}/items/seeded"), (200, "yes\n"))
    equal("a gateway with a remote store makes no folder of data", os.path.exists(os.path.join(cluster.folder, "vestibule-data")), False)


def tells(cluster):
    """What the alert rule of deploy/prometheus and the page ask the balancer for."""
    text = fetched(f"http://127.0.0.1:{cluster.balancer.stats}/metrics")[1]
    line = 'haproxy_backend_active_servers{proxy="gateways"} 3'
    equal("the balancer's own metric of gateways", [found for found in text.splitlines() if found.startswith(line[:-1])], [line])


def passes_bytes_on(cluster):
    """The balancer that knows no HTTP: it can make no request again, and clients' kept connections are the gateways' own."""
    cluster.of_tcp.start()
    load = cluster.load("bytes", cluster.of_tcp)
    gateway = cluster.gateways[1]
    gateway.stop()
    gateway.start()
    until(f"the balancer sends to {gateway.name}", lambda: cluster.of_tcp.up() == [1, 2, 3])
    load.stop()
    unharmed("a restart behind a balancer of TCP", load)
    equal("whom the PROXY protocol names", {text.split()[1] for text in load.versions}, {"127.0.0.5"})
    cluster.of_tcp.signal(signal.SIGTERM)


def reloads_balancer(cluster):
    """As `systemctl reload haproxy` does, for a new certificate or a new file."""
    load = cluster.load("balancer")
    for _ in range(3):
        cluster.balancer.signal(signal.SIGUSR2)
        time.sleep(2)
    until("the new balancer sees all", lambda: cluster.balancer.up() == [1, 2, 3])
    load.stop()
    unharmed("a reload of the balancer", load)


def limits_hold(load, alone):
    """The bound of docs/decisions/0008, over the whole time of the load; what gateways decided alone comes on top of it."""
    let_in, refused = load.of("GET", "/limited", 200), load.of("GET", "/limited", 429)
    most = BURST + RATE * (load.seconds + 0.05) + alone
    if not RATE * (load.seconds - 2) * 0.9 <= let_in <= most or refused == 0:
        fail(f"the rate of the whole: {let_in} let in, {refused} refused in {load.seconds:.1f} s, {most:.0f} at most")
    ok(f"the rate of the whole: {let_in} let in of at most {most:.0f} in {load.seconds:.1f} s, {refused} refused")


def rolls(cluster):
    """Each in turn: SIGTERM, wait for its end, start the new one, wait until the balancer sends to it."""
    load, alone, took = cluster.load("rolling"), 0, []
    cluster.write(2)
    for number, gateway in enumerate(cluster.gateways, 1):
        alone += gateway.metric('vestibule_shared_decisions_total{by="gateway"}')
        took.append(gateway.stop())
        gateway.start()
        until(f"the balancer sends to {gateway.name}", lambda: number in cluster.balancer.up())
    # Until the quota is used up, and then some.
    until("the quota is used up", lambda: load.of("GET", "/metered", 429) > 20, 60)
    alone += cluster.decided_alone()
    load.stop()
    unharmed("a rolling restart", load)
    ok("a gateway ends within " + ", ".join(f"{seconds:.1f} s" for seconds in took))
    limits_hold(load, alone)
    let_in = load.of("GET", "/metered", 200)
    if alone == 0:
        equal("the quota over three restarts", let_in, QUOTA)
    elif abs(let_in - QUOTA) > alone:
        fail(f"the quota over three restarts: {let_in} of {QUOTA}, {alone} were decided alone")
    else:
        ok(f"the quota over three restarts: {let_in} of {QUOTA}, and {alone:.0f} requests with a limit were decided alone")
    equal("versions seen by a client that lies about itself", sorted(set(load.versions)), ["1 127.0.0.5", "2 127.0.0.5"])
    if load.of("GET", "/slow", 200) < 9:
        fail("too few slow requests to be under way at each end")


def reloads(cluster):
    """A definition is rolled out by SIGHUP, then one that is broken: by SIGHUP, and by a restart."""
    load = cluster.load("reload")
    cluster.write(3)
    for gateway in cluster.gateways:
        gateway.signal(signal.SIGHUP)
        until(f"{gateway.name} serves the new definition", lambda: gateway.version() == "3")
    served = cluster.gateways[0].readyz()
    cluster.write(4, API.replace("type: mock", "type: mokc"))
    for gateway in cluster.gateways:
        gateway.signal(signal.SIGHUP)
        until(f"{gateway.name} refuses it", lambda: "what was served before is still served" in gateway.text())
    equal("a broken definition by SIGHUP replaces nothing", [gateway.readyz() for gateway in cluster.gateways], [served] * 3)
    gateway = cluster.gateways[2]
    gateway.stop()
    gateway.begin()
    until("a gateway with a broken definition ends", gateway.is_over)
    equal("a gateway that starts with a broken definition exits with", gateway.process.returncode, 1)
    cluster.write(5)
    for gateway in cluster.gateways[:2]:
        gateway.signal(signal.SIGHUP)
        until(f"{gateway.name} serves the new definition", lambda: gateway.version() == "5")
    cluster.gateways[2].start()
    until("the balancer sees all ready", lambda: cluster.balancer.up() == [1, 2, 3])
    load.stop()
    unharmed("new definitions, one of them broken", load)


def dies(cluster, name, freezes):
    """One gateway is killed with requests under way; or it freezes first, so that its system takes connections that nobody answers."""
    load, victim, what = cluster.load(name), cluster.gateways[0], f"a gateway is {name}"
    retried = cluster.balancer.total("wretr")
    time.sleep(2)
    began = time.monotonic()
    victim.signal(signal.SIGSTOP if freezes else signal.SIGKILL)
    until("the balancer sees it", lambda: cluster.balancer.up() == [2, 3])
    seen = time.monotonic() - began
    time.sleep(3)
    killed = time.monotonic() if freezes else began
    if freezes:
        victim.signal(signal.SIGKILL)
        until("it is over", victim.is_over)
    victim.start()
    until("the balancer sends to it again", lambda: cluster.balancer.up() == [1, 2, 3])
    time.sleep(1)
    load.stop()
    summary(load)
    for failure in load.failures:
        print(f"   {failure} ({failure.at - killed:.2f} s after the kill)")
    reads = [str(failure) for failure in load.failures if failure.verb == "GET"]
    late = [str(failure) for failure in load.failures if not 0 <= failure.at - killed <= 2]
    equal(f"{what}: reads that failed", reads, [])
    equal(f"{what}: what failed before the kill, or later than 2 s after it", late, [])
    if len(load.failures) > load.writers or seen > 5:
        fail(f"{what}: {len(load.failures)} failed, of which {load.writers} can have been under way; it was seen after {seen:.1f} s")
    ok(f"{what}: {len(load.failures)} writes failed of {load.requests()} requests, no read; "
       f"out of turn after {seen:.1f} s; the balancer made {cluster.balancer.total('wretr') - retried} requests again")
    equal(f"{what}: reads that missed an acknowledged write", load.lost_writes, [])


def loses_redis(cluster):
    load = cluster.load("redis")
    cluster.redis.kill()
    until("the gateways say so", lambda: all(gateway.metric("vestibule_shared_store_up") == 0 for gateway in cluster.gateways))
    equal("without Redis the gateways are ready", [gateway.readyz()[0] for gateway in cluster.gateways], [200, 200, 200])
    before, since = load.of("GET", "/limited", 200), time.monotonic()
    time.sleep(5)
    alone, seconds = load.of("GET", "/limited", 200) - before, time.monotonic() - since
    if not RATE * seconds * 0.5 <= alone <= RATE * seconds + BURST + 3:
        fail(f"each gateway lets in its share: {alone} in {seconds:.1f} s")
    ok(f"without Redis each gateway lets in its share: {alone} in {seconds:.1f} s, {RATE * seconds + BURST:.0f} at most")
    cluster.redis.start()
    until("the gateways have it again", lambda: all(gateway.metric("vestibule_shared_store_up") == 1 for gateway in cluster.gateways))
    time.sleep(1)
    before, since = load.of("GET", "/metered", 200), time.monotonic()
    time.sleep(2)
    equal("Redis forgot the quota, the gateways did not", load.of("GET", "/metered", 200) - before, 0)
    load.stop()
    unharmed("Redis is killed and comes back empty", load)


def loses_store(cluster):
    load = cluster.load("store")
    cluster.store.kill()
    until("no gateway is ready", lambda: all(gateway.readyz()[0] == 503 for gateway in cluster.gateways))
    until("the balancer sees it", lambda: cluster.balancer.up() == [])
    time.sleep(2)
    came_back = time.monotonic()
    cluster.store.start()
    until("all are ready", lambda: cluster.balancer.up() == [1, 2, 3], 60)
    ready = time.monotonic() - came_back
    time.sleep(2)
    load.stop()
    summary(load)
    others = [str(failure) for failure in load.failures if "/items/" not in failure.path]
    equal("the store is killed: what failed that needs no store", others[:3], [])
    shapes = {failure.what.split(")")[0] + ")" for failure in load.failures}
    print(f"   answers without the store: {sorted(shapes)}")
    strange = [failure.what for failure in load.failures if not failure.what.startswith("504 (internalservererrorexception)")]
    equal("the store is killed: what clients got that no gateway said", strange[:3], [])
    late = [failure for failure in load.failures if failure.at > came_back + ready + 1]
    equal("the store is killed: what failed once all were ready", [str(failure) for failure in late[:3]], [])
    ok(f"the store is killed: {len(load.failures)} of {load.requests()} requests failed; all ready {ready:.1f} s after its start")
    equal("the store is killed: reads that missed an acknowledged write", load.lost_writes, [])


# The preamble of version 2 for a connection of the balancer's own.
LOCAL = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"


def probe(port, says, resets):
    """As balancers make it without HTTP: it connects, perhaps says that it is the balancer, and ends."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(says)
    if resets:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def says_nothing_of_probes(cluster):
    gateway = cluster.gateways[0]
    before = gateway.text()
    for says in (b"", LOCAL, LOCAL[:7]):
        for resets in [False, True] * 5:
            probe(gateway.port, says, resets)
    time.sleep(0.5)
    equal("lines in the log about probes", gateway.text()[len(before):], "")


def main(folder):
    cluster = Cluster(folder)
    moves(cluster)
    starts_at_once(cluster)
    tells(cluster)
    says_nothing_of_probes(cluster)
    rolls(cluster)
    reloads(cluster)
    reloads_balancer(cluster)
    passes_bytes_on(cluster)
    dies(cluster, "killed", freezes=False)
    dies(cluster, "frozen and killed", freezes=True)
    loses_redis(cluster)
    loses_store(cluster)
    promises, broken = read_back(cluster.balancer.port, cluster.loads)
    equal(f"acknowledged writes that are not there, of {promises} items", broken, [])
    for gateway in cluster.gateways:
        if "secret-of-redis" in gateway.text() or KEY in gateway.text():
            fail(f"a secret is in the log of {gateway.name}")
        gateway.stop()
    print("cluster passed")


with tempfile.TemporaryDirectory() as work:
    try:
        main(work)
    except SystemExit as error:
        if error.code and os.environ.get("KEEP_LOGS"):
            os.system(f"rm -rf '{os.environ['KEEP_LOGS']}' && cp -r '{work}' '{os.environ['KEEP_LOGS']}'")
        raise
