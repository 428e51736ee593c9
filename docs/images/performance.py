#!/usr/bin/env python3
"""Draws docs/images/performance.svg from the tables in docs/performance.md: `python3 docs/images/performance.py`.

With `--check` it draws nothing, and fails if the picture does not match the tables.
"""

import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
PICTURE = FOLDER / "performance.svg"
TABLES = FOLDER.parent / "performance.md"

WIDTH, HEIGHT = 960, 440
LANE = 9
GROUP = 8 * LANE + 48
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e }
  .strong { font-weight: 600 }
  .one { fill: #8c959f }
  .lanes { fill: #0969da }
  .axis { stroke: #59636e; stroke-opacity: .35 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .one { fill: #7d8590 }
    .lanes { fill: #4493f8 }
    .axis { stroke: #9198a1 }
  }
"""


def tables():
    """Yields each row of each table, as a list of cells."""
    for line in TABLES.read_text().splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def hash_times():
    """Returns the median CPU time of one hash in ms by engine, from the first table that has it."""
    times = {}
    for row in tables():
        if len(row) == 5 and row[2].endswith(" ms"):
            times.setdefault(row[0], float(row[2].removesuffix(" ms")))
    return times


def logins():
    """Returns the logins per second of both engines, by the number of clients."""
    rates = {}
    for row in tables():
        if row[1:2] in (["reference"], ["lanes"]):
            rates.setdefault(int(row[0]), {})[row[1]] = float(row[2])
    return rates


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{words}</text>'


def box(x, y, width, height, kind):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5" class="{kind}"/>'


def line(y, left, right):
    return f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}" class="axis"/>'


def eight_logins(times, left, width):
    """Draws when each of eight hashes runs on one core: one at a time, four at once, eight at once."""
    engines = [("`bcrypt` crate", 1, "one at a time", "one"), ("4 lanes", 4, "four at once", "lanes"), ("8 lanes", 8, "eight at once", "lanes")]
    scale = (width - 70) / (8 * times["`bcrypt` crate"])
    yield text(left, 26, "Eight logins on one core", "title")
    for number, (engine, at_once, words, kind) in enumerate(engines):
        top = 48 + number * GROUP
        span = at_once * times[engine]
        yield text(left, top + 12, f"{words}: {8 // at_once * span:,.0f} ms", "strong")
        for hash in range(8):
            begin = hash // at_once * span
            yield box(left + begin * scale, top + 22 + hash * LANE, span * scale - 1, LANE - 2, kind)
        yield line(top + 24 + 8 * LANE, left, left + width - 70)


def logins_per_second(rates, left, width):
    """Draws the bars of both engines for each number of clients."""
    top, bottom = 70, HEIGHT - 62
    most = max(rate["lanes"] for rate in rates.values())
    step = width / len(rates)
    yield text(left, 26, "Logins per second over HTTP", "title")
    yield text(left, 46, "the same service and machine", "quiet")
    yield line(bottom, left, left + width)
    for number, (clients, rate) in enumerate(sorted(rates.items())):
        middle = left + (number + 0.5) * step
        for kind, engine, x in (("one", "reference", middle - 37), ("lanes", "lanes", middle + 1)):
            height = rate[engine] / most * (bottom - top - 20)
            yield box(x, bottom - height, 36, height, kind)
            yield text(x + 18, bottom - height - 6, f"{rate[engine]:.0f}", "quiet", "middle")
        yield text(middle, bottom + 19, "1 client" if clients == 1 else f"{clients} clients", "", "middle")
        yield text(middle, bottom + 38, f"{rate['lanes'] / rate['reference']:.1f}×", "strong", "middle")


def legend(left):
    y = HEIGHT - 14
    yield box(left, y - 10, 11, 11, "one")
    yield text(left + 17, y, "one hash at a time on a core", "quiet")
    yield box(left + 240, y - 10, 11, 11, "lanes")
    yield text(left + 257, y, "lanes: several at once", "quiet")


def picture():
    parts = [*eight_logins(hash_times(), 20, 470), *logins_per_second(logins(), 520, 420), *legend(20)]
    label = "Eight logins on one core, one at a time and several at once, and logins per second over HTTP by the number of clients"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>", ""])


if "--check" in sys.argv:
    if PICTURE.read_text() != picture():
        sys.exit("docs/images/performance.svg does not match its tables: run python3 docs/images/performance.py")
else:
    PICTURE.write_text(picture())
