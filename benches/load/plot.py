"""Lines in SVG, for what a table does not show. Nothing but text: colours that do on light and dark alike."""

import math
from html import escape

COLOURS = ["#3b82c4", "#d9762b", "#4a9c5d", "#b4558f", "#8a7a3c", "#7a7a7a"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 340, 64, 16, 58, 44


def lines(path, title, x_label, y_label, series, log_x=False, log_y=False):
    """Writes a plot of `series`: names, and their points as pairs."""
    points = [point for _, line in series for point in line]
    across = Axis([x for x, _ in points], LEFT, WIDTH - RIGHT, log_x)
    up = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP, log_y, from_zero=True)
    parts = [f'<text x="{LEFT}" y="20" font-size="15" font-weight="600">{escape(title)}</text>']
    for value in up.ticks():
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(value):.1f}" y2="{up(value):.1f}" '
                     'stroke="#8888" stroke-width="0.5"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{up(value) + 4:.1f}" text-anchor="end">{short(value)}</text>')
    for value in across.ticks():
        parts.append(f'<text x="{across(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                     f'{short(value)}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>')
    parts.append(f'<text x="14" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 14 '
                 f'{(TOP + HEIGHT - BOTTOM) / 2})">{escape(y_label)}</text>')
    for n, (name, line) in enumerate(series):
        colour = COLOURS[n % len(COLOURS)]
        at = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if len(line) <= 40:
            parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="2.5" fill="{colour}"/>' for x, y in line]
        x = LEFT + (WIDTH - LEFT) * n / len(series)
        parts.append(f'<rect x="{x:.0f}" y="32" width="12" height="4" fill="{colour}"/>'
                     f'<text x="{x + 16:.0f}" y="39">{escape(name)}</text>')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="11" fill="#777">\n<title>{escape(title)}</title>\n'
        + "\n".join(parts) + "\n</svg>\n")


class Axis:
    """From values to pixels."""

    def __init__(self, values, start, end, log, from_zero=False):
        values = [value for value in values if not log or value > 0] or [1]
        self.log, self.start, self.end = log, start, end
        if log:
            self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            self.high += self.high == self.low
            return
        self.low = 0 if from_zero else min(values)
        self.step = nice((max(values) - self.low) / 6 or 1)
        self.high = self.low + self.step * math.ceil((max(values) - self.low) / self.step or 1)

    def __call__(self, value):
        value = math.log10(max(value, 10 ** self.low)) if self.log else value
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)

    def ticks(self):
        if self.log:
            return [10.0 ** power for power in range(self.low, self.high + 1)]
        return [self.low + self.step * n for n in range(round((self.high - self.low) / self.step) + 1)]


def nice(step):
    power = 10 ** math.floor(math.log10(step))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= step)


def short(value):
    for bound, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= bound:
            return f"{value / bound:g}{unit}"
    return f"{value:.3g}"
