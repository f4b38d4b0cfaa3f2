"""Methods of lists, arrays, maps, their views, entries, iterators, streams, and of `$foreach`."""

from __future__ import annotations

from typing import Any

from ringback.lang.velocity.arithmetic import same
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import LIMITS, check_items, over_limit
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.values import (
    VOID,
    ArrayValue,
    Entry,
    FixedList,
    JavaIterator,
    MapKey,
    Optional,
    Stream,
    View,
)


def item(items: Any, index: int) -> Any:
    """`list.get`.

    Raises:
        MethodFailed: no such position.
    """
    if not 0 <= index < len(items):
        raise _outside(items, index)
    return items[index]


def _outside(items: Any, index: int) -> MethodFailed:
    array = type(items) is ArrayValue
    name = "ArrayIndexOutOfBoundsException" if array else "IndexOutOfBoundsException"
    return MethodFailed(name, f"Index {index} out of bounds for length {len(items)}")


def set_item(items: Any, index: int, value: Any) -> Any:
    """`list.set`: the value that was there."""
    old = item(items, index)
    items[index] = value
    return old


def _not_null(value: Any) -> Any:
    if value is None:
        raise MethodFailed("NullPointerException", "the argument is null")
    return value


def _add(items: list[Any], value: Any) -> bool:
    check_items(len(items) + 1)
    items.append(value)
    return True


def _insert(items: list[Any], index: int, value: Any) -> Any:
    if not 0 <= index <= len(items):
        raise MethodFailed("IndexOutOfBoundsException", f"Index: {index}, Size: {len(items)}")
    check_items(len(items) + 1)
    items.insert(index, value)
    return VOID


def _add_all(items: list[Any], others: Any) -> bool:
    check_items(len(items) + len(_not_null(others)))
    items.extend(list(others))
    return bool(others)


def _insert_all(items: list[Any], index: int, others: Any) -> bool:
    if not 0 <= index <= len(items):
        raise MethodFailed("IndexOutOfBoundsException", f"Index: {index}, Size: {len(items)}")
    check_items(len(items) + len(_not_null(others)))
    items[index:index] = list(others)
    return bool(others)


def _remove_at(items: list[Any], index: int) -> Any:
    old = item(items, index)
    del items[index]
    return old


def position(items: Any, value: Any) -> int:
    """`indexOf` by Java's equals; -1 when absent."""
    if type(items) is range:
        return items.index(value) if type(value) is int and value in items else -1
    kind = type(value)
    if kind is str or kind is int:
        for index, other in enumerate(items):
            if other == value and type(other) is kind:
                return index
        return -1
    return next((index for index, other in enumerate(items) if same(other, value)), -1)


def _last_position(items: Any, value: Any) -> int:
    return next((index for index in range(len(items) - 1, -1, -1) if same(items[index], value)), -1)


def _remove(items: list[Any], value: Any) -> bool:
    index = position(items, value)
    if index >= 0:
        del items[index]
    return index >= 0


def _bounded(items: Any, others: Any) -> None:
    if len(items) * len(_not_null(others)) > LIMITS.steps:
        raise over_limit("steps", LIMITS.steps, what="comparing two collections takes too long")


def _remove_all(items: list[Any], others: Any) -> bool:
    _bounded(items, others)
    return _keep(items, [value for value in items if position(others, value) < 0])


def _retain_all(items: list[Any], others: Any) -> bool:
    _bounded(items, others)
    return _keep(items, [value for value in items if position(others, value) >= 0])


def _keep(items: list[Any], kept: list[Any]) -> bool:
    changed = len(kept) != len(items)
    items[:] = kept
    return changed


def _contains_all(items: Any, others: Any) -> bool:
    _bounded(items, others)
    return all(position(items, value) >= 0 for value in others)


def _clear(items: Any) -> Any:
    items.clear()
    return VOID


def _sub_list(items: Any, begin: int, end: int) -> list[Any]:
    if begin < 0:
        raise MethodFailed("IndexOutOfBoundsException", f"fromIndex = {begin}")
    if end > len(items):
        raise MethodFailed("IndexOutOfBoundsException", f"toIndex = {end}")
    if begin > end:
        raise MethodFailed("IllegalArgumentException", f"fromIndex({begin}) > toIndex({end})")
    return _spelled(items[begin:end])


def _spelled(items: Any) -> list[Any]:
    check_items(len(items))
    return list(items)


def _sort(items: list[Any], _comparator: Any) -> Any:
    kinds = {type(value) for value in items}
    if len(items) > 1 and (len(kinds) != 1 or not kinds <= {int, float, str, bool}):
        raise MethodFailed("ClassCastException", "the items do not compare with each other")
    items.sort()
    return VOID


