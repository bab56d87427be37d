"""A model server that says what a test tells it to, byte by byte."""

import json
import re
import socketserver
import threading
from contextlib import contextmanager

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: chunked", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: close", re.IGNORECASE)
PREDICTIONS = b'{"predictions": [0.25]}'


def answer(body=PREDICTIONS, status="200 OK", headers=b"Content-Type: application/json\r\n"):
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode()
    return head + headers + b"\r\n" + body


class Last(bytes):
    """An answer after which the server hangs up."""


class Stub(socketserver.ThreadingTCPServer):
    """`said(stub, head, body)` gives the bytes to answer with; None hangs up.

    Questions about the model are answered with `version`. `asked` has heads and bodies of the
    others, `opened` counts connections, `most` those at once.
    """

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, said, port=0, version="7"):
        super().__init__(("127.0.0.1", port), Handler)
        self.said, self.version, self.port = said, version, self.server_address[1]
        self.asked, self.opened, self.now, self.most = [], 0, 0, 0
        self.lock = threading.Lock()


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        with self.server.lock:
            self.server.opened += 1
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        try:
            self.answer_all()
        except OSError:
            pass
        finally:
            with self.server.lock:
                self.server.now -= 1

    def answer_all(self):
        kept = b""
        while True:
            while b"\r\n\r\n" not in kept:
                data = self.request.recv(65536)
                if not data:
                    return
                kept += data
            head, _, kept = kept.partition(b"\r\n\r\n")
            body, kept = self.body(head, kept)
            sent = self.of_model(head)
            if sent is None:
                self.server.asked.append((head, body))
                sent = self.server.said(self.server, head, body)
            if sent is None:
                return
            self.request.sendall(sent)
            if isinstance(sent, Last) or CLOSE.search(head):
                return

    def body(self, head, kept):
        """The body of a request, and what came after it."""
        if CHUNKED.search(head):
            while not kept.endswith(b"\r\n0\r\n\r\n"):
                kept += self.request.recv(1 << 20)
            return b"".join(kept.split(b"\r\n")[1::2]), b""
        found = LENGTH.search(head)
        size = int(found[1]) if found else 0
        parts, count = [kept], len(kept)
        while count < size:
            parts.append(self.request.recv(1 << 20))
            count += len(parts[-1])
        whole = b"".join(parts)
        return whole[:size], whole[size:]

    def of_model(self, head):
        """The answer to what the gateway itself asks; None for what a client does."""
        if b"\r\nHost: model-server" not in head:
            return None
        if not head.split(b" ")[1].endswith(b"/metadata"):
            found = {"version": self.server.version, "state": "AVAILABLE"}
            return answer(json.dumps({"model_version_status": [found]}).encode())
        return answer(b'{"metadata": {}}')


@contextmanager
def upstream(said=lambda *_: answer(), **about):
    """Run one during the block."""
    with Stub(said, **about) as stub:
        threading.Thread(target=stub.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield stub
        finally:
            stub.shutdown()
