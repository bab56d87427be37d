"""Where a login is found, and that it goes to the registry it is for and to no other."""

import base64
import json

import pytest

from mainline.registry import login
from mainline.registry.login import Login


@pytest.fixture
def docker(tmp_path):
    """Write a docker config; its environment."""

    def write(**config):
        (tmp_path / "docker").mkdir(exist_ok=True)
        (tmp_path / "docker/config.json").write_text(json.dumps(config))
        return {"DOCKER_CONFIG": str(tmp_path / "docker")}

    return write


def kept(user, password):
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("registry.example", "registry.example"),
        ("registry.example:5000", "https://registry.example:5000"),
        ("docker.io", "https://index.docker.io/v1/"),
    ],
)
def test_docker_login(docker, host, key):
    values = docker(auths={key: kept("ada", "pass:word")})
    assert login.find(host, values) == Login("ada", "pass:word")
    assert login.find("elsewhere.example", values) is None


def test_an_identity_token_stands_for_the_password(docker):
    entry = kept("00000000-0000-0000-0000-000000000000", "") | {"identitytoken": "eyJ"}
    values = docker(auths={"acr.example": entry})
    assert login.find("acr.example", values).password == "eyJ"


@pytest.mark.parametrize(
    "config", [{"credsStore": "fake"}, {"credHelpers": {"registry.example": "fake"}}]
)
def test_a_program_that_keeps_logins(docker, tmp_path, monkeypatch, config):
    helper = tmp_path / "docker-credential-fake"
    helper.write_text(
        '#!/bin/sh\nread host\necho \'{"Username": "ada", "Secret": "\'"$host"\'"}\'\n'
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    values = docker(auths={"registry.example": {}}, **config)
    assert login.find("registry.example", values) == Login("ada", "registry.example")
    helper.write_text("#!/bin/sh\nexit 1\n")
    assert login.find("registry.example", values) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"auths": null}', '{"auths": {"h.io": {}}}'])
def test_a_config_without_a_login(docker, tmp_path, text):
    values = docker()
    (tmp_path / "docker/config.json").write_text(text)
    assert login.find("h.io", values) is None


def test_the_jobs_own_token_is_for_githubs_registry_alone(tmp_path):
    values = {"DOCKER_CONFIG": str(tmp_path), "GITHUB_TOKEN": "t0ken", "GITHUB_ACTOR": "ada"}
    assert login.find("ghcr.io", values) == Login("ada", "t0ken")
    for host in ("registry.example", "ghcr.io.example", "docker.io"):
        assert login.find(host, values) is None


def test_the_settings_are_for_the_registry_that_they_name(tmp_path):
    values = {"DOCKER_CONFIG": str(tmp_path), "REGISTRY_USER": "ada", "REGISTRY_PASSWORD": "pw"}
    assert login.find("registry.example", values) is None
    values["REGISTRY"] = "registry.example"
    assert login.find("registry.example", values) == Login("ada", "pw")
    assert login.find("evil.example", values) is None


def test_a_password_is_in_no_representation():
    assert "pw" not in repr(Login("ada", "pw"))
