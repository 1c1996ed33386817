"""Curves over one time axis, one panel below the other, as an SVG file. No library needed."""

from html import escape

WIDTH = 900
PANEL = 150
LEFT, RIGHT, TOP, GAP = 80, 20, 40, 36
COLOURS = ("#1f5fbf", "#c2410c", "#15803d", "#7e22ce")


def _scaled(points, seconds, highest):
    width = WIDTH - LEFT - RIGHT
    return " ".join(f"{LEFT + width * at / seconds:.1f},{PANEL - PANEL * min(value, highest) / highest:.1f}"
                    for at, value in points)


def _panel(number, title, curves, seconds):
    highest = max([value for _, points in curves for _, value in points] + [1e-9]) * 1.05
    y = TOP + number * (PANEL + GAP)
    parts = [f'<g transform="translate(0,{y})">',
             f'<rect x="{LEFT}" y="0" width="{WIDTH - LEFT - RIGHT}" height="{PANEL}" fill="none" stroke="#bbb"/>',
             f'<text x="{LEFT}" y="-8" font-weight="bold">{escape(title)}</text>']
    for share in (0, 0.5, 1):
        parts.append(f'<text x="{LEFT - 8}" y="{PANEL - PANEL * share + 4:.0f}" text-anchor="end">{highest * share:.4g}</text>')
    for index, (name, points) in enumerate(curves):
        colour = COLOURS[index % len(COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" points="{_scaled(points, seconds, highest)}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT - 8 - 110 * index}" y="-8" text-anchor="end" fill="{colour}">{escape(name)}</text>')
    return parts + ["</g>"]


def write_chart(path, title, panels, events):
    """panels: [(title, [(name, [(second, value)])])]; events: [(second, name)] become lines through all panels."""
    seconds = max(at for _, curves in panels for _, points in curves for at, _ in points)
    height = TOP + len(panels) * (PANEL + GAP) + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', f'<text x="{LEFT}" y="16" font-size="13">{escape(title)}</text>']
    for number, (name, curves) in enumerate(panels):
        parts += _panel(number, name, curves, seconds)
    for index, (at, name) in enumerate(events):
        x = LEFT + (WIDTH - LEFT - RIGHT) * at / seconds
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - GAP}" stroke="#666" stroke-dasharray="3 3"/>')
        parts.append(f'<text x="{x + 3:.1f}" y="{height - 24 + 11 * (index % 2)}" fill="#444">{escape(name)}</text>')
    for minute in range(int(seconds // 60) + 1):
        x = LEFT + (WIDTH - LEFT - RIGHT) * minute * 60 / seconds
        parts.append(f'<text x="{x:.1f}" y="{height - 2}" text-anchor="middle" fill="#888">{minute} min</text>')
    path.write_text("\n".join(parts + ["</svg>"]), encoding="utf-8")