def _remove_from_view(view: View, value: Any) -> bool:
    """Takes an entry out of the map behind the view."""
    index = position(view, value)
    if index >= 0:
        del view[index]
        del view.owner[list(view.owner)[index]]
    return index >= 0


def _clear_view(view: View) -> Any:
    view.clear()
    view.owner.clear()
    return VOID


def _refused(*_arguments: Any) -> Any:
    raise MethodFailed("UnsupportedOperationException", "null")


_READ: Table = {
    "size": (Method("", len),),
    "isEmpty": (Method("", lambda items: not items),),
    "contains": (Method("o", lambda items, value: position(items, value) >= 0),),
    "containsAll": (Method("C", _contains_all),),
    "iterator": (Method("", lambda items: JavaIterator(_spelled(items))),),
    "toArray": (Method("", lambda items: ArrayValue(_spelled(items))),),
    "stream": (Method("", lambda items: Stream(_spelled(items))),),
    "parallelStream": (Method("", lambda items: Stream(_spelled(items))),),
}
_LIST_READ: Table = {
    **_READ,
    "get": (Method("i", item),),
    "indexOf": (Method("o", position),),
    "lastIndexOf": (Method("o", _last_position),),
    "subList": (Method("ii", _sub_list),),
    "listIterator": (Method("", lambda items: JavaIterator(_spelled(items))),),
}
LIST_METHODS: Table = {
    **_LIST_READ,
    "add": (Method("o", _add), Method("io", _insert)),
    "addAll": (Method("C", _add_all), Method("iC", _insert_all)),
    "set": (Method("io", set_item),),
    "remove": (Method("i", _remove_at), Method("o", _remove)),
    "removeAll": (Method("C", _remove_all),),
    "retainAll": (Method("C", _retain_all),),
    "clear": (Method("", _clear),),
    "sort": (Method("o", _sort),),
    "ensureCapacity": (Method("i", lambda _items, _size: VOID),),
    "trimToSize": (Method("", lambda _items: VOID),),
    "clone": (Method("", list),),
}
FIXED_METHODS: Table = {
    **_LIST_READ,
    **{
        name: tuple(Method(m.parameters, _refused) for m in LIST_METHODS[name])
        for name in ("add", "addAll", "set", "remove", "removeAll", "retainAll", "clear", "sort")
    },
}
ARRAY_METHODS: Table = {
    "size": _LIST_READ["size"],
    "isEmpty": _LIST_READ["isEmpty"],
    "contains": _LIST_READ["contains"],
    "containsAll": _LIST_READ["containsAll"],
    "iterator": _LIST_READ["iterator"],
    "toArray": _LIST_READ["toArray"],
    "get": _LIST_READ["get"],
    "indexOf": _LIST_READ["indexOf"],
    "lastIndexOf": _LIST_READ["lastIndexOf"],
    "subList": _LIST_READ["subList"],
    "listIterator": _LIST_READ["listIterator"],
    "stream": _LIST_READ["stream"],
    "set": (Method("io", set_item),),
    "add": FIXED_METHODS["add"],
    "addAll": FIXED_METHODS["addAll"],
    "remove": FIXED_METHODS["remove"],
    "clear": FIXED_METHODS["clear"],
}
VIEW_METHODS: Table = {
    **_READ,
    "add": (Method("o", _refused),),
    "addAll": (Method("C", _refused),),
    "remove": (Method("o", _remove_from_view),),
    "clear": (Method("", _clear_view),),
}
STREAM_METHODS: Table = {
    "count": (Method("", len),),
    "toList": (Method("", FixedList),),
    "toArray": (Method("", ArrayValue),),
    "findFirst": (Method("", lambda items: Optional(items[0]) if items else None),),
    "distinct": (
        Method("", lambda items: Stream(v for i, v in enumerate(items) if position(items, v) == i)),
    ),
    "sum": (Method("", sum),),
}


def _key(key: Any) -> Any:
    """The key under which a map keeps something: Python's dict alone would take 1, 1.0 and true for one."""
    return key if key is None or type(key) is str or type(key) is int else MapKey(key)


def map_get(mapping: dict[Any, Any], key: Any) -> Any:
    """`map.get`: null when absent."""
    return mapping.get(_key(key))


