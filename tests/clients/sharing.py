"""Two gateways and a real Redis or Valkey: sharing.py PROGRAM DECIDE.LUA, which has the other scripts beside it

What the gateways let in together, which answers they share, and what they do when the store forgets its scripts or its data, has a key of another type, is full, is
closed to them, dies and comes back; the same over TLS, and what is said where TLS does not fit. Then the script itself, with random batches, beside a model in this
file. `openssl` and `redis-server` have to be in the path; the variable REDIS_SERVER names another server. Ends with 1 at the first thing that is wrong."""

import atexit
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PROGRAM, SCRIPT = os.path.abspath(sys.argv[1]), open(sys.argv[2], encoding="utf-8").read()
API = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop, Tags: [{Key: _custom_id_, Value: shop}]}}
  Burst: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: burst}}
  Of: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: quota}}
  GetBurst: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Burst, HttpMethod: GET, AuthorizationType: NONE, MethodResponses: [{StatusCode: 200}], Integration: &mock {Type: MOCK, RequestTemplates: {application/json: '{"statusCode": 200}'}, IntegrationResponses: [{StatusCode: 200}]}}}
  GetQuota: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Of, HttpMethod: GET, AuthorizationType: NONE, ApiKeyRequired: true, MethodResponses: [{StatusCode: 200}], Integration: *mock}}
  Kept: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: kept}}
  GetKept: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Kept, HttpMethod: GET, AuthorizationType: NONE, MethodResponses: [{StatusCode: 200}], Integration: {Type: MOCK, RequestTemplates: {application/json: '{"statusCode": 200}'}, IntegrationResponses: [{StatusCode: 200, ResponseTemplates: {application/json: $context.requestId}}]}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: [GetBurst, GetQuota, GetKept], Properties: {RestApiId: !Ref Api}}
  Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod, CacheClusterEnabled: true, CacheClusterSize: '0.5', MethodSettings: [{ResourcePath: /kept, HttpMethod: GET, CachingEnabled: true, CacheTtlInSeconds: 60}, {ResourcePath: /burst, HttpMethod: GET, ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 10}]}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: partner-0123456789abcdef}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {UsagePlanName: partners, ApiStages: [{ApiId: !Ref Api, Stage: !Ref Prod}], Quota: {Limit: 10, Period: MONTH}}}
  InPlan: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""
BUCKET = "vestibule:1:method:shop/prod/GET /burst"


def equal(what, got, expected):
    if got != expected:
        sys.exit(f"WRONG {what}: expected {expected}, got {got}")
    print(f"ok {what}: {got}")


def until(what, condition):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"WRONG {what}: not within 20 s")
        time.sleep(0.02)


def free_port(most=65_535):
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        if port <= most:
            return port


class Ended(Exception):
    """The store ended by itself."""


