"""Data actions of the organisation as a run needs them: document, integration, credentials."""

from __future__ import annotations

import json

from ringback.core.errors import DefinitionError
from ringback.dataactions import load_data_action
from ringback.dataactions.auth import Integration
from ringback.engine.world import DataActionSetup
from ringback.platform.store.reader import Body, Reader


def setup_of(_store: Reader, body: Body, *, origin: str) -> DataActionSetup:
    """A stored data action with its integration."""
    try:
        action = load_data_action(json.dumps(body), file=f"{body['name']}.json")
    except DefinitionError:
        action = None
    return DataActionSetup(str(body["name"]), action, None, Integration(base_url=origin))
