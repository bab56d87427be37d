"""Where the pull requests of a small project are proposed, and its own workflows run for them.

A pull request's run of propose.yml has a token that may not write, and no secret. What it uploads
is kept by the stub of GitHub's API, and its end starts judge.yml on main, as GitHub would.
"""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import yaml

from act import Act, Done
from git_server import GitServer
from github_stub import GitHub
from local_registry import LocalRegistry
from mainline.github.watermark import TITLE
from project import ROOT, Project

OURS, FORK = "o/r", "ada/r"
TOKEN, READER = "the-token-of-the-job", "the-token-of-a-proposal"
REPOSITORY = {
    "repository": {"private": False, "default_branch": "main"},
    "sender": {"login": "argo-bot"},
}
CARRIED = (".github", "k8s", "Makefile", "requirements")
CHECKS = {"ci": ("lint", "test", "check"), "engine": ("lint", "test", "check", "e2e")}
JUDGED = dict.fromkeys(("judge", "repackage", "keep"), "success")
# In place of ci.yml and engine.yml, whose jobs take minutes: one job, which ends as CI says.
PLAYED = {
    "name": "Played",
    "on": {"workflow_call": None},
    "permissions": {},
    "jobs": {
        "make": {
            "runs-on": "ubuntu-latest",
            "permissions": {},
            "steps": [{"run": '[ "$CI" != red ]', "env": {"CI": "${{ vars.CI }}"}}],
        }
    },
}