class Redis:
    def __init__(self, folder):
        # One that is a cluster has another port, which is 10,000 higher.
        self.folder, self.port = folder, free_port(most=55_535)
        self.process, self.password, self.tls = None, None, None

    def start(self, *arguments):
        server, port = os.environ.get("REDIS_SERVER", "redis-server"), "--tls-port" if self.tls else "--port"
        command = [server, "--port", "0", port, str(self.port), "--save", "", "--dir", self.folder, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        until("the store listens", self.is_there)

    def is_there(self):
        if self.process.poll() is not None:
            raise Ended
        try:
            return self.ask("PING") == "PONG"
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def connection(self):
        connection = socket.create_connection(("127.0.0.1", self.port), 5)
        return self.tls.wrap_socket(connection, server_hostname="localhost") if self.tls else connection

    def ask(self, *command):
        with self.connection() as connection, connection.makefile("rb") as answers:
            commands = ([("AUTH", self.password)] if self.password else []) + [command]
            for parts in commands:
                parts = [str(part).encode() for part in parts]
                connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
                answer = read(answers)
            return answer


def read(answers):
    line = answers.readline()
    if not line:
        raise OSError("closed")
    kind, rest = line[:1], line[1:-2].decode()
    if kind == b"*":
        return [read(answers) for _ in range(int(rest))]
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else answers.read(int(rest) + 2)[:-2].decode()
    return rest


class Gateway:
    def __init__(self, folder, number, url, *arguments):
        self.port, self.admin, self.log = free_port(), free_port(), os.path.join(folder, f"{number}.log")
        command = [PROGRAM, "serve", "api.yaml", "--ephemeral", "--config", "none.toml", "--shared", url, "--listen",
                   f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}", *arguments]
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
        atexit.register(self.process.kill)
        until("the gateway is ready", self.is_ready)

    def is_ready(self):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=1).close()
            return True
        except OSError:
            return False

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"x-api-key": "partner-0123456789abcdef"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def body(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/kept", timeout=10) as answer:
            return answer.read().decode()

    def is_shared(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as answer:
            return "vestibule_shared_store_up 1" in answer.read().decode().splitlines()

    def decided_alone(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as answer:
            return 'vestibule_shared_decisions_total{by="gateway"} 0' not in answer.read().decode().splitlines()

    def lines(self):
        with open(self.log, encoding="utf-8") as log:
            # Those about cached answers say the same once more.
            lines = [line for line in log if "shared store" in line and "answers are" not in line]
            return [line.strip().split("Z ", 1)[1].strip() for line in lines]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def let_in(gateways, path, requests):
    """How many of so many requests, turn and turn about."""
    statuses = [gateways[number % len(gateways)].get(path) for number in range(requests)]
    if set(statuses) - {200, 429}:
        sys.exit(f"WRONG statuses {statuses}")
    return statuses.count(200)


def exactly(what, gateways, got, expected):
    """On a machine so busy that a call takes more than 50 ms a gateway decides alone, and may let in fewer."""
    is_late = any(gateway.decided_alone() for gateway in gateways)
    equal(what, got if not is_late else min(got, expected), expected if not is_late else got)


def back(gateways):
    until("the gateways are back", lambda: all(gateway.is_shared() for gateway in gateways))


def of_gateways(folder, store):
    store.start()
    url = f"redis://127.0.0.1:{store.port}"
    two = [Gateway(folder, number, url) for number in range(2)]
    exactly("a burst of 10 at two gateways", two, let_in(two, "/burst", 24), 10)
    exactly("a quota of 10 at two gateways", two, let_in(two, "/quota", 16), 10)
    store.ask("SCRIPT", "FLUSH")
    equal("without the scripts", let_in(two, "/quota", 4), 0)
    store.ask("FLUSHALL")
    # Until then who was refused is refused without a call.
    time.sleep(1.1)
    exactly("a flush fills the bucket", two, let_in(two, "/burst", 24), 10)
    equal("a flush does not forget the quota that gateways know", let_in(two, "/quota", 8), 0)
    two[0].stop()
    two[0] = Gateway(folder, 2, url)
    equal("a gateway that starts again finds the quota used up", let_in(two[:1], "/quota", 3), 0)
    equal("no key stays for ever", [key for key in store.ask("KEYS", "*") if store.ask("TTL", key) < 0], [])
    for gateway in two:
        equal("nothing to say until here", gateway.lines(), [])

    store.kill()
    # What was let in before is missing in the share of who let it in; a gateway that started again knows nothing.
    equal("each has its share while the store is dead", let_in(two, "/burst", 24) <= 10, True)
    store.start()
    back(two)
    for gateway in two:
        until("loss and return are logged", lambda: len(gateway.lines()) == 2)
        lost, came_back = gateway.lines()
        equal("one line when it is lost", lost.split("`")[0] + lost.split("`")[2].split(":")[0],
              "WARN the shared store  is away, limits are counted without it")
        equal("one line when it is back", came_back.split(" after ")[0], f"INFO the shared store `{url}` is back")

    store.ask("FLUSHALL")
    store.ask("RPUSH", BUCKET, "mine")
    let_in(two, "/burst", 2)
    until("a key of another type is named", lambda: f"the key `{BUCKET}` is not of a gateway" in two[0].lines()[-2] + two[0].lines()[-1])
    equal("and left alone", store.ask("TYPE", BUCKET), "list")
    store.ask("DEL", BUCKET)
    back(two)

    store.ask("CONFIG", "SET", "maxmemory", "1")
    let_in(two, "/burst", 2)
    until("a full store is named", lambda: any("its memory is full" in line for line in two[0].lines()))
    store.ask("CONFIG", "SET", "maxmemory", "0")
    back(two)

    store.ask("CONFIG", "SET", "requirepass", "hunter2")
    store.password = "hunter2"
    store.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    until("a missing password is named", lambda: any("it wants a password" in line for line in two[1].lines()))
    named = Gateway(folder, 3, url, "--shared-password", "hunter2")
    equal("with the password", (named.is_shared(), named.lines()), (True, []))
    store.ask("ACL", "SETUSER", "gateway", "on", ">s3cret", "~vestibule:*", "+@all", "-@dangerous", "+info")
    limited = Gateway(folder, 4, f"redis://gateway:s3cret@127.0.0.1:{store.port}/2")
    exactly("a user with the rights that the page names", [limited], let_in([limited], "/burst", 12), 10)
    equal("and nothing to say", limited.lines(), [])
    store.ask("ACL", "SETUSER", "gateway", "-evalsha", "-script")
    let_in([limited], "/quota", 1)
    until("a missing right is named", lambda: any("its user may not do that" in line for line in limited.lines()))
    for gateway in [*two, named, limited]:
        gateway.stop()
        with open(gateway.log, encoding="utf-8") as log:
            text = log.read()
        equal("no password in the log", any(secret in text for secret in ["hunter2", "s3cret"]), False)
    store.kill()
    store.password = None


def of_load(folder, store):
    """Requests that all fit into their limit go on while the store dies and comes back: none fails, none waits for long, and two lines
    tell of it, for limits and for answers each."""
    store.start()
    url = f"redis://127.0.0.1:{store.port}"
    two = [Gateway(folder, number, url, "--account-limit", "1000000:1000000") for number in (14, 15)]
    statuses, slowest, is_over = [], [], threading.Event()

    def ask(gateway):
        most = 0
        while not is_over.is_set():
            begin = time.monotonic()
            statuses.append(gateway.get("/kept"))
            most = max(most, time.monotonic() - begin)
        slowest.append(most)

    clients = [threading.Thread(target=ask, args=(gateway,)) for gateway in two * 4]
    for client in clients:
        client.start()

    def text(gateway):
        with open(gateway.log, encoding="utf-8") as log:
            return log.read()

    for deaths in (1, 2):
        time.sleep(1)
        store.kill()
        time.sleep(1)
        store.start()
        for again in ("limits are counted in it", "answers are cached in it"):
            until(again, lambda: all(text(gateway).count(again) == deaths for gateway in two))
    time.sleep(1)
    is_over.set()
    for client in clients:
        client.join()
    equal(f"every one of {len(statuses)} requests is answered", set(statuses), {200})
    equal(f"none waits for long: {max(slowest):.3f} s", max(slowest) < 2, True)
    for gateway in two:
        for what in ("is away, limits are counted without it", "limits are counted in it", "is away, answers are not cached",
                     "answers are cached in it"):
            equal(f"of two deaths two lines `{what}`", text(gateway).count(what), 2)
        equal("and no other", text(gateway).count("shared store"), 8)
        gateway.stop()
    store.kill()


def of_answers(folder, store):
    store.start()
    two = [Gateway(folder, number, f"redis://127.0.0.1:{store.port}") for number in (6, 7)]

    def kept():
        return [key for key in store.ask("KEYS", "vestibule:1:cache:*") if ":version" not in key]

    first = two[0].body()
    until("the answer is kept", kept)
    equal("one answer for both gateways", {gateway.body() for gateway in two}, {first})
    equal("it is kept for its time", [0 < store.ask("PTTL", key) <= 60_000 for key in kept()], [True])
    store.ask("FLUSHALL")
    equal("what the store forgot is made anew", two[0].body() == first, False)
    # An answer is kept beside its request.
    until("it is kept again", kept)
    store.ask("FLUSHALL")
    store.ask("CONFIG", "SET", "maxmemory", "1")
    equal("a full store is no error", len({gateway.body() for gateway in two * 3}), 6)
    store.ask("CONFIG", "SET", "maxmemory", "0")
    store.kill()
    equal("a dead store is no error", len({gateway.body() for gateway in two * 3}), 6)
    store.start()

    def is_one():
        return len({gateway.body() for gateway in two * 2}) == 1

    until("both share again when it is back", is_one)
    for gateway in two:
        gateway.stop()
    store.kill()


def of_cluster(folder, store):
    store.start("--cluster-enabled", "yes")
    gateway = Gateway(folder, 5, f"redis://127.0.0.1:{store.port}")
    equal("cluster mode is refused by name", "it is in cluster mode, which is not supported" in gateway.lines()[0], True)
    gateway.stop()
    store.kill()


def certificates(folder):
    """An authority and what it issues for `localhost` alone."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=an authority")
    openssl("req", *key, "-keyout", "redis.key", "-out", "redis.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "names"), "w", encoding="utf-8") as names:
        names.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "redis.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names",
            "-out", "redis.pem")
    return os.path.join(folder, "ca.pem")


def of_tls(folder, store):
    authority = certificates(folder)
    store.tls = ssl.create_default_context(cafile=authority)
    with_tls = ["--tls-cert-file", "redis.pem", "--tls-key-file", "redis.key", "--tls-ca-cert-file", "ca.pem"]
    store.password = "hunter2"
    try:
        store.start(*with_tls, "--tls-auth-clients", "no", "--requirepass", "hunter2")
    except Ended:
        return print("LEFT OUT: this server was built without TLS")
    place = f"localhost:{store.port}"
    trusting = ["--backend-ca", authority]
    two = [Gateway(folder, number, f"rediss://:hunter2@{place}", *trusting) for number in (8, 9)]
    exactly("a burst of 10 at two gateways over TLS", two, let_in(two, "/burst", 24), 10)
    first = two[0].body()
    until("the answer is kept over TLS", lambda: {gateway.body() for gateway in two} == {first})
    for gateway in two:
        equal("and nothing to say", gateway.lines(), [])
    store.kill()
    until("the gateways have lost it", lambda: not any(gateway.is_shared() for gateway in two))
    store.start(*with_tls, "--tls-auth-clients", "no", "--requirepass", "hunter2")
    back(two)
    equal("its loss and return over TLS", [len(gateway.lines()) for gateway in two], [2, 2])

    def said(number, url, *arguments):
        gateway = Gateway(folder, number, url, *arguments)
        until("it is said", gateway.lines)
        equal("it is not shared", gateway.is_shared(), False)
        gateway.stop()
        return gateway.lines()[0].split("without it: ")[1]

    help = "(help: name its certificate's authority with `--backend-ca`, or write `redis://` where it has no TLS)"
    equal("an authority that nobody knows", said(10, f"rediss://:hunter2@{place}"),
          f"TLS failed: invalid peer certificate: UnknownIssuer {help}")
    other = said(11, f"rediss://:hunter2@127.0.0.1:{store.port}", *trusting)
    equal("a certificate of another name", (other.startswith("TLS failed: invalid peer certificate: certificate not valid for name"), help in other), (True, True))
    equal("no TLS where it is wanted", said(12, f"redis://:hunter2@{place}"), "it closed the connection")
    for gateway in two:
        gateway.stop()
    store.kill()
    store.tls.load_cert_chain(os.path.join(folder, "redis.pem"), os.path.join(folder, "redis.key"))
    store.password = None
    store.start(*with_tls)
    equal("a store that wants certificates of its clients", said(13, f"rediss://{place}", *trusting),
          "it wants a certificate of its clients, which is not supported (help: let it take clients without one: `tls-auth-clients no`)")
    store.kill()


def of_script(store):
    """Random batches. The buckets fill so slowly that no token comes while this runs."""
    store.start()
    chance, level, used, found = random.Random(7), {}, {}, {}
    sizes = {f"b{n}": (10**12, chance.randint(1, 40)) for n in range(6)}
    quotas = {f"q{n}": chance.randint(1, 40) for n in range(4)}
    for _ in range(400):
        names = chance.sample(sorted([*sizes, *quotas]), chance.randint(1, 8))
        arguments, owed, recalled = [], {}, {}
        for name in names:
            if name in sizes:
                token, burst = sizes[name]
                arguments += ["bucket", token, token * burst, 0]
            else:
                counted = used.get(name, 0)
                owed[name] = chance.choice([0, 0, 0, 1, 1, -1 if counted else 0])
                recalled[name] = chance.choice([0, 0, 0, max(0, counted + chance.randint(-3, 3))])
                arguments += ["quota", quotas[name], counted, owed[name], recalled[name], 100]
        expected = []
        for name, number in owed.items():
            used[name] = used.get(name, 0) + number
            found[name] = max(found.get(name, 0) + min(number, 0), recalled[name])
        for _ in range(chance.randint(1, 5)):
            wanted = chance.sample(range(len(names)), chance.randint(1, len(names)))
            requests = chance.randint(1, 9)
            arguments += [requests, len(wanted), *(at + 1 for at in wanted)]
            granted, by = requests, 0
            for at in wanted:
                name = names[at]
                taken = level.get(name, 0) if name in sizes else max(used[name], found[name])
                left = max(0, (sizes[name][1] if name in sizes else quotas[name]) - taken)
                if left < granted:
                    granted, by = left, at + 1
            for at in wanted:
                kept = level if names[at] in sizes else used
                kept[names[at]] = kept.get(names[at], 0) + granted
                if names[at] in found:
                    found[names[at]] += granted
            expected += [granted, by]
        answer = store.ask("EVAL", SCRIPT, len(names), *names, *arguments)
        for name in owed:
            found[name] = found[name] if found[name] > used[name] else 0
        readings = list(zip(answer[len(expected)::2], answer[len(expected) + 1::2]))
        told = [(-(-reading // 10**12), least) if name in sizes else (reading, least) for name, (reading, least) in zip(names, readings)]
        kept = [(level.get(name, 0), 0) if name in sizes else (used[name], found[name]) for name in names]
        if answer[:len(expected)] != expected or told != kept:
            sys.exit(f"WRONG batch {names} {arguments}: expected {expected} {kept}, got {answer}")
        if chance.random() < 0.02:
            store.ask("FLUSHALL")
            level.clear()
            found.clear()
    print("ok 400 random batches")
    # A token a microsecond and less: what comes in a second is what the rate says.
    for token_ns, burst in [(1_000_000, 1_000), (333_333, 3_000), (999, 1_000_000)]:
        store.ask("FLUSHALL")
        begin, granted = time.monotonic(), 0
        while time.monotonic() - begin < 1:
            granted += store.ask("EVAL", SCRIPT, 1, "b", "bucket", token_ns, token_ns * burst, 0, 10**9, 1, 1)[0]
        seconds = time.monotonic() - begin
        allowed = burst + seconds * 10**9 / token_ns
        equal(f"a token of {token_ns} ns gives {granted} of {allowed:.0f}", allowed * 0.97 - 1 <= granted <= allowed + 1, True)
    equal("a clock that was set back, or a limit that was lowered",
          [store.ask("SET", "b", "9000000000000000 0"), store.ask("EVAL", SCRIPT, 1, "b", "bucket", 1000, 5000, 0, 3, 1, 1)[:2]], ["OK", [0, 1]])
    equal("what is no number of ours counts as nothing",
          [store.ask("SET", "q", "many"), store.ask("EVAL", SCRIPT, 1, "q", "quota", 5, 2, 0, 0, 9, 9, 1, 1)], ["OK", [3, 1, 5, 0]])
    store.kill()


def of_answer_scripts(store):
    store.start()
    text = {name: open(os.path.join(os.path.dirname(sys.argv[2]), f"answer_{name}.lua"), encoding="utf-8").read()
            for name in ("get", "put", "invalidate", "flush")}

    def ask(name, *arguments, keys=("stage", "entry:version", "entry")):
        return store.ask("EVAL", text[name], len(keys), *keys, *arguments)

    equal("nothing is there, of version 0", ask("get"), [0, 0])
    ask("put", 0, 0, 60_000, "one")
    equal("an entry as it was put", (ask("get"), 0 < store.ask("PTTL", "entry") <= 60_000), ("one", True))
    stage, key = ask("invalidate", 600)
    equal("an invalidated one is not there, and its key has another version", (stage, key > 0, ask("get")), (0, True, [0, key]))
    ask("put", 0, 0, 60_000, "of before")
    equal("what began before is not kept", ask("get"), [0, key])
    ask("put", 0, key, 60_000, "two")
    equal("what began since is", ask("get"), "two")
    ask("flush", 7_200, keys=("stage",))
    flushed = ask("get")
    equal("a flushed one is not there", (flushed[0] > key, flushed[1]), (True, key))
    ask("put", 0, key, 60_000, "of before")
    equal("what began before the flush is not kept", ask("get"), flushed)
    ask("put", *flushed, 60_000, "three")
    equal("what began since the flush is", ask("get"), "three")
    store.kill()


with tempfile.TemporaryDirectory() as work:
    with open(os.path.join(work, "api.yaml"), "w", encoding="utf-8") as file:
        file.write(API)
    with open(os.path.join(work, "none.toml"), "w", encoding="utf-8") as file:
        file.write("version = 1\n")
    of_script(Redis(work))
    of_answer_scripts(Redis(work))
    of_gateways(work, Redis(work))
    of_load(work, Redis(work))
    of_answers(work, Redis(work))
    of_cluster(work, Redis(work))
    of_tls(work, Redis(work))
print("sharing passed")
