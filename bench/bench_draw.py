"""Drawing flows: seconds from the loaded flow to the finished file, which must stay below 2 s.

Columns: seconds for the SVG, seconds for the HTML page, and actions in the flow. The flows are the largest of
the reference corpus, when it is there, and a generated one of 400 actions, nested deeply, with many jumps.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ringback.api import load_flow
from ringback.core.errors import RingbackError
from ringback.draw import draw
from ringback.flows.loaders.archy import load_archy
from ringback.flows.model import Flow

COLUMNS = ("SVG s", "HTML s", "actions")
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "flows"
LARGEST = 4


class Generator:
    """A call flow with tasks, menus, branches in branches, loops, and jumps to anywhere."""

    def __init__(
        self, actions: int, *, tasks: int = 12, menus: int = 3, depth: int = 7, seed: int = 5
    ) -> None:
        self.random = random.Random(seed)
        self.tasks, self.menus, self.depth = tasks, menus, depth
        self.left = actions - menus * 4 - 1
        self.count = 0

    def text(self) -> str:
        """The flow as a document: JSON, which is YAML too."""
        share = self.left // self.tasks
        tasks = []
        for number in range(self.tasks):
            budget = share if number + 1 < self.tasks else self.left
            tasks.append(self.task(number, budget))
        body = {
            "name": "Generated",
            "startUpRef": "./tasks/task[t0]",
            "defaultLanguage": "en-us",
            "tasks": tasks,
            "menus": [self.menu(number) for number in range(self.menus)],
        }
        return msgspec.json.format(msgspec.json.encode({"inboundCall": body}), indent=1).decode()

    def task(self, number: int, budget: int) -> dict[str, Any]:
        before = self.left
        actions: list[Any] = []
        while self.left > 0 and before - self.left < budget:
            actions += self.actions(self.depth, budget - (before - self.left))
        return {
            "task": {
                "name": f"Task {number}",
                "refId": f"t{number}",
                "actions": actions or [self.leaf("say")],
            }
        }

    def menu(self, number: int) -> dict[str, Any]:
        choices = [
            {
                "menuJumpToTask": {
                    "name": f"Choice {key}",
                    "dtmf": f"digit_{key}",
                    "targetTaskRef": self.somewhere(),
                }
            }
            for key in range(1, 5)
        ]
        audio = {"tts": "For one thing press one, for another press two."}
        return {"menu": {"name": f"Menu {number}", "refId": f"m{number}", "audio": audio, "choices": choices}}

    def somewhere(self) -> str:
        return f"./tasks/task[t{self.random.randrange(self.tasks)}]"

    def actions(self, depth: int, budget: int) -> list[Any]:
        wanted = min(budget, self.random.randint(1, 4))
        found = []
        for _ in range(wanted):
            if self.left > 0 and budget > 0:
                before = self.left
                found.append(self.action(depth, budget - 1))
                budget -= before - self.left
        if self.left > 0 and depth < self.depth and self.random.random() < 0.35:
            found.append(self.jump())
        return found

    def action(self, depth: int, budget: int) -> dict[str, Any]:
        self.left -= 1
        self.count += 1
        kind = self.random.choice(("say", "set", "decide", "decide", "call", "switch", "loop"))
        if depth == 0 or budget < 2 or kind in ("say", "set"):
            return self.leaf(kind)
        parts = {"decide": 2, "loop": 1}.get(kind, 3)
        outputs = [self.actions(depth - 1, max(1, budget // parts)) for _ in range(parts)]
        return self.branching(kind, outputs)

    def leaf(self, kind: str) -> dict[str, Any]:
        if kind == "say":
            return {
                "playAudio": {"name": f"Say {self.count}", "audio": {"tts": "Thank you for waiting so long."}}
            }
        return {"setParticipantData": {"name": f"Set {self.count}", "attributes": []}}

    def branching(self, kind: str, outputs: list[list[Any]]) -> dict[str, Any]:
        name = f"{kind.title()} {self.count}"
        first, *more = ({"actions": actions} for actions in outputs)
        if kind == "decide":
            return {
                "decision": {
                    "name": name,
                    "condition": {"lit": True},
                    "outputs": {"yes": first, "no": more[0]},
                }
            }
        if kind == "loop":
            return {"loop": {"name": name, "loopCount": {"lit": 3}, "outputs": {"loop": first}}}
        if kind == "switch":
            cases = [{"case": {"value": {"lit": False}, **item}} for item in more]
            return {"switch": {"name": name, "evaluate": {"firstTrue": {"default": first, "cases": cases}}}}
        named = dict(zip(("success", "failure", "timeout"), (first, *more), strict=True))
        called = {"CRM": {"dataAction": {"Look up": {"inputs": {}}}}}
        return {"callData": {"name": name, "category": called, "outputs": named}}

    def jump(self) -> dict[str, Any]:
        self.left -= 1
        self.count += 1
        if self.random.random() < 0.3:
            target = f"./menus/menu[m{self.random.randrange(self.menus)}]"
            return {"jumpToMenu": {"name": f"Jump {self.count}", "targetMenuRef": target}}
        kind = self.random.choice(("jumpToTask", "jumpToTask", "callTask"))
        return {kind: {"name": f"{kind} {self.count}", "targetTaskRef": self.somewhere()}}


def generated(actions: int = 400) -> Flow:
    """A flow of about so many actions."""
    return load_archy(Generator(actions).text(), file="generated.yaml")


def largest() -> Iterator[tuple[str, Flow]]:
    """The flows of the corpus with the most actions."""
    found = []
    for path in sorted(CORPUS.glob("*.yaml")):
        try:
            flow = load_flow(path)
        except RingbackError:
            continue
        found.append((-len(flow.actions), path.stem.rpartition("__")[2][:40], flow))
    yield from ((name, flow) for _, name, flow in sorted(found, key=lambda item: item[:2])[:LARGEST])


def seconds(flow: Flow, form: str) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        draw(flow, form)
        best = min(best, time.perf_counter() - begin)
    return best


def run() -> list[tuple[str, float, float, float]]:
    flows = [*largest(), ("generated, deep, many jumps", generated())]
    return [
        (name, seconds(flow, "svg"), seconds(flow, "html"), float(len(flow.actions))) for name, flow in flows
    ]
