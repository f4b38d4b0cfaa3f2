"""JSON functions. What the platform does with missing members is not documented; named policies decide."""

from __future__ import annotations

from typing import Any

from ringback.lang.expr.raw import EvaluationError, Json, json_equal
from ringback.lang.expr.read_text import as_json, parse_json
from ringback.lang.expr.signature import overload
from ringback.lang.expr.sizes import bounded_json
from ringback.lang.expr.value_codec import exact


def json_property(env: Any, value: Json, name: str) -> Json | None:
    """A property by its exact name; the policy `json_missing_property` decides about a missing one."""
    if isinstance(value.value, dict) and name in value.value:
        return Json(value.value[name])
    if env.services.policy("json_missing_property") == "not_set":
        return None
    raise EvaluationError(f"the JSON value has no property {name!r}", "PROPERTY_MISSING")


def _object(value: Json) -> dict[str, Any]:
    if not isinstance(value.value, dict):
        raise EvaluationError("the JSON value is not an object", "CONVERSION")
    return value.value


def _array(value: Json) -> list[Any]:
    if not isinstance(value.value, list):
        raise EvaluationError("the JSON value is not an array", "CONVERSION")
    return value.value


def property_names(value: Json) -> tuple[str, ...]:
    """The names of an object's properties, in their order."""
    return tuple(_object(value))


def set_property(value: Json, name: str, new: Json) -> Json:
    """A copy of the object with the property set."""
    return Json(bounded_json({**_object(value), name: new.value}))


def to_json_value(value: Any) -> Json:
    """One value as JSON: a text is a JSON string, it is not parsed."""
    return value if isinstance(value, Json) else Json(bounded_json(as_json(exact("any", value))))


def to_json_collection(value: Any) -> tuple[Json | None, ...]:
    """The items of a JSON array or of a collection, each as JSON."""
    items = map(Json, _array(value)) if isinstance(value, Json) else value
    return tuple(None if item is None else to_json_value(item) for item in items)


def replace_array_item(array: Json, item: Any, new: Any) -> Json:
    """A copy of the array with every item that equals the given value replaced."""
    old, replacement = to_json_value(item).value, to_json_value(new).value
    return Json(bounded_json([replacement if json_equal(one, old) else one for one in _array(array)]))


JSON_FUNCTIONS = (
    overload(
        "GetJsonObjectProperty",
        "(json jsn, propertyName str) -> jsn",
        json_property,
        style="context",
        source="sample",
    ),
    overload("GetJsonObjectPropertyNames", "(json jsn) -> str_coll", property_names, source="user"),
    overload("IsJsonObject", "(json jsn) -> bln", lambda value: isinstance(value.value, dict), source="user"),
    overload("JsonParse", "(text str) -> jsn", lambda text: Json(parse_json(text))),
    overload(
        "ReplaceJsonArrayItem", "(array jsn, item any, newItem any) -> jsn", replace_array_item, source="user"
    ),
    overload(
        "SetJsonObjectProperty", "(json jsn, propertyName str, value jsn) -> jsn", set_property, source="user"
    ),
    overload("ToJson", "(value any) -> jsn", to_json_value),
    overload("ToJson", "(collection any_coll) -> jsn", to_json_value),
    overload("ToJsonCollection", "(array jsn) -> jsn_coll", to_json_collection),
    overload("ToJsonCollection", "(collection any_coll) -> jsn_coll", to_json_collection),
)
