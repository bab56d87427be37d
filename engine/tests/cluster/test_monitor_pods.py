"""The pods of the workflow `monitor`, as rendered, over a log of the model that staging runs.

Real: the manifests, `mainline`, git over HTTP with a token, DVC with a remote in a directory, the
log in Parquet, a Pushgateway's side of HTTP. Not real: GitHub's API, and what pods.py names.
"""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pods import Workflow
from runtimes import in_sandbox

from git_server import GitServer
from github_stub import GitHub
from mainline.core.layout import Layout
from mainline.release.release_file import Release
from mainline.request_log.typed_columns import PREFIX
from project import Project, stored

TOKEN = "the-token-of-the-pods"
DAY = datetime(2026, 7, 6, 10, tzinfo=UTC)
REMOTE = "[core]\n    analytics = false\n    remote = r\n['remote \"r\"']\n    url = {url}\n"
TRIGGER = "\nmonitoring:\n  triggers: {drift: {psi: 0.25, min_rows: 500}}\n"


def write_log(project: Project, folder: Path) -> None:
    """The model's own test rows as requests; each income is twice what it was."""
    rows = pq.read_table(project.root / Layout.split / "test.parquet").to_pandas()
    rows["income"] *= 2
    count = len(rows)
    plain = {
        "time": pa.array([DAY] * count, pa.timestamp("us", "UTC")),
        "request_id": [str(number) for number in range(count)],
        "row": pa.array([0] * count, pa.int32()),
        "rows": pa.array([1] * count, pa.int32()),
        "entity": rows["customer_id"].astype("str").tolist(),
        "arm": ["main"] * count,
        "status": pa.array([200] * count, pa.int32()),
        "problem": [""] * count,
        "seconds": [0.004] * count,
        "version": [Release.read(project.root).version] * count,
        "score": [0.2] * count,
    }
    for name in ("age", "income", "tenure_months", "gender", "location"):
        number = rows[name].dtype.kind in "fi"
        values = rows[name].astype("float32") if number else rows[name].astype("str")
        plain[PREFIX + name] = pa.array(values)
    path = folder / f"{DAY:day=%Y-%m-%d/hour=%H}" / "compact-1.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table(plain), path)


def opened(folder: Path) -> Path:
    """As a volume that the pods' user may write to."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    return folder


def watched(project: Project, home: Path, github: GitHub) -> Workflow:
    """Both pods, for a project whose main has a release and a trigger."""
    params = project.root / Layout.params
    params.write_text(params.read_text() + TRIGGER)
    storage, log = home / "storage", home / "log"
    storage.mkdir()
    local = Layout(project.root).dvc_config_local
    Layout(project.root).dvc_config.write_text(REMOTE.format(url="/remote"))
    local.write_text(f"['remote \"r\"']\n    url = {storage}\n")
    # Into the commit of the release: DVC reads a model's data by the remote that its commit names.
    project.git("add", "--all")
    project.git("commit", "-q", "--amend", "--no-edit")
    project.dvc("checkout", "--force", "--quiet")
    project.dvc("push", "--quiet")
    write_log(project, log)
    origin = home / "origins/o/r"
    subprocess.run(["git", "clone", "-q", "--bare", str(project.root), str(origin)], check=True)
    git = GitServer(home / "origins", TOKEN)
    told = {
        "REPOSITORY": f"{git.url}/o/r",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": github.url,
    }
    mounts = {"/remote": opened(storage), "/log": opened(log)}
    workflow = Workflow("monitor", in_sandbox, home / "cluster", told, mounts)
    try:
        workflow.submit(store="/log", environment="staging")
    finally:
        git.close()
        for name, said in workflow.logs.items():
            print(f"=== {name}\n{said}")
    return workflow


@pytest.mark.e2e
def test_the_pods_find_the_drift_and_start_a_retraining(shared, tmp_path, github: GitHub):
    project = stored("champion", shared).copy(tmp_path / "author")
    project.git("switch", "-q", "--force", "main")
    workflow = watched(project, tmp_path, github)
    assert "income has drifted" in workflow.logs["watch"]
    [(file, body)] = github.dispatched
    assert (file, body["ref"]) == ("retrain.yml", "main")
    assert body["inputs"]["trigger"] == "drift"
    assert "income" in body["inputs"]["reason"]
    evidence = json.loads(body["inputs"]["evidence"])
    assert evidence["model"]["version"] == Release.read(project.root).version
