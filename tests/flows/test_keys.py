"""The key tables and the registry agree."""

from __future__ import annotations

from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS, UNSEEN

# Parts of plain documents and the menu itself have no key in Archy YAML.
OURS = frozenset(["menu", "plainLookup", "plainContactLookup", "plainChoice"])


def test_every_supported_action_has_its_keys() -> None:
    assert {key for key in ACTIONS if key not in ACTION_KEYS} <= OURS


def test_what_an_action_reads_is_allowed() -> None:
    missing = {
        (action.key, field.path)
        for action in ACTIONS.values()
        for field in action.fields
        if action.key in ACTION_KEYS and field.path.partition(".")[0] not in ACTION_KEYS[action.key]
    }
    assert missing == set()


def test_tables() -> None:
    assert all(keys >= {"name", "outputs", "none"} for keys in ACTION_KEYS.values())
    assert set(ACTION_KEYS) >= UNSEEN
