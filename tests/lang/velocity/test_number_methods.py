"""Methods of numbers and Booleans.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    (
        ("$age.intValue() $half.intValue() $half.doubleValue() $age.doubleValue() $half.floatValue()"),
        "41 0 0.5 41.0 0.5",
    ),
    ("$age.toString() $half.toString() $age.equals(41) $age.equals('41')", "41 0.5 true false"),
    ("$age.hashCode() $half.hashCode() $big.hashCode() $yes.hashCode()", "41 1071644672 705032705 1231"),
    ("$age.parseInt('12') $age.parseInt('ff', 16) $age.valueOf('5')", "12 255 5"),
    (
        ("$age.toHexString(255) $age.toBinaryString(5) $age.toOctalString(8) $age.toString(255, 16)"),
        "ff 101 10 ff",
    ),
    (
        ("$age.max(1, 2) $age.min(1, 2) $age.sum(1, 2) $age.compare(1, 2) $age.bitCount(7) $age.signum(-5)"),
        "2 1 3 -1 3 -1",
    ),
    (
        (
            "$half.compare(1.5, 2.5) $half.parseDouble('3.75') $half.isNaN() $half.isInfi"
            "nite() $half.max(1.0, 2.0)"
        ),
        "-1 3.75 false false 2.0",
    ),
    (
        (
            "$huge.add(1) $huge.subtract($huge) $huge.multiply(2) $huge.mod(7) $huge.pow("
            "2) $huge.negate() $huge.signum()"
        ),
        (
            "98765432109876543211 0 197530864219753086420 3 97546105798506325256774881877"
            "78997104100 -98765432109876543210 1"
        ),
    ),
    ("$big.longValue() $big.intValue() $big.byteValue()", "5000000000 705032704 0"),
    (
        (
            "$yes.booleanValue() $yes.equals(true) $yes.logicalAnd(true, false) $yes.pars"
            "eBoolean('TRUE') $yes.compareTo(false)"
        ),
        "true true false true 1",
    ),
    (
        "$age.class $big.class $huge.class $half.class $yes.class",
        (
            "class java.lang.Integer class java.lang.Long class java.math.BigInteger clas"
            "s java.lang.Double class java.lang.Boolean"
        ),
    ),
    ("$age.compareTo(40) $half.compareTo(0.5)", "1 0"),
    ("$age.nope() $age.length()", "$age.nope() $age.length()"),
    ("#set($f = $half.floatValue())$f.class $f", "class java.lang.Float 0.5"),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_number_methods(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
