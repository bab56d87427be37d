"""The requests of `github_stub` over HTTP: its faults, and tokens that may only read."""

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from github_stub import GitHub


class Asked(BaseHTTPRequestHandler):
    """`github` answers, unless one of its faults does."""

    github: "GitHub"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        address = urlsplit(self.path)
        path = address.path.removeprefix("/api/v3").strip("/")
        github = self.github
        if path.startswith("blob/"):  # another host's, whose address is the secret
            if self.headers.get("Authorization"):
                github.leaked.append(path)
            return self._answer(200, github.bytes[int(path[5:])], {})
        with github.lock:
            github.seen.append((self.command, path, body))
            hit = next((f for f in github.faults if f.method in ("", self.command)), None)
            if hit:
                github.faults.remove(hit)
                hit.before()
            if not hit or hit.done_anyway:
                status, answer = self._allowed(path, parse_qs(address.query), body)
        if hit:
            status, answer = hit.status, {"message": hit.message}
        headers = dict(hit.headers) if hit else {}
        if status == 302:
            headers["Location"], answer = f"{github.url}{answer}", None
        text = b"" if answer is None else json.dumps(answer).encode()
        return self._answer(
            status, text, {"Content-Type": "application/json; charset=utf-8"} | headers
        )

    def _allowed(self, path: str, query: dict, body: dict) -> tuple[int, object]:
        token = self.headers.get("Authorization", "").rpartition(" ")[2]
        if self.command != "GET" and token in self.github.readers:
            self.github.refused.append(f"{self.command} {path}")
            return 403, {"message": "Resource not accessible by integration"}
        return self.github.answer(self.command, path, query, body)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass
