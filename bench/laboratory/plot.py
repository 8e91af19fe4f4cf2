"""Line charts as SVG, small enough for a page of documentation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 30, 44
MOST_POINTS = 380
COLOURS = ("#2f6fde", "#d9622b", "#2a9d5c", "#9b4fc4", "#b8860b", "#c2185b")

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #444 }
.title { font-weight: 600; fill: #222 }
.grid { stroke: #8884; stroke-width: 1 }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round }
.bar { stroke: #c33; stroke-dasharray: 5 4; stroke-width: 1 }
.mark { stroke: #888; stroke-dasharray: 1 3; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #bbb } .title { fill: #eee } }
"""


@dataclass
class Chart:
    """Lines over time. ``limit`` is drawn across, ``marks`` stand upright where something happened."""

    title: str
    unit: str = "ms"
    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """The points of each line; one that is not finite leaves a hole."""
    marks: list[float] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    """Corrections."""
    limit: float | None = None
    least: float | None = None
    most: float | None = None
    """What the axis shows; points beyond are cut off."""


def svg(charts: Sequence[Chart]) -> str:
    """The charts one above the other, over the same seconds."""
    xs = [x for chart in charts for line in chart.lines.values() for x, _ in line]
    span = (min(xs, default=0.0), max(xs, default=1.0))
    body = "".join(
        f'<g transform="translate(0 {number * HEIGHT})">{_chart(chart, span)}</g>'
        for number, chart in enumerate(charts)
    )
    size = f'viewBox="0 0 {WIDTH} {HEIGHT * len(charts)}" width="{WIDTH}" height="{HEIGHT * len(charts)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><style>{STYLE}</style>{body}</svg>\n'


def thinned(points: Sequence[tuple[float, float]], most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """Fewer points of the same shape: of each stretch the lowest and the highest, in their order."""
    if len(points) <= most:
        return list(points)
    each = math.ceil(2 * len(points) / most)
    kept = []
    for start in range(0, len(points), each):
        stretch = [(n, point) for n, point in enumerate(points[start : start + each])]
        finite = [one for one in stretch if math.isfinite(one[1][1])]
        if len(finite) < len(stretch):
            kept.append(next(point for _, point in stretch if not math.isfinite(point[1])))
        if finite:
            ends = {min(finite, key=lambda one: one[1][1]), max(finite, key=lambda one: one[1][1])}
            kept += [point for _, point in sorted(ends)]
    return kept


def _chart(chart: Chart, span: tuple[float, float]) -> str:
    lowest, highest = _bounds(chart)
    step = _step(highest - lowest)
    scale = _Scale(span, (math.floor(lowest / step) * step, math.ceil(highest / step) * step))
    parts = [f'<text class="title" x="{LEFT}" y="16">{escape(chart.title)}</text>']
    parts += _axes(scale, step, chart.unit)
    for at in [scale.x(x) for x in chart.marks if span[0] <= x <= span[1]]:
        parts.append(f'<line class="mark" x1="{at}" x2="{at}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
    if chart.limit is not None:
        at = scale.y(chart.limit)
        parts.append(f'<line class="bar" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
    for number, points in enumerate(chart.lines.values()):
        path = _path(thinned(points), scale)
        parts.append(f'<path class="line" stroke="{_colour(number)}" d="{path}"/>')
    parts += [f'<circle cx="{scale.x(x)}" cy="{scale.y(y)}" r="3" fill="#c33"/>' for x, y in chart.dots]
    parts += _legend(chart)
    return "".join(parts)


class _Scale:
    def __init__(self, xs: tuple[float, float], ys: tuple[float, float]) -> None:
        self.xs, self.ys = xs, ys

    def x(self, value: float) -> int:
        share = (value - self.xs[0]) / ((self.xs[1] - self.xs[0]) or 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT))

    def y(self, value: float) -> int:
        value = min(self.ys[1], max(self.ys[0], value))
        share = (value - self.ys[0]) / ((self.ys[1] - self.ys[0]) or 1)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))


def _bounds(chart: Chart) -> tuple[float, float]:
    ys = [y for line in chart.lines.values() for _, y in line if math.isfinite(y)]
    ys += [0.0] if chart.limit is None else [0.0, chart.limit]
    lowest = min(ys) if chart.least is None else chart.least
    highest = max(ys) if chart.most is None else chart.most
    return lowest, max(highest, lowest + 1)


def _step(extent: float) -> float:
    """A round number, of which four or so fill the axis."""
    rough = extent / 4
    power: float = 10 ** math.floor(math.log10(rough))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough)


def _axes(scale: _Scale, step: float, unit: str) -> list[str]:
    parts = []
    count = round((scale.ys[1] - scale.ys[0]) / step)
    for number in range(count + 1):
        value = scale.ys[0] + number * step
        at = scale.y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{value:,.0f}</text>')
    parts.append(f'<text x="4" y="16">{escape(unit)}</text>')
    seconds = _step(scale.xs[1] - scale.xs[0])
    first = math.ceil(scale.xs[0] / seconds)
    for number in range(first, math.floor(scale.xs[1] / seconds) + 1):
        at = scale.x(number * seconds)
        parts.append(f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{number * seconds:g} s</text>')
    return parts


def _legend(chart: Chart) -> list[str]:
    if len(chart.lines) < 2:
        return []
    y = HEIGHT - 2
    return [
        f'<text x="{LEFT + 92 * number}" y="{y}" style="fill:{_colour(number)}">{escape(name)}</text>'
        for number, name in enumerate(chart.lines)
    ]


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _path(points: Sequence[tuple[float, float]], scale: _Scale) -> str:
    parts, draws = [], False
    for x, y in points:
        if not math.isfinite(y):
            draws = False
            continue
        parts.append(f"{'L' if draws else 'M'}{scale.x(x)} {scale.y(y)}")
        draws = True
    return "".join(parts)
