#!/usr/bin/env python3
"""Offers more requests than a limit lets in, and says what every window of time let in.

usage: limits_load.py --rate 1000 --burst 100 [--offered 3000] [--seconds 20] [--header 'x-api-key: VALUE'] [--out FILE] URL [URL ...]

Each URL is a gateway (one, or several that share their limits); requests go round them. Requests are sent when they are due, however long
the others take: an answer that is late holds nobody up. 200 is let in, 429 is not, all else is an error and is counted.

A request was let in at some moment between its sending and its answer. So there are two counts of a window: `certain`, of the requests that
were sent and answered within it, which is never more than the gateway let in then; and `answered`, by the moment of the answer, which
has the jitter of this client and of the network in it. Only `certain` can prove that too many were let in.

Nothing but Python is needed. Exit code 1: a window of `certain` has more than 2 % above rate x t + burst, or the whole run less than
98 % of its rate.
"""

import argparse
import heapq
import json
import platform
import selectors
import socket
import sys
import time
import urllib.parse

WINDOWS_S = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10]
CONNECTIONS_MAX = 512
TOLERANCE = 0.02


class Connection:
    """A kept HTTP/1.1 connection that has one request under way at most."""

    def __init__(self, gateway, address, request):
        self.gateway, self.request = gateway, request
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.read, self.sent = b"", 0.0

    def send(self):
        self.read = b""
        self.sent = time.monotonic()
        self.socket.sendall(self.request)

    def receive(self):
        """The status once the answer is whole, `closed`, or nothing yet."""
        try:
            part = self.socket.recv(65536)
        except BlockingIOError:
            return None
        except OSError:
            return "closed"
        if not part:
            return "closed"
        self.read += part
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return int(head.split(b" ", 2)[1]) if len(body) >= length else None


def targets(options):
    headers = "".join(f"{header}\r\n" for header in options.header)
    for url in options.url:
        parts = urllib.parse.urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode()
        yield (parts.hostname, parts.port or 80), request


def offer(options):
    """Every request as (gateway, sent, answered, status), times in seconds since the first was due."""
    gateways = list(targets(options))
    free = [[] for _ in gateways]
    selector = selectors.DefaultSelector()

    def connect(gateway):
        connection = Connection(gateway, *gateways[gateway])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        return connection

    connections = 0
    for gateway in range(len(gateways)):
        for _ in range(16):
            free[gateway].append(connect(gateway))
            connections += 1
    total, done, sent, under_way, not_sent = round(options.offered * options.seconds), [], 0, 0, 0
    begin = time.monotonic() + 0.05
    while sent < total or under_way:
        now = time.monotonic()
        while sent < total and begin + sent / options.offered <= now:
            gateway = sent % len(gateways)
            sent += 1
            if not free[gateway]:
                if connections >= CONNECTIONS_MAX:
                    not_sent += 1
                    continue
                free[gateway].append(connect(gateway))
                connections += 1
            free[gateway].pop().send()
            under_way += 1
        due = begin + sent / options.offered if sent < total else now + 1
        for key, _ in selector.select(max(0.0, due - time.monotonic())):
            connection = key.data
            status = connection.receive()
            if status is None:
                continue
            done.append((connection.gateway, connection.sent - begin, time.monotonic() - begin, status))
            under_way -= 1
            if status == "closed":
                selector.unregister(connection.socket)
                connection.socket.close()
                connections -= 1
            else:
                free[connection.gateway].append(connection)
        if now > begin + options.seconds + 15:
            break
    return done, not_sent, under_way


def most_certain(admitted, window):
    """The most requests that were sent and answered within one window."""
    by_sent = sorted(admitted)
    answers = sorted(answered for _, answered in admitted)
    most = before = ended = 0
    late = []
    for start, _ in by_sent:
        end = start + window
        while ended < len(answers) and answers[ended] <= end:
            ended += 1
        while by_sent[before][0] < start:
            heapq.heappush(late, by_sent[before][1])
            before += 1
        while late and late[0] <= end:
            heapq.heappop(late)
        # Of those sent before, the late ones are not among the answered.
        most = max(most, ended - (before - len(late)))
    return most


def extremes_answered(admitted, window, seconds):
    """The most and the fewest answers in a window, the fewest of windows from half a second on that lie within the run."""
    answers = sorted(answered for _, answered in admitted)
    most = first = 0
    for last, answered in enumerate(answers):
        while answers[first] <= answered - window:
            first += 1
        most = max(most, last + 1 - first)
    fewest, last = None, 0
    for first, answered in enumerate(answers):
        end = answered + window
        if end > seconds:
            break
        while last < len(answers) and answers[last] <= end:
            last += 1
        fewest = last - first if fewest is None else min(fewest, last - first)
    return most, fewest


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--burst", type=int, required=True)
    parser.add_argument("--offered", type=float, default=3000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--out")
    parser.add_argument("url", nargs="+")
    options = parser.parse_args()

    done, not_sent, unanswered = offer(options)
    admitted = [(sent, answered) for _, sent, answered, status in done if status == 200]
    errors = [status for *_, status in done if status not in (200, 429)]
    gateways = [sum(1 for one in done if one[0] == gateway and one[3] == 200) for gateway in range(len(options.url))]
    lasted = max((sent for _, sent, _, _ in done), default=0.0)
    windows, is_within = [], True
    for window in [*(w for w in WINDOWS_S if w < options.seconds), options.seconds]:
        bound = options.rate * window + options.burst
        certain = most_certain(admitted, window)
        most, fewest = extremes_answered(admitted, window, lasted)
        is_within &= certain <= bound * (1 + TOLERANCE)
        windows.append({"seconds": window, "bound": bound, "most_certain": certain, "most_answered": most,
                        "fewest_answered": fewest, "rate_times_t": options.rate * window})
    share = len(admitted) / (options.rate * lasted) if lasted else 0.0
    result = {
        "gateways": len(options.url), "rate": options.rate, "burst": options.burst, "offered_a_second": options.offered,
        "seconds": options.seconds, "sent": len(done) + unanswered, "not_sent": not_sent, "unanswered": unanswered,
        "admitted": len(admitted), "throttled": sum(1 for one in done if one[3] == 429), "errors": len(errors),
        "admitted_by_gateway": gateways, "share_of_rate": round(share, 4), "windows": windows,
        "machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
    }
    print(f"offered {result['sent']} in {lasted:.1f} s ({not_sent} not sent), let in {len(admitted)}, "
          f"{result['throttled']} throttled, {len(errors)} errors, {unanswered} without answer")
    print(f"let in by each gateway: {gateways}; {share:.2%} of {options.rate:.0f} a second\n")
    print("| window s | rate x t + burst | most, certain | of the bound | most, answered | fewest, answered | of rate x t |")
    print("|---------:|-----------------:|--------------:|-------------:|---------------:|-----------------:|------------:|")
    for w in windows:
        fewest = "-" if w["fewest_answered"] is None or w["seconds"] < 0.5 else w["fewest_answered"]
        part = "-" if fewest == "-" else f"{fewest / w['rate_times_t']:.2%}"
        print(f"| {w['seconds']:8} | {w['bound']:16.0f} | {w['most_certain']:13} | {w['most_certain'] / w['bound']:12.2%} "
              f"| {w['most_answered']:14} | {fewest:>16} | {part:>11} |")
    if options.out:
        with open(options.out, "w", encoding="utf-8") as out:
            json.dump(result, out, indent=1)
            out.write("\n")
    sys.exit(0 if is_within and share >= 1 - TOLERANCE and not errors else 1)


if __name__ == "__main__":
    main()
