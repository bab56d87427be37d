"""Curves over a logarithmic axis of sizes, as an SVG file that pages can show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, LOW = 56, 176, 36, 44  # margins
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#d62728", "#8c564b")
STYLE = (
    "text{font:12px sans-serif;fill:#555}.title{font-size:14px;fill:#333}"
    "line{stroke:#ccc}polyline{fill:none;stroke-width:2}rect{fill:#fff}"
)


@dataclass(frozen=True)
class Curve:
    """A name, and a share from 0 to 1 for each size."""

    name: str
    points: Sequence[tuple[float, float]]


def picture(title: str, across: str, curves: Sequence[Curve]) -> str:
    """The whole file. Equal curves give equal text."""
    sizes = sorted({size for curve in curves for size, _ in curve.points})
    low, high = math.log(sizes[0]), math.log(sizes[-1])

    def at(size: float, share: float) -> tuple[float, float]:
        x = LEFT + (math.log(size) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - LOW - share * (HEIGHT - LOW - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="20" class="title">{escape(title)}</text>',
    ]
    for step in range(6):
        x, y = at(sizes[0], step / 5)
        parts.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(
            f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{step * 20} %</text>'
        )
    for size in sizes:
        x, y = at(size, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{size:,.0f}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    )
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in curve.points))
        parts.append(f'<polyline points="{line}" stroke="{colour}"/>')
        y = TOP + 18 * place + 6
        x = WIDTH - RIGHT + 14
        parts.append(f'<polyline points="{x},{y - 4} {x + 20},{y - 4}" stroke="{colour}"/>')
        parts.append(f'<text x="{x + 26}" y="{y}">{escape(curve.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
