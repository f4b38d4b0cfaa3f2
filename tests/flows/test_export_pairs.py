"""Public flows that exist as an export and as Archy YAML: both forms give the same model.

The YAML files of Terraform blueprints have `{{names}}` where the export has the author's values. A name may
stand for anything, but for the same thing everywhere in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ringback.flows.loaders import load_archy, load_export
from tests.corpus import CORPUS, needs_corpus
from tests.flows.flow_meaning import NOTHING, meaning
from tests.flows.test_loader_corpus import report

EXPORTS, FLOWS = CORPUS / "flow-exports", CORPUS / "flows"
_NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HOLE = re.compile(r"⟦(\w+)⟧")
# Files of one flow whose names differ by more than punctuation and versions.
_OTHER_NAMES = {
    "cacheexample": "cacheexampleflow",
    "insuranceclaimworkitemflow": "workitemflow",
    "microsoftteamsintegrationpresencetrigger": "msteamsintegrationspresencetrigger",
    "schedulingbotinboundmessageflow": "schedulerbotinboundmessageflow",
}
# What one form does not say, in every pair.
ALWAYS = {
    "/division": "an export does not name the division",
    "/settings/settingsPrompts": "an export does not hold the checks of prompts",
}
# The same of an action's field.
FIELDS = {
    "timeout": "the export ticks the box of the suggested timeout, which YAML does not show",
}
OLDER = "the export is an older version of the flow"
TEMPLATE = "the author of the template took it out"
NEWER_INPUTS = dict.fromkeys(
    [f"/variables/Flow.{name}" for name in ("addressTo", "ani", "dnis", "provider")],
    "the YAML is a newer version with more inputs",
)
ONE_NAME = "the template has one name for two integrations"
BY_HAND = "the YAML was shortened by hand"
# File of the pair (its end) -> path of a difference -> reason.
KNOWN: dict[str, dict[str, str]] = {
    "terminate-outbound-call-missing-queue.yaml": NEWER_INPUTS,
    "terminate-outbound-call-missing-queue-with-pstn-call-leg-check.yaml": NEWER_INPUTS
    | {
        f"/containers/Initial State_10/actions/{number}/fields/category/{name}": ONE_NAME
        for number in (3, 4)
        for name in ("⟦data_action_category⟧", "Terminate Outbound Conversations With No Queue ID")
    },
    "Terminate_Outbound_Call_Missing_Queue.yaml": NEWER_INPUTS,
    "Terminate_Outbound_Call_Missing_Queue_with_PSTN_Call_Leg_Check.yaml": NEWER_INPUTS,
    "SMS_Schedule_Callback.yaml": {
        "/description": TEMPLATE,
        "/containers/Initial State_10/actions/3/fields/acdSkills": TEMPLATE,
    },
    "Send_SMS_to_Schedule_Callback.yaml": {"/description": TEMPLATE},
    "CacheExampleFlow.yaml": {
        "/languages": BY_HAND,
        "/settings/settingsActionDefaults": BY_HAND,
        "/settings/settingsErrorHandling": BY_HAND,
        "/settings/settingsMenu": BY_HAND,
        "/settings/settingsSpeechRec": BY_HAND,
        "/errors/2": BY_HAND,
        "/start": BY_HAND,
        "/containers/startingTask": BY_HAND,
        "/containers/IVR cache example_10": BY_HAND,
    },
    "ms-teams-integrations-presence-trigger.yaml": {
        "/description": TEMPLATE,
        "/containers/Initial State_10/actions/1/fields/category/⟦data_action_category⟧"
        "/dataAction/⟦data_action_name_2⟧/successOutputs/systemPresence": "the YAML is a newer version",
    },
    "in-queue-orbit-call-park-hold.yaml": {
        "/description": TEMPLATE,
        "/containers/startUpTask/actions/0/fields/audio/tts": "a prompt became text",
        "/containers/startUpTask/actions/0/fields/audio/prompt": "a prompt became text",
        "/containers/startUpTask/actions/2/fields/audio/tts": "a prompt became text",
        "/containers/startUpTask/actions/2/fields/audio/prompt": "a prompt became text",
    },
    "Orbit-Parked_Call_Retrieval.yaml": {
        "/containers/New Task 1_12/actions/1/fields/category/Orbit Data Actions OAuth Integration": "renamed",
        "/containers/New Task 1_12/actions/1/fields/category/Orbit Data Actions Oauth Integration": "renamed",
        "/containers/New Task 1_12/actions/2/fields/category/Orbit Data Actions OAuth Integration": "renamed",
        "/containers/New Task 1_12/actions/2/fields/category/Orbit Data Actions Oauth Integration": "renamed",
    },
    "SchedulerBotInboundMessageFlow.yaml": {
        "/start": "made anew: another tracking number",
        "/containers/Initial State_10": "made anew: another tracking number",
        "/containers/Initial State_11": "made anew: another tracking number",
    },
    "Switch_from_Voice_Channel_with_Context.yaml": {
        "/description": TEMPLATE,
        "/containers/Set Up Flow Defaults_56/actions/0/fields/statements/1/string/value/exp": TEMPLATE,
    },
}
# The same by export, for one YAML file that stands for several versions.
KNOWN_BY_EXPORT: dict[str, dict[str, str]] = {
    "Set_GC_User_to_Available_v1-0.i3WorkFlow": {
        "/containers/Initial State_10/variables/State.GCUserPresence": OLDER,
        "/containers/Initial State_10/actions": OLDER,
    },
    "Set_GC_User_to_Busy_v2-0.i3WorkFlow": {
        **dict.fromkeys(
            [f"/variables/Flow.{name}" for name in ("conversationId", "direction", "participantId")], OLDER
        ),
        **dict.fromkeys(
            [
                f"/containers/Initial State_10/variables/State.{name}"
                for name in ("GCUserPresence", "PickUpCheck", "purpose", "segmentType", "userId")
            ],
            OLDER,
        ),
        "/containers/Initial State_10/actions": OLDER,
    },
}


def _stem(path: Path) -> str:
    """The name of a file without repository, version and punctuation."""
    name = re.sub(r"(?:_v\d+-\d+|-\d)$", "", path.name.split("__")[-1].split(".")[0])
    return re.sub(r"[^a-z0-9]", "", name.lower())


def pairs() -> list[tuple[Path, Path]]:
    """Every export with each YAML file of the same flow."""
    exports = sorted(path for path in EXPORTS.glob("*") if ".i3" in path.name)
    flows = sorted(FLOWS.glob("*.yaml"))
    wanted = {export: {_stem(export), _OTHER_NAMES.get(_stem(export))} for export in exports}
    return [(export, flow) for export in exports for flow in flows if _stem(flow) in wanted[export]]


@dataclass
class Comparison:
    """Compares two meanings; `holes` are the values found for the names of a template."""

    holes: dict[str, str] = field(default_factory=dict)

    def differences(self, left: Any, right: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
        if isinstance(left, dict) and isinstance(right, dict):
            for key, other in self._keys(left, right):
                yield from self.differences(
                    left.get(key, NOTHING), right.get(other, NOTHING), f"{path}/{key}"
                )
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            for index, pair in enumerate(zip(left, right, strict=True)):
                yield from self.differences(*pair, f"{path}/{index}")
        elif left != right and not self._fits(left, right):
            yield path, left, right

    def _keys(self, left: dict[str, Any], right: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Keys that belong together; one with a hole belongs to the one that is left."""
        alone = [key for key in right if key not in left]
        for key in left:
            if key in right or not _HOLE.search(key):
                yield key, key
            elif alone and self._fits(key, alone[0]):
                yield key, alone.pop(0)
            else:
                yield key, key
        yield from ((key, key) for key in alone)

    def _fits(self, left: Any, right: Any) -> bool:
        """Whether text with holes becomes the other text, each hole being the same everywhere."""
        if not isinstance(left, str) or not isinstance(right, str):
            return False
        names = _HOLE.findall(left)
        pattern = "(.*)".join(re.escape(part) for part in _HOLE.split(left)[::2])
        match = re.fullmatch(pattern, right, re.DOTALL)
        if not names or match is None:
            return False
        found = dict(zip(names, match.groups(), strict=True))
        if any(self.holes.get(name, value) != value for name, value in found.items()):
            return False
        self.holes |= found
        return True


