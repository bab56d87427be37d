"""HTTP over a bare socket: requests as they are written, whatever they are."""

import http.client
import io
import json
import socket


class _Received(io.BytesIO):
    def makefile(self, *_):
        return self


def exchange(port, sent):
    """Send bytes as they are; everything that comes back until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while data := connection.recv(65536):
                received += data
        except ConnectionResetError:
            pass
    return received


def status(received):
    return int(received.split(None, 2)[1])


def request(method, path, body=b"", headers=()):
    """The bytes of one request, after which the connection closes."""
    lines = {"Host": "x", "Connection": "close", **dict(headers)}
    if "Transfer-Encoding" not in lines and (body or method == "POST"):
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def answered(received, method="POST"):
    """Status and kind of an answer, in the words of `contract_cases.Case`."""
    response = http.client.HTTPResponse(_Received(received), method=method)
    response.begin()
    data = response.read()
    return response.status, kind(response.headers.get_content_type(), data)


def kind(content_type, data):
    if not data:
        return "nothing"
    if content_type != "application/json":
        return "page"
    found = json.loads(data.decode(errors="replace"))
    key = next(iter(found))
    return f"{key}/{len(found[key])}" if key in {"predictions", "outputs"} else key
