"""A tree with every kind of file that names an image of somebody else's."""

import json
import re
from pathlib import Path

from customer_churn import cli
from customer_churn.delivery.placeholder import PLACEHOLDER

BASE, GPU, SMOKE = (
    f"k8s/{name}/kustomization.yaml" for name in ("base", "components/gpu", "components/smoke")
)
FILES = {
    BASE: """\
# The server is a setting.
resources: [deployment.yaml]
images:
  - name: {host}/o/serving # whose
    newTag: 2.20.0 # ours is tested with it
namespace: last
""",
    GPU: "images: [{{name: {host}/o/serving, newTag: 2.20.0-gpu}}]\n",
    SMOKE: """\
images:
  - newTag: "0.1.0"
    name: ghcr.io/{nobody}/customer-churn""",
    "Dockerfile": """\
# FROM nobody/reads:this
FROM --platform=linux/amd64 {host}/o/python:3.11-slim AS base
FROM base AS Builder
RUN echo FROM nobody/reads:this
from {host}/o/python:3.11-slim
COPY --from=builder /a /a
FROM builder
FROM scratch
""",
}
TAGS = ("serving:2.20.0", "serving:2.20.0-gpu", "python:3.11-slim")


def write(root: Path, host: str) -> Path:
    """Those files below `root`, naming images of the registry at `host`."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.format(host=host, nobody=PLACEHOLDER))
    return root


def read(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text() for name in FILES}


def index(word: str) -> bytes:
    """An index of two platforms, not like that of another word."""
    parts = [{"digest": f"sha256:{word * 64}", "platform": {"os": os}} for os in ("linux", "other")]
    return json.dumps({"schemaVersion": 2, "manifests": parts}).encode()


def filled(registry):
    for number, tag in enumerate(TAGS):
        registry.tag(f"o/{tag}", index(str(number)))
    return registry


def assert_said(capsys, pattern):
    said = capsys.readouterr().err
    assert re.search(pattern, said), said
    assert said.count("\n") == 1


def closed(root, capsys, pattern):
    """Nothing is written, and one line says why."""
    before = read(root)
    assert cli.main(["pin"]) == 1
    assert read(root) == before
    assert not list(root.rglob("*.partial-*"))
    assert_said(capsys, pattern)
