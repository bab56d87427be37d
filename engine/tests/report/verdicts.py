"""A verdict as the gate writes it, for pages that need one."""

from typing import Any

from mainline.evaluation.names import names


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


NAMES = ("roc_auc", "pr_auc", "log_loss", "brier", "calibration_error", "mean_bias", "f1")


def verdict(**changed: Any) -> dict[str, Any]:
    model = {name: estimate(0.8) for name in NAMES}
    slices = {
        "gender=female": {
            "rows": 100,
            "positives": 9,
            "figures": {"roc_auc": estimate(0.79), "mean_bias": estimate(0.02)},
        }
    }
    figures = {
        "rows": 1000,
        "entities": 400,
        "positives": 90,
        "threshold": 0.3,
        "confidence": 0.95,
        "model": model,
        "baseline": {name: estimate(0.7) for name in NAMES},
        "slices": slices,
    }
    rule = {"name": "size", "figure": "1 MB", "bar": "<= 2 MB", "margin": "", "outcome": "pass"}
    whole = {
        "open": True,
        "headline": "The gate is open: better than the model on main.",
        "case": "proposal",
        "against": "",
        "rules": [rule | {"why": "within the bar"}],
        "notes": [],
        "candidate": {
            "content": "sha256:" + "a" * 64,
            "version": 42,
            "digest": "sha256:" + "b" * 64,
            "image": "registry.example/model",
            "size": 123_456,
            "figures": figures,
        },
        "champion": None,
    }
    return whole | changed


def champion(**changed: Any) -> dict[str, Any]:
    return {
        "commit": "c" * 40,
        "release": {"version": "41"},
        "figures": {name: estimate(0.78) for name in NAMES},
        "rows": 990,
        "difference": estimate(0.02),
        "paired": True,
    } | changed


def judged(task: str, **about: Any) -> dict[str, Any]:
    """A verdict of this task; `about` goes into the figures and into the slice."""
    whole = verdict(champion=champion(figures={name: estimate(0.7) for name in names(task)}))
    figures = whole["candidate"]["figures"]
    del figures["positives"], figures["threshold"]
    model = {name: estimate(48_213.2) if name == "rmse" else estimate(0.8) for name in names(task)}
    one = {"rows": 50, "figures": {name: model[name] for name in (names(task)[0], "mean_bias")}}
    figures |= {"task": task, "model": model, "baseline": model, **about}
    figures["slices"] = {"gender=female": one | about}
    return whole


def contenders() -> dict[str, Any]:
    """What could ship beside what does, as the gate measures it."""
    each = {
        name: {
            "figure": estimate(0.8 + at / 100),
            "difference": estimate((at - 2) / 100),
            "bytes": 2_500_000 * (at + 1),
            "p99_ms": 0.5 * (at + 1),
            "rows_per_second": 40_000,
            "seconds": 20.4,
        }
        for at, name in enumerate(["network", "trees", "blend"])
    }
    losses = {"network": 0.42, "trees": 0.41, "blend": 0.4}
    about = {"ships": "blend", "trees_share": 0.35, "asked": "best", "candidates": each}
    return about | {"losses": losses, "errors": dict.fromkeys(losses, 0.001)}
