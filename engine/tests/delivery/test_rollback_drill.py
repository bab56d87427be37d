"""The rollback drill: two real models through staging and production and back, by command alone."""

import json
import os
import shutil

import pytest

from mainline.cli import main as cli
from mainline.core.layout import Layout
from mainline.delivery.evidence import NEEDED, TENSORFLOW_SERVING, Check, Evidence
from mainline.k8s.environments import release_path
from mainline.k8s.rendered import rendered
from mainline.release.release_file import Release
from project import ROOT, Project

pytestmark = pytest.mark.check


class Drill:
    """Main of a real project, and what people do to it with commands and pull requests."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture) -> None:
        self.project = project
        self.capsys = capsys
        self.pulls = 0

    def command(self, *arguments: str) -> tuple[int, str]:
        """Exit code and everything that a command says."""
        self.capsys.readouterr()
        code = cli.main(list(arguments))
        return code, "".join(self.capsys.readouterr())

    def does(self, *arguments: str) -> str:
        code, said = self.command(*arguments)
        assert code == 0, said
        return said

    def merge(self) -> None:
        """The branch at hand, by a pull request with a number of its own."""
        branch = self.project.git("branch", "--show-current").strip()
        self.pulls += 1
        self.project.git("switch", "-q", "main")
        subject = f"Merge pull request #{self.pulls} from ada/{branch}"
        self.project.git("merge", "-q", "--no-ff", "-m", subject, branch)
        self.project.dvc("checkout", "--quiet")

    def release(self) -> Release:
        return Release.read(self.project.root)

    def train(self) -> Release:
        """Another model, through the real stages, on a branch that is merged."""
        self.project.git("switch", "-q", "-c", "another-seed")
        self.project.retrain(**{"train.seed": 42})  # that of other tests, which train it once
        self.project.commit("Another seed")
        self.merge()
        return self.release()

    def promote(self) -> None:
        release = self.release()
        proof = Evidence(
            version=release.version,
            digest=release.digest,
            where="http://staging.example",
            server=TENSORFLOW_SERVING,
            checks=[Check(name, True, "fine", "fine") for name in sorted(NEEDED)],
        )
        path = self.project.root.parent / "evidence.json"
        path.write_text(proof.render())
        self.does("promote", "--evidence", str(path))
        self.does("check-promotion", "--against", "main")
        self.merge()

    def manifests(self) -> dict[str, str]:
        return rendered(self.project.root)

    def history(self, environment: str) -> list[str]:
        """Its deployments, newest first, a line each."""
        said = self.does("history", environment).splitlines()
        return [line for line in said if line.startswith("  ")]

    def runs(self, release: Release) -> str:
        """Where `trace` says that a release runs."""
        return self.does("trace", release.version).splitlines()[-1].split(maxsplit=2)[2]


@pytest.fixture
def drill(trained, tmp_path, monkeypatch, capsys):
    """Main with the first model, next to the manifests of this repository."""
    project = trained.copy(tmp_path / "project")
    shutil.copytree(
        ROOT / "k8s",
        project.root / "k8s",
        ignore=shutil.ignore_patterns(Layout.release.name),
        dirs_exist_ok=True,
    )
    project.commit("The first model")
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("PATH", f"{ROOT / 'tools/bin'}{os.pathsep}{os.environ['PATH']}")
    return Drill(project, capsys)


def test_staging_and_production_go_back_by_one_command_each(drill):
    first = drill.release()
    drill.promote()
    before = drill.manifests()
    assert set(before) == {"staging", "production"}

    second = drill.train()
    drill.promote()
    after = drill.manifests()
    assert all(second.digest in after[name] and first.digest in before[name] for name in after)
    assert drill.runs(first) == "no environment"

    # Staging back: the manifests of then, byte for byte, and the gate opens for them.
    said = drill.does("rollback", "staging")
    assert f"rolled back from version {second.version} to version {first.version}" in said
    assert drill.manifests() == {"staging": before["staging"], "production": after["production"]}
    drill.project.dvc("checkout", "--quiet")
    drill.does("gate")
    verdict = json.loads(Layout(drill.project.root).verdict.read_text())
    assert (verdict["open"], verdict["case"]) == (True, "rollback")
    drill.does("check-promotion", "--against", "main")
    drill.merge()
    staging = drill.history("staging")
    assert [line.split()[2] for line in staging] == [
        first.version,
        second.version,
        first.version,
    ]
    assert ["rollback" in line.partition(" lead ")[2].split() for line in staging] == [
        True,
        False,
        False,
    ]
    assert (drill.runs(first), drill.runs(second)) == ("staging", "production")
    assert f"staging: version {first.version} is what" in drill.does("verify")

    # Production back, too: no new evidence is asked for a release that it had.
    drill.does("rollback", "production")
    assert drill.manifests() == before
    said = drill.does("check-promotion", "--against", "main")
    assert f"back to version {first.version}" in said
    drill.merge()
    production = drill.history("production")
    assert [line.split()[2] for line in production] == [
        first.version,
        second.version,
        first.version,
    ]
    assert drill.runs(first) == "staging, production"
    assert drill.runs(second) == "no environment"
    assert [line.partition(" is what ")[0] for line in drill.does("verify").splitlines()] == [
        f"staging: version {first.version}",
        f"production: version {first.version}",
    ]


def test_a_release_file_that_is_taken_back_alone_is_not_a_rollback(drill):
    """The lock still names the second model: the gate sees that the file is not of its bytes."""
    old = (drill.project.root / release_path("staging")).read_text()
    drill.train()
    drill.project.git("switch", "-q", "-c", "by-hand")
    (drill.project.root / release_path("staging")).write_text(old)
    drill.project.commit("Back, by hand")
    code, said = drill.command("gate")
    assert code == 1, said
    assert "is not the release of these bytes" in said
