"""Where files lie: a path, S3 (tests/scoring/test_object_store.py) or GCS."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from pyarrow import fs

from mainline.core.errors import MainlineError
from mainline.core.places import GCS, Place

OF_A_STUB = "endpoint_override=127.0.0.1:{}&scheme=http&retry_limit_seconds=1"


@pytest.fixture
def google():
    """The address of a server that knows the bucket `kept`, as Google's API says it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.path.partition("?")[0] == "/storage/v1/b/kept"
            found = {"kind": "storage#bucket", "id": "kept", "name": "kept"}
            body = json.dumps(found if known else {"error": {"code": 404, "message": "none"}})
            self.send_response(200 if known else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield OF_A_STUB.format(server.server_port)
    server.shutdown()
    server.server_close()


def test_a_bucket_of_google(google):
    place = Place.of(f"{GCS}anonymous@kept/requests?{google}")
    assert isinstance(place.system, fs.GcsFileSystem)
    assert (place.path, place.remote) == ("kept/requests", True)
    assert place.named(f"{place.path}/a.parquet") == "gs://kept/requests/a.parquet"
    inner = place.below("day=1")
    assert inner.path == "kept/requests/day=1"
    assert place.contains(inner)
    assert not place.contains(Place("s3://kept/requests/day=1", None, inner.path))


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("gs://", "'gs://' cannot be read. Expected a local path, s3://bucket/prefix or gs://"),
        ("gs:///prefix", "'gs:///prefix' cannot be read. Expected a local path, s3"),
        ("gs://bucket/prefix?colour=1", "Unexpected query parameter in GCS URI: 'colour'."),
        ("gs://anonymous@none/x?{google}", "the bucket 'none' does not exist."),
        ("gs://anonymous@b/x?" + OF_A_STUB.format(9), "Could not connect to server."),
        ("ftp://host/x", "'ftp://host/x' cannot be read."),
        ("", "'' cannot be read."),
    ],
)
def test_what_cannot_be_reached_is_said_in_one_line(google, uri, said):
    with pytest.raises(MainlineError) as raised:
        Place.of(uri.format(google=google))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
