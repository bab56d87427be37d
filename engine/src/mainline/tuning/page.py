"""The page of a study: its result, history, importances and slices."""

import json
from html import escape

import optuna
from optuna.study import Study
from optuna.trial import FrozenTrial

from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.params.tune import Dimension
from mainline.tuning.pictures import Axis, Place, Point, bars, scatter
from mainline.tuning.result import Result, loss, why
from mainline.tuning.study import VALUES

NAME = "index.html"
STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin-bottom: 1rem; }
 td, th { padding: .2rem .8rem .2rem 0; text-align: left; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
svg { width: 100%; font-size: 11px; fill: currentColor; } .title { font-weight: 600; }
line { stroke: currentColor; opacity: .15; } path { fill: none; stroke: #ff7f0e; stroke-width: 2; }
.end { text-anchor: end; } .mid { text-anchor: middle; } rect, .done { fill: #1f77b4; }
.done { opacity: .6; } .best { fill: #ff7f0e; } .today { fill: #2ca02c; }
"""


def write(study: Study, result: Result) -> None:
    """Write the page `NAME` into `Layout.search`. It needs no other file."""
    name, sentence = escape(study.study_name), escape(result.sentence)
    space = result.job.tune.space.items()
    pictures = [_history(result), *_importances(study, result)]
    pictures += [_slice(result, path, of) for path, of in space]
    failed = result.trials.failed
    text = [
        "<!doctype html>",
        f'<html lang="en"><meta charset="utf-8"><title>{name}</title><style>{STYLE}</style>',
        f"<h1>{name}</h1>",
        f"<p>{sentence}</p><p>Trials: {result.counts()}. Green: today's settings. Orange: the "
        "best, and the lowest loss so far.</p>",
        _table(result),
        f'<div class="pictures">{"".join(f"<div>{each}</div>" for each in pictures)}</div>',
        *(f"<p>Trial {each.number} failed: {escape(why(each))}</p>" for each in failed),
    ]
    write_text(Layout(result.job.root).search / NAME, "\n".join([*text, ""]))


def _table(result: Result) -> str:
    head, _, *rows = [line.strip("| ").split(" | ") for line in result.lines()]
    cells = [
        "".join(f"<{tag}>{escape(cell.strip('`'))}</{tag}>" for cell in row)
        for tag, row in [("th", head), *(("td", row) for row in rows)]
    ]
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _kind(result: Result, trial: FrozenTrial) -> str:
    if trial.number == result.today.number:
        return "today"
    return "best" if trial.number == result.best.number else "done"


def _losses(result: Result) -> Axis:
    """Without those that are much worse than the rest, which would hide it."""
    losses = [loss(each) for each in result.trials.complete]
    middle = losses[len(losses) // 2]
    return Axis.over([each for each in losses if each <= losses[0] + 4 * (middle - losses[0])])


def _history(result: Result) -> str:
    up, line = _losses(result), list[Place]()
    shown = _shown(result, up)
    for each in sorted(shown, key=lambda trial: trial.number):
        line.append((each.number, min([loss(each), *(low for _, low in line[-1:])])))
    points = [(float(each.number), loss(each), _kind(result, each)) for each in shown]
    across = Axis(0, max(each.number for each in result.trials.every) or 1, whole=True)
    return scatter("Loss by trial", across, up, points, line)


def _shown(result: Result, up: Axis) -> list[FrozenTrial]:
    """Those on the axis, the best last."""
    return [each for each in reversed(result.trials.complete) if loss(each) <= up.high]


def _slice(result: Result, path: str, dimension: Dimension) -> str:
    up = _losses(result)
    names = [json.dumps(each) for each in dimension.choices or ()]
    if names:
        across = Axis(-0.5, len(names) - 0.5, names=names)
    else:
        across = Axis(*dimension.bounds, log=dimension.log, whole=dimension.whole)
    points: list[Point] = []
    for each in _shown(result, up):
        value = each.user_attrs[VALUES][path]
        place = float(names.index(json.dumps(value)) if names else value)
        points.append((place, loss(each), _kind(result, each)))
    return scatter(path, across, up, points)


def _importances(study: Study, result: Result) -> list[str]:
    """The share of each setting in how the loss differs; empty with too few trials."""
    if len(result.trials.complete) < 4:
        return []
    found = optuna.importance.get_param_importances(study)
    return [bars("Importance of each setting (PED-ANOVA)", found)]
