"""setLanguage: change the language of the interaction."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step, constant


def build(b: Builder) -> Step:
    """Takes the tag in lower case; when the change shows is the policy `set_language_effect`."""
    wrapped = b.node("languageValue")
    bare = b.name("language").lower()
    tag = b.compile(wrapped, "str") if wrapped is not None and wrapped.is_map else constant(bare)
    if not bare and (node := b.node("language")) is not None:
        tag = b.compile(node, "str")
    down = b.down()

    def begin(run: Any) -> Next:
        language = tag(run)
        if not language:
            raise FlowFault("NOT_SET_OPERAND", "the language is not set")
        run.set_language(language.lower())
        return down

    return Step(begin)


SET_LANGUAGE = ActionType(
    key="setLanguage",
    title="Set Language",
    about="Changes the language of prompts and text to speech.",
    build=build,
    fields=(
        Field("language", "str", about="Lower-case tag with region, e.g. en-us."),
        Field("languageValue", "str", about="The tag as an expression."),
    ),
    policies=("set_language_effect",),
    source="scripting SDK: ActionSetLanguage",
)
