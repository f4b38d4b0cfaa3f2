"""setScreenPop: choose the script that the agent sees."""

from __future__ import annotations

from ringback.flows.actions.base import Field
from ringback.flows.actions.told import telling

SET_SCREEN_POP = telling(
    "setScreenPop",
    "Set Screen Pop",
    about="Chooses a script and its inputs for the agent.",
    tells=(
        Field("screenPopScript", "script", "name", required=True, about="The script."),
        Field("screenPopScript.*.inputs.*", "any", about="Its inputs."),
    ),
)
