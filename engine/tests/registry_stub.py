"""A strict container registry on the loopback: it takes nothing that is not what its digest says.

Uploads in one piece, manifests by digest, logins by Basic or by token, and faults.
"""

import base64
import hashlib
import json
import re
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
USER, PASSWORD = "ada", "s3cret-word"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass
class Fault:
    """The answer to the next request of this method whose path holds `where`."""

    status: int
    method: str = ""
    where: str = ""
    message: str = "unexpected"
    code: str = "UNKNOWN"


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Registry:
    """Blobs and manifests by digest, for any repository; serves until `close`."""

    def __init__(self, *, login: str = "", certificate: str = "") -> None:
        self.login = login  # "", "basic", "token", or "anonymous": tokens for whoever only looks
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.seen: list[str] = []
        self.scopes: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        stub = self

        class Handler(_Handler):
            registry = stub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, target: str, headers, body: bytes) -> Answer:
        address = urlsplit(target)
        query = parse_qs(address.query)
        self.seen.append(f"{method} {address.path}")
        for fault in self.faults:
            if fault.method in ("", method) and fault.where in target:
                self.faults.remove(fault)
                return _error(fault.status, fault.code, fault.message)
        if address.path == "/token":
            return self._token(query, headers)
        denied = self._denied(method, address.path, headers)
        if denied:
            return denied
        inside = re.fullmatch(r"/v2/([a-z0-9/._-]+?)/(blobs|manifests)/(.+)", address.path)
        if not inside:
            return Answer(200 if address.path == "/v2/" else 404)
        name, kind, reference = inside.groups()
        if kind == "manifests":
            return self._manifest(method, reference, headers, body)
        return self._blob(method, name, reference, query, body)

    def _token(self, query: dict, headers) -> Answer:
        self.scopes += query.get("scope", [])
        granted = query["scope"][0].rpartition(":")[2]
        nobody = self.login == "anonymous" and "Authorization" not in headers and granted == "pull"
        if headers.get("Authorization") != BASIC and not nobody:
            return _error(401, "UNAUTHORIZED", "authentication required")
        return Answer(200, json.dumps({"token": f"may-{granted}"}).encode())

    def _denied(self, method: str, path: str, headers) -> Answer | None:
        """As distribution does: a token for less than what is asked is a 401 that says for what."""
        said = headers.get("Authorization", "")
        if not self.login or (self.login == "basic" and said == BASIC):
            return None
        needed = "pull" if method in ("GET", "HEAD") else "push"
        if self.login != "basic" and said.startswith("Bearer may-") and needed in said:
            return None
        name = path.removeprefix("/v2/").partition("/blobs")[0].partition("/manifests")[0]
        realm = f'realm="{self.scheme}://{self.host}/token",service="stub"'
        ask = f'Bearer {realm},scope="repository:{name}:{needed}"'
        refused = _error(401, "UNAUTHORIZED", "authentication required")
        refused.headers["WWW-Authenticate"] = 'Basic realm="stub"' if self.login == "basic" else ask
        return refused

    def _blob(self, method: str, name: str, reference: str, query: dict, body: bytes) -> Answer:
        if method == "POST" and reference == "uploads/":
            where = f"{self.scheme}://{self.host}/v2/{name}/blobs/uploads/1?_state=key"
            return Answer(202, headers={"Location": where})
        if method == "PUT" and query.get("_state") == ["key"]:
            [digest] = query["digest"]
            if _digest(body) != digest:
                return _error(400, "DIGEST_INVALID", "provided digest did not match the content")
            self.blobs[digest] = body
            return Answer(201)
        if method == "HEAD" and reference in self.blobs:
            return Answer(200, self.blobs[reference])
        return _error(404, "BLOB_UNKNOWN", "blob unknown to registry")

    def _manifest(self, method: str, reference: str, headers, body: bytes) -> Answer:
        if method == "PUT":
            if _digest(body) != reference:
                return _error(400, "DIGEST_INVALID", "provided digest did not match the content")
            if headers.get("Content-Type") != MANIFEST:
                return _error(400, "MANIFEST_INVALID", "no media type of an image")
            about = json.loads(body)
            for part in [about["config"], *about["layers"]]:
                if len(self.blobs.get(part["digest"], b"")) != part["size"]:
                    return _error(400, "MANIFEST_BLOB_UNKNOWN", f"no blob {part['digest']}")
            self.manifests[reference] = body
            return Answer(201, headers={"Docker-Content-Digest": reference})
        if reference in self.manifests and MANIFEST in headers.get("Accept", ""):
            there = {"Docker-Content-Digest": reference, "Content-Type": MANIFEST}
            return Answer(200, self.manifests[reference], there)
        return _error(404, "MANIFEST_UNKNOWN", "manifest unknown")


def _digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _error(status: int, code: str, message: str) -> Answer:
    said = {"errors": [{"code": code, "message": message}]}
    return Answer(status, json.dumps(said).encode(), {"Content-Type": "application/json"})


class _Handler(BaseHTTPRequestHandler):
    registry: Registry
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.registry.lock:
            answer = self.registry.answer(self.command, self.path, self.headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass
