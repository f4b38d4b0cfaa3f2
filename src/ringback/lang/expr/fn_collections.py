"""Functions over collections, and the logic and comparison functions.

Every function returns a new collection. Items are compared as `==` compares them, so NOT_SET finds NOT_SET.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr.raw import Currency, EvaluationError, Json, equal
from ringback.lang.expr.signature import overload

Items = tuple[Any, ...]
# Items whose equality is Python's own: a long collection is searched by hash.
_HASHED = (str, int, Decimal, datetime, timedelta, type(None))
_EMPTY = ("", (), Json(None), Json(""), Json([]), Json({}))


def _checked(items: Items, index: int, *, end: int = 0) -> int:
    if not 0 <= index < len(items) + end:
        raise EvaluationError(
            f"index {index} is outside a collection of {len(items)} items", "INDEX_OUT_OF_RANGE"
        )
    return index


def get_at(items: Items, index: int) -> Any:
    """The item at a zero-based index."""
    return items[_checked(items, index)]


def find(items: Items, wanted: Any) -> tuple[int, ...]:
    """All indices at which the item stands."""
    return tuple(index for index, item in enumerate(items) if equal(item, wanted))


def find_first(items: Items, wanted: Any) -> int:
    """The first index at which the item stands, or -1."""
    return next((index for index, item in enumerate(items) if equal(item, wanted)), -1)


def add_item(items: Items, item: Any) -> Items:
    """The item added at the end."""
    return (*items, item)


def add_item_at(items: Items, index: int, item: Any) -> Items:
    """The item added before the one at the index; the length itself means the end."""
    _checked(items, index, end=1)
    return (*items[:index], item, *items[index:])


def remove_dups(items: Items) -> Items:
    """The first of equal items."""
    if all(isinstance(item, _HASHED) for item in items):
        return tuple(dict.fromkeys(items))
    return tuple(item for index, item in enumerate(items) if find_first(items, item) == index)


def remove_item(items: Items, unwanted: Any) -> Items:
    """Without the items that equal the given one."""
    return tuple(item for item in items if not equal(item, unwanted))


def remove_item_at(items: Items, index: int) -> Items:
    """Without the item at the index."""
    _checked(items, index)
    return items[:index] + items[index + 1 :]


def replace_item(items: Items, old: Any, new: Any) -> Items:
    """With every item that equals the old one replaced."""
    return tuple(new if equal(item, old) else item for item in items)


def replace_item_at(items: Items, index: int, new: Any) -> Items:
    """With the item at the index replaced."""
    _checked(items, index)
    return (*items[:index], new, *items[index + 1 :])


def replace_item_first(items: Items, old: Any, new: Any) -> Items:
    """With the first item that equals the old one replaced."""
    index = find_first(items, old)
    return items if index < 0 else replace_item_at(items, index, new)


def make_list(*items: Any) -> Items:
    """The operands as a collection."""
    return items


def make_empty_list(sample: Any) -> Items:  # noqa: ARG001 - only its static type counts
    """A collection of the sample's type without items."""
    return ()


def count_json(value: Json) -> int:
    """The number of items of a JSON array."""
    if not isinstance(value.value, list):
        raise EvaluationError("the JSON value is not an array", "CONVERSION")
    return len(value.value)


def all_equal(first: Any, *others: Any) -> bool:
    """Whether all values equal the first."""
    return all(equal(first, other) for other in others)


def all_equal_text(ignore_case: bool, first: Any, *others: Any) -> bool:
    """Whether all texts, or collections of texts, equal the first."""
    return all(equal(first, other, ignore_case=ignore_case) for other in others)


def is_not_set_or_empty(value: Any) -> bool:
    """NOT_SET, "", no items, a Currency without amount, or JSON null, "", [] and {}."""
    if isinstance(value, Currency):
        return value.amount is None
    return value is None or value in _EMPTY


def choose(
    env: Any, condition: Callable[[Any], Any], then: Callable[[Any], Any], otherwise: Callable[[Any], Any]
) -> Any:
    """The branch that the condition picks; the other is not computed, NOT_SET counts as false."""
    return then(env) if condition(env) else otherwise(env)


COLLECTIONS = (
    overload("AddItem", "(collection T_coll, item T) -> T_coll", add_item),
    overload("AddItemAt", "(collection T_coll, index int, item T) -> T_coll", add_item_at),
    overload("Count", "(collection T_coll) -> int", len),
    overload("Count", "(array jsn) -> int", count_json, source="user"),
    overload("Find", "(collection T_coll, item T?) -> int_coll", find),
    overload("FindFirst", "(collection T_coll, item T?) -> int", find_first),
    overload("GetAt", "(collection T_coll, index int[0..]) -> T", get_at),
    overload("MakeEmptyList", "(sample T?) -> T_coll", make_empty_list),
    overload("MakeList", "(item T?...) -> T_coll", make_list),
    overload("RemoveDups", "(collection T_coll) -> T_coll", remove_dups),
    overload("RemoveItem", "(collection T_coll, item T) -> T_coll", remove_item),
    overload("RemoveItemAt", "(collection T_coll, index int) -> T_coll", remove_item_at),
    overload("ReplaceItem", "(collection T_coll, item T, newItem T) -> T_coll", replace_item),
    overload("ReplaceItemAt", "(collection T_coll, index int, newItem T) -> T_coll", replace_item_at),
    overload("ReplaceItemFirst", "(collection T_coll, item T, newItem T) -> T_coll", replace_item_first),
)

LOGIC = (
    overload("AreEqual", "(value T?, compareTo T?...) -> bln", all_equal),
    overload("AreEqual", "(value T_coll, compareTo T_coll) -> bln", all_equal),
    overload("AreEqual", "(value nul?, compareTo nul?...) -> bln", all_equal),
    overload("AreEqual", "(ignoreCase bln, value str?, compareTo str?...) -> bln", all_equal_text),
    overload("AreEqual", "(ignoreCase bln, value str_coll, compareTo str_coll) -> bln", all_equal_text),
    overload("If", "(condition bln?, then T?, otherwise T?) -> T", choose, style="lazy"),
    overload("If", "(condition bln?, then T_coll, otherwise T_coll) -> T_coll", choose, style="lazy"),
    overload("If", "(condition bln?, then aud, otherwise aud) -> aud", choose, style="lazy"),
    overload("IsNotSetOrEmpty", "(value any?) -> bln", is_not_set_or_empty),
    # The help does not mark the collection as tolerant, but a test that fails on NOT_SET is of no use.
    overload("IsNotSetOrEmpty", "(collection T_coll?) -> bln", is_not_set_or_empty),
    overload("IsNotSetOrEmpty", "(value nul?) -> bln", is_not_set_or_empty),
    overload("IsSet", "(value any?) -> bln", lambda value: value is not None),
    overload("IsSet", "(value nul?) -> bln", lambda value: value is not None),
)
