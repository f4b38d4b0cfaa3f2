"""Arithmetic on Java's numbers, and how they print.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    ("#set($x = 1 + 2 * 3)$x", "7"),
    ("#set($x = (1 + 2) * 3)$x", "9"),
    ("#set($x = 7 / 2)$x", "3"),
    ("#set($x = -7 / 2)$x", "-3"),
    ("#set($x = -7 % 3)$x", "-1"),
    ("#set($x = 7.0 / 2)$x", "3.5"),
    ("#set($x = 1 / 0)$x", "$x"),
    ("#set($x = 1.0 % 0)$x", "$x"),
    ("#set($x = 2147483647 + 1)$x", "2147483648"),
    ("#set($x = 9223372036854775807 + 1)$x", "9223372036854775808"),
    ("#set($x = $huge * 2)$x", "197530864219753086420"),
    ("#set($x = $huge / 10)$x", "9876543210987654321"),
    ("#set($x = $huge + 0.5)$x", "98765432109876543210.5"),
    ("#set($x = 0.1 + 0.2)$x", "0.30000000000000004"),
    ("#set($x = 1.0E7)$x", "1.0E7"),
    ("#set($x = 12345678.9)$x", "1.23456789E7"),
    ("#set($x = 0.001)$x", "0.001"),
    ("#set($x = 0.0001)$x", "1.0E-4"),
    ("#set($x = 100.0)$x", "100.0"),
    ("#set($x = .5)$x", "0.5"),
    ("#set($x = 5.)$x", "5.0"),
    ("#set($x = 1e3)$x", "1000.0"),
    ("#set($x = 2e23)$x", "1.9999999999999998E23"),
    ("#set($x = 'a' + 1)$x", "a1"),
    ("#set($x = 1 + 'a')$x", "1a"),
    ("#set($x = 'n: ' + $none)$x", "n: $none"),
    ("#set($x = $gone.x + 'a')$x", "$gone.xa"),
    ("#set($x = $digits + 1)$x", "121"),
    ("#set($x = $digits - 1)$x", "11.0"),
    ("#set($x = $digits * 2)$x", "24.0"),
    ("#set($x = $digits / 5)$x", "2"),
    ("#set($x = $real * 2)$x", "5.000"),
    ("#set($x = $real / '2')$x", "1.25"),
    ("#set($x = 'x' - 1)$x", "$x"),
    ("#set($x = $tags - 1)$x", "$x"),
    ("#set($x = $none + 1)$x", "$x"),
    ("#set($x = -$age)$x", "-41"),
    ("#set($x = - -1)$x", "1"),
    ("#set($x = -'4.5')$x", "-4.5"),
    ("#set($x = $age + $half)$x", "41.5"),
    ("#set($x = $big * $big)$x", "25000000000000000000"),
    ("#set($x = 1e308 * 10)$x", "Infinity"),
    ("#set($x = 4.35 * 100)$x", "434.99999999999994"),
    ("#set($x = $tags.size() + 1)$x", "3"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_arithmetic(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
