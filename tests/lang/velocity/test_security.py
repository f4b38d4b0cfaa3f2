"""No template reaches a Python object: methods come from tables, and nothing of Python shows."""

from __future__ import annotations

import pytest

from ringback.lang import velocity

CONTEXT = {"s": "text", "n": 1, "d": 1.5, "t": True, "l": [1], "m": {"a": 1}, "u": None}
NAMES = [
    "__class__",
    "__dict__",
    "__init__",
    "__globals__",
    "__reduce__",
    "__getattribute__",
    "mro",
    "__subclasses__",
    "encode",
    "format_map",
    "items",
    "pop",
    "append",
    "name",
    "vars",
]


@pytest.mark.parametrize(
    "value", ["s", "n", "d", "t", "l", "u", "esc", "math", "l.iterator()", "s.getClass()"]
)
@pytest.mark.parametrize("name", NAMES)
def test_python_names_are_unknown(value: str, name: str) -> None:
    if (value, name) == ("s.getClass()", "name"):
        return  # the one name that a class has too
    for template in (f"${value}.{name}", f"${value}.{name}()", f"${value}.{name}(1)"):
        assert velocity.render(template, CONTEXT) == template


@pytest.mark.parametrize("name", NAMES)
def test_maps_answer_with_their_own_keys_only(name: str) -> None:
    assert velocity.render(f"$m.{name} $m.{name}()", CONTEXT) == f"$m.{name} $m.{name}()"


def test_classes_are_names_and_nothing_more() -> None:
    assert (
        velocity.render("$s.class.name $s.getClass()", CONTEXT) == "java.lang.String class java.lang.String"
    )
    template = "$s.class.forName('java.lang.Runtime')"
    assert velocity.render(template, CONTEXT) == template
    assert velocity.render("$s.class.classLoader", CONTEXT) == "$s.class.classLoader"


def test_no_value_prints_as_python() -> None:
    shown = velocity.render(
        "$t $u $l $m $esc $math $s.class $l.iterator() $l.stream() $m.keySet() $m.entrySet() "
        "#foreach($x in $l)$foreach $foreach.info #end$l.clear() $s.toCharArray() $s.describeConstable()",
        CONTEXT,
    )
    for python in ("True", "None", "object at 0x", "<ringback", "[1, ", "'"):
        assert python not in shown
