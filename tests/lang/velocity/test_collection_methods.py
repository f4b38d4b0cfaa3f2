"""Methods of lists, maps, arrays, views and iterators.

Each answer is that of Velocity Engine.
"""

from __future__ import annotations

import pytest

from ringback.lang import velocity
from tests.lang.velocity.context import context

CASES = [
    (
        (
            "$tags.size() $tags.isEmpty() $tags.empty $tags.contains('red') $tags.indexOf"
            "('blue') $tags.lastIndexOf('x')"
        ),
        "2 false false true 1 -1",
    ),
    ("$tags.get(0) $tags.get('1') $tags.get(1.9)", "red blue blue"),
    ("$tags.add('x') $tags", "true [red, blue, x]"),
    ("$tags.add(0, 'x')$tags", "[x, red, blue]"),
    ("$tags.addAll(['a'])$tags", "true[red, blue, a]"),
    ("$tags.remove('red')$tags", "true[blue]"),
    ("$tags.remove(0)$tags", "red[blue]"),
    ("$tags.set(0, 'z')$tags", "red[z, blue]"),
    ("$tags.clear()$tags", "[]"),
    (
        ("$tags.subList(0, 1) $tags.containsAll(['red']) $tags.equals(['red', 'blue']) $tags.hashCode()"),
        "[red] true true 6524330",
    ),
    ("$tags.iterator().next() $tags.iterator().hasNext()", "red true"),
    ("$tags.stream().count() $tags.toArray()", "2 [red, blue]"),
    ("$nums.contains(3) $nums.contains('3') $nums.removeAll([3]) $nums", "true false true [4]"),
    ("$nums.retainAll([3])$nums", "true[3]"),
    (
        ("$row.get('id') $row.containsKey('id') $row.containsValue('L') $row.getOrDefault('x', 1)"),
        "7 true true 1",
    ),
    (
        "$row.keySet() $row.values() $row.entrySet()",
        "[id, label, inner, nil] [7, L, {k=v}, null] [id=7, label=L, inner={k=v}, nil=null]",
    ),
    ("$row.keySet().contains('id') $row.values().size() $row.keySet().toArray()[0]", "true 4 id"),
    ("$row.put('id', 1) $row.id", "7 1"),
    ("$row.put('fresh', 1)|$!row.put('other', 1)|$row.size()", "$row.put('fresh', 1)||6"),
    ("$row.remove('id')$row", "7{label=L, inner={k=v}, nil=null}"),
    ("$row.putAll({'p': 1})$row.p", "1"),
    ("$row.putIfAbsent('id', 0) $row.replace('id', 9) $row.id", "7 7 9"),
    ("$row.isEmpty() $nothing.isEmpty() $nothing.hashCode() $row.equals({})", "false true 0 false"),
    ("$row.entrySet().iterator().next().getKey() $row.entrySet().iterator().next().value", "id 7"),
    (
        (
            "#set($m = {1: 'one', 1.0: 'real', true: 't', '1': 'text'})$m.get(1) $m.get(1"
            ".0) $m.get(true) $m.get('1') $m"
        ),
        "one real t text {1=one, 1.0=real, true=t, 1=text}",
    ),
    ("$csv.split(',').contains('y') $csv.split(',').isEmpty() $csv.split(',').get(0)", "true false x"),
    (
        ("#set($r = [1..4])$r.size() $r.get(2) $r.contains(3) $r.subList(1, 3) $r.indexOf(4) $r.isEmpty()"),
        "4 3 true [2, 3] 3 false",
    ),
    ("$tags.nope $tags.length()", "$tags.nope $tags.length()"),
    ("#set($it = $tags.iterator())#foreach($t in $it)$t #end", "red blue "),
]


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_collection_methods(template: str, expected: str) -> None:
    assert velocity.render(template, context()) == expected