def compared(export: Path, flow: Path) -> dict[str, tuple[Any, Any]]:
    """The differences of a pair by path."""
    text = flow.read_text(encoding="utf-8")
    # A hole is a word of its own in YAML, wherever it stands.
    yaml = load_archy(_NAME.sub(r"⟦\1⟧", text), file=flow.name)
    other = load_export(export.read_text(encoding="utf-8"), file=export.name)
    comparison = Comparison()
    return {
        path: (left, right)
        for path, left, right in comparison.differences(meaning(yaml), meaning(other))
        if not (path.rpartition("/fields/")[2] in FIELDS and right == NOTHING)
    }


def reasons(export: Path, flow: Path) -> dict[str, str]:
    """The differences that are known, with their reasons."""
    by_file = next((known for name, known in KNOWN.items() if flow.name.endswith(f"__{name}")), {})
    by_export = next(
        (known for name, known in KNOWN_BY_EXPORT.items() if export.name.endswith(f"__{name}")), {}
    )
    return {**ALWAYS, **by_file, **by_export}


@needs_corpus
@pytest.mark.parametrize(("export", "flow"), pairs(), ids=lambda path: path.name.split("__", 1)[1][-60:])
def test_both_forms_agree(export: Path, flow: Path) -> None:
    known = reasons(export, flow)
    assert {path: found for path, found in compared(export, flow).items() if path not in known} == {}


@needs_corpus
def test_what_is_known_is_still_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = {(export, flow): set(compared(export, flow)) for export, flow in pairs()}
    equal = sum(paths <= set(ALWAYS) for paths in found.values())
    paths = sum(len(paths - set(ALWAYS)) for paths in found.values())
    report(
        capsys,
        f"{len(found)} pairs of export and YAML: {equal} agree, {paths} known differences in the others",
    )
    stale = {
        (flow.name, path)
        for (export, flow), paths in found.items()
        for path in reasons(export, flow)
        if path not in ALWAYS and path not in paths
    }
    assert stale == set()
    assert len(found) == 26
