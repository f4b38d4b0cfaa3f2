"""What must hold of every picture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from ringback.draw.graph import Diagram, Link
from ringback.draw.lane import BOX_HEIGHT, HEAD, LABEL_HEIGHT, Point
from ringback.draw.layers import BOX_WIDTH
from ringback.draw.sheet import Picture

Rect = tuple[float, float, float, float]
SLACK = 0.11


def box_rects(picture: Picture) -> dict[str, Rect]:
    return {name: (x, y, x + BOX_WIDTH, y + BOX_HEIGHT) for name, (x, y) in picture.boxes.items()}


def lane_rects(picture: Picture) -> dict[str, Rect]:
    return {name: (f.x, f.y, f.x + f.width, f.y + f.height) for name, f in picture.lanes.items()}


def label_rects(picture: Picture) -> dict[int, Rect]:
    half = LABEL_HEIGHT / 2 - 1
    return {
        label.link: (label.x - label.width / 2, label.y - half, label.x + label.width / 2, label.y + half)
        for label in picture.labels
    }


def overlap(first: Rect, second: Rect) -> bool:
    return (
        first[0] < second[2] - SLACK
        and second[0] < first[2] - SLACK
        and first[1] < second[3] - SLACK
        and second[1] < first[3] - SLACK
    )


def inside(inner: Rect, outer: Rect) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def segments(points: list[Point]) -> Iterator[Rect]:
    """The pieces of a line as rectangles without an area."""
    for (x1, y1), (x2, y2) in pairwise(points):
        yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def problems(diagram: Diagram, picture: Picture) -> list[str]:
    """Everything that is wrong with a picture."""
    return [
        *places(diagram, picture),
        *ends(diagram, picture),
        *(wrong for link in diagram.links for wrong in crossed(diagram, picture, link)),
    ]


def places(diagram: Diagram, picture: Picture) -> Iterator[str]:
    boxes, lanes, labels = box_rects(picture), lane_rects(picture), label_rects(picture)
    if set(boxes) != set(diagram.boxes) or set(lanes) != {lane.id for lane in diagram.lanes}:
        yield "a box or a lane is missing"
    if {link.number for link in diagram.links if link.label} != set(labels):
        yield "a label is missing"
    for things in (boxes, lanes, labels, {**boxes, **labels}):
        for (one, first), (two, second) in combinations(things.items(), 2):
            if overlap(first, second):
                yield f"{one} lies on {two}"
    for name, rect in boxes.items():
        left, top, right, bottom = lanes[diagram.boxes[name].lane]
        if not inside(rect, (left, top + HEAD, right, bottom)):
            yield f"{name} is not inside its lane"
    for rect in lanes.values():
        if not inside(rect, (0, 0, picture.width, picture.height)):
            yield "a lane is not on the sheet"


def ends(diagram: Diagram, picture: Picture) -> Iterator[str]:
    boxes, lanes = box_rects(picture), lane_rects(picture)
    if set(picture.paths) != {link.number for link in diagram.links}:
        yield "a link has no line"
    for link in diagram.links:
        points = picture.paths[link.number]
        (sx, sy), (tx, ty) = points[0], points[-1]
        source = boxes[link.source] if link.source else lanes[link.lane]
        bottom = source[3] if link.source else source[1] + HEAD
        if not (source[0] <= sx <= source[2] and abs(sy - bottom) < SLACK):
            yield f"link {link.number} does not begin at its source"
        target = boxes[link.target] if link.target else lanes[link.lane]
        if not (target[0] <= tx <= target[2] and abs(ty - target[1]) < SLACK):
            yield f"link {link.number} does not end at its target"
        if points[-2][1] > ty:
            yield f"link {link.number} comes from below"
        if any(x1 != x2 and y1 != y2 for (x1, y1), (x2, y2) in pairwise(points)):
            yield f"link {link.number} runs aslant"


def crossed(diagram: Diagram, picture: Picture, link: Link) -> Iterator[str]:
    """Boxes, labels of others and lanes of others that a line runs through."""
    own = {link.lane, diagram.boxes[link.source].lane if link.source else ""}
    obstacles = [(name, rect) for name, rect in box_rects(picture).items()]
    obstacles += [
        (f"label {number}", rect) for number, rect in label_rects(picture).items() if number != link.number
    ]
    obstacles += [(name, rect) for name, rect in lane_rects(picture).items() if name not in own]
    for piece in segments(picture.paths[link.number]):
        for name, rect in obstacles:
            if overlap(piece, rect):
                yield f"link {link.number} runs through {name}"


def hidden(diagram: Diagram, picture: Picture) -> list[tuple[int, int]]:
    """Pairs of links that lie on each other although they share neither source nor target."""
    found = []
    lines = [(link, list(segments(picture.paths[link.number]))) for link in diagram.links]
    for (one, first), (two, second) in combinations(lines, 2):
        related = one.source == two.source or one.goal == two.goal
        if not related and any(_along(a, b) for a in first for b in second):
            found.append((one.number, two.number))
    return found


def _along(first: Rect, second: Rect) -> bool:
    """Whether two pieces of one direction share more than a point."""
    x = min(first[2], second[2]) - max(first[0], second[0])
    y = min(first[3], second[3]) - max(first[1], second[1])
    upright = first[0] == first[2] and second[0] == second[2]
    flat = first[1] == first[3] and second[1] == second[3]
    return (upright and abs(x) < SLACK and y > 1) or (flat and abs(y) < SLACK and x > 1)
