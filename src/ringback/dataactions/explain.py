"""Where was the value lost? The first step of a report in which the wanted output went missing.

The failed step is often not the guilty one: a template fails because a path two steps earlier stopped
matching. `losses(report)` follows what is missing back to the step that lost it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.core.errors import RingbackError
from ringback.dataactions import jsontext
from ringback.dataactions.flatten import flattened_schema
from ringback.dataactions.model import DataAction
from ringback.dataactions.report import Report
from ringback.dataactions.translate import Translation
from ringback.lang import jsonpath

CHECK_INPUT, AUTHENTICATE, URL, HEADERS, BODY, SEND, READ = 1, 3, 4, 5, 6, 7, 8
TRANSLATE, TEMPLATE, PARSE, CHECK_OUTPUT = 9, 10, 11, 12

_REFERENCE = re.compile(r"\$!?\{?([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)\}?")
_STEP = re.compile(r"\.([^.\[\]()'\s]+)|\[\s*['\"]([^'\"]*)['\"]\s*\]|\[(-?\d+)\]")
_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that went missing.

    Attributes:
        step: number of the step that lost it.
        message: what happened there, one sentence.
        hint: what to do about it; may be empty.
        fatal: whether the output is missing because of it; otherwise it is worth a look.
    """

    step: int
    message: str
    hint: str = ""
    fatal: bool = True


def losses(report: Report) -> tuple[Loss, ...]:
    """What went missing, the guilty step of the output first, remarks last."""
    found = list(_failure(report)) if report.error else list(_missing_output(report))
    fatal = bool(found)
    remarks = [
        *_unrendered(report, fatal=fatal),
        *_unused_inputs(report, fatal=fatal),
        *_defaults(report, found),
    ]
    ordered = sorted([*found, *remarks], key=lambda loss: (not loss.fatal, loss.step))
    return tuple(dict.fromkeys(ordered))


def first_loss(report: Report) -> Loss | None:
    """The step that lost the output; None when nothing is missing."""
    return next((loss for loss in losses(report) if loss.fatal), None)


def _failure(report: Report) -> Iterator[Loss]:
    assert report.error is not None
    step, message = report.operations[-1].step, report.error.message
    causes: list[Loss] = []
    if step == TEMPLATE:
        causes += _lost_paths(report, message)
    elif step == PARSE:
        causes += _invalid_json(report, message)
    elif step == CHECK_OUTPUT:
        causes += _refused_values(report)
    yield from causes or [Loss(step, message, _HINTS.get(step, ""))]


_HINTS: Mapping[int, str] = {
    CHECK_INPUT: "pass the inputs that the input contract requires, with its types",
    AUTHENTICATE: "check the credentials and the custom auth action",
    SEND: "check the URL, the host and --allow-host; --timeout gives the service more time",
    READ: "the service's own words are in the response",
    TEMPLATE: "add a translationMapDefaults entry for values that may be missing",
    PARSE: 'values are JSON text: write "name": ${name} without quotes, and defaults as JSON',
    CHECK_OUTPUT: "change the contract, or give the template a value of the declared type",
}


def _lost_paths(report: Report, message: str) -> Iterator[Loss]:
    lost = [item for item in report.found.translations if item.source == "unresolved"]
    named = [item for item in lost if re.search(rf"\${re.escape(item.name)}\b", message)]
    for item in named or lost:
        yield Loss(TRANSLATE, stopped(item, report.found.document), _path_hint(item))


def _path_hint(item: Translation) -> str:
    return f"correct the path of {item.name}, or give it a default in translationMapDefaults"


def stopped(item: Translation, document: Any) -> str:
    """How far a path got, and what stands where it stopped."""
    if not item.matched_prefix:
        return f"{item.name}: {item.path} does not match: {item.message}"
    node = _read(item.matched_prefix, document)
    step = _next_step(item.path, item.matched_prefix)
    where = f"{item.name}: {item.path} stopped matching after {item.matched_prefix}"
    if isinstance(node, Mapping):
        return f"{where}: it has {_keys(node, step)}" + (f", no {step!r}" if step else "")
    if isinstance(node, list):
        return f"{where}: a list of {len(node)} items" + (f", no {step}" if step else "")
    return f"{where}: {jsontext.encode(node)[:60]} stands there" + (f", no {step!r} inside" if step else "")


def _keys(node: Mapping[str, Any], step: str) -> str:
    keys = [str(key) for key in node]
    close = difflib.get_close_matches(step, keys, n=1, cutoff=0.6)
    ordered = [*close, *(key for key in keys if key not in close)][:5]
    shown = ", ".join(repr(key) for key in ordered)
    return (shown or "no members") + (" and others" if len(keys) > 5 else "")


def _read(path: str, document: Any) -> Any:
    try:
        return jsonpath.compile(path).read(document)
    except RingbackError:
        return None


def _next_step(path: str, prefix: str) -> str:
    steps = ["".join(parts) for parts in _STEP.findall(path if path.startswith("$") else f"$.{path}")]
    done = len(_STEP.findall(prefix))
    return steps[done] if done < len(steps) else ""