@dataclass(frozen=True)
class Hub:
    """The author's `project`, the origins that it is pushed to, and what the jobs talk to.

    `secret` is the one of the environment `keep`, for tests to look for.
    """

    project: Project
    origins: Path
    git: GitServer
    github: GitHub
    act: Act
    secret: str

    @classmethod
    def open(cls, trained: Project, home: Path, registry: LocalRegistry) -> "Hub":
        """Release `trained` on main, with all that its workflow needs."""
        project = trained.copy(home / "author")
        for name in CARRIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, project.root / name, dirs_exist_ok=True)
            else:
                shutil.copy2(ROOT / name, project.root / name)
        for name in CHECKS:
            (project.root / f".github/workflows/{name}.yml").write_text(yaml.safe_dump(PLAYED))
        project.set(**{"package.image": f"{registry.host}/o/model"})
        project.run("package", "release")
        project.dvc("remote", "add", "--default", "storage", str(home / "storage"))
        project.commit("Champion")
        project.dvc("push", "--quiet")
        project.git("remote", "add", "act", f"https://github.com/{OURS}")  # names it for act
        for name in (OURS, FORK):
            project.git("clone", "-q", "--bare", ".", str(home / "origins" / name))
        git, github = GitServer(home / "origins", TOKEN), GitHub()
        github.readers.add(READER)
        told = {"GITHUB_SERVER_URL": git.url, "GITHUB_API_URL": github.url}
        told |= {"SIGNATURES": str(home / "signatures"), "CACHE": str(home / "cache")}
        (home / "signatures").touch()
        secret = f"planted-{uuid4()}"
        act = Act(home, told, TOKEN, {"REGISTRY_PASSWORD": secret})
        return cls(project, home / "origins", git, github, act, secret)

    def close(self) -> None:
        self.git.close()
        self.github.close()

    def reset(self, comments: Sequence[dict] = ()) -> None:
        """Another pull request, with these comments already."""
        self.github.comments[:] = comments
        self.github.artifacts.clear()
        self.github.statuses.clear()
        self.github.seen.clear()
        self.github.dispatched.clear()
        self.github.refused.clear()

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

    def stored(self) -> set[str]:
        """The files of main's DVC remote."""
        remote = self.act.scratch / "storage"
        return {str(path) for path in remote.rglob("*") if path.is_file()}

    def propose(self, branch: str, repository: str = OURS, **variables: str) -> Done:
        """What both workflows do with the pull request of a branch as it stands."""
        trained = self.train(branch, repository, **variables)
        return trained + self.judge(self.report(trained, branch, repository))

    def train(self, branch: str, repository: str = OURS, **variables: str) -> Done:
        """The run of propose.yml, the branch's copy: with a token that may not write."""
        base, head = self.tip("main"), self.tip(branch, repository)
        self.project.git(
            "push", "-q", "--force", str(self.origins / OURS), "FETCH_HEAD:refs/pull/7/head"
        )
        self._merge(base, head, "refs/pull/7/merge")
        pull = self.pull(branch, repository)
        about = {"number": pull["number"], "pull_request": pull, **REPOSITORY}
        return self._stranger.run("propose", self.project.root, "pull_request", about, **variables)

    def queue(self, branch: str) -> Done:
        """What they do with the merge of a branch into main, before that lands."""
        base, ref = self.tip("main"), f"refs/heads/gh-readonly-queue/main/{branch}"
        merged = self._merge(base, self.tip(branch), ref)
        group = {"head_sha": merged, "head_ref": ref, "base_sha": base}
        about = {"merge_group": group, **REPOSITORY}
        trained = self._stranger.run("propose", self.project.root, "merge_group", about)
        name = ref.removeprefix("refs/heads/")
        ended = self.github.run(merged, _named(trained), event="merge_group", head_branch=name)
        return trained + self.judge(self._uploaded(ended, trained))

    def start_by_hand(self, branch: str, number: int) -> Done:
        """What a job's own token started for a pull request that it opened."""
        head = self.tip(branch)
        self.project.git("switch", "-q", "--force", "--detach", head)
        about = {"ref": f"refs/heads/{branch}", "inputs": {"number": str(number)}, **REPOSITORY}
        told = replace(self._stranger, token=TOKEN)  # its last job may start a workflow
        return told.run("propose", self.project.root, "workflow_dispatch", about)

    def pull(self, branch: str, repository: str = OURS) -> dict:
        """The pull request of a branch, at its newest commit; number 7 unless a job opened it."""
        head, base = self.tip(branch, repository), self.tip("main")
        at = {"ref": branch, "sha": head, "repo": {"full_name": repository}}
        at["user"] = {"login": repository.partition("/")[0]}
        for pull in self.github.pulls:
            if pull["head"]["ref"] == branch and pull["number"] != 7:
                pull["head"] = at
                return pull
        title = self.github.titles.get(branch, branch)
        about = {"title": title, "body": title, "state": "open", "head": at, "html_url": "pull/7"}
        about["base"] = {"sha": base, "ref": "main", "repo": {"full_name": OURS}}
        about |= {"number": 7, "user": {"login": "ada", "type": "User"}}
        about = {"created_at": "2026-11-29T09:00:00Z", **about}
        self.github.pulls[:] = [it for it in self.github.pulls if it["number"] != 7] + [about]
        return about

    def report(self, trained: Done, branch: str, repository: str = OURS, **about: object) -> dict:
        """GitHub's record of a run of propose.yml, with what that uploaded."""
        title = self.pull(branch, repository)["title"]
        owner = {"login": repository.partition("/")[0]}
        head = {"full_name": repository, "owner": owner}
        about = {"head_branch": branch, "head_repository": head, "display_title": title} | about
        ended = self.github.run(self.tip(branch, repository), _named(trained), **about)
        return self._uploaded(ended, trained)

    def judge(self, run: Mapping, **variables: str) -> Done:
        """What the end of a run starts: main's copy of judge.yml."""
        self._at_main()
        about = {"action": "completed", "workflow_run": run, **REPOSITORY}
        return self.act.run("judge", self.project.root, "workflow_run", about, **variables)

    def judge_by_number(self, number: int) -> Done:
        """What a person or a job starts: main's copy of judge.yml."""
        self._at_main()
        about = {"ref": "refs/heads/main", "inputs": {"number": str(number)}, **REPOSITORY}
        return self.act.run("judge", self.project.root, "workflow_dispatch", about)

    @property
    def _stranger(self) -> Act:
        return replace(self.act, token=READER, secrets={})

    def _uploaded(self, run: dict, trained: Done) -> dict:
        for name, content in trained.artifacts.items():
            self.github.upload(run["id"], name, content)
        return run

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

    def retrain(self, **inputs: str) -> Done:
        """A retraining that a person, or a token of the cluster, starts."""
        self._at_main()
        about = {"ref": "refs/heads/main", "inputs": inputs, **REPOSITORY}
        return self.act.run("retrain", self.project.root, "workflow_dispatch", about)

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

    def verdict(self, commit: str) -> str:
        """The newest state of the required check on a commit; empty when it has none."""
        said = [it for it in self.github.statuses if it["sha"] == commit]
        assert {it["context"] for it in said} <= {"verdict"}
        return said[-1]["state"] if said else ""

    def holding(self, *secrets: str) -> list[str]:
        """Where one of these texts stands: in what is kept, in a file, in a log."""
        found = {"the API's records": repr((self.github.comments, self.github.statuses)).encode()}
        found |= {f"log {n}": run.log.encode() for n, run in enumerate(self.act.runs)}
        kept = [(self.github.bytes[it["id"]], it["name"]) for it in self.github.artifacts]
        for run in self.act.runs:
            kept += [(content, name) for name, content in run.artifacts.items()]
        for content, artifact in dict(kept).items():
            with zipfile.ZipFile(io.BytesIO(content)) as opened:
                found |= {f"{artifact}/{name}": opened.read(name) for name in opened.namelist()}
        for path in sorted(self.act.scratch.rglob("*")):
            found |= {str(path): path.read_bytes()} if path.is_file() else {}
        for origin in (OURS, FORK):
            every = ["cat-file", "--batch-all-objects", "--batch"]
            command = ["git", "-C", str(self.origins / origin), *every]
            found[origin] = subprocess.run(command, check=True, capture_output=True).stdout
        wanted = [secret.encode() for secret in secrets]
        return [where for where, content in found.items() if any(it in content for it in wanted)]

    def comment(self) -> str:
        """The text of our comment, of which there is one."""
        [body] = self.github.bodies(TITLE)
        return body

    def wrote(self) -> list[str]:
        """What the jobs asked the API to do, in order."""
        return [f"{method} {path}" for method, path, _ in self.github.seen if method != "GET"]


def _named(trained: Done) -> dict[str, str]:
    """How each job ended, under the name that GitHub gives it."""
    found = dict(trained.jobs)
    played = found.pop("make", "success")
    return found | {f"{name} / {it}": played for name, made in CHECKS.items() for it in made}
