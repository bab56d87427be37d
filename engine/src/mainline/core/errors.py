"""Errors that a user can act on. Each says what is wrong, with diagnostics where known.

The command line prints them as one message and exits with 1. Any other exception is a defect and
keeps its traceback, except for the outages in `process/outage.py`.
"""

LINE, LINES = 1000, 40  # limits: a damaged file can put megabytes into a message


class MainlineError(Exception):
    """Base of all our errors.

    The form of `str()` is `where: message Found x, expected y. hint`. Long lines are cut in the
    middle, long texts at the end.

    Attributes: `message` what is wrong; `found` and `expected` the value and what it should be;
    `where` a file, setting, row or address; `hint` what to do. All but `message` may be None.
    """

    def __init__(
        self,
        message: str,
        *,
        found: object = None,
        expected: object = None,
        where: object = None,
        hint: str | None = None,
    ) -> None:
        self.message, self.found, self.expected = message, found, expected
        self.where, self.hint = where, hint
        super().__init__(_bounded(self._text()))

    def _text(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        pairs = (("found", self.found), ("expected", self.expected))
        values = ", ".join(f"{name} {value}" for name, value in pairs if value is not None)
        values = f"{values[:1].upper()}{values[1:]}." if values else ""
        return " ".join(part for part in (f"{place}{self.message}", values, self.hint) if part)


class SettingsError(MainlineError):
    """`params.yaml` or an option is invalid."""


class DataError(MainlineError):
    """The source, a table or a batch is invalid."""


class GitError(MainlineError):
    """git fails, is not installed, or does not know the revision."""


class OutOfReachError(MainlineError):
    """The bytes are neither in the DVC cache nor in a reachable remote."""


class OutageError(MainlineError):
    """The machine fails: disk, quota, permissions of an output, open files, memory."""


class StageFailedError(MainlineError):
    """The pipeline stopped. Its output has been printed.

    `stage` is empty when no stage had started. `lines` are the last lines of the output and `ran`
    the stages that ran, if the output was read.
    """

    def __init__(
        self,
        message: str,
        *,
        stage: str = "",
        lines: list[str] | None = None,
        ran: list[str] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.stage, self.lines, self.ran = stage, lines or [], ran or []


def _bounded(text: str) -> str:
    lines = text.split("\n")
    shown = [_shortened(line) for line in lines[:LINES]]
    if len(lines) > LINES:
        shown.append(f"… and {len(lines) - LINES:,} more lines.")
    return "\n".join(shown)


def _shortened(line: str) -> str:
    if len(line) <= LINE:
        return line
    left, right = LINE * 2 // 3, LINE // 3  # the end often has the place and the hint
    return f"{line[:left]} … {len(line) - left - right:,} characters … {line[-right:]}"
