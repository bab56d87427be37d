"""What no linter knows of our Dockerfile. Each rule yields what is wrong."""

import json
import re
from collections.abc import Iterator

from dockerfile import Stage, last

Stages = dict[str, Stage]
TARGETS = ["gpu", "cli"]  # a build without a target makes the last
PINNED = re.compile(
    r"[a-z0-9.:-]+[.:][a-z0-9.:-]*/[\w./-]+:(?!latest\b)[\w.-]+(@sha256:[0-9a-f]{64})?"
)
INSTALL = re.compile(r"\b(pip|pip3|uv pip) (install|sync)\b")
OTHER_WAYS = re.compile(r"\b(curl|wget|uvx|uv (tool|add|sync|run)|pipx|npm|go|git clone)\b")
SECRET = re.compile(r"token|secret|passw|credential|api_?key|private", re.IGNORECASE)


def targets(found: Stages) -> Iterator[str]:
    """Both are there, and end the file."""
    if list(found)[-2:] != TARGETS:
        yield f"the last stages are {list(found)[-2:]}"


def nobody(found: Stages) -> Iterator[str]:
    """Whoever runs it is a number, and not root: a cluster can tell only of numbers."""
    for name in TARGETS:
        user = last(found, name, "USER") or "root"
        if not re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", user):
            yield f"{name} runs as {user}"


def entrypoint(found: Stages) -> Iterator[str]:
    """The command, without a shell around it."""
    for name in TARGETS:
        said = last(found, name, "ENTRYPOINT") or ""
        if said != json.dumps(["mainline"]):
            yield f"{name} starts {said or 'nothing'}"


def sources(found: Stages) -> Iterator[str]:
    """An image of others has registry and version; what is copied comes from a stage or from us."""
    for stage in found.values():
        if stage.source not in found and not PINNED.fullmatch(stage.source):
            yield f"{stage.name} is from {stage.source}"
        for word, rest in stage.instructions:
            for name in re.findall(r"(?:--|,)from=([^\s,]+)", rest):
                if name not in found:
                    yield f"{word} from {name}"
            if word == "ADD":
                yield f"ADD {rest}"


def by_hash(found: Stages) -> Iterator[str]:
    """Whatever is installed is checked by hash, or is our own and fetches nothing."""
    for stage in found.values():
        for command in (part for run in stage.all("RUN") for part in re.split(r"&&|;|\|", run)):
            given = set(command.split())
            ours = {"--offline", "--no-index", "--no-deps"} <= given
            if INSTALL.search(command) and "--require-hashes" not in given and not ours:
                yield f"not by hash: {command.strip()}"
            if OTHER_WAYS.search(command):
                yield f"past the locks: {command.strip()}"


def no_secret(found: Stages) -> Iterator[str]:
    """Arguments and environment stay in an image for everybody to read."""
    for stage in found.values():
        for word in ("ARG", "ENV", "LABEL"):
            for rest in stage.all(word):
                yield from (f"{word} {name}" for name in SECRET.findall(rest))
        if any("type=secret" in run or "type=ssh" in run for run in stage.all("RUN")):
            yield "a secret is mounted"


RULES = [targets, nobody, entrypoint, sources, by_hash, no_secret]