def map_put(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    """`map.put`: the value that was there, or null."""
    key = _key(key)
    old = mapping.get(key)
    if key not in mapping:
        check_items(len(mapping) + 1)
    mapping[key] = value
    return old


def plain_key(key: Any) -> Any:
    """The key as the template gave it."""
    return key.value if isinstance(key, MapKey) else key


def _put_all(mapping: dict[Any, Any], others: dict[Any, Any]) -> Any:
    check_items(len(mapping) + len(_not_null(others)))
    mapping.update(others)
    return VOID


def _put_if_absent(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    old = map_get(mapping, key)
    if old is None:
        map_put(mapping, key, value)
    return old


def _get_or_default(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    return mapping.get(_key(key), value)


def _replace(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    return map_put(mapping, key, value) if _key(key) in mapping else None


def _replace_exactly(mapping: dict[Any, Any], key: Any, old: Any, value: Any) -> bool:
    found = _key(key) in mapping and same(map_get(mapping, key), old)
    if found:
        map_put(mapping, key, value)
    return found


def _remove_exactly(mapping: dict[Any, Any], key: Any, old: Any) -> bool:
    found = _key(key) in mapping and same(map_get(mapping, key), old)
    if found:
        mapping.pop(_key(key))
    return found


def _entries(mapping: dict[Any, Any]) -> View:
    return View(
        [Entry(plain_key(key), value, owner=mapping) for key, value in mapping.items()],
        mapping,
        part="EntrySet",
    )


def _set_value(entry: Entry, value: Any) -> Any:
    old, entry.value = entry.value, value
    map_put(entry.owner, entry.key, value)
    return old


MAP_METHODS: Table = {
    "size": (Method("", len),),
    "isEmpty": (Method("", lambda mapping: not mapping),),
    "get": (Method("o", map_get),),
    "getOrDefault": (Method("oo", _get_or_default),),
    "containsKey": (Method("o", lambda mapping, key: _key(key) in mapping),),
    "containsValue": (Method("o", lambda mapping, value: position(list(mapping.values()), value) >= 0),),
    "keySet": (
        Method("", lambda mapping: View([plain_key(key) for key in mapping], mapping, part="KeySet")),
    ),
    "values": (Method("", lambda mapping: View(mapping.values(), mapping, part="Values")),),
    "entrySet": (Method("", _entries),),
    "put": (Method("oo", map_put),),
    "putAll": (Method("M", _put_all),),
    "putIfAbsent": (Method("oo", _put_if_absent),),
    "remove": (Method("o", lambda mapping, key: mapping.pop(_key(key), None)), Method("oo", _remove_exactly)),
    "replace": (Method("oo", _replace), Method("ooo", _replace_exactly)),
    "clear": (Method("", _clear),),
    "clone": (Method("", dict),),
}
ENTRY_METHODS: Table = {
    "getKey": (Method("", lambda entry: entry.key),),
    "getValue": (Method("", lambda entry: entry.value),),
    "setValue": (Method("o", _set_value),),
}


def _next(iterator: JavaIterator) -> Any:
    if iterator.position >= len(iterator.items):
        raise MethodFailed("NoSuchElementException", "null")
    iterator.position += 1
    return iterator.items[iterator.position - 1]


ITERATOR_METHODS: Table = {
    "hasNext": (Method("", lambda iterator: iterator.position < len(iterator.items)),),
    "next": (Method("", _next),),
}
LOOP_METHODS: Table = {
    "getIndex": (Method("", lambda scope: scope.count - 1),),
    "getCount": (Method("", lambda scope: scope.count),),
    "hasNext": (Method("", lambda scope: scope.count < scope.total),),
    "getHasNext": (Method("", lambda scope: scope.count < scope.total),),
    "isFirst": (Method("", lambda scope: scope.count == 1),),
    "getFirst": (Method("", lambda scope: scope.count == 1),),
    "isLast": (Method("", lambda scope: scope.count >= scope.total),),
    "getLast": (Method("", lambda scope: scope.count >= scope.total),),
    "getParent": (Method("", lambda scope: scope.parent),),
    "getTopmost": (Method("", lambda scope: scope.topmost),),
    "getReplaced": (Method("", lambda scope: scope.replaced),),
    "getInfo": (Method("", lambda scope: scope.info),),
    "get": (Method("o", lambda scope, key: scope.get(key) if type(key) is str else None),),
    "put": (Method("so", lambda scope, key, value: map_put(scope.extra, key, value)),),
    "size": (Method("", lambda scope: len(scope.extra)),),
}
INFO_METHODS: Table = {
    "getName": (Method("", lambda _info: "foreach"),),
    "getType": (Method("", lambda _info: "block"),),
    "getDepth": (Method("", lambda info: info.depth),),
    "getLine": (Method("", lambda info: info.line),),
    "getColumn": (Method("", lambda info: info.column),),
    "getTemplate": (Method("", lambda info: info.template),),
}
