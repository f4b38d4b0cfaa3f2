"""How much is recorded of a flow's runs: the organisation's switch, its default level, levels of flows."""

from __future__ import annotations

from ringback.platform.flows.execution_data import level_of
from ringback.platform.store.reader import Body, Reader

LEVEL = "flow_log_level"  # kind; the id is the flow's
DEFAULT = "flow_log_level_default"  # control document: a FlowSettingsResponse
EXECUTION_DATA = "flow_execution_data"  # control document: an ExecutionDataFlowSettingsResponse


def is_recorded(store: Reader) -> bool:
    """Whether execution data is kept at all; it is unless somebody switched it off (policy)."""
    return bool((store.control(EXECUTION_DATA) or {}).get("enabled", True))


def level(store: Reader, flow_id: str) -> Body:
    """The log level that holds for a flow: its own, the organisation's, else All (policy)."""
    own = store.get(LEVEL, flow_id) or store.control(DEFAULT)
    found: Body = own["logLevelCharacteristics"] if own else level_of({"level": "All"})
    return found
