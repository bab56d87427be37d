"""As much of GitHub's REST API as our commands use, on the loopback, with faults."""

import hashlib
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from urllib.parse import unquote

from github_asked import Asked

BOT = {"login": "github-actions[bot]", "type": "Bot"}
PERSON = {"login": "ada", "type": "User"}


@dataclass
class Fault:
    """An answer to the next request of this method: refused, or done and the answer lost."""

    status: int
    method: str = ""
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    done_anyway: bool = False
    before: Callable[[], object] = lambda: None


class GitHub:
    """State, requests seen (method, path, body) and faults to come; serves until `close`."""

    def __init__(self, *, certificate: str = "", port: int = 0) -> None:
        self.comments: list[dict] = []
        self.statuses: list[dict] = []
        self.check_runs: list[dict] = []
        self.deployments: list[dict] = []
        self.states: list[dict] = []  # of deployments
        self.pulls: list[dict] = []
        self.titles: dict[str, str] = {}  # of pull requests by branch, where it is not its name
        self.merged: dict[str, list[dict]] = {}  # pull requests by the commits that they brought
        self.reviews: dict[int, list[dict]] = {}  # by the number of the pull request
        self.refs: dict[str, str] = {}  # a branch, a tag or a commit, and the commit it names
        self.runs: list[dict] = []  # of workflows, newest last
        self.jobs: dict[int, list[dict]] = {}  # by the number of the run
        self.artifacts: list[dict] = []
        self.bytes: dict[int, bytes] = {}  # zip files by the number of the artifact
        self.dispatched: list[tuple[str, dict]] = []  # a workflow's file, and what it was told
        self.readers: set[str] = set()  # tokens that may not write
        self.refused: list[str] = []  # requests to write by one of those
        self.leaked: list[str] = []  # addresses elsewhere to which a token came along
        self.seen: list[tuple[str, str, dict]] = []
        self.faults: list[Fault] = []
        self.me = BOT
        self.lock = threading.Lock()
        stub = self

        class Handler(Asked):
            github = stub

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add(self, body: str, user: dict = PERSON) -> int:
        """A comment that stands there already."""
        number = len(self.comments) + 1
        self.comments.append({"id": number, "body": body, "user": user, "html_url": f"c/{number}"})
        return number

    def chatter(self, count: int) -> None:
        for number in range(count):
            self.add(f"remark {number}")

    def bodies(self, sign: str) -> list[str]:
        """Those of the comments that hold `sign`."""
        return [comment["body"] for comment in self.comments if sign in comment["body"]]

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.seen]

    def answer(self, method: str, path: str, query: dict, body: dict) -> tuple[int, object]:
        if method == "GET" and path == "user":
            return (403, {"message": "no"}) if self.me is BOT else (200, self.me)
        if method == "GET" and path.startswith("users/"):
            return 200, {"login": path[6:], "id": 1, "name": path[6:]}
        inside = re.fullmatch(r"repos/[^/]+/[^/]+/(.*)", path)
        rest = inside.group(1) if inside else ""
        known = {
            "issues": self._comments,
            "statuses": self._set_status,
            "commits": self._commits,
            "deployments": self._deployments,
            "pulls": self._pulls,
            "actions": self._actions,
        }.get(rest.partition("/")[0])
        found = known(method, rest, query, body) if known else None
        return found or (404, {"message": "Not Found"})

    def _comments(self, method: str, rest: str, query: dict, body: dict) -> tuple | None:
        if re.fullmatch(r"issues/\d+/comments", rest):
            if method == "GET":
                return 200, _page(self.comments, query)
            if len(body["body"]) > 65536:
                return 422, {"message": "Body is too long (maximum is 65536 characters)"}
            return 201, self.comments[self.add(body["body"], self.me) - 1]
        if method == "PATCH" and rest.startswith("issues/comments/"):
            comment = self.comments[int(rest.rsplit("/", 1)[1]) - 1]
            comment["body"] = body["body"]
            return 200, comment
        return None

    def _set_status(self, method: str, rest: str, _: dict, body: dict) -> tuple | None:
        if method != "POST":
            return None
        self.statuses.append(body | {"sha": rest[9:]})
        return 201, body

    def _commits(self, _: str, rest: str, query: dict, __: dict) -> tuple | None:
        if rest.endswith("/check-runs"):
            return 200, {"check_runs": _page(self.check_runs, query)}
        if rest.endswith("/status"):
            sha = rest.split("/")[1]
            newest = {s["context"]: s for s in self.statuses if s["sha"] == sha}
            return 200, {"statuses": _page(list(newest.values()), query)}
        if rest.endswith("/pulls"):
            sha = rest.split("/")[1]
            if sha not in self.merged:
                return 422, {"message": f"No commit found for SHA: {sha}"}
            return 200, _page(self.merged[sha], query)
        named = self.refs.get(unquote(rest.removeprefix("commits/")))
        return (200, {"sha": named}) if named else None

    def _actions(self, method: str, rest: str, query: dict, body: dict) -> tuple | None:
        words = rest.split("/")
        if method == "POST" and words[1] == "workflows":
            self.dispatched.append((words[2], body))
            return 204, None
        if words[1] == "workflows":
            wanted = [run for run in self.runs if run["path"].endswith(f"/{words[2]}")]
            if "head_sha" in query:
                wanted = [run for run in wanted if run["head_sha"] == query["head_sha"][0]]
            return 200, {"workflow_runs": _page(wanted[::-1], query)}
        number = int(words[2])
        if words[1] == "artifacts":
            return 302, f"/blob/{number}"
        if len(words) == 3:
            return 200, next(run for run in self.runs if run["id"] == number)
        if words[-1] == "jobs":
            return 200, {"jobs": _page(self.jobs[number], query)}
        of_it = [it for it in self.artifacts if it["workflow_run"]["id"] == number]
        if "name" in query:
            of_it = [it for it in of_it if it["name"] == query["name"][0]]
        return 200, {"artifacts": _page(of_it[::-1], query)}

    def run(self, head: str, jobs: dict[str, str], **about: object) -> dict:
        """A finished run of propose.yml on `head`, with how each job of it ended."""
        number = 9000 + len(self.runs)
        good = {"success", "skipped"}.issuperset(jobs.values())
        self.runs.append(
            {
                "id": number,
                "name": "Propose",
                "path": ".github/workflows/propose.yml",
                "event": "pull_request",
                "status": "completed",
                "conclusion": "success" if good else "failure",
                "run_attempt": 1,
                "head_sha": head,
                "head_branch": "",
                "head_repository": {"full_name": "o/r", "owner": {"login": "o"}},
                "display_title": "A title",
                "repository": {"full_name": "o/r"},
                "pull_requests": [],
                "html_url": f"run/{number}",
            }
            | about
        )
        self.jobs[number] = [
            {"name": name, "status": "completed", "conclusion": ended}
            for name, ended in jobs.items()
        ]
        return self.runs[-1]

    def upload(self, run: int, name: str, content: bytes) -> dict:
        """An artifact of a run, as a zip file; one of the same name is replaced."""
        self.artifacts = [
            it for it in self.artifacts if (it["workflow_run"]["id"], it["name"]) != (run, name)
        ]
        number = 500 + len(self.bytes)
        self.bytes[number] = content
        self.artifacts.append(
            {
                "id": number,
                "name": name,
                "size_in_bytes": len(content),
                "digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "expired": False,
                "created_at": f"2026-11-29T10:00:{number % 60:02}Z",
                "archive_download_url": f"{self.url}/repos/o/r/actions/artifacts/{number}/zip",
                "workflow_run": {"id": run},
            }
        )
        return self.artifacts[-1]

    def _deployments(self, method: str, rest: str, query: dict, body: dict) -> tuple[int, object]:
        inside = re.fullmatch(r"deployments/(\d+)/statuses", rest)
        if inside and method == "GET":
            of_it = [state for state in self.states if state["deployment"] == int(inside[1])]
            return 200, _page(of_it[::-1], query)
        if inside:
            self.states.append(body | {"deployment": int(inside[1])})
            return 201, body
        if method == "GET":
            wanted = {"environment": query["environment"][0], "sha": query["sha"][0]}
            return 200, _page([d for d in self.deployments if wanted.items() <= d.items()], query)
        made = body | {"id": len(self.deployments) + 1, "sha": body["ref"]}
        self.deployments.append(made)
        return 201, made

    def _pulls(self, method: str, rest: str, query: dict, body: dict) -> tuple[int, object]:
        if method == "PATCH":
            pull = next(p for p in self.pulls if p["number"] == int(rest.rpartition("/")[2]))
            pull.update(body)
            return 200, pull
        if method == "GET" and (number := rest.removeprefix("pulls/")).isdigit():
            found = [p for p in self.pulls if p["number"] == int(number)]
            return (200, found[0]) if found else (404, {"message": "Not Found"})
        if method == "GET" and rest.endswith("/reviews"):
            return 200, _page(self.reviews[int(rest.split("/")[1])], query)
        if method == "GET":
            owner, _, branch = query.get("head", [""])[0].partition(":")
            wanted = query.get("state", ["open"])[0]
            shown = [p for p in self.pulls if wanted in ("all", p["state"])]
            if query.get("direction") == ["desc"]:
                shown = sorted(shown, key=lambda p: p.get("created_at", ""), reverse=True)
            if branch:
                shown = [p for p in shown if branch == p["head"]["ref"] and _of(p, owner)]
            return 200, _page(shown, query)
        for pull in self.pulls:
            if pull["state"] == "open" and pull["head"]["ref"] == body["head"] and _of(pull, "o"):
                said = f"A pull request already exists for o:{body['head']}."
                return 422, {"message": f"Validation Failed: {said}"}
        base = {"ref": body["base"], "repo": {"full_name": "o/r"}}
        return 201, self.propose(body["head"], self.me, **body | {"base": base})

    def merge(
        self, commit: str, number: int, *reviews: tuple[str, str], base: str = "main"
    ) -> None:
        """A pull request that brought a commit to `base`; reviews are (login, state) in order."""
        pull = {"number": number, "merged_at": "2026-07-01T10:00:00Z", "base": {"ref": base}}
        self.merged.setdefault(commit, []).append(pull | {"merge_commit_sha": commit})
        self.reviews[number] = [
            {"user": {"login": login} if login else None, "state": state}
            for login, state in reviews
        ]

    def propose(self, branch: str, user: dict = PERSON, **about: object) -> dict:
        """A pull request that stands there already."""
        number = 41 + len(self.pulls)
        repo = {"full_name": "o/r"}
        head = {"ref": branch, "sha": f"{number:040x}", "repo": repo}
        made = (
            {"title": "", "body": "", "base": {"ref": "main", "repo": repo}}
            | {"created_at": "2026-07-01T10:00:00Z"}
            | about
            | {"number": number, "head": head, "user": user, "state": "open"}
        )
        self.pulls.append(made | {"html_url": f"pull/{number}"})
        return self.pulls[-1]


def _of(pull: dict, owner: str) -> bool:
    return (pull["head"]["repo"] or {}).get("full_name", "").startswith(f"{owner}/")


def _page(entries: list, query: dict) -> list:
    size = min(int(query.get("per_page", ["30"])[0]), 100)
    start = (int(query.get("page", ["1"])[0]) - 1) * size
    return entries[start : start + size]
