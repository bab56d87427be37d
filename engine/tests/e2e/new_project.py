"""A new project of another owner: made by cookiecutter, set up by its own commands alone."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
TITLE, SLUG, PACKAGE, OWNER = "Fraud Risk", "fraud-risk", "fraud_risk", "acme"
INHERITED = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "GIT_", "MLFLOW_", "COVERAGE")


def surroundings() -> dict[str, str]:
    """Of a person's shell: nothing of the environment that runs the tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(INHERITED)}
    own = str(Path(sys.executable).parent)
    kept["PATH"] = os.pathsep.join(
        place for place in kept["PATH"].split(os.pathsep) if place != own
    )
    return kept


@dataclass
class NewProject:
    """Its directory, and what goes before PATH so that its commands are found."""

    root: Path
    commands: list[str] = field(default_factory=list)

    @classmethod
    def create(cls, folder: Path) -> "NewProject":
        """Rendered and committed; nothing has run."""
        folder.mkdir(parents=True)
        settings = folder / "settings.yaml"
        settings.write_text(f"cookiecutters_dir: {folder}/clones\nreplay_dir: {folder}/replay\n")
        make = [sys.executable, "-m", "cookiecutter", "--no-input", f"--config-file={settings}"]
        make += [str(ROOT / "cookiecutter"), f"project_name={TITLE}", f"owner={OWNER}"]
        path = os.pathsep.join([os.environ["PATH"], str(ROOT / ".uv/bin")])
        environment = surroundings() | {"PATH": path}
        subprocess.run(make, cwd=folder, env=environment, check=True, capture_output=True)
        made = cls(folder / SLUG)
        made.commit("A new project")
        return made

    def copy(self, target: Path) -> "NewProject":
        """The same files under git, with the commands that are installed here."""
        ignored = shutil.ignore_patterns(".venv", ".uv", "mlflow.db", "mlartifacts")
        shutil.copytree(self.root, target, ignore=ignored)
        return NewProject(target, [str(self.root / ".venv/bin")])

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Standard output and error together."""
        return subprocess.run(
            words,
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        known = surroundings()
        return known | {"PATH": os.pathsep.join([*self.commands, known["PATH"]])}

    def commit(self, message: str) -> None:
        identity = ["-c", "user.name=New", "-c", "user.email=new@example.com"]
        for words in (["add", "-A"], [*identity, "commit", "-qm", message]):
            done = self.run("git", *words)
            assert done.returncode == 0, done.stdout

    def branch(self, name: str) -> None:
        done = self.run("git", "switch", "-qc", name, "main")
        assert done.returncode == 0, done.stdout

    def set(self, section: str, **values: object) -> None:
        """Change values of a section of params.yaml."""
        path = self.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        params[section] |= values
        path.write_text(yaml.safe_dump(params, sort_keys=False))
