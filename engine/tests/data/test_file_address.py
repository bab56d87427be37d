import functools
import hashlib
import http.server
import threading

import fsspec
import pytest

from mainline.core.errors import MainlineError
from mainline.data.sources import address


@pytest.fixture
def served(project):
    """The project's folder over HTTP."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=project.root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_path_in_the_project_wherever_one_stands(project, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    assert len(project.ingest()) == 60


def test_absolute_path(project):
    project.source["path"] = str(project.root / "rows.csv")

    assert len(project.ingest()) == 60


def test_any_file_system_of_fsspec(project, rows):
    project.source["path"] = "memory://bucket/rows.csv"
    with fsspec.open("memory://bucket/rows.csv", "wb") as file:
        file.write(rows.head(50).to_csv(index=False).encode())

    assert len(project.ingest()) == 50


def test_http(project, served):
    project.source["path"] = f"{served}/rows.csv"

    assert len(project.ingest()) == 60


def test_http_address_without_a_file(project, served):
    project.source["path"] = f"{served}/none.csv"

    assert project.refused() == f"{served}/none.csv (data.source.path) does not exist."


def test_format_that_the_name_does_not_tell(project, rows):
    project.parquet(rows).rename(project.root / "rows.bin")
    project.source.update(path="rows.bin", format="parquet")

    assert len(project.ingest()) == 60


def test_pinned_bytes(project):
    content = (project.root / "rows.csv").read_bytes()
    project.source["sha256"] = hashlib.sha256(content).hexdigest()

    assert len(project.ingest()) == 60


def test_pin_that_is_no_sha256(project):
    project.source["sha256"] = "abc"

    assert "'data.source.sha256' is 'abc' (str)" in project.refused()


def test_the_home_of_somebody_unknown(project):
    with pytest.raises(MainlineError, match=r"there is no user of that name here; .* written \./~"):
        address.absolute("~nobody-of-this-name/rows.csv", project.root)
