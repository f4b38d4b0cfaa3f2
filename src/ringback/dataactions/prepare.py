"""A data action with everything compiled: templates, paths, contracts. Prepare once, execute many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ringback.core.errors import DefinitionError, RingbackError
from ringback.dataactions.contract import Contract
from ringback.dataactions.flatten import flattened_schema
from ringback.dataactions.model import DataAction
from ringback.dataactions.translate import Translator
from ringback.lang import velocity

SUCCESS_TEMPLATE = "successTemplate"
URL_TEMPLATE = "requestUrlTemplate"
BODY_TEMPLATE = "requestTemplate"


class Prepared:
    """The compiled parts of one action.

    A template that does not compile raises when it is rendered, so that the report names the step.

    Raises:
        DefinitionError: a contract is no usable JSON Schema.
    """

    def __init__(self, action: DataAction) -> None:
        self.action = action
        self.input = Contract(action.input_contract)
        self.output = Contract(action.output_contract)
        self.leaves = flattened_schema(action.output_contract)
        self.translator = Translator(action.response)

    def render(self, template: str, name: str, *, context: Mapping[str, Any], strict: bool) -> str:
        """The text of a template of this action.

        Raises:
            DefinitionError: a syntax error, a failing method, an unset reference when strict.
        """
        if "$" not in template and "#" not in template and "\\" not in template:
            return template
        return _compiled(template, name).render(context, strict=strict)


@lru_cache(maxsize=2048)
def _compiled(template: str, name: str) -> velocity.Template:
    return velocity.compile(template, name=name)


def reason(error: RingbackError) -> str:
    """Why a template failed, with its place as the platform writes it: `… at name[line 1, column 2]`."""
    span = error.span if isinstance(error, DefinitionError) else None
    return (
        f"{error.message} at {span.file}[line {span.line}, column {span.column}]" if span else error.message
    )


def prepare(action: DataAction | Prepared) -> Prepared:
    """The compiled action; one that is compiled already comes back as it is."""
    return action if isinstance(action, Prepared) else Prepared(action)
