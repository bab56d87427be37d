"""A request and the kind of its answer, and the parts that requests are made of."""

from dataclasses import dataclass, field

MODEL = "/v1/models/{M}"  # {M} and {V} stand for the model's name and version
# One row, each value as JSON text: a test can put text there that is no JSON.
ROW = {
    "age": "43.0",
    "income": "45.6",
    "tenure_months": "29.0",
    "purchase_frequency": "2.34",
    "days_since_purchase": "8.0",
    "support_tickets": "0.0",
    "discount_share": "0.19",
    "gender": '"female"',
    "location": '"abroad"',
    "device_type": '"android"',
}
NUMBERS = list(ROW)[:7]


@dataclass(frozen=True)
class Case:
    """`kind`: error, page (HTML), nothing, or the first key of the JSON; `/3` counts its values."""

    name: str
    body: str = ""
    status: int = 200
    kind: str = ""
    method: str = "POST"
    path: str = f"{MODEL}:predict"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> tuple[int, str]:
        return self.status, self.kind or ("predictions/1" if self.status == 200 else "error")


def row(start="", end="", **changes):
    """A row as JSON text, with other values; None leaves the key out."""
    values = {name: text for name, text in (ROW | changes).items() if text is not None}
    pairs = ", ".join(f'"{name}": {text}' for name, text in values.items())
    return "{" + start + pairs + end + "}"


def rows(*each, before="", after=""):
    """A body with rows, one by default; `before` and `after` are more keys."""
    return "{" + before + '"instances": [' + ", ".join(each or (row(),)) + "]" + after + "}"


def columns(count=1, **changes):
    """A body with columns of `count` equal values; a change is a whole column's text."""
    lists = {name: "[" + ", ".join([text] * count) + "]" for name, text in ROW.items()}
    values = {name: text for name, text in (lists | changes).items() if text is not None}
    return '{"inputs": {' + ", ".join(f'"{name}": {text}' for name, text in values.items()) + "}}"


def pairs(status, **bodies):
    """Cases that differ in name and body alone; `_` in a name is written `-`."""
    return [Case(name.replace("_", "-"), body, status) for name, body in bodies.items()]
