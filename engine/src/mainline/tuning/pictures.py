"""Scatter plots and bars as SVG: a page that needs no other file and no library."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, LOW, TOP = 420, 240, 64, 36, 28  # a picture, and its margins
Place = tuple[float, float]
Point = tuple[float, float, str]  # and the class that styles it


@dataclass(frozen=True)
class Axis:
    """A scale between two ends; `names` stand at 0, 1, 2 … in place of numbers."""

    low: float
    high: float
    log: bool = False
    names: Sequence[str] = ()
    whole: bool = False

    @classmethod
    def over(cls, values: Sequence[float]) -> "Axis":
        """All values, with some room."""
        low, high = min(values), max(values)
        room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
        return cls(low - room, high + room)

    def place(self, value: float) -> float:
        """Where it is, from 0 to 1."""
        turn = math.log if self.log else float
        return (turn(value) - turn(self.low)) / (turn(self.high) - turn(self.low))

    def ticks(self) -> list[tuple[float, str]]:
        """Values and what is written at them."""
        if self.names:
            return [(float(place), name) for place, name in enumerate(self.names)]
        turn, back = (math.log, math.exp) if self.log else (float, float)
        low, high = turn(self.low), turn(self.high)
        places = [back(low + (high - low) * step / 3) for step in range(4)]
        if self.whole:
            return [(at, f"{at:.0f}") for at in dict.fromkeys(map(float, map(round, places)))]
        return [(at, f"{at:.3g}") for at in places]


def scatter(
    title: str, across: Axis, up: Axis, points: Sequence[Point], line: Sequence[Place] = ()
) -> str:
    """Points over two axes, the last ones on top, and a line of steps from place to place."""

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + across.place(x) * (WIDTH - LEFT - 12),
            HEIGHT - LOW - up.place(y) * (HEIGHT - LOW - TOP),
        )

    parts = []
    for value, name in up.ticks():
        x, y = at(across.low, value)
        parts.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - 12}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" class="end">{escape(name)}</text>')
    for value, name in across.ticks():
        x, y = at(value, up.low)
        parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" class="mid">{escape(name)}</text>')
    if line:
        (left, high), *_ = places = [at(*each) for each in line]
        steps = "".join(f"H{x:.1f}V{y:.1f}" for x, y in places)
        parts.append(f'<path d="M{left:.1f} {high:.1f}{steps}"/>')
    for x, y, kind in points:
        left, down = at(x, y)
        parts.append(f'<circle cx="{left:.1f}" cy="{down:.1f}" r="4" class="{kind}"/>')
    return _picture(title, HEIGHT, parts)


def bars(title: str, values: dict[str, float]) -> str:
    """A bar for each name, of values from 0 to 1."""
    parts = []
    for row, (name, value) in enumerate(values.items()):
        y = TOP + 24 * row
        long = value * (WIDTH / 2 - 60)
        parts.append(f'<text x="{WIDTH / 2 - 6}" y="{y + 12}" class="end">{escape(name)}</text>')
        parts.append(f'<rect x="{WIDTH / 2}" y="{y}" width="{long:.1f}" height="16"/>')
        parts.append(f'<text x="{WIDTH / 2 + long + 6:.1f}" y="{y + 12}">{value:.0%}</text>')
    return _picture(title, TOP + 24 * len(values) + 8, parts)


def _picture(title: str, height: float, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
    said = f'<text x="{WIDTH / 2}" y="14" class="mid title">{escape(title)}</text>'
    return "\n".join([head, said, *parts, "</svg>"])
