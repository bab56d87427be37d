"""The file of a PrometheusRule, the Prometheus operator's resource for alerts."""

import json
from dataclasses import dataclass
from textwrap import indent

HEAD = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {name}
spec:
  groups:
    - name: {name}
      rules:
"""
RULE = " " * 8


@dataclass(frozen=True)
class Alert:
    """An alert: PromQL that returns series while it fires, and one line for a person.

    `wait` is how long it has to return some, `why` a comment.
    """

    name: str
    expr: str
    summary: str
    wait: str = ""
    why: tuple[str, ...] = ()

    def lines(self) -> str:
        """In YAML, as an item of `rules`."""
        waits = [f"  for: {self.wait}"] if self.wait else []
        made = [
            *(f"# {each}" for each in self.why),
            f"- alert: {self.name}",
            "  expr: |",
            indent(self.expr.strip(), " " * 4),
            *waits,
            "  labels: {severity: warning}",
            "  annotations:",
            f"    summary: {json.dumps(self.summary)}",
        ]
        return indent("\n".join(made) + "\n", RULE)


def text(name: str, about: tuple[str, ...], alerts: list[Alert]) -> str:
    """The whole file; `about` are the lines of its first comment."""
    comment = "".join(f"# {line}\n" for line in about)
    return comment + HEAD.format(name=name) + "".join(each.lines() for each in alerts)
