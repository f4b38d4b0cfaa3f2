"""Text output of `ringback action run`: one panel per step, the step that lost the output marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from ringback.cli.options import harmless
from ringback.dataactions.execute import STEP_NAMES
from ringback.dataactions.explain import Loss, losses
from ringback.dataactions.report import Operation, Report
from ringback.dataactions.secrets import Secrets

MAX_WIDTH = 100
MAX_LINES = 14
_COLOURS: Mapping[str, str] = {"success": "green", "failure": "red", "timeout": "yellow"}


def console_for(stream: IO[str]) -> Console:
    """At most 100 columns; colours only when the stream is a terminal."""
    console = Console(file=stream, highlight=False)
    console.width = min(MAX_WIDTH, console.width) if console.is_terminal else MAX_WIDTH
    return console


def print_report(report: Report, console: Console, *, reveal: bool) -> None:
    """The steps, then what went missing, then the result."""
    found = losses(report)
    guilty = next((loss for loss in found if loss.fatal), None)
    view = _View(report, report.secrets(reveal=reveal), found=found, guilty=guilty)
    for operation in report.operations:
        console.print(view.panel(operation))
    rest = STEP_NAMES[len(report.operations) :]
    if rest:
        console.print(Text(f"not run: {', '.join(rest)}", style="dim"))
    console.print(view.summary())


class _View:
    def __init__(
        self, report: Report, hide: Secrets, *, found: tuple[Loss, ...], guilty: Loss | None
    ) -> None:
        self.report = report
        self.hide = hide
        self.found = found
        self.guilty = guilty
        self.shown = report.to_dict(reveal=hide.reveal)

    def panel(self, operation: Operation) -> Panel:
        """One step: its result or error, and what it lost."""
        here = [loss for loss in self.found if loss.step == operation.step]
        lost_here = self.guilty is not None and self.guilty.step == operation.step
        colour = "red" if not operation.success else "yellow" if lost_here else "green"
        mark = "  << the output went missing here" if lost_here else ""
        state = "" if operation.success else "  failed"
        parts = [*self._content(operation), *(self._loss(loss, operation) for loss in here)]
        body = Group(*parts) if parts else Text("nothing to do", style="dim")
        title = Text(f"{operation.step} {operation.name}{state}{mark}", style=f"bold {colour}")
        return Panel(body, title=title, title_align="left", border_style=colour)

    def _content(self, operation: Operation) -> Iterable[Text]:
        if operation.error is not None and not self._said_by_loss(operation):
            yield Text(harmless(self.hide.text(operation.error.message)), style="red")
        writer = _WRITERS.get(operation.step)
        lines = writer(self) if writer else []
        if lines:
            yield Text("\n".join(_cut(lines)))

    def _said_by_loss(self, operation: Operation) -> bool:
        message = operation.error.message if operation.error else ""
        return any(loss.step == operation.step and loss.message == message for loss in self.found)

    def _loss(self, loss: Loss, operation: Operation) -> Text:
        sign, style = ("lost: ", "bold red") if loss.fatal else ("note: ", "yellow")
        text = Text(harmless(sign + self.hide.text(loss.message)), style=style)
        if loss.hint and (loss.fatal or operation.success):
            text.append(harmless(f"\n  hint: {self.hide.text(loss.hint)}"), style="default")
        return text

    def summary(self) -> Panel:
        """Status, error code, output and the policies that were used."""
        report = self.report
        lines = [f"{report.action.name}: {report.status} in {report.duration_ms:.1f} ms"]
        if report.error:
            lines.append(f"errorCode {report.error.error_code}, status {report.error.status}")
        else:
            lines += _pretty(self.shown["output"])
        if self.guilty:
            lines.append(f"output lost in step {self.guilty.step}: {self.hide.text(self.guilty.message)}")
        if report.policies:
            lines.append("policies: " + ", ".join(f"{key}={value}" for key, value in report.policies.items()))
        style = _COLOURS[report.status]
        return Panel(Text("\n".join(_cut(lines, 40))), title="Result", title_align="left", border_style=style)

    def inputs(self) -> list[str]:
        """Name and value of each input."""
        return _pairs(self.hide.json(dict(self.report.found.inputs)))

    def url(self) -> list[str]:
        """Method and URL, and where the base URL leads."""
        request = self.report.action.request
        shown = self.shown["request"] or {}
        url = self.hide.text(self.report.found.url or "(no URL of its own)")
        resolved = [f"  at {shown['resolved_url']}"] if "resolved_url" in shown else []
        return [f"{request.method} {url}", *resolved]

    def headers(self) -> list[str]:
        """The headers of the action."""
        return _pairs(self.hide.headers(self.report.found.headers))

    def body(self) -> list[str]:
        """The body as it is sent."""
        body = (self.shown["request"] or {}).get("body")
        return (body or "").splitlines() or ["no body"]

    def response(self) -> list[str]:
        """Status, headers and time."""
        response = self.shown["response"]
        if response is None:
            return []
        elapsed = self.report.found.response.elapsed_ms if self.report.found.response else 0.0
        return [f"HTTP {response['status']} after {elapsed:.1f} ms", *_pairs(response["headers"])]

    def document(self) -> list[str]:
        """The body that came."""
        response = self.shown["response"]
        return [] if response is None else _pretty(response["body"])

    def variables(self) -> list[str]:
        """Each variable with its value and origin."""
        lines = []
        for item in self.report.found.translations:
            value = "(not set)" if item.text is None else self.hide.text(item.text)
            origin = {"jsonpath": "", "default": "  (default)", "unresolved": ""}[item.source]
            lines.append(f"{item.name} = {_short(value)}{origin}    {item.path}")
        return lines

    def success_text(self) -> list[str]:
        """What the template gave."""
        return (self.shown["success_text"] or "").splitlines()

    def flattened(self) -> list[str]:
        """The outputs that Architect binds."""
        return _pairs(self.shown["flattened"])

    def credentials(self) -> list[str]:
        """Names of the credential fields."""
        result = self.report.operations[1].result or {}
        return (
            [f"{result.get('type')}: {', '.join(result.get('fields', ()))}"] if result.get("fields") else []
        )

    def authentication(self) -> list[str]:
        """How the authResponse came about."""
        result = (self.report.operations[2].result if len(self.report.operations) > 2 else None) or {}
        how = result.get("authResponse", "none")
        return [] if how == "none" else [f"{how}: {', '.join(result['fields'])}"]


_WRITERS: Mapping[int, Any] = {
    1: _View.inputs,
    2: _View.credentials,
    3: _View.authentication,
    4: _View.url,
    5: _View.headers,
    6: _View.body,
    7: _View.response,
    8: _View.document,
    9: _View.variables,
    10: _View.success_text,
    13: _View.flattened,
}


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} = {_short(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}"
        for name, value in values.items()
    ]


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:197]}..."


def _pretty(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > 90:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    return text.splitlines()


def _cut(lines: list[str], limit: int = MAX_LINES) -> list[str]:
    """At most `limit` lines, without characters that steer a terminal: an answer may hold any."""
    lines = [harmless(line.expandtabs(4)) for line in lines[: limit + 1]] + lines[limit + 1 :]
    if len(lines) <= limit:
        return lines
    return [*lines[: limit - 1], f"... {len(lines) - limit + 1} more lines"]
