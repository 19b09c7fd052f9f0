"""What a kept connection costs: `idle_connections.py VESTIBULE [CERTIFICATE KEY]`.

Opens 1,000 and 10,000 HTTP/1.1 connections, asks once over each, and prints the program's resident memory; then closes them and
asks 100,000 times over 20 others. Needs Linux and `ulimit -n` above 10,000.
"""

import pathlib
import re
import socket
import ssl
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
REQUEST = b"GET /mock HTTP/1.1\r\nhost: a\r\n\r\n"
CLIENTS = 5  # addresses, because one may have half of the connections


def start(binary, pair):
    files = [REPOSITORY / "tests/program" / name for name in ("store.yaml", "tables.yaml")]
    tls = ["--tls-certificate", pair[0], "--tls-key", pair[1]] if pair else []
    command = [binary, "serve", *files, "--ephemeral", "--listen", "127.0.0.1:0", "--admin", "off", *tls]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in program.stdout:
        if found := re.search(r"listening on https?://127.0.0.1:(\d+)", line):
            return program, int(found[1])
    sys.exit("it does not serve")


def resident_kib(program):
    time.sleep(1)
    status = pathlib.Path(f"/proc/{program.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def ask(stream):
    stream.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"fine"):
        answer += stream.recv(4096)


def connect(number, port, context):
    source = (f"127.0.0.{2 + number % CLIENTS}", 0)
    stream = socket.create_connection(("127.0.0.1", port), source_address=source)
    if context:
        stream = context.wrap_socket(stream)
    ask(stream)
    return stream


def main():
    binary, pair = sys.argv[1], sys.argv[2:4]
    context = None
    if pair:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    program, port = start(binary, pair)
    few = [connect(number, port, context) for number in range(20)]
    for _ in range(200):
        for stream in few:
            ask(stream)
    warm, kept = resident_kib(program), []
    print(f"warm: {warm} KiB")
    for number in (1_000, 9_980):
        while len(kept) < number:
            kept.append(connect(len(kept), port, context))
        now = resident_kib(program)
        print(f"{number} idle: {now} KiB, {(now - warm) * 1024 // number} bytes a connection")
    for stream in kept:
        stream.close()
    for requests in (50_000, 100_000):
        for _ in range(2_500):
            for stream in few:
                ask(stream)
        print(f"after {requests} requests: {resident_kib(program)} KiB")
    program.terminate()
    program.wait()


main()
