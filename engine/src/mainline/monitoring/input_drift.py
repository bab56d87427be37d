"""Drift of each input: the window's rows beside the training rows of the watched model."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.drift import categories
from mainline.drift.bins import Bins
from mainline.drift.psi import psi
from mainline.monitoring import counting
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.log_table import ANSWERED, LogTable
from mainline.monitoring.noise import Floor, Sample
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.typed_columns import PREFIX

KIND = "drift"
SHOWN = 20  # bins of a column in the verdict


@dataclass(frozen=True)
class Moved:
    """The rows of a column in the same bins, of the reference and of the window."""

    name: str
    bins: list[str]
    reference: np.ndarray
    window: np.ndarray
    said: str

    def finding(self, kind: str, samples: tuple[Sample, Sample], bar: "Bar") -> Finding:
        """Its PSI beside the bar."""
        value = psi(self.reference, self.window)
        used = int(((self.reference + self.window) > 0).sum())
        floor = Floor.of(used, *samples, bar.alpha)
        least = floor.bar(bar.psi)
        judged = samples[1].rows >= bar.min_rows
        status: Status = "alarm" if judged and value >= least else "quiet"
        p, q = self.reference / self.reference.sum(), self.window / self.window.sum()
        order = sorted(np.argsort(-np.maximum(p, q), kind="stable")[:SHOWN].tolist())
        return Finding(
            kind,
            self.name,
            status,
            _sentence(self, value, least, samples[1], bar if not judged else None),
            value=round(value, 6),
            bar=round(least, 6),
            rows=samples[1].rows,
            details={
                "moved": self.said,
                "judged": judged,
                "noise": round(floor.mean, 6),
                "chance": round(floor.most, 6),
                "effective_rows": [round(each.effective) for each in samples],
                "missing": [round(float(p[0]), 6), round(float(q[0]), 6)],
                "bins": [
                    [self.bins[i], round(float(p[i]), 6), round(float(q[i]), 6)] for i in order
                ],
            },
        )


@dataclass(frozen=True)
class Bar:
    """What drift is held to: `alpha` is of one column."""

    psi: float
    alpha: float
    min_rows: int


def findings(
    watched: Watched,
    reference: Reference,
    log: LogTable,
    settings: MonitoringSettings,
    left_out: Collection[str] = (),
) -> list[Finding]:
    """One finding for each input of the watched model, in the order of `params.yaml`.

    `left_out` are inputs that the settings of the log leave out. Raises MainlineError when the
    reference cannot be had.
    """
    table = watched.table
    train = reference.train
    samples = (entities(train[table.entity]), counting.sample(log, ANSWERED))
    if not samples[1].rows:
        return [_unknown("rows", "no row of the window was answered: drift cannot be computed.")]
    found = _absent(log, table.features, left_out)
    names = [name for name in table.features if name not in found]
    bar = Bar(settings.drift.psi, settings.drift.alpha / max(len(names), 1), settings.min_rows)
    bins: dict[str, tuple[str, Bins]] = {}
    for name in names:
        if name in table.numbers:
            number = counting.as_float(PREFIX + name, log.types[PREFIX + name])
            if number is None:
                found[name] = _no_numbers(log, name)
            else:
                bins[name] = (number, Bins.of(train[name].to_numpy(np.float64, na_value=np.nan)))
    for name, counts in counting.numbers(log, ANSWERED, bins).items():
        found[name] = _number(name, bins[name][1], counts).finding(KIND, samples, bar)
    for name in names:
        if name in table.categories:
            found[name] = _category(log, name, train[name], samples, bar)
    return [found[name] for name in table.features] + _foreign(watched, log)


def entities(column: pd.Series) -> Sample:
    """A sample of rows, by their entities."""
    return Sample.of(column.value_counts(dropna=False).to_numpy())


def _number(name: str, bins: Bins, counts: np.ndarray) -> Moved:
    before, now = (bins.median(each) for each in (bins.reference, counts))
    said = (
        f"median {before} → {now}"
        if before != now
        else most_moved(bins.labels(), bins.reference, counts)
    )
    return Moved(f"{KIND}.{name}", bins.labels(), bins.reference, counts, said)


def most_moved(labels: list[str], reference: np.ndarray, window: np.ndarray) -> str:
    """The bin whose share changed most."""
    p, q = reference / reference.sum(), window / window.sum()
    most = int(np.abs(q - p).argmax())
    return f"{labels[most]}: {p[most]:.1%} → {q[most]:.1%}"


def _category(
    log: LogTable, name: str, train: pd.Series, samples: tuple[Sample, Sample], bar: Bar
) -> Finding:
    theirs = categories.values(train)
    known = {str(value): int(rows) for value, rows in theirs.items()}
    # Of the rows of one customer, each has its value: a value of one customer is not frequent.
    before_least, least = (categories.ROWS * each.alike for each in samples)
    always = list(categories.frequent(theirs, before_least))
    ours = counting.values(log, ANSWERED, PREFIX + name, known=known, always=always, least=least)
    if ours.hashed and known:
        return _skipped(name, "is logged as a hash, so its drift is not computed.")
    rows = samples[1].rows
    names = list(dict.fromkeys([*always, *ours.frequent]))
    before = _counts(names, known, len(train), len(train) - sum(known.values()))
    now = _counts(names, ours.frequent, rows, ours.missing)
    labels = ["missing", categories.RARE, *names]
    said = most_moved(labels, before, now)
    values, unseen = ours.unseen
    if values:
        said += f"; {values:,} values that training has not seen, {unseen / rows:.1%} of the rows"
    found = Moved(f"{KIND}.{name}", labels, before, now, said).finding(KIND, samples, bar)
    found.details["unseen"] = {"values": values, "share": round(unseen / rows, 6)}
    return found


def _counts(names: list[str], held: dict[str, int], rows: int, missing: int) -> np.ndarray:
    """Rows of missing values, of rare ones, and of each that is named."""
    named = [held.get(name, 0) for name in names]
    return np.array([missing, rows - missing - sum(named), *named], dtype=np.int64)


def _absent(log: LogTable, names: list[str], left_out: Collection[str]) -> dict[str, Finding]:
    found = {}
    for name in names:
        if PREFIX + name in log.types:
            continue
        if name in left_out:
            found[name] = _skipped(name, "is left out of the log by its settings.")
        else:
            found[name] = _unknown(
                name,
                f"{name} is not in the log: the model server has another signature, or the log's "
                "settings leave it out (--settings names them).",
            )
    return found


def _no_numbers(log: LogTable, name: str) -> Finding:
    column = counting.quoted(PREFIX + name)
    kind = log.types[PREFIX + name]
    if kind == "VARCHAR":
        values, plain = log.one(
            f"SELECT count({column}), "
            f"count_if(NOT regexp_full_match({column}, '{counting.HASHED}')) FROM log"
        )
        if values and not plain:
            return _skipped(name, "is logged as a hash, so its drift is not computed.")
    return _unknown(name, f"{name} is a number for the model and {kind} in the log.")


def _foreign(watched: Watched, log: LogTable) -> list[Finding]:
    """Inputs that the log has of the watched version, and the model does not read."""
    known = {PREFIX + name for name in watched.table.features}
    others = [name for name in log.types if name.startswith(PREFIX) and name not in known]
    if not others:
        return []
    counts = ", ".join(f"count({counting.quoted(name)})" for name in others)
    rows = log.one(f"SELECT {counts} FROM log WHERE {counting.answered(watched.version)}")
    named = [name.removeprefix(PREFIX) for name, n in zip(others, rows, strict=True) if n]
    if not named:
        return []
    return [
        _unknown(
            "signature",
            f"the log has inputs of version {watched.version} that the model does not read: "
            f"{', '.join(named)}. It is the log of another signature.",
        )
    ]


def _sentence(moved: Moved, value: float, least: float, ours: Sample, unjudged: Bar | None) -> str:
    name = moved.name.partition(".")[2]
    figure = f"PSI {value:.3f}"
    if unjudged:
        return (
            f"{name}: {figure}, not judged: {ours.rows:,} rows, monitoring.min_rows is "
            f"{unjudged.min_rows:,}."
        )
    if value >= least:
        return f"{name} has drifted: {figure}, the bar is {least:.3f}; {moved.said}."
    return f"{name}: {figure}, below {least:.3f}."


def _unknown(name: str, sentence: str) -> Finding:
    return Finding(KIND, f"{KIND}.{name}", "unknown", sentence)


def _skipped(name: str, why: str) -> Finding:
    return Finding(KIND, f"{KIND}.{name}", "quiet", f"{name} {why}", details={"judged": False})
