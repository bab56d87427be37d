"""What no linter knows of the project's Dockerfile. Each rule yields what it finds wrong."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TARGETS = ["gpu", "gateway", "cli"]  # a build without a target makes the last
PINNED = re.compile(
    r"[a-z0-9.:-]+[.:][a-z0-9.:-]*/[\w./-]+:(?!latest\b)[\w.-]+(@sha256:[0-9a-f]{64})?"
)
INSTALL = re.compile(r"\b(pip|pip3|uv pip) (install|sync)\b")
OTHER_WAYS = re.compile(r"\b(curl|wget|uvx|uv (tool|add|sync|run)|pipx|npm|go|git clone)\b")
SECRET = re.compile(r"token|secret|passw|credential|api_?key|private", re.IGNORECASE)


@dataclass
class Stage:
    """`source` is another stage's name or an image; instructions are (word, rest) in order."""

    name: str
    source: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """The rest of each instruction `word`."""
        return [rest for found, rest in self.instructions if found == word]


Stages = dict[str, Stage]


def stages(text: str) -> Stages:
    """A Dockerfile's stages by name, in order. Raises ValueError for one that is not readable."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found: Stages = {}
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() == "FROM":
            source, _, name = rest.partition(" AS ")
            if not name or name in found:
                raise ValueError(f"a stage without a name of its own: {line}")
            found[name] = Stage(name, source)
        elif word and found:
            found[next(reversed(found))].instructions.append((word.upper(), rest.strip()))
    return found


def last(found: Stages, name: str, word: str) -> str | None:
    """The last instruction `word` of a stage, or of the stages that it is made from."""
    stage = found[name]
    above = last(found, stage.source, word) if stage.source in found else None
    return stage.all(word)[-1] if stage.all(word) else above


def targets(found: Stages) -> Iterator[str]:
    """The last stages are `gpu`, `gateway` and `cli`."""
    if list(found)[-len(TARGETS) :] != TARGETS:
        yield f"the last stages are {list(found)[-len(TARGETS) :]}"


def no_root(found: Stages) -> Iterator[str]:
    """An image runs as a number, not 0: a cluster knows only numbers."""
    for name in TARGETS:
        user = last(found, name, "USER") or "root"
        if not re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", user):
            yield f"{name} runs as {user}"


def entrypoint(found: Stages) -> Iterator[str]:
    """An image starts `mainline`, without a shell around it."""
    for name in TARGETS:
        said = last(found, name, "ENTRYPOINT")
        if said != json.dumps(["mainline"]):
            yield f"{name} starts {said}"


def sources(found: Stages) -> Iterator[str]:
    """Images of others have a registry and a version; copies come from stages or the project."""
    for stage in found.values():
        if stage.source not in {*found, "scratch"} and not PINNED.fullmatch(stage.source):
            yield f"{stage.name} is from {stage.source}"
        for word, rest in stage.instructions:
            for name in re.findall(r"(?:--|,)from=([^\s,]+)", rest):
                if name not in found:
                    yield f"{word} takes from {name}"
            if word == "ADD":
                yield f"ADD {rest}"


def by_hash(found: Stages) -> Iterator[str]:
    """Every package is checked by hash; only the project itself, offline, is not."""
    for stage in found.values():
        for command in (part for run in stage.all("RUN") for part in re.split(r"&&|;|\|", run)):
            given = set(command.split())
            ours = {"--offline", "--no-index", "--no-deps"} <= given
            if INSTALL.search(command) and "--require-hashes" not in given and not ours:
                yield f"it installs without hashes: {command.strip()}"
            if OTHER_WAYS.search(command):
                yield f"it fetches past the locks: {command.strip()}"


def no_secret(found: Stages) -> Iterator[str]:
    """No secret is an argument, a variable, a label or a mount: an image keeps them readable."""
    for stage in found.values():
        for word in ("ARG", "ENV", "LABEL"):
            for rest in stage.all(word):
                yield from (f"{word} {rest}" for _ in SECRET.findall(rest))
        if any("type=secret" in run or "type=ssh" in run for run in stage.all("RUN")):
            yield f"{stage.name} mounts a secret"


RULES = (targets, no_root, entrypoint, sources, by_hash, no_secret)
