"""Pushing to a registry that checks every byte; what a person reads when it does not work."""

import pytest

from mainline.github.answers import GaveUp, Refused
from mainline.registry.login import Login
from mainline.registry.repository import Repository, loopback
from registry_stub import PASSWORD, USER, Answer, Fault


@pytest.fixture
def waits():
    return []


@pytest.fixture
def into(waits):
    """A repository that waits for nobody."""

    def repository(registry, login=None):
        plain = registry.scheme == "http"
        return Repository(registry.host, "o/model", login, plain, sleep=waits.append)

    return repository


ADA = Login(USER, PASSWORD)


def test_every_byte_arrives_and_the_manifest_last(layout, serve, into):
    registry = serve()
    repository = into(registry)
    assert not repository.has(layout.digest)
    repository.push(layout)
    assert registry.manifests == {layout.digest: layout.manifest}
    assert registry.blobs == {name: path.read_bytes() for name, path in layout.blobs.items()}
    assert registry.seen[-2].startswith("PUT /v2/o/model/manifests/sha256:")
    assert repository.has(layout.digest)


def test_what_is_there_is_not_sent_again(layout, serve, into):
    registry = serve()
    into(registry).push(layout)
    registry.seen.clear()
    into(registry).push(layout)
    assert [line.split()[0] for line in registry.seen] == ["HEAD", "HEAD", "PUT", "HEAD"]


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_with_a_login(layout, serve, into, kind):
    registry = serve(kind)
    repository = into(registry, ADA)
    assert not repository.has(layout.digest)
    repository.push(layout)
    assert repository.has(layout.digest)
    assert set(registry.scopes) == ({"repository:o/model:pull,push"} if kind == "token" else set())


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_without_one(layout, serve, into, kind):
    with pytest.raises(Refused, match=r"needs a login .* there is none.*`docker login 127"):
        into(serve(kind)).push(layout)


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_with_a_wrong_one_which_is_not_said_aloud(layout, serve, into, kind):
    with pytest.raises(Refused, match=r"this login is not allowed to push .*401") as refused:
        into(serve(kind), Login("ada", "wr0ng-word")).push(layout)
    assert "wr0ng-word" not in str(refused.value)


def test_a_login_that_may_only_look(layout, serve, into, waits):
    registry = serve("token")
    registry.faults = [Fault(403, "POST", code="DENIED", message="write_package missing")] * 9
    with pytest.raises(Refused, match=r"403: write_package missing.*`packages: write`"):
        into(registry, ADA).push(layout)
    assert waits == []
    assert registry.manifests == {}


def test_a_repository_that_has_to_be_made_first(layout, serve, into):
    registry = serve()
    registry.faults = [Fault(404, "POST", code="NAME_UNKNOWN", message="no such project")]
    with pytest.raises(Refused, match=r"has no o/model .404: no such project.: create it there"):
        into(registry).push(layout)


@pytest.mark.parametrize(
    ("kind", "login"), [("", None), ("anonymous", None), ("token", ADA), ("basic", ADA)]
)
def test_a_look_asks_for_no_right_to_push(layout, serve, into, kind, login):
    registry = serve(kind)
    assert not into(registry, login).shows(layout.digest)
    registry.manifests[layout.digest] = layout.manifest
    assert into(registry, login).shows(layout.digest)
    tokens = kind in ("anonymous", "token")
    assert set(registry.scopes) == ({"repository:o/model:pull"} if tokens else set())


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_what_is_not_shown_is_no_answer(layout, serve, into, kind):
    with pytest.raises(Refused, match=r"has no o/model@sha256:.*, or this login has no access"):
        into(serve(kind)).shows(layout.digest)


def test_a_forbidden_look_at_what_is_not_there_decides_nothing(layout, serve, into):
    registry = serve()
    registry.faults = [Fault(403, "HEAD")]
    assert not into(registry).has(layout.digest)


@pytest.mark.parametrize("where", ["/manifests/", "/blobs/sha256", "/uploads/", "_state"])
def test_a_busy_registry_is_asked_again(layout, serve, into, waits, where):
    registry = serve()
    registry.faults = [Fault(503, where=where), Fault(500, where=where)]
    into(registry).push(layout)
    assert waits == [1, 2]
    assert layout.digest in registry.manifests


def test_patience_ends(layout, serve, into, waits):
    registry = serve()
    registry.faults = [Fault(502, message="upstream") for _ in range(50)]
    with pytest.raises(GaveUp, match=r"is busy .502.*Gave up after 5 attempts"):
        into(registry).push(layout)
    assert registry.manifests == {}


def test_nobody_there(layout, waits):
    repository = Repository("127.0.0.1:9", "o/model", sleep=waits.append)
    with pytest.raises(GaveUp, match=r"127.0.0.1:9 does not answer .Connection refused.*params"):
        repository.push(layout)


def test_no_such_host(layout, waits):
    repository = Repository("registry.invalid", "o/model", sleep=waits.append)
    with pytest.raises(GaveUp, match=r"registry.invalid does not answer"):
        repository.has(layout.digest)


def test_a_certificate_that_nobody_vouches_for(layout, serve, into, monkeypatch, waits):
    registry = serve("basic")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(Refused, match=r"certificate of the registry 127.* is not trusted"):
        into(registry, ADA).has(layout.digest)
    assert waits == []


def test_a_password_travels_over_https_only(layout, serve, into):
    registry = serve()
    registry.login = "basic"
    with pytest.raises(Refused, match="https only"):
        into(registry, ADA).push(layout)


@pytest.mark.parametrize("status", [200, 204])
def test_a_server_that_says_yes_to_everything(layout, serve, into, status):
    registry = serve()
    registry.answer = lambda *_: Answer(status)
    with pytest.raises(Refused, match=r"accepted sha256:.* but lacks it"):
        into(registry).push(layout)


def test_a_server_that_is_no_registry(layout, serve, into):
    registry = serve()
    registry.faults = [Fault(404, "HEAD"), Fault(200, "POST")]
    with pytest.raises(Refused, match=r"does not answer like a registry .KeyError.*params"):
        into(registry).push(layout)


def test_a_registry_that_says_no_digest_is_asked_for_the_bytes(layout, serve, into):
    registry = serve()
    into(registry).push(layout)
    answer = registry.answer

    def silent(*request):
        found = answer(*request)
        return Answer(found.status, found.body)

    registry.answer = silent
    assert into(registry).has(layout.digest)
    registry.manifests[layout.digest] += b" "
    assert not into(registry).has(layout.digest)


def test_the_stub_refuses_a_manifest_before_its_blobs(layout, serve, into):
    registry = serve()
    lone = type(layout)(layout.digest, layout.manifest, {})
    with pytest.raises(Refused, match="400: no blob sha256:"):
        into(registry).push(lone)


@pytest.mark.parametrize(
    ("image", "host", "name"),
    [
        ("ghcr.io/o/model", "ghcr.io", "o/model"),
        ("registry.example:5000/model", "registry.example:5000", "model"),
        ("localhost/model", "localhost", "model"),
        ("o/model", "docker.io", "o/model"),
        ("model", "docker.io", "model"),
    ],
)
def test_an_images_name_is_read_as_docker_reads_it(image, host, name):
    repository = Repository.of(image)
    assert (repository.host, repository.name) == (host, name)


def test_http_is_for_this_machine_alone():
    for address in ("localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000"):
        assert loopback(address)
    for address in ("ghcr.io", "10.0.0.1:5000", "127.0.0.1.example", "localhost.example:80"):
        assert not loopback(address)
