"""A small project whose source has rows of a newer day than main's model; verdicts about it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mainline.git import Git
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.window import Window
from mainline.retraining.on_main import OnMain
from repository import commit

TODAY = date(2026, 8, 10)
JUNE, JULY = "2026-06-30", "2026-07-31"
BRANCH = f"retrain/churn-{JULY}"
PARAMS = f"""\
# What a person tunes.
data:
  as_of: "{JUNE}"          # names the snapshot
  source: {{kind: file, path: "rows-{{as_of}}.csv"}}
table: {{entity: id, time: day, target: left, positive: "yes", numbers: [age]}}
package: {{name: churn, image: registry.example/churn}}
monitoring:
  triggers:
    quality: {{bars: {{roc_auc: {{min: 0.75}}}}, cool_down_days: 14}}
    drift: {{cool_down_days: 14}}
    schedule: {{every_days: 30, cool_down_days: 1}}
"""


@dataclass
class Small:
    """The project in `root`, a clone of `origin`."""

    root: Path
    git: Git

    def rows(self, day: str, count: int) -> None:
        """The file of a day: the rows of earlier days, and more."""
        lines = [
            f"{number},{JUNE},{20 + number % 50},{'yes' if number % 3 else 'no'}"
            for number in range(count)
        ]
        (self.root / f"rows-{day}.csv").write_text("\n".join(["id,day,age,left", *lines, ""]))

    def params(self, text: str) -> None:
        """Other settings, on main and on the origin."""
        (self.root / "params.yaml").write_text(text)
        self.save()

    def save(self) -> None:
        commit(self.git)
        self.git.run("push", "-q", "--force", "origin", "HEAD:refs/heads/main")
        self.git.run("fetch", "-q", "origin")

    def main(self) -> OnMain:
        return OnMain.of(self.git)


def origin(small: Small, branch: str = BRANCH) -> str:
    """The commit of a branch there; empty if there is none."""
    return small.git.run("ls-remote", "origin", f"refs/heads/{branch}").partition("\t")[0]


def verdict(*findings: Finding, name: str = "churn", rows: int = 5000) -> Verdict:
    """Of a week that ends on the day before TODAY."""
    model = {"name": name, "environment": "production", "version": "123", "commit": "a" * 40}
    return Verdict(Window(date(2026, 8, 3), date(2026, 8, 9)), model, {"rows": rows}, [*findings])


def drifted(value: float = 0.6, name: str = "age", **more: object) -> Finding:
    """A column that is far away."""
    about = {"status": "alarm", "sentence": f"{name} has drifted.", "rows": 5000} | more
    return Finding("drift", f"drift.{name}", value=value, **about)  # type: ignore[arg-type]
