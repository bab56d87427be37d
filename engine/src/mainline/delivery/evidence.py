"""Evidence that a release works in staging. A promotion needs it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from mainline.core.errors import MainlineError
from mainline.core.files import json_text
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.delivery.dispatch import Healthy
from mainline.git import Git
from mainline.k8s.environments import release_path
from mainline.release.release_file import Release

NAME = "evidence.json"  # in the folder of its release file
NEEDED = {"version served", "scores over REST", "scores over gRPC", "latency"}
TOLD = "Argo CD"  # in place of these: its word about all objects of staging
TENSORFLOW_SERVING = "TensorFlow Serving"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One check: the observed value (`seen`) and the required value (`bar`)."""

    name: str
    passed: bool
    seen: str
    bar: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The checks of one release: where, on which server, when and by whom they were made.

    `override` is a person's reason to promote without a smoke test of TensorFlow Serving. Older
    files do not name a server.
    """

    version: str
    digest: str
    where: str
    server: str = UNKNOWN
    made_at: str = UNKNOWN
    made_by: str = UNKNOWN
    checks: list[Check]
    override: str | None = None

    @classmethod
    def parse(cls, text: str, *, name: str) -> Self:
        """Parse the file's text. Raises MainlineError when it is not valid evidence."""
        values = read_yaml(text, name=name)  # JSON is YAML; this reader refuses duplicate keys
        try:
            checks = [Check(**check) for check in values.pop("checks")]
            made = cls(checks=checks, **values)
            texts = [made.version, made.digest, made.where, made.override or ""]
            texts += [made.server, made.made_at, made.made_by]
            texts += [text for check in checks for text in (check.name, check.seen, check.bar)]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("a value is not a string")
        except (KeyError, TypeError, AttributeError) as error:
            raise MainlineError(f"{name} is not evidence of a smoke test: {error!r}.") from None
        return made

    def render(self) -> str:
        """The file's text."""
        return json_text(asdict(self))

    def problem(self, release: Release) -> str:
        """Why this evidence does not allow a promotion; empty when it does."""
        if (self.version, self.digest) != (release.version, release.digest):
            return f"it is about version {self.version}, {self.digest}"
        failed = [check.name for check in self.checks if check.passed is not True]
        if failed:
            return f"these checks failed: {', '.join(failed)}"
        names = {check.name for check in self.checks}
        if self.reason or TOLD in names:
            return ""
        missing = sorted(NEEDED - names)
        if missing:
            return f"these checks are missing: {', '.join(missing)}"
        if self.server != TENSORFLOW_SERVING:
            return (
                f"it was made with this server: {self.server}. Test TensorFlow Serving, as in "
                "staging, or give the reason with --override"
            )
        return ""

    @property
    def reason(self) -> str:
        """A person's reason; empty when there is none."""
        return (self.override or "").strip()

    def origin(self) -> str:
        """Place, server, time and author, as text."""
        return f"at {self.where}, server: {self.server}, {self.made_at}, by {self.made_by}"


def of_dispatch(git: Git, told: Healthy, release: Release) -> Evidence:
    """Evidence from Argo CD's message: all objects of staging are healthy. It holds no figures.

    Raises MainlineError when the overlay has no smoke Job.
    """
    overlay = release_path(told.environment).with_name("kustomization.yaml")
    listed = read_yaml(git.show(told.revision, overlay) or "{}", name=str(overlay))
    smoke = _smoke(git.root, overlay)
    if smoke not in (listed.get("components") or []):
        raise MainlineError(
            f"{overlay} at {told.revision[:12]} does not list {smoke}, so nothing tested the "
            "release. Add it, or promote by hand with a reason."
        )
    check = Check(
        TOLD,
        passed=True,
        seen=f"Healthy and Synced at {told.revision}",
        bar="all objects of the overlay, including the smoke Job; its log has the figures",
    )
    return Evidence(
        version=release.version,
        digest=release.digest,
        where=told.environment,
        server=f"the server of {overlay.parent}",
        made_at=told.seen_at,
        made_by=told.said(),
        checks=[check],
    )


def _smoke(root: Path, overlay: Path) -> str:
    """The smoke test's component, as the overlay lists it."""
    return os.path.relpath(Layout.components / "smoke", Layout(root).directory / overlay.parent)


def read(path: Path) -> Evidence:
    """Evidence from a file. Raises MainlineError when it cannot be read."""
    try:
        return Evidence.parse(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise MainlineError(
            f"{path} cannot be read ({error}). Write it with `mainline smoke URL --evidence FILE`."
        ) from None


def describe(evidence: Evidence) -> list[str]:
    """Lines for a pull request or a terminal."""
    lines = [f"promoted because: {json.dumps(evidence.reason)}"] if evidence.reason else []
    lines.append(f"seen {evidence.origin()}" if evidence.checks else "no smoke test")
    lines += [f"{check.name}: {check.seen} ({check.bar})" for check in evidence.checks]
    return [" ".join(line.split()) for line in lines]  # a line break could start an Actions command
