"""An engine that is a script: what it is asked to do, and what happens when it does not."""

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest
import yaml

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.k8s import server_image
from mainline.serving import container, serve
from mainline.serving import container_engine as engine
from mainline.serving.options import CHANNEL_ARGUMENTS
from mainline.serving.served import Served

ROOT = Path(__file__).parents[3]
IMAGE = "some/server:1"
# Notes its calls; `run` answers as TensorFlow Serving's status does, until `kill` ends it.
SCRIPT = """#!{python} -IS
import json, os, pathlib, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
place = pathlib.Path(__file__).with_suffix(".d")
place.mkdir(exist_ok=True)
call = sys.argv[1:]
with open(place / "calls", "a") as calls:
    calls.write(json.dumps(call) + "\\n")
setting = json.loads((place / "setting").read_text())
if call[0] == "kill":
    os.kill(int((place / "pid").read_text()), signal.SIGTERM)
elif call[0] == "run" and setting.get("run") is None:
    (place / "pid").write_text(str(os.getpid()))
    for number in range(2):
        signal.signal([signal.SIGTERM, signal.SIGINT][number], lambda *_: os._exit(137))
    port = [each for each in call if each.endswith(":8501")][0].split(":")[1]
    name, version = [each for each in call if "target=" in each][0].split("/")[-2:]
    state = [dict(version=version.partition(",")[0], state="AVAILABLE")]
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(dict(model_version_status=state)).encode())
        def log_message(self, *_):
            pass
    HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
sys.exit(setting.get(call[0], 0))
"""


class Engine:
    """A `docker` or `podman` on PATH; `set` gives the exit codes of its commands."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path, self.notes = folder / name, folder / f"{name}.d"
        self.path.write_text(SCRIPT.format(python=sys.executable))
        self.path.chmod(stat.S_IRWXU)
        self.notes.mkdir()
        self.set()

    def set(self, **codes: int) -> None:
        (self.notes / "setting").write_text(json.dumps(codes))

    def calls(self, command: str) -> list[list[str]]:
        lines = (self.notes / "calls").read_text().splitlines()
        return [call for call in map(json.loads, lines) if call[0] == command]


@pytest.fixture
def engines(tmp_path, monkeypatch):
    """Puts engines on a PATH that has no other."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(engine.platform, "machine", lambda: "x86_64")
    return lambda name: Engine(tmp_path / "bin", name)


@pytest.fixture
def arguments(tiny_run, monkeypatch, free_ports):
    monkeypatch.chdir(tiny_run)
    ports = [f"--grpc-port={free_ports[0]}", f"--rest-port={free_ports[1]}"]
    return ["serve", *ports, f"--image={IMAGE}"]


