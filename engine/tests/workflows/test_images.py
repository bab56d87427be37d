"""images.yml: what a pull request builds, main pushes; and its digest comes by a pull request."""

import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/images.yml").read_text())
MAIN = "github.ref == 'refs/heads/main'"
DIGEST = f"sha256:{'d' * 64}"


def test_what_a_pull_request_builds_is_what_main_pushes():
    """And the digest that a pull request brings is that of the push."""
    starts, found = WORKFLOW[True], WORKFLOW["jobs"]
    assert starts["pull_request"] == starts["push"]
    assert found["build"]["if"] == "github.event_name == 'pull_request'"
    assert MAIN in found["push"]["if"].split(" && ")
    assert MAIN in found["digest"]["if"].split(" && ")
    for job, call in (("build", ""), ("push", " PUSH=1")):
        assert found[job]["strategy"]["matrix"]["target"] == ["cli", "gateway", "gpu"]
        runs = [step.get("run", "").partition("\n")[0] for step in found[job]["steps"]]
        assert f'make image TARGET="$TARGET" BUILDER=docker{call}' in runs
    last = found["digest"]["steps"][-1]
    assert last["env"]["IMAGE"] == "${{ needs.push.outputs.cli }}"
    assert last["env"]["GPU"] == "${{ needs.push.outputs.gpu }}"
    assert last["env"]["GATEWAY"] == "${{ needs.push.outputs.gateway }}"
    given = '"$IMAGE" ${GATEWAY:+"$GATEWAY"} ${GPU:+"$GPU"}'
    assert last["run"] == f".venv/bin/mainline set-image {given} --push"


def test_the_gateway_s_image_is_measured_after_it_was_built():
    steps = WORKFLOW["jobs"]["build"]["steps"]
    [measure] = [it for it in steps if "image-size" in it.get("run", "")]
    assert (
        measure["run"] == '.venv/bin/mainline image-size "$(make -s image-name TARGET="$TARGET")"'
    )
    assert measure["if"] == "matrix.target == 'gateway'"
    built = [step.get("run", "").startswith("make image TARGET") for step in steps]
    assert built.index(True) < steps.index(measure)


def test_the_push_says_its_digest_and_never_another_one(tmp_path):
    """The script out of the workflow, with a `docker` that has pushed."""
    [step] = [step for step in WORKFLOW["jobs"]["push"]["steps"] if step.get("id") == "push"]
    for name, said in (("make", "ghcr.io/o/x:0.1.0-abc"), ("docker", f"ghcr.io/o/x@{DIGEST}")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TARGET": "cli"}
    environment["GITHUB_OUTPUT"] = str(tmp_path / "output")
    script = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    subprocess.run(script, env=environment, check=True, capture_output=True)
    assert (tmp_path / "output").read_text() == f"cli=ghcr.io/o/x:0.1.0-abc@{DIGEST}\n"
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    assert subprocess.run(script, env=environment, check=False, capture_output=True).returncode
