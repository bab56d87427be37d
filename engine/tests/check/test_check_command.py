"""`mainline check`: a line a finding, what a project accepts, and what it cannot do without."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mainline.check import groups
from mainline.check.check import accepted, run
from mainline.check.groups import EXPECTED, GROUPS, Group, Project
from mainline.check.rendering import Rendered
from mainline.cli import main as cli
from mainline.core.errors import SettingsError

STAGING = "k8s/overlays/staging/kustomization.yaml"


def patch(project: Path, *operations: dict, kind: str = "Deployment") -> None:
    """Add a patch to the overlay of staging."""
    content = yaml.safe_load((project / STAGING).read_text())
    content["patches"].append({"target": {"kind": kind}, "patch": yaml.safe_dump([*operations])})
    (project / STAGING).write_text(yaml.safe_dump(content))


ROOT_USER = {"op": "replace", "path": "/spec/template/spec/securityContext/runAsUser", "value": 0}


@pytest.mark.check
def test_the_files_of_this_repository_hold_all_rules(project, capsys):
    assert cli.main(["check"]) == 0, capsys.readouterr().out
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"check: {len(EXPECTED)} rules hold\n")


@pytest.mark.check
def test_a_finding_says_file_what_was_found_and_expected_and_what_to_do(project, capsys):
    patch(project, ROOT_USER)
    (project / "k8s/base/service.yaml").unlink()
    assert cli.main(["check"]) == 1
    said = capsys.readouterr()
    missing, renders = "k8s/base/service.yaml: it is missing. Expected: ", "[rendering.renders]"
    assert missing in said.out
    assert "pipelines/argo/kustomization.yaml. [engine_files.as_shipped]\n" in said.out
    assert renders in said.out  # without that file no overlay renders
    shutil.copy2(Path(__file__).parents[3] / "k8s/base/service.yaml", project / "k8s/base")
    assert cli.main(["check"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == (
        "k8s/overlays/staging: container server has runAsUser: 0. Expected: Containers hold to Pod "
        "Security `restricted`, run as 65534 and have a read-only root. Correct the overlay's "
        "kustomization.yaml, or what it lists. [pods.security]"
    )
    assert said.err.endswith("2 findings\n")  # the gateway in the same pod


@pytest.mark.check
def test_a_finding_is_accepted_for_a_reason(project, capsys):
    patch(project, ROOT_USER)
    with (project / "pyproject.toml").open("a") as file:
        file.write('\n[tool.mainline.check.accepted]\n"pods.security" = "a legacy image"\n')
    assert cli.main(["check"]) == 0
    assert "accepts pods.security: a legacy image" in capsys.readouterr().err


@pytest.mark.check
def test_an_overlay_before_its_first_release_is_checked(project, capsys):
    for path in project.glob("k8s/overlays/*/release.yaml"):
        path.unlink()
    assert cli.main(["check"]) == 0, capsys.readouterr().out
    patch(project, ROOT_USER)
    assert cli.main(["check"]) == 1
    assert not [*project.glob("k8s/overlays/*/release.yaml")]  # the made-up one is in a copy


@pytest.mark.check
def test_a_manifest_that_a_rule_cannot_read_is_a_finding(project, capsys):
    patch(project, {"op": "remove", "path": "/spec/template/spec/containers/0/args"})
    assert cli.main(["check"]) == 1
    assert "the rule cannot read it (KeyError: 'args')" in capsys.readouterr().out


@pytest.mark.check
def test_settings_may_add_a_pull_secret_and_choose_the_label(project, capsys):
    """As docs/deployment.md says."""
    path = project / "k8s/settings/kustomization.yaml"
    content = yaml.safe_load(path.read_text().replace("/client:", "/caller:"))
    secret = {"op": "add", "path": "/imagePullSecrets", "value": [{"name": "images"}]}
    account = {"kind": "ServiceAccount", "name": "model-server"}
    content["patches"].append({"target": account, "patch": yaml.safe_dump([secret])})
    path.write_text(yaml.safe_dump(content))
    assert cli.main(["check"]) == 0, capsys.readouterr().out


@pytest.mark.check
@pytest.mark.parametrize(
    ("path", "said"),
    [
        (STAGING, "k8s/overlays/staging: it is missing"),
        ("k8s/settings/kustomization.yaml", "does not render"),
        ("k8s/argocd", "k8s/argocd: it is missing"),
    ],
)
def test_what_is_missing_is_a_finding(project, capsys, path, said):
    there = project / path
    shutil.rmtree(there) if there.is_dir() else there.unlink()
    assert cli.main(["check"]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.check
def test_a_model_below_the_git_root_is_checked_with_what_all_models_share(project, capsys):
    model = project / "models/fraud"
    model.mkdir(parents=True)
    shutil.move(project / "k8s/overlays", model / "k8s/overlays")
    for name in ("staging", "production"):
        path = model / "k8s/overlays" / name / "kustomization.yaml"
        path.write_text(path.read_text().replace("../../", "../../../../../k8s/"))
    assert run(model)
    assert capsys.readouterr().out == ""
    (project / "k8s/base/mine.yaml").write_text("kind: Secret\n")
    (model / STAGING).unlink()
    assert not run(model)
    said = capsys.readouterr().out
    assert "k8s/base/mine.yaml: it does not come from Mainline" in said
    assert "k8s/base/mine.yaml: it holds a Secret" in said
    assert "models/fraud/k8s/overlays/staging: it is missing" in said


def test_rules_are_listed_with_what_they_expect(project, capsys):
    assert cli.main(["check", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "pods.no_secret: No Secret is in git; the cluster or a secret store makes it." in lines
    assert len(lines) == len(EXPECTED) == sum(len(group.rules) for group in GROUPS)
    assert all(line.endswith(".") for line in lines)


def test_without_a_renderer_it_says_what_to_install(project, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert cli.main(["check"]) == 1
    assert "check: neither kustomize nor kubectl is installed" in capsys.readouterr().err


def test_outside_of_a_project_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mainline.check.rendering.renderer", lambda: ["kustomize", "build"])
    assert cli.main(["check"]) == 1
    assert "k8s does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"pods.securty" = "x"', "names no rule"),
        ('"pods.security" = ""', "gives no reason"),
        ('"pods.security" = true', "gives no reason"),
        ("pods", "cannot be read"),
    ],
)
def test_what_a_project_accepts_has_a_name_and_a_reason(project, line, said):
    with (project / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.mainline.check.accepted]\n{line}\n")
    with pytest.raises(SettingsError, match=said):
        accepted(project)


def test_a_file_that_cannot_be_read_is_a_finding(project):
    (project / ".github/workflows/broken.yml").write_text("a: [\n")
    (project / "Dockerfile").write_text("FROM x\n")
    found = groups.findings(Project(project, Rendered({}, {})))
    said = {one.rule: one.found for one in found}
    assert "broken.yml is not valid YAML" in said["workflows.rights"]
    assert "a stage without a name of its own" in said["dockerfile.targets"]


def test_a_line_is_one_line():
    def two_lines(subject):
        """Expected."""
        yield "a\n  b"

    group = Group("group", (two_lines,), "Do.", lambda project: iter([("file", None)]))
    [one] = group.findings(Project(Path(), Rendered({}, {})))
    assert one.line() == "file: a b. Expected: Expected. Do. [group.two_lines]"


def test_it_needs_no_more_than_pyyaml():
    """So that a light environment can ask."""
    heavy = ("pandas", "numpy", "pydantic", "tensorflow", "dvc")
    program = "import sys, mainline.check.check; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {it.partition(".")[0] for it in done.stdout.split()} & set(heavy)
