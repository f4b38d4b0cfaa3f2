"""What is wrong with a document, collected so that its author sees everything at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents.node import Node

# More errors than anyone reads at once.
_SHOWN = 20


class DocumentErrors(DefinitionError):  # noqa: N818 - it stands for several errors
    """Several errors of one document; message, place and hint are those of the first.

    Attributes:
        diagnostics: all errors in document order, warnings behind them.
    """

    def __init__(
        self, errors: Sequence[DefinitionError | Diagnostic], warnings: Sequence[Diagnostic] = ()
    ) -> None:
        self.errors = tuple(_as_error(error) for error in errors)
        first = self.errors[0]
        super().__init__(first.message, span=first.span, hint=first.hint, code=first.code)
        self.diagnostics = (*(Diagnostic.of(error) for error in self.errors), *warnings)

    def __str__(self) -> str:
        """Every error with its place, line and hint; the number of those that are not shown."""
        shown = [super().__str__(), *(str(error) for error in self.errors[1:_SHOWN])]
        if len(self.errors) > _SHOWN:
            shown.append(f"… and {len(self.errors) - _SHOWN} more errors")
        return "\n".join(shown)


class Problems:
    """Collects errors and warnings while a document is loaded."""

    def __init__(self) -> None:
        self._errors: list[DefinitionError] = []
        self._warnings: list[Diagnostic] = []

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings in document order."""
        return tuple(sorted(self._warnings, key=lambda warning: (warning.line, warning.column)))

    def error(self, code: str, message: str, *, span: Span | None, hint: str = "") -> None:
        """Note an error and go on."""
        self._errors.append(DefinitionError(message, span=span, hint=hint, code=code))

    def warn(self, code: str, message: str, *, span: Span | None, hint: str = "") -> None:
        """Note a warning."""
        self._warnings.append(Diagnostic.at(code, "warning", message, span, hint=hint))

    def check(self) -> None:
        """Raise `DocumentErrors` when there were errors."""
        if self._errors:
            in_order: list[DefinitionError] = sorted(self._errors, key=_place)
            raise DocumentErrors(in_order, self.warnings)

    def unknown_keys(self, node: Node, known: Collection[str], *, where: str, warn: bool = False) -> None:
        """An error (or a warning) for each key that is not `known`; `where` names the mapping."""
        note = self.warn if warn else self.error
        code = "RB022" if warn else "RB021"
        for key, _ in node.items():
            if key not in known:
                hint = suggestion(key, known, what="keys")
                note(code, f"unknown key {key!r} {where}", span=node.key_span(key), hint=hint)


def suggestion(name: str, known: Iterable[str], *, what: str) -> str:
    """A hint for a name that does not exist: the nearest that does, or all of them.

    >>> suggestion("audoi", ["audio", "name"], "keys")
    "did you mean 'audio'?"
    >>> suggestion("x", ["audio", "name"], "keys")
    "keys: 'audio', 'name'"
    """
    names = sorted(set(known))
    lowered = {other.lower(): other for other in reversed(names)}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lowered[close[0]]!r}?"
    if not names:
        return f"there are no {what}"
    shown = ", ".join(repr(other) for other in names[:12])
    return f"{what}: {shown}{' …' if len(names) > 12 else ''}"


def _place(error: DefinitionError) -> tuple[int, int]:
    return (error.span.line, error.span.column) if error.span else (0, 0)


def _as_error(found: DefinitionError | Diagnostic) -> DefinitionError:
    if isinstance(found, DefinitionError):
        return found
    span = Span(found.file, found.line, found.column) if found.line else None
    return DefinitionError(found.message, span=span, hint=found.hint, code=found.code)
