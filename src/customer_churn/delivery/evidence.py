"""What was seen of a release where it ran: without it, nothing is promoted."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from customer_churn.core.errors import UserError
from customer_churn.core.files import json_text
from customer_churn.core.strict_yaml import read_yaml
from customer_churn.delivery.dispatch import Healthy
from customer_churn.release.file import Release

NAME = "evidence.json"  # beside the release file that it speaks for


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, the figure that was seen and the bar it had to meet."""

    name: str
    passed: bool
    seen: str
    bar: str


@dataclass(frozen=True)
class Evidence:
    """The smoke test of one release. `override` is a person's reason to promote without one."""

    version: str
    digest: str
    where: str
    checks: list[Check]
    override: str | None = None

    @classmethod
    def parse(cls, text: str, *, name: str) -> Self:
        """Read the file's text. Raises UserError when it is no evidence."""
        values = read_yaml(text, name=name)  # JSON is YAML, and this refuses a key twice
        try:
            checks = [Check(**check) for check in values.pop("checks")]
            made = cls(checks=checks, **values)
            texts = [made.version, made.digest, made.where, made.override or ""]
            texts += [text for check in checks for text in (check.name, check.seen, check.bar)]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("a value is no text")
        except (KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{name} is no evidence of a smoke test: {error!r}.") from None
        return made

    def render(self) -> str:
        """The file."""
        return json_text(asdict(self))

    def problem(self, release: Release) -> str:
        """Why a release may not be promoted on this; empty when it may."""
        if (self.version, self.digest) != (release.version, release.digest):
            return f"it is about version {self.version}, {self.digest}"
        if (self.override or "").strip():
            return ""
        failed = [check.name for check in self.checks if check.passed is not True]
        if failed:
            return f"these checks failed: {', '.join(failed)}"
        names = {check.name for check in self.checks}
        missing = [] if JOB in names else sorted(NEEDED - names)
        return f"these checks are missing: {', '.join(missing)}" if missing else ""


NEEDED = {"version served", "scores over REST", "scores over gRPC", "latency"}
JOB = "smoke job"  # in the cluster, where it ends well only if each of these has passed


def of_dispatch(told: Healthy) -> Evidence:
    """What Argo CD said: it knows how the Job ended, and not which figures the Job saw."""
    seen = f"smoke-{told.version} succeeded, {told.finished_at}"
    bar = f"{', '.join(sorted(NEEDED))}: each within its bar"
    return Evidence(told.version, told.digest, told.said(), [Check(JOB, True, seen, bar)])


def read(path: Path) -> Evidence:
    """Evidence from a file. Raises UserError when it cannot be read."""
    try:
        return Evidence.parse(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} cannot be read ({error}); it is written by "
            "`customer-churn smoke URL --evidence FILE`."
        ) from None


def describe(evidence: Evidence) -> list[str]:
    """Lines for a pull request or a terminal."""
    if (evidence.override or "").strip():
        return [f"no smoke test; promoted because: {json.dumps(evidence.override)}"]
    lines = [f"{check.name}: {check.seen} ({check.bar})" for check in evidence.checks]
    return [" ".join(line.split()) for line in lines]  # a line of its own could be one of Actions'
