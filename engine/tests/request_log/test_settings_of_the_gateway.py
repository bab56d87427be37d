"""One file of settings: defaults, and one clear line for each wrong key."""

from pathlib import Path

import pytest

from mainline.core.errors import SettingsError
from mainline.request_log.settings import GatewaySettings, read_settings
from mainline.request_log.ship_settings import hash_key


def test_no_file_and_an_empty_file_give_the_defaults(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    (tmp_path / "none.yaml").write_text("")
    assert read_settings(None) == GatewaySettings()
    assert read_settings(tmp_path / "none.yaml") == GatewaySettings()
    assert read_settings(None, "s3://a/b").log.store == "s3://a/b"


def test_a_file(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "log: {store: s3://a/b, sample: 0.5, leave_out: [age], roll_seconds: 5}\n"
        "headers: {entity: X-Customer}\nroutes: {split: {by: weight, share: 0.2}}\n"
    )
    settings = read_settings(path, "elsewhere")
    assert settings.log.store == "elsewhere"
    assert (settings.log.sample, settings.log.leave_out) == (0.5, ["age"])
    assert settings.headers.entity == "x-customer"
    assert settings.routes.split.by == "weight"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log: {sampel: 1}", "'log.sampel' is not a setting; did you mean 'log.sample'?"),
        ("log: {sample: 2}", "'log.sample' is 2 (int); it should be less than or equal to 1."),
        ("log: {roll_mb: 0}", "'log.roll_mb' is 0 (int); it should be greater than 0."),
        ("log: {store: 5}", "'log.store' is 5 (int); it should be a valid string, in quotes."),
        ("log: 5", "'log' is 5 (int); it should be a group of `key: value` lines."),
        ("headers: {entity: 'a b'}", "'headers.entity': 'a b' is not the name of a header"),
        ("routes: {split: {by: luck}}", "'routes.split.by' is 'luck' (str); it should be"),
        ("limits: {connections: -1}", "'limits.connections' is -1 (int); it should be greater"),
        ("limits: {body_bytes: 4294967296}", "it should be less than or equal to 2147483647."),
        ("limits: {seconds: 2592000}", "it should be less than or equal to 2147483."),
        ("log: [", "is not valid YAML"),
        ("- a", "has no `key: value` lines."),
        ("log: {hash: [age]}", "log.hash needs a key of 16 characters or more in the environment"),
    ],
)
def test_a_wrong_key_is_one_line(tmp_path, text, said, monkeypatch):
    monkeypatch.delenv("LOG_HASH_KEY", raising=False)
    path = tmp_path / "gateway.yaml"
    path.write_text(text)
    with pytest.raises(Exception, match=r".") as raised:
        read_settings(path)
    assert said in str(raised.value)


def test_a_file_that_is_not_there():
    with pytest.raises(SettingsError, match=r"^none.yaml cannot be read: "):
        read_settings(Path("none.yaml"))


def test_the_key_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_HASH_KEY", "k" * 16)
    path = tmp_path / "gateway.yaml"
    path.write_text("log: {hash: [entity]}")
    assert hash_key(read_settings(path).log) == b"k" * 16
    assert hash_key(GatewaySettings().log) == b""
