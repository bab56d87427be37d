"""A bucket of Google Cloud Storage on this machine: as much of its JSON API as Arrow uses.

It is a process of its own, since Arrow holds the interpreter while it waits for some answers.
"""

import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

BUCKET = "kept"
ABOUT, UPLOADS = f"/storage/v1/b/{BUCKET}", f"/upload/storage/v1/b/{BUCKET}/o"
RANGE = re.compile(r"bytes=(\d+)-(\d*)")
objects: dict[str, bytes] = {}


class Google(BaseHTTPRequestHandler):
    """Requests about the bucket, its objects and uploads, each of which is one part."""

    protocol_version = "HTTP/1.1"
    wbufsize = 2**16  # one packet for head and body, or the client would wait for the second

    def do_GET(self):
        path, query = self.asked()
        name = unquote(path.removeprefix(f"{ABOUT}/o/"))
        if path == ABOUT:
            self.say({"kind": "storage#bucket", "id": BUCKET, "name": BUCKET})
        elif path == f"{ABOUT}/o":
            self.say(listed(query.get("prefix", ""), query.get("delimiter", "")))
        elif name not in objects:
            self.say({"error": {"code": 404, "message": "none"}}, 404)
        elif query.get("alt") == "media":
            self.send_part(objects[name])
        else:
            self.say(about(name))

    def do_POST(self):
        """An upload begins; its address is the object's name."""
        _, query = self.asked()
        address = f"http://{self.headers['host']}{UPLOADS}?name={query['name']}"
        self.send(200, b"", location=address)

    def do_PUT(self):
        _, query = self.asked()
        objects[query["name"]] = self.rfile.read(int(self.headers["content-length"]))
        self.say(about(query["name"]))

    def do_DELETE(self):
        path, _ = self.asked()
        gone = objects.pop(unquote(path.removeprefix(f"{ABOUT}/o/")), None)
        self.send(204 if gone is not None else 404, b"")

    def asked(self):
        parts = urlsplit(self.path)
        return parts.path, dict(parse_qsl(parts.query))

    def send_part(self, content):
        wanted = RANGE.fullmatch(self.headers.get("range", "bytes=0-"))
        first, last = int(wanted[1]), int(wanted[2] or len(content) - 1)
        part = content[first : last + 1]
        where = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        headers = {"content-range": where} if "range" in self.headers else {}
        self.send(206 if headers else 200, part, **headers)

    def say(self, document, status=200):
        self.send(status, json.dumps(document).encode())

    def send(self, status, body, **headers):
        self.send_response(status)
        for name, value in (headers | {"content-length": len(body)}).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def about(name):
    kind = {"kind": "storage#object", "bucket": BUCKET, "generation": "1"}
    return kind | {"name": name, "size": str(len(objects[name])), "updated": "2026-01-01T00:00:00Z"}


def listed(prefix, delimiter):
    """The objects below a prefix, and the next parts of names that go on."""
    below = [name for name in sorted(objects) if name.startswith(prefix)]
    ends = {name: name.find(delimiter, len(prefix)) if delimiter else -1 for name in below}
    items = [about(name) for name, end in ends.items() if end < 0]
    prefixes = sorted({name[: end + 1] for name, end in ends.items() if end >= 0})
    return {"kind": "storage#objects", "items": items, "prefixes": prefixes}


@pytest.fixture
def google_bucket():
    """A function: the address of a path in an empty bucket."""
    line = [sys.executable, __file__]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as server:
        port = server.stdout.readline().strip()
        query = f"endpoint_override=127.0.0.1:{port}&scheme=http&retry_limit_seconds=2"
        yield lambda path: f"gs://anonymous@{BUCKET}/{path}?{query}"
        server.terminate()


if __name__ == "__main__":
    running = ThreadingHTTPServer(("127.0.0.1", 0), Google)
    print(running.server_port, flush=True)
    running.serve_forever()
