"""A client of gRPC over a bare socket that sends all of a body but its last byte."""

import socket
import time
from contextlib import ExitStack, contextmanager

from told_server import PREDICT

DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
ACK, END_HEADERS = 1, 4
INITIAL_WINDOW_SIZE = 4
FRAME, WINDOW = 16_384, 65_535


def frame(kind, flags, stream, payload=b""):
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + payload


def literal(name, value):
    """A header in HPACK, without its tables."""
    return b"\0" + b"".join(bytes([len(each)]) + each.encode() for each in (name, value))


ASKED = b"".join(
    literal(*each)
    for each in (
        (":method", "POST"),
        (":scheme", "http"),
        (":path", PREDICT),
        (":authority", "x"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
    )
)
BEGIN = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    + frame(SETTINGS, 0, 0)
    + frame(HEADERS, END_HEADERS, 1, ASKED)
)


class Half:
    """One connection with one call. `trailers` counts the answers that came."""

    def __init__(self, port, size):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.sendall(BEGIN)
        self.socket.setblocking(False)
        self.body = b"\0" + size.to_bytes(4, "big") + bytes(size - 1)
        self.sent, self.windows = 0, {0: WINDOW, 1: WINDOW}
        self.received, self.trailers, self.open = b"", 0, True

    def go_on(self):
        """Read what is there, and send what the windows allow. Returns how many bytes it sent."""
        try:
            while data := self.socket.recv(FRAME):
                self.received += data
            self.open = False
        except BlockingIOError:
            pass
        except OSError:
            self.open = False
        while len(self.received) >= 9 + (size := int.from_bytes(self.received[:3], "big")):
            whole, self.received = self.received[: 9 + size], self.received[9 + size :]
            self.take(*whole[3:5], int.from_bytes(whole[5:9], "big"), whole[9:])
        before = self.sent
        while self.open and not self.trailers and (size := self.next_size()):
            part = self.body[self.sent : self.sent + size]
            try:
                self.socket.setblocking(True)
                self.socket.sendall(frame(DATA, 0, 1, part))
                self.socket.setblocking(False)
            except OSError:
                self.open = False
            self.sent += size
            for stream in self.windows:
                self.windows[stream] -= size
        return self.sent - before

    def next_size(self):
        return max(0, min(FRAME, *self.windows.values(), len(self.body) - self.sent))

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for place in range(0, len(payload), 6):
                if int.from_bytes(payload[place : place + 2], "big") == INITIAL_WINDOW_SIZE:
                    self.windows[1] += (
                        int.from_bytes(payload[place + 2 : place + 6], "big") - WINDOW
                    )
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            self.windows[stream] += int.from_bytes(payload, "big")
        elif kind == HEADERS:
            self.trailers += 1


@contextmanager
def half_sent(port, count, size):
    """`count` connections that have sent what they may, for the block."""
    with ExitStack() as stack:
        all_of_them = [Half(port, size) for _ in range(count)]
        for each in all_of_them:
            stack.callback(each.socket.close)
        quiet = time.monotonic()
        while time.monotonic() - quiet < 0.5:
            if sum(each.go_on() for each in all_of_them):
                quiet = time.monotonic()
            time.sleep(0.002)
        yield all_of_them
