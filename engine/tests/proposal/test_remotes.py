"""A remote or a registry that does not work is said before the training, within seconds."""

import json
import time

import pytest

from github_stub import GitHub
from mainline.dvc import probe
from mainline.k8s.placeholder import PLACEHOLDER
from mainline.proposal import propose

ELSEWHERE = "http://127.0.0.1:9"  # nobody listens there
AZURE = f"BlobEndpoint={ELSEWHERE}/a;AccountName=a;AccountKey=c2VjcmV0LWtleQ=="


@pytest.fixture
def proposal(remoted, monkeypatch, tmp_path, untrained):
    """A change of the model on a machine without any cloud's credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
    remoted.set(**{"train.seed": 6})
    return remoted


def refused(project, comment, **settings: str) -> str:
    """What the comment says when the remote has these settings."""
    for name, value in settings.items():
        project.dvc("remote", "modify", "storage", name, value)
    head = project.commit("Another seed, another remote")
    start = time.monotonic()
    assert not propose.run(project.root, against=None, post=True, push=True)
    assert time.monotonic() - start < 20
    assert project.git("rev-parse", "HEAD").strip() == head
    said = comment()
    assert said.splitlines()[1] == "## ❌ The gate is closed: nothing could be judged."
    assert "the DVC remote 'storage' does not answer" in said
    assert "docs/continuous-integration.md" in said
    assert "Traceback" not in said
    return said


def test_s3_without_credentials(proposal, comment):
    said = refused(proposal, comment, url="s3://bucket/path", endpointurl=ELSEWHERE)
    assert "NoCredentialsError: Unable to locate credentials" in said


def test_s3_out_of_reach(proposal, comment, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcdefgh12345678")
    said = refused(proposal, comment, url="s3://bucket/path", endpointurl=ELSEWHERE)
    assert 'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.' in said
    assert "abcdefgh12345678" not in said


def test_gcs_without_credentials(proposal, comment):
    store = GitHub()  # like any store that wants to know who asks
    store.answer = lambda *_: (401, {"error": {"code": 401, "message": "Anonymous caller"}})
    said = refused(proposal, comment, url="gs://bucket/path", endpointurl=store.url)
    store.close()
    assert "HttpError: Anonymous caller, 401" in said


def test_azure_without_credentials(proposal, comment):
    settings = {"account_name": "a", "exclude_managed_identity_credential": "true"}
    said = refused(proposal, comment, url="azure://container/path", **settings)
    assert "DefaultAzureCredential failed to retrieve a token" in said


def test_a_store_that_never_answers_has_a_limit(proposal, comment, monkeypatch):
    monkeypatch.setattr(probe, "LIMIT", 3)
    said = refused(proposal, comment, url="azure://container/path", connection_string=AZURE)
    assert "(no answer within 3 s)" in said
    assert "c2VjcmV0" not in said


@pytest.mark.parametrize("url", ["/proc/nowhere", f"{ELSEWHERE}/storage"])
def test_other_remotes_out_of_reach(proposal, comment, url):
    refused(proposal, comment, url=url)


def test_the_templates_registry(proposal, comment):
    proposal.set(**{"package.image": f"ghcr.io/{PLACEHOLDER}/a-model"})
    proposal.commit("Another seed")
    assert not propose.run(proposal.root, against=None, post=True, push=True)
    assert f"`package.image` in params.yaml is still ghcr.io/{PLACEHOLDER}/a-model" in comment()


def test_a_registry_that_asks_for_a_login(proposal, comment, registry):
    registry.login = "token"
    proposal.commit("Another seed")
    assert not propose.run(proposal.root, against=None, post=True, push=True)
    assert "registry.example needs a login" in comment()
    assert json.dumps(registry.seen).count("HEAD") == 1
