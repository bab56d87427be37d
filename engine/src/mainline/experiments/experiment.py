"""The command `experiment`: is the challenger better, on the figure that was named before?"""

from datetime import UTC, datetime
from pathlib import Path

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.experiments import arms as both
from mainline.experiments import labelled_arms, named_before, priced, result_page, row_figures
from mainline.experiments.arms import Arms
from mainline.experiments.compared import Compared, compared
from mainline.experiments.experiment_result import Decision, Line, Result, finite
from mainline.experiments.named_before import Named
from mainline.experiments.row_figures import Priced, RowFigure
from mainline.experiments.sample_ratio import Ratio
from mainline.gate.champion import section_at
from mainline.git import Git
from mainline.k8s.environments import main
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.request_log.settings import read_settings
from mainline.snapshots.day import a_day

SETTINGS = Path("k8s/settings/gateway/settings.yaml")
SHOWN = ("latency", "failures")  # always, since they need no labels


def run(
    root: Path,
    *,
    name: str | None = None,
    environment: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    settings_file: Path | None = None,
    store: str | None = None,
    out: Path | None = None,
) -> Result:
    """Print and write what the log says. Raises MainlineError when it cannot say anything."""
    git = Git(root)
    head = main(git)
    file = settings_file or Path(Layout(root).seen(SETTINGS))
    named = named_before.named(git, head, file, name)
    table = section_at(git, head, "table", TableSettings)
    figure = _figure(named, file, table)
    watched = Watched.of(root, environment)
    window = _window(named, last)
    known = root / file if (root / file).is_file() else None
    settings = read_settings(known, store).log
    with LogTable.opened(settings.store, window) as log:
        arms = both.read(log, named)
    notes = [f"{count:,} rows {why} are left out" for why, count in arms.left_out.items() if count]
    labelled, more = arms, list[str]()
    if figure.labels:
        day = a_day(as_of, "--as-of") if as_of else datetime.now(UTC).date()
        labelled, more = labelled_arms.labelled(root, watched, arms, settings, day)
    evaluation = section_at(git, head, "evaluation", EvaluationSettings)
    alpha = 1 - evaluation.confidence
    prices = (Priced(), Priced())
    if figure.prices and table.task == "binary":
        prices = priced.of(git, head, arms.versions, evaluation)
    found = compared(labelled, figure, prices, alpha)
    ratio = _ratio(named, arms)
    reasons = _reasons(named, arms, labelled, figure, ratio)
    if figure.answers and (lost := arms.unanswered.reason(alpha)):
        reasons.append(lost)
    result = Result(
        experiment=named.routes.experiment,
        kind=f"split by {named.routes.split.by}" if named.routes.split else "shadow",
        unit=_plural(arms.unit),
        share=_share(named),
        environment=watched.environment,
        main_version=arms.versions[0],
        challenger_version=arms.versions[1],
        first=f"{arms.first:%Y-%m-%d %H:%M}",
        last=str(window.last),
        named=f"{named.figure_since:%Y-%m-%d %H:%M}" if named.figure_since else None,
        confidence=evaluation.confidence,
        figure=_line(str(named.routes.figure), figure, found),
        shown=[
            _line(each, it, compared(arms, it, (Priced(), Priced()), alpha))
            for each in SHOWN
            if (it := row_figures.FIGURES[each]) is not figure
        ],
        decision=_decision(found, figure, reasons),
        reasons=reasons,
        notes=[*notes, *more],
        ratio=ratio.as_json() if ratio else None,
    )
    folder = out or Layout(root).experiments
    result.write(folder / f"{result.experiment}.json")
    write_text(folder / f"{result.experiment}.md", result_page.page(result))
    print("\n".join(result_page.said(result)))
    return result


def _figure(named: Named, file: Path, table: TableSettings) -> RowFigure:
    """The figure that is named. Raises MainlineError without one that fits."""
    routes = named.routes
    if routes.figure is None:
        raise MainlineError(
            f"experiment '{routes.experiment}' names no figure, so it cannot decide anything.",
            where=file,
            hint="Name one before the first request: `routes: {figure: log_loss, …}`.",
        )
    figure = row_figures.of(routes.figure, table.task)
    if figure.split and routes.split is None:
        raise MainlineError(
            f"`routes.figure` is {routes.figure}, which a shadow cannot change: nobody sees its "
            "answers.",
            where=file,
            hint="Use a split, or a figure of the answers such as log_loss.",
        )
    return figure


def _window(named: Named, last: str | None) -> Window:
    until = a_day(last, "--to") if last else datetime.now(UTC).date()
    if named.ended:
        until = min(until, named.ended.date())
    if until < named.since.date():
        raise SettingsError(
            f"experiment '{named.routes.experiment}' began on {named.since:%Y-%m-%d}.",
            found=f"--to {until}",
        )
    return Window(named.since.date(), until)


def _share(named: Named) -> float | None:
    return named.routes.split.share if named.routes.split else named.routes.shadow


def _ratio(named: Named, arms: Arms) -> Ratio | None:
    share = _share(named)
    return None if share is None else Ratio.of(*arms.seen, share)


def _reasons(
    named: Named, arms: Arms, labelled: Arms, figure: RowFigure, ratio: Ratio | None
) -> list[str]:
    """Why nothing may be decided; empty when it may."""
    found = []
    if named.figure_since and named.figure_since > arms.first:
        found.append(
            f"the figure was named on {named.figure_since:%Y-%m-%d %H:%M} UTC, after the first "
            f"request on {arms.first:%Y-%m-%d %H:%M}"
        )
    if ratio is None:
        found.append(
            "callers choose the arm by a header, so the arms differ in more than the model"
        )
    # Both answers of a request are compared, so copies that are missing matter for speed alone.
    elif ratio.mismatch and not (arms.paired and figure.labels):
        found.append(f"the arms do not have their shares: {ratio.sentence}")
    if figure.labels and not figure.split and (lost := _numberless(labelled)):
        found.append(f"{lost:,} answers of the challenger are no numbers")
    return found


def _numberless(arms: Arms) -> int:
    """Answers of the challenger without a score, or with NaN: leaving them out would favour it."""
    rows = arms.challenger
    return int((rows["answered"] & rows["score"].isna() & rows["scores"].isna()).sum())


def _decision(found: Compared, figure: RowFigure, reasons: list[str]) -> Decision:
    if reasons:
        return "none"
    side = found.side(lower=figure.lower)
    return "better" if side == "better" else "worse" if side == "worse" else "open"


def _line(name: str, figure: RowFigure, found: Compared) -> Line:
    known = found.known
    return Line(
        name,
        figure.label,
        "lower" if figure.lower else "higher",
        figure.unit,
        main=finite(found.main.mean),
        challenger=finite(found.challenger.mean),
        difference=finite(found.difference),
        low=finite(found.low) if known else None,
        high=finite(found.high) if known else None,
        counts=(found.main.count, found.challenger.count),
    )


def _plural(unit: str) -> str:
    return {"entity": "entities", "request": "requests"}[unit]
