"""A server that answers each request with constant bytes at once: the gateway's upper bound.

`python stub_server.py PORT` reads no more of a request than its first letter.
"""

import asyncio
import sys

import uvloop


def whole(body: bytes) -> bytes:
    """An answer."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


SCORE = whole(b'{\n    "predictions": [0.0436135046\n    ]\n}')
STATUS = whole(b'{"model_version_status": [{"version": "1", "state": "AVAILABLE"}]}')


class Stub(asyncio.Protocol):
    """A client's connection; each of its requests fits into one packet."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer."""
        self.transport.write(STATUS if data.startswith(b"GET") else SCORE)


async def main(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