def _invalid_json(report: Report, message: str) -> Iterator[Loss]:
    text = report.found.success_text or ""
    for item in report.found.translations:
        if item.text is not None and not _is_json(item.text) and item.text in text:
            yield Loss(
                TRANSLATE,
                f"{item.name}: its default {item.text!r} is no JSON and went into the template as it is",
                f'write the default as JSON text, e.g. "\\"{item.text}\\""',
            )
    found = _LINE.search(message)
    lines = text.splitlines()
    line = int(found.group(1)) if found else 1
    shown = lines[line - 1].strip()[:80] if 0 < line <= len(lines) else ""
    where = f" (line {line}: {shown})" if shown else ": it is empty" if not text.strip() else ""
    yield Loss(TEMPLATE, f"The template produced invalid JSON{where}", _HINTS[PARSE])


def _is_json(text: str) -> bool:
    try:
        jsontext.decode(text)
    except RingbackError:
        return False
    return True


def _refused_values(report: Report) -> Iterator[Loss]:
    for item in report.found.translations:
        if item.text == "null" and item.source == "jsonpath" and item.name in report.action.response.defaults:
            yield _null(item)
        elif item.source == "default" and item.message:
            yield Loss(TRANSLATE, f"{stopped(item, report.found.document)}; its default {item.text} was used")


def _null(item: Translation) -> Loss:
    return Loss(
        TRANSLATE,
        f"{item.name}: {item.path} is there and null, so its default did not apply",
        "defaults are for paths that do not resolve; test for null in the success template",
    )


def _missing_output(report: Report) -> Iterator[Loss]:
    """Members of the output contract that a successful run left without a value."""
    nulls = [item for item in report.found.translations if item.text == "null"]
    for name in flattened_schema(report.action.output_contract):
        if report.flattened.get(name) is not None:
            continue
        used = [item for item in nulls if _related(item.name, name, action=report.action)]
        for item in used:
            if item.name in report.action.response.defaults:
                yield _null(item)
            else:
                yield Loss(TRANSLATE, f"{item.name}: {item.path} is null in the response", fatal=False)
        if not used and name in _required(report.action):
            yield Loss(TEMPLATE, f"The success template does not produce {name!r}", fatal=False)
        elif not used and not _mentions(report.action, name):
            yield Loss(TEMPLATE, f"The output has no {name!r}, which the contract declares", fatal=False)


def _required(action: DataAction) -> tuple[str, ...]:
    return tuple(str(name) for name in action.output_contract.get("required", ()))


def _related(variable: str, output: str, *, action: DataAction) -> bool:
    leaf = re.escape(output.rpartition(".")[2])
    pattern = rf'"{leaf}"\s*:\s*\$!?\{{?{re.escape(variable)}\b'
    return variable == output or re.search(pattern, action.response.success_template) is not None


def _mentions(action: DataAction, output: str) -> bool:
    template = action.response.success_template
    return "rawResult" in template or output.rpartition(".")[2] in template


def _unrendered(report: Report, *, fatal: bool) -> Iterator[Loss]:
    """References that printed themselves: an input that does not exist under this name."""
    found = report.found
    body = found.request.body.decode("utf-8", "replace") if found.request and found.request.body else ""
    texts = ((URL, "URL", found.url or ""), (BODY, "body", body))
    headers = tuple((HEADERS, f"header {name}", value) for name, value in found.headers.items())
    for step, where, text in (*texts, *headers):
        for match in _REFERENCE.finditer(text):
            scope, name = match.group(1), match.group(2).removeprefix(".")
            if scope.lower() in ("input", "credentials", "authresponse") and name:
                message = f"The {where} still holds {match.group()}"
                yield _reference_loss(report, step, message=message, name=name, fatal=fatal)


def _reference_loss(report: Report, step: int, *, message: str, name: str, fatal: bool) -> Loss:
    known = list(report.found.inputs)
    same = next((item for item in known if item.lower() == name.lower()), None)
    hint = f"it was not passed; inputs: {', '.join(known) or 'none'}"
    if same:
        hint = f"references are case-sensitive: write ${{input.{same}}}"
    sent_badly = fatal and report.error is not None and report.operations[-1].step in (SEND, READ)
    return Loss(step, message, hint, fatal=sent_badly)


def _unused_inputs(report: Report, *, fatal: bool) -> Iterator[Loss]:
    action = report.action
    templates = [action.request.url or "", *action.request.headers.values(), action.response.success_template]
    if action.request.method != "GET":
        templates.append("${input.rawRequest}" if action.request.body is None else action.request.body)
    text = "\n".join(templates)
    if "rawRequest" in text:
        return
    required = action.input_contract.get("required", ())
    for name in report.found.inputs:
        if not re.search(rf"\binput\b.{{0,8}}\b{re.escape(name)}\b", text):
            where = " (a GET sends no body)" if _in_body_of_get(action, name) else ""
            guilty = fatal and name in required and report.error is not None
            yield Loss(CHECK_INPUT, f"Input {name!r} is used by no template{where}", fatal=guilty)


def _in_body_of_get(action: DataAction, name: str) -> bool:
    body = action.request.body or ""
    return action.request.method == "GET" and ("rawRequest" in body or name in body)


def _defaults(report: Report, found: list[Loss]) -> Iterator[Loss]:
    guilty = any(loss.step == TRANSLATE for loss in found)
    for item in report.found.translations:
        if item.source == "default" and not guilty:
            message = f"{stopped(item, report.found.document)}; its default {item.text} was used"
            yield Loss(TRANSLATE, message, fatal=False)
