"""An Application of Argo CD, and the repository that it follows, served on 127.0.0.1.

Argo CD's repo-server must reach it there. A cluster of several machines does not, which these tests
then show by their first failure.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import kubectl

ARGO_CD = "argocd"
REFRESH = "argocd.argoproj.io/refresh"


@dataclass(frozen=True)
class Deployed:
    """The Application, and the clone whose pushes it follows."""

    name: str
    namespace: str
    clone: Path

    @classmethod
    def begun(cls, name: str, namespace: str, root: Path) -> "Deployed":
        """With an empty repository, `origins/project` below `root`, and a clone of it."""
        origin, clone = root / "origins/project", root / "clone"
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", origin], check=True)
        subprocess.run(["git", "clone", "--quiet", origin, clone], check=True, capture_output=True)
        made = cls(name, namespace, clone)
        made.git("switch", "--quiet", "-c", "main")
        return made

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com")
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=self.clone, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def push(self) -> str:
        """Commit all, if anything is changed, and push. Returns the commit."""
        self.git("add", "--all")
        if self.git("status", "--porcelain"):
            self.git("commit", "--quiet", "--message=Change")
        self.git("push", "--quiet", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def status(self) -> kubectl.Object:
        return kubectl.get("application", self.name, ARGO_CD).get("status", {})

    def refresh(self, kind: str = "normal") -> None:
        """Let Argo CD compare now, as after a webhook, and wait until it has."""
        about = {"metadata": {"annotations": {REFRESH: kind}}}
        kubectl.patch("application", self.name, ARGO_CD, about)

        def compared() -> bool:
            found = kubectl.get("application", self.name, ARGO_CD)
            return REFRESH not in found["metadata"].get("annotations", {})

        kubectl.until("the comparison", compared)

    def synced(self, commit: str) -> kubectl.Object:
        """The status, once this commit is what the namespace has."""

        def look() -> kubectl.Object | None:
            status = self.status()
            done = status.get("operationState", {})
            there = status.get("sync", {}).get("status"), done.get("phase")
            applied = done.get("syncResult", {}).get("revision")
            return status if (*there, applied) == ("Synced", "Succeeded", commit) else None

        return kubectl.until(f"the sync of {commit[:12]}", look, 60)

    def released(self) -> kubectl.Object:
        """The status, once what was pushed is synced and healthy."""
        commit = self.push()
        self.refresh()
        self.synced(commit)

        def healthy() -> kubectl.Object | None:
            status = self.status()
            return status if status["health"]["status"] == "Healthy" else None

        return kubectl.until(f"the health of {commit[:12]}", healthy, 60)
