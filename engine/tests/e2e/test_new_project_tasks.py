"""One new project a task: from its data through the gate to a server; a worse model closes it."""

import json
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import closing

import pytest
import yaml
from new_project import PACKAGE, ROOT

from mainline.core.errors import MainlineError
from mainline.serving.grpc_client import GrpcClient

CLASSES = ["stays", "reduces", "leaves"]
# What comment, card and terminal call the leading figure, and another figure of the task.
WORDS = {
    "multiclass": ("Macro ROC AUC", "macro_roc_auc", "Macro F1"),
    "regression": ("R²", "r2", "Mean absolute error"),
}

pytestmark = pytest.mark.e2e


def free_ports():
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def ask(address, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(address, data, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.parametrize(
    "task", ["multiclass", pytest.param("regression", marks=pytest.mark.nightly)]
)
def test_a_project_of_this_task_runs_from_data_to_server(task, new_project, tmp_path):
    newcomer = new_project[0].copy(tmp_path / task)
    root = newcomer.root
    text = (ROOT / f"engine/examples/{task}/params.yaml").read_text()
    (root / "params.yaml").write_text(
        re.sub(r"^( +(?:function|name): )\w+", rf"\g<1>{PACKAGE}", text, flags=re.MULTILINE)
    )
    for name in ("dvc.lock", "k8s/overlays/staging/release.yaml"):
        (root / name).unlink()
    shutil.rmtree(root / ".git")
    assert newcomer.run("git", "-c", "init.defaultBranch=main", "init").returncode == 0
    done = newcomer.run("mainline", "run")
    assert done.returncode == 0, done.stdout
    said(root, task, done.stdout)
    served(newcomer, task)
    newcomer.commit("The first model")
    worse(newcomer, task)


def said(root, task, terminal):
    """Gate, comment, card and release speak of the task."""
    label, name, other = WORDS[task]
    assert "The gate is open: the first model" in terminal
    assert f"  {label}" in terminal
    assert "gives a typical row" in terminal
    verdict = json.loads((root / "reports/gate.json").read_text())
    assert verdict["open"]
    assert {name, "baseline", "slices", "figures", "card"} <= {r["name"] for r in verdict["rules"]}
    comment = (root / "reports/comment.md").read_text()
    card = (root / "dist/model-card.md").read_text()
    for text in (comment, card):
        assert label in text
        assert other in text
        assert "| ROC AUC |" not in text
    assert "could not be written" not in comment
    assert comment.count("```mermaid") == (3 if task == "multiclass" else 2)
    assert ("| is ↓, called → |" in comment) is (task == "multiclass")
    release = yaml.safe_load((root / "k8s/overlays/staging/release.yaml").read_text())["data"]
    assert release["image"].endswith(verdict["candidate"]["digest"])


def served(newcomer, task):
    """The embedded server answers rows and columns over REST, and gRPC; the smoke test passes."""
    rest_port, grpc_port = free_ports()
    ports = [f"--rest-port={rest_port}", f"--grpc-port={grpc_port}"]
    server = subprocess.Popen(
        ["mainline", "serve", "--with", "embedded", *ports],
        cwd=newcomer.root,
        env=newcomer.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        with closing(GrpcClient(f"127.0.0.1:{grpc_port}", PACKAGE)) as client:
            wait(client, server)
            golden = newcomer.root / "dist/model/assets.extra/golden.json"
            rows = [record["inputs"] for record in json.loads(golden.read_text())]
            rows = [row for row in rows if None not in row.values()][:2]
            shapes(f"http://127.0.0.1:{rest_port}/v1/models/{PACKAGE}", rows, task)
            answer = client.predict(rows)
        assert answer.labels == [] or set(answer.labels) <= set(CLASSES)
        assert [len(score) if isinstance(score, list) else 1 for score in answer.scores] == [
            3 if task == "multiclass" else 1
        ] * 2
        url = f"http://127.0.0.1:{rest_port}"
        words = ["--grpc", f"127.0.0.1:{grpc_port}", "--budget-ms", "10000"]
        done = newcomer.run("mainline", "smoke", url, *words)
        assert done.returncode == 0, done.stdout
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


def wait(client, server):
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            assert client.versions()
        except MainlineError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(server.communicate()[0] if server.poll() is not None else "no answer")


def shapes(address, rows, task):
    predictions = ask(f"{address}:predict", {"instances": rows})["predictions"]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    outputs = ask(f"{address}:predict", {"inputs": columns})["outputs"]
    metadata = ask(f"{address}/metadata")["metadata"]
    signature = metadata["signature_def"]["signature_def"]["serving_default"]
    if task == "regression":
        assert all(isinstance(value, float) for value in [*predictions, *outputs])
        assert list(signature["outputs"]) == ["score"]
        return
    assert sorted(signature["outputs"]) == ["label", "score"]
    for place, row in enumerate(predictions):
        assert sum(row["score"]) == pytest.approx(1, abs=1e-5)
        assert row["label"] == CLASSES[row["score"].index(max(row["score"]))]
        assert row == {name: column[place] for name, column in outputs.items()}


def worse(newcomer, task):
    """A network that learnt next to nothing, against the first as champion."""
    newcomer.branch("worse")
    newcomer.set("train", ship="network", epochs=1, learning_rate=1e-7)
    done = newcomer.run("mainline", "run")
    assert done.returncode == 1, done.stdout
    verdict = json.loads((newcomer.root / "reports/gate.json").read_text())
    outcomes = {rule["name"]: rule["outcome"] for rule in verdict["rules"]}
    assert outcomes["champion"] == outcomes["baseline"] == outcomes[WORDS[task][1]] == "fail"
    assert outcomes["figures"] == outcomes["card"] == outcomes["bytes"] == "pass"
    assert verdict["champion"]["difference"]["high"] < 0
    comment = (newcomer.root / "reports/comment.md").read_text()
    assert "The gate is closed" in comment
    assert f"{WORDS[task][0]} against the champion: **-" in comment
