"""Where the pull requests of a small project are proposed, and its own workflow runs for them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from act import Act, Done
from git_server import GitServer
from github_stub import GitHub
from local_registry import LocalRegistry
from mainline.github import carry
from mainline.github.watermark import TITLE
from project import ROOT, Project

OURS, FORK = "o/r", "ada/r"
TOKEN = "the-token-of-the-job"
REPOSITORY = {"repository": {"private": False}, "sender": {"login": "argo-bot"}}
CARRIED = (".github", "k8s", "Makefile", "requirements")


@dataclass(frozen=True)
class Hub:
    """The author's `project`, the origins that it is pushed to, and what the jobs talk to."""

    project: Project
    origins: Path
    git: GitServer
    github: GitHub
    act: Act

    @classmethod
    def open(cls, trained: Project, home: Path, registry: LocalRegistry) -> "Hub":
        """Release `trained` on main, with all that its workflow needs."""
        project = trained.copy(home / "author")
        for name in CARRIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, project.root / name, dirs_exist_ok=True)
            else:
                shutil.copy2(ROOT / name, project.root / name)
        project.set(**{"package.image": f"{registry.host}/o/model"})
        project.run("package", "release")
        project.dvc("remote", "add", "--default", "storage", str(home / "storage"))
        project.commit("Champion")
        project.dvc("push", "--quiet")
        project.git("remote", "add", "act", f"https://github.com/{OURS}")  # names it for act
        for name in (OURS, FORK):
            project.git("clone", "-q", "--bare", ".", str(home / "origins" / name))
        git, github = GitServer(home / "origins", TOKEN), GitHub()
        github.check_runs = [
            {"id": 1, "name": name, "status": "completed", "conclusion": "success"}
            for name in carry.required(ROOT)
            if name != carry.CHECK
        ]
        told = {"GITHUB_SERVER_URL": git.url, "GITHUB_API_URL": github.url}
        told["SIGNATURES"] = str(home / "signatures")
        (home / "signatures").touch()
        return cls(project, home / "origins", git, github, Act(home, told, TOKEN))

    def close(self) -> None:
        self.git.close()
        self.github.close()

    def reset(self, comments: Sequence[dict] = ()) -> None:
        """Another pull request, with these comments already."""
        self.github.comments[:] = comments
        self.github.statuses.clear()
        self.github.seen.clear()

    def start(self, branch: str) -> Project:
        """The author begins a branch of main."""
        self.reset()
        self.project.git("switch", "-q", "--force", "-c", branch, "main")
        self.project.dvc("checkout", "--force", "--quiet")
        return self.project

    def push(self, message: str, repository: str = OURS) -> str:
        """Commit what the author has changed and push it. Returns the commit."""
        made = self.project.commit(message)
        self.project.git("push", "-q", str(self.origins / repository), "HEAD")
        return made

    def tip(self, branch: str, repository: str = OURS) -> str:
        """The newest commit of a branch on the forge, which the author gets too."""
        self.project.git("fetch", "-q", str(self.origins / repository), branch)
        return self.project.git("rev-parse", "FETCH_HEAD").strip()

    def propose(self, branch: str, repository: str = OURS, **variables: str) -> Done:
        """What the workflow does with the pull request of a branch as it stands."""
        base, head = self.tip("main"), self.tip(branch, repository)
        self._merge(base, head, "refs/pull/7/merge")
        there = {"sha": head, "ref": branch, "repo": {"full_name": repository}}
        here = {"sha": base, "ref": "main", "repo": {"full_name": OURS}}
        pull = {"number": 7, "head": there, "base": here}
        about = {"number": 7, "pull_request": pull}
        return self.act.run("propose", self.project.root, "pull_request", about, **variables)

    def queue(self, branch: str) -> Done:
        """What it does with the merge of a branch into main, before that lands."""
        base, ref = self.tip("main"), f"refs/heads/gh-readonly-queue/main/{branch}"
        merged = self._merge(base, self.tip(branch), ref)
        group = {"head_sha": merged, "head_ref": ref, "base_sha": base}
        return self.act.run("propose", self.project.root, "merge_group", {"merge_group": group})

    @property
    def signatures(self) -> Path:
        """A signer and an image a line."""
        return Path(self.act.environment["SIGNATURES"])

    def release(self, **variables: str) -> Done:
        """What a push to main starts."""
        self._at_main()
        about = {"ref": "refs/heads/main"} | REPOSITORY
        return self.act.run("release", self.project.root, "push", about, **variables)

    def dispatch(self, environment: str, **payload: str) -> Done:
        """What Argo CD's word about an environment starts."""
        self._at_main()
        about = {"action": f"{environment}-healthy", "client_payload": payload, **REPOSITORY}
        return self.act.run("promote", self.project.root, "repository_dispatch", about)

    def by_hand(self, **inputs: str) -> Done:
        """A promotion that a person starts."""
        self._at_main()
        about = {"ref": "refs/heads/main", "inputs": inputs, **REPOSITORY}
        return self.act.run("promote", self.project.root, "workflow_dispatch", about)

    def land(self, branch: str) -> str:
        """Merge a branch of the forge into its main. Returns the merge."""
        return self._merge(self.tip("main"), self.tip(branch), "refs/heads/main")

    def _at_main(self) -> None:
        self.project.git("switch", "-q", "--force", "--detach", self.tip("main"))

    def _merge(self, base: str, head: str, ref: str) -> str:
        """The forge's own merge, which `github.sha` names: there, and what act is started in."""
        self.project.git("switch", "-q", "--force", "--detach", base)
        self.project.git("merge", "-q", "--no-ff", "-m", "Merge", head)
        self.project.git("push", "-q", "--force", str(self.origins / OURS), f"HEAD:{ref}")
        return self.project.git("rev-parse", "HEAD").strip()

    def comment(self) -> str:
        """The text of our comment, of which there is one."""
        [body] = self.github.bodies(TITLE)
        return body

    def wrote(self) -> list[str]:
        """What the jobs asked the API to do, in order."""
        return [f"{method} {path}" for method, path, _ in self.github.seen if method != "GET"]
