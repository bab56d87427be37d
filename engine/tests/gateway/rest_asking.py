"""Questions over REST, and waiting for what comes of them, for tests."""

import re
import time

import wire

PATH = "/v1/models/tiny:predict"
BODY = b'{"instances": [{"age": 1.0}]}'
POST = wire.request("POST", PATH, BODY)
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def parted(received):
    """Status, headers and body."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


def asked(port, headers=(), body=BODY):
    return parted(wire.exchange(port, wire.request("POST", PATH, body, headers)))


def soon(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
