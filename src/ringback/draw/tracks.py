"""The horizontal pieces of links between two rows: which lie on one line, and which line lies above which.

Links that come from one box, or go to one box, form a net with one line. Nets whose pieces would lie on each
other get lines of their own, in the order that crosses least.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

SPACING = 9.0
_MARGIN = 9.0
# A gap with more nets than this is ordered by position alone.
_MANY = 120
_FORBIDDEN = 1000


@dataclass(slots=True)
class Net:
    """One line and what hangs on it.

    Attributes:
        key: names it.
        tops, bottoms: x at which pieces go up and down from the line.
        sides: x of further ends, at the lane's border.
        track: number of its line from the top; -1 when it runs straight through.
    """

    key: Hashable
    tops: set[float] = field(default_factory=set)
    bottoms: set[float] = field(default_factory=set)
    sides: set[float] = field(default_factory=set)
    track: int = -1

    @property
    def span(self) -> tuple[float, float]:
        """From its leftmost to its rightmost end."""
        ends = self.tops | self.bottoms | self.sides
        return min(ends), max(ends)

    @property
    def is_straight(self) -> bool:
        """Whether it needs no line."""
        low, high = self.span
        return low == high and bool(self.tops) and bool(self.bottoms)


class Gap:
    """The space between two rows."""

    def __init__(self) -> None:
        self.nets: dict[Hashable, Net] = {}

    def net(self, key: Hashable) -> Net:
        """The net of a key, made when it is new."""
        return self.nets.setdefault(key, Net(key))

    def assign(self) -> int:
        """Give every net its line and tell how many lines there are."""
        bent = [net for net in self.nets.values() if not net.is_straight]
        return stack(ordered(bent))


def ordered(nets: Sequence[Net]) -> list[Net]:
    """The nets from top to bottom, so that few cross and no vertical pieces lie on each other."""
    rest = sorted(nets, key=lambda net: (net.span, repr(net.key)))
    if len(rest) > _MANY:
        return rest
    regret = _regrets(rest)
    found: list[Net] = []
    left = list(range(len(rest)))
    total = [sum(row) for row in regret]
    while left:
        best = min(left, key=lambda index: (total[index], index))
        left.remove(best)
        for index in left:
            total[index] -= regret[index][best]
        found.append(rest[best])
    return found


def _regrets(nets: Sequence[Net]) -> list[list[int]]:
    """For each pair, how much worse it is to have the first above the second than below it."""
    table = [[0] * len(nets) for _ in nets]
    for one, first in enumerate(nets):
        for two in range(one):
            second = nets[two]
            if _overlap(first.span, second.span):
                table[one][two] = _cost(first, second) - _cost(second, first)
                table[two][one] = -table[one][two]
    return table


def _cost(upper: Net, lower: Net) -> int:
    """Crossings when one net lies above another."""
    cost = _inside(upper.bottoms, lower.span) + _inside(lower.tops, upper.span)
    return cost + (_FORBIDDEN if upper.bottoms & lower.tops else 0)


def _inside(ends: Iterable[float], span: tuple[float, float]) -> int:
    return sum(1 for end in ends if span[0] <= end <= span[1])


def _overlap(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] < second[1] + _MARGIN and second[0] < first[1] + _MARGIN


def stack(nets: Iterable[Net]) -> int:
    """Number the lines of nets that come in order, using a line again where there is room."""
    placed: list[Net] = []
    for net in nets:
        above = (other.track for other in placed if _overlap(other.span, net.span))
        net.track = max(above, default=-1) + 1
        placed.append(net)
    return max((net.track for net in placed), default=-1) + 1
