"""An outcome as a person reads it, on the terminal and in a job's summary."""

from collections.abc import Iterator

from mainline.report.markdown import code, escape, table
from mainline.reproduce.outcome import Outcome

UNKNOWN = "not recorded: no commit says on which machine it was trained"


def headline(outcome: Outcome) -> str:
    """What came of it, in a sentence."""
    name = f"{outcome.revision.name} ({outcome.revision.commit[:7]})"
    if outcome.identical:
        return f"Reproduced, byte for byte: {name}."
    if outcome.figures:
        return f"NOT reproduced, the figures differ: {name}. {outcome.figures}"
    if outcome.why:
        return f"Reproduced within tolerance, as on another machine: {name}."
    if outcome.there is None:
        return f"Reproduced within tolerance; what machine it should be is not recorded: {name}."
    return f"NOT reproduced: {name}. Other bytes on the same CPU class and Python."


def rows(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    """What is compared: its name, what is committed, what was made here."""
    committed, made = outcome.revision.release, outcome.made
    there = outcome.there
    yield "version", committed.version, made.version
    yield "content", committed.content, made.content
    yield "image digest", committed.digest, made.digest
    yield "CPU class", there.device if there else UNKNOWN, outcome.here.device
    yield "Python", there.python if there else UNKNOWN, outcome.here.python
    yield "dvc.lock", outcome.lock, outcome.here.lock


def lines(outcome: Outcome) -> list[str]:
    """For a terminal."""
    return [
        *(
            f"  {name:<13} {made}"
            + ("" if made == committed else f"\n{'':15} committed: {committed}")
            for name, committed, made in rows(outcome)
        ),
        f"  {'data':<13} {outcome.data}",
        f"  {'figures':<13} {_figures(outcome)}",
        *([f"  {'other bytes':<13} {', '.join(outcome.files)}"] if outcome.files else []),
    ]


def markdown(outcome: Outcome) -> str:
    """For a job's summary."""
    sign = ("✅" if outcome.identical else "⚠️") if outcome.open else "❌"
    found = [
        [name, code(committed), code(made), "same" if committed == made else "**differs**"]
        for name, committed, made in rows(outcome)
    ]
    files = f"Other bytes: {', '.join(map(code, outcome.files))}." if outcome.files else ""
    text = [
        f"## {sign} {escape(headline(outcome))}",
        "",
        *table(["", "committed", "made here", ""], found),
        "",
        f"Data {escape(outcome.data)}. Figures: {escape(_figures(outcome))}. {files}",
    ]
    return "\n".join(text)


def _figures(outcome: Outcome) -> str:
    if outcome.figures:
        return outcome.figures.rstrip(".")
    return "the committed ones" if outcome.identical else "the committed ones, within tolerance"
