"""ringback: run a Genesys Cloud contact centre's logic on your own machine.

    import ringback

    flow = ringback.load_flow("flow.yaml")
    run = ringback.simulate(flow, start={"from": "+15551234567"}, caller="press 1")
    run.to_dict()["end"]

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringback.api import load_data_action, load_data_actions, load_flow, load_world, simulate

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "cloud",
    "load_data_action",
    "load_data_actions",
    "load_flow",
    "load_world",
    "simulate",
]


def __getattr__(name: str) -> Any:
    # Start-up time: `ringback --help` must not load the engine.
    if name == "cloud":
        # By name only: what stands beside `cloud` imports this module for its version.
        return import_module("ringback.cloud")
    if name in __all__:
        return getattr(import_module("ringback.api"), name)
    raise AttributeError(f"module 'ringback' has no attribute {name!r}")