@pytest.fixture(autouse=True)
def ended_once_served(monkeypatch):
    """Ctrl-C in the moment in which a person is told where to ask."""
    tell = serve._tell

    def told(*arguments):
        tell(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(serve, "_tell", told)


def test_the_model_is_mounted_read_only_and_ports_are_on_loopback(tmp_path):
    served = Served(
        tmp_path, "tiny", 7, grpc_port=1, rest_port=2, channel_arguments=CHANNEL_ARGUMENTS
    )
    line = " ".join(container.command("docker", IMAGE, served, "name"))
    assert f"--mount type=bind,source={tmp_path},target=/models/tiny/7,readonly" in line
    assert "--publish 127.0.0.1:1:8500 --publish 127.0.0.1:2:8501" in line
    assert "--read-only --cap-drop ALL --security-opt no-new-privileges" in line
    assert f"--user {os.getuid()}:{os.getgid()}" in line
    assert line.index("--entrypoint tensorflow_model_server") < line.index(IMAGE)
    assert "--model_base_path=/models/tiny" in line.split(IMAGE)[1]
    assert "--enable_grpc_healthcheck_service=true --enable_profiler=false" in line
    assert line.endswith(f"--grpc_channel_arguments={CHANNEL_ARGUMENTS}")
    assert "--user" not in container.command("podman", IMAGE, served, "name")


def test_the_image_is_the_one_that_the_cluster_runs():
    images = yaml.safe_load(Layout(ROOT).settings.read_text())["images"]
    [image] = [image for image in images if image["name"] == "mainline/server"]
    assert server_image.server_image(ROOT) == f"{image['newName']}:{image['newTag']}"


@pytest.mark.parametrize(
    ("tag", "digest"), [("2.20.0", ""), ("2.20.0", f"@sha256:{'e' * 64}")], ids=["tag", "digest"]
)
def test_a_digest_and_a_mirror_are_part_of_the_image(tmp_path, tag, digest):
    base = Layout(tmp_path).settings
    base.parent.mkdir(parents=True)
    image = {"name": "mainline/server", "newName": "mirror.example/s"}
    base.write_text(yaml.safe_dump({"images": [image | {"newTag": tag + digest}]}))
    assert server_image.server_image(tmp_path) == f"mirror.example/s:{tag}{digest}"


def test_manifests_without_a_server_are_an_error(tmp_path):
    base = Layout(tmp_path).settings
    base.parent.mkdir(parents=True)
    base.write_text("images: [{name: some/other, newTag: '1'}]\n")
    with pytest.raises(MainlineError, match="sets no tag for mainline/server"):
        server_image.server_image(tmp_path)


def test_without_manifests_the_image_has_to_be_named(engines, arguments, capfd):
    found = engines("docker")
    assert cli.main([*arguments[:-1], "--with", "docker"]) == 1
    assert f"{Layout.settings} does not exist" in capfd.readouterr().err
    assert cli.main(arguments) == 0
    assert IMAGE in found.calls("run")[0]


def test_without_manifests_and_image_the_embedded_server_is_taken(engines, arguments, capfd):
    engines("docker")
    assert cli.main(arguments[:-1]) == 0
    said = capfd.readouterr().out
    assert "Name one by `--image`. Using the embedded" in said


def test_connections_age_as_in_the_cluster():
    pod = yaml.safe_load((ROOT / "k8s/base/deployment.yaml").read_text())["spec"]["template"]
    arguments = pod["spec"]["containers"][0]["args"]
    assert f"--grpc_channel_arguments={CHANNEL_ARGUMENTS}" in arguments


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_an_engine_that_answers_serves_and_is_ended(engines, arguments, name, capfd, version):
    found = engines(name)
    assert cli.main(arguments) == 0
    said = capfd.readouterr().out
    assert f"tiny version {version}: TensorFlow Serving in {name}" in said
    assert said.endswith("serve     stopped\n")
    (run,) = found.calls("run")
    assert found.calls("kill") == [["kill", run[run.index("--name") + 1]]]
    with pytest.raises(ProcessLookupError):
        os.kill(int((found.notes / "pid").read_text()), 0)


def test_the_image_is_pulled_only_when_it_is_not_here(engines, arguments, capfd):
    found = engines("docker")
    found.set(image=1)
    assert cli.main([*arguments, "--image", "another/image:1"]) == 0
    assert found.calls("pull") == [["pull", "another/image:1"]]
    assert "docker pulls another/image:1, once (`--with embedded` needs no image)" in (
        capfd.readouterr().out
    )
    found.set()
    assert cli.main(arguments) == 0
    assert len(found.calls("pull")) == 1


def test_docker_without_its_daemon_is_passed_over_for_podman(engines):
    engines("docker").set(info=1)
    engines("podman")
    assert engine.choose() == ("podman", "podman answers")


def test_without_an_engine_that_answers_there_is_none(engines):
    engines("docker").set(info=1)
    assert engine.choose() == (None, "docker is installed, but does not answer")


def test_another_processor_than_the_images_takes_no_engine(engines, monkeypatch):
    engines("docker")
    monkeypatch.setattr(engine.platform, "machine", lambda: "arm64")
    assert engine.choose() == (None, "the server's image does not support arm64")


def test_an_engine_that_hangs_is_not_waited_for(engines, monkeypatch, tmp_path):
    engines("docker").path.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    start = time.monotonic()
    assert not engine.usable("docker")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"info": 1}, "docker does not answer"),
        ({"image": 1, "pull": 1}, "`docker pull"),
        ({"run": 125}, "the server's container ended"),
    ],
    ids=["info", "pull", "run"],
)
def test_what_is_asked_for_by_name_and_cannot_be_had_is_an_error(
    engines, arguments, codes, words, capfd
):
    engines("docker").set(**codes)
    assert cli.main([*arguments, "--with", "docker"]) == 1
    assert words in capfd.readouterr().err


def test_a_failed_pull_falls_back_when_nobody_asked_for_the_engine(
    engines, arguments, capfd, free_ports
):
    engines("docker").set(image=1, pull=1)
    assert cli.main(arguments) == 0
    said = capfd.readouterr().out
    assert "failed; `--with embedded` serves without an image. Using the embedded" in said
    assert "embedded development server, not for production" in said


def test_a_server_that_never_gets_ready_is_given_up_and_killed(engines, free_ports, monkeypatch):
    found = engines("docker")
    monkeypatch.setattr(container, "START_SECONDS", 1.5)
    monkeypatch.setattr(Served, "rest", "http://127.0.0.1:1")
    served = Served(Path("/"), "tiny", 7, grpc_port=free_ports[0], rest_port=free_ports[1])
    monkeypatch.setattr(container, "tree_files", lambda _: [])
    with (
        pytest.raises(MainlineError, match="not ready within"),
        container.running("docker", IMAGE, served),
    ):
        pass
    assert found.calls("kill")


def test_links_into_a_cache_become_files(engines, tmp_path, free_ports):
    found = engines("docker")
    (tmp_path / "cache").write_text("bytes")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/file").symlink_to(tmp_path / "cache")
    served = Served(tmp_path / "model", "tiny", 7, grpc_port=free_ports[0], rest_port=free_ports[1])
    with container.running("docker", IMAGE, served):
        mount = next(each for each in found.calls("run")[0] if each.startswith("type=bind"))
        source = Path(mount.split("source=")[1].split(",")[0])
        assert (source / "file").read_text() == "bytes"
        assert not (source / "file").is_symlink()
    assert not source.exists()
