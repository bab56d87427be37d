"""The command `monitor`: what a window of the log shows about the released model."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.monitoring import (
    input_drift,
    log_page,
    prediction_drift,
    service,
    verdict_outputs,
)
from mainline.monitoring.attempt import attempt
from mainline.monitoring.finding import Verdict
from mainline.monitoring.log_table import LogTable, last_window
from mainline.monitoring.reference import Reference
from mainline.monitoring.service import FAILED
from mainline.monitoring.told import told
from mainline.monitoring.verdict_page import EVIDENTLY
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.process.imports import importing
from mainline.request_log.settings import GatewaySettings, read_settings

FILE = "verdict.json"


def run(
    root: Path,
    *,
    environment: str | None = None,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    store: str | None = None,
    settings_file: Path | None = None,
    out: Path | None = None,
    page: bool = False,
    textfile: Path | None = None,
    push: str | None = None,
    record: bool = True,
) -> Verdict:
    """Write the verdict on a window of the log into `out` (default `Layout.monitor`), print it.

    Its page lies beside it, with `page` Evidently's as well; `textfile`, `push` and `record` are as
    in `verdict_outputs.write`.

    The window is from `first` to `last`, by default the last whole days of the log before `as_of`
    (default: today); a finding says when the log ended earlier. An alarm is no error. Raises
    MainlineError when there is no release, no log or no row in the window, and when the log is that
    of another model.
    """
    gateway = read_settings(settings_file, store)
    watched = Watched.of(root, environment)
    today = _day(as_of, "--as-of") if as_of else datetime.now(UTC).date()
    place = _store(root, gateway)
    with LogTable.opened(place, _window(place, first, last, today, watched)) as log:
        _of_this_model(watched, log, place)
        reference = Reference(watched)
        verdict = judged(watched, reference, log, gateway)
        if not last:
            verdict.findings.extend(service.stopped(log.window, today))
        folder = out or Layout(root).monitor
        remove(folder / EVIDENTLY)  # an old page must not be taken for the new one
        drawn = log_page.write(watched, reference, log, folder / EVIDENTLY) if page else ""
    verdict = with_labels(verdict, watched, reference, place, today)
    verdict.write(folder / FILE)
    print(told(verdict))
    if drawn:
        print(f"evidently {drawn}")
    verdict_outputs.write(root, verdict, folder, textfile=textfile, push=push, record=record)
    return verdict


def judged(
    watched: Watched, reference: Reference, log: LogTable, gateway: GatewaySettings
) -> Verdict:
    """All findings. A part that fails is one finding, `unknown`, with the error as its sentence."""
    settings, left_out = watched.settings, gateway.log.leave_out
    found = [
        *attempt(
            "drift", lambda: input_drift.findings(watched, reference, log, settings, left_out)
        ),
        *attempt(
            "prediction", lambda: prediction_drift.findings(watched, reference, log, settings)
        ),
        *attempt("service", lambda: service.findings(watched, log, settings)),
    ]
    model = {
        "name": watched.name,
        "environment": watched.environment,
        "version": watched.version,
        "commit": watched.champion.commit,
    }
    return Verdict(log.window, model, _counts(watched, log), found)


def with_labels(
    verdict: Verdict, watched: Watched, reference: Reference, place: str, today: date
) -> Verdict:
    """The verdict with all findings that need labels."""
    with importing():
        from mainline.monitoring import after_labels  # noqa: PLC0415  imports TensorFlow

    found = after_labels.findings(
        watched.root,
        watched,
        reference,
        watched.settings,
        store=place,
        as_of=today,
        window=verdict.window,
    )
    counts = verdict.counts | {"labelled": found.labelled}
    return replace(verdict, findings=[*verdict.findings, *found.findings], counts=counts)


def _counts(watched: Watched, log: LogTable) -> dict[str, int]:
    rows, requests, entities, errors = log.one(
        'SELECT count(*), count_if("row" = 0), count(DISTINCT entity), '
        f"count_if(\"row\" = 0 AND {FAILED}) FROM log WHERE arm <> 'shadow'"
    )
    others = sum(n for name, n in service.versions(log).items() if name != watched.version)
    return {
        "rows": int(rows),
        "requests": int(requests),
        "entities": int(entities),
        "errors": int(errors),
        "other_versions": others,
        "labelled": 0,
    }


def _of_this_model(watched: Watched, log: LogTable, place: str) -> None:
    found = {name: rows for name, rows in service.versions(log).items() if name}
    if found and not watched.known & found.keys():
        most = max(found, key=lambda name: found[name])
        raise MainlineError(
            f"this is the log of another model: no row is of a version of {watched.name} that main "
            f"released; most are of version {most}.",
            where=place,
        )


def _window(
    place: str, first: str | None, last: str | None, today: date, watched: Watched
) -> Window:
    if first and last:
        return Window.parse(first, last)
    days = watched.settings.window_days
    if last:
        return Window.ending(_day(last, "--to"), days)
    found = last_window(place, days, today)
    return Window.parse(first, str(found.last)) if first else found


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{option}: a day is written as 2026-11-29.", found=text) from None


def _store(root: Path, gateway: GatewaySettings) -> str:
    """The default store is below the model's directory."""
    place = gateway.log.store
    return place if "://" in place else str(root / place)
