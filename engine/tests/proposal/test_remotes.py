"""A remote that does not work is an error within seconds, and so is a push that is not whole."""

import time

import pytest

from github_stub import GitHub
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc import objects, probe
from mainline.proposal import remote
from tiny_pipeline import Tiny

ELSEWHERE = "http://127.0.0.1:9"  # nobody listens there
AZURE = f"BlobEndpoint={ELSEWHERE}/a;AccountName=a;AccountKey=c2VjcmV0LWtleQ=="


@pytest.fixture
def remoted(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Tiny:
    """A model with a remote, on a machine without any cloud's credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
    tiny.dvc("remote", "add", "--quiet", "--default", "storage", str(tmp_path / "storage"))
    return tiny


def refused(model: Tiny, **settings: str) -> str:
    """The error when the remote has these settings."""
    for name, value in settings.items():
        model.dvc("remote", "modify", "storage", name, value)
    start = time.monotonic()
    with pytest.raises(MainlineError, match="the DVC remote 'storage' does not answer") as error:
        remote.check(model.root)
    assert time.monotonic() - start < 20
    assert "docs/continuous-integration.md" in str(error.value)
    return str(error.value)


def test_none(tiny):
    with pytest.raises(MainlineError, match="dvc remote add"):
        remote.check(tiny.root)


def test_s3_without_credentials(remoted):
    said = refused(remoted, url="s3://bucket/path", endpointurl=ELSEWHERE)
    assert "NoCredentialsError: Unable to locate credentials" in said


def test_s3_out_of_reach(remoted, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh12345678")
    said = refused(remoted, url="s3://bucket/path", endpointurl=ELSEWHERE)
    assert 'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.' in said
    assert "abcdefgh12345678" not in said


def test_gcs_without_credentials(remoted):
    store = GitHub()  # like any store that wants to know who asks
    store.answer = lambda *_: (401, {"error": {"code": 401, "message": "Anonymous caller"}})
    said = refused(remoted, url="gs://bucket/path", endpointurl=store.url)
    store.close()
    assert "HttpError: Anonymous caller, 401" in said


def test_azure_without_credentials(remoted):
    settings = {"account_name": "a", "exclude_managed_identity_credential": "true"}
    said = refused(remoted, url="azure://container/path", **settings)
    assert "DefaultAzureCredential failed to retrieve a token" in said


def test_a_store_that_never_answers_has_a_limit(remoted, monkeypatch):
    monkeypatch.setattr(probe, "LIMIT", 3)
    said = refused(remoted, url="azure://container/path", connection_string=AZURE)
    assert "(no answer within 3 s)" in said
    assert "c2VjcmV0" not in said


@pytest.mark.parametrize("url", ["/proc/nowhere", f"{ELSEWHERE}/storage"])
def test_others_out_of_reach(remoted, url):
    refused(remoted, url=url)


def test_a_push_that_is_not_whole_goes_on_the_next_time(remoted, tmp_path, monkeypatch):
    """One file is lost, of which DVC itself says no more than a warning."""
    monkeypatch.setenv("NOISE", "other bytes than the rows")
    remoted.release()
    cache = Layout(remoted.root).dvc_cache
    folder = objects.named(objects.of_tree(remoted.root))["dist/model"]
    [inner] = objects.listed(cache, folder).values()
    place = objects.place(cache, inner)
    aside = place.rename(tmp_path / "aside")
    with pytest.raises(MainlineError, match="`dvc push` skipped dist/model, "):
        remote.push(remoted.root, "train")
    aside.rename(place)
    remote.push(remoted.root, "train")
    assert objects.place(tmp_path / "storage/files/md5", inner).is_file()


def test_a_store_that_takes_nothing(remoted, tmp_path):
    remoted.release()
    stored = tmp_path / "storage/files/md5"
    stored.mkdir(parents=True)
    for number in range(256):  # a file where a folder should be
        (stored / f"{number:02x}").write_text("in the way")
    with pytest.raises(MainlineError, match="`dvc push` failed: ERROR: "):
        remote.push(remoted.root, "train")
