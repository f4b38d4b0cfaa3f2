"""Third stage: types. Every call gets one overload, every bare NOT_SET the type of its place.

The language is statically typed (A.5): operands must fit an overload exactly, nothing is converted inside an
expression. Only the root is: Architect wraps it in the first cast with one operand to the target's type.
Overloads are tried in the order of the table. A bare NOT_SET first looks for an overload that names it, then
for parameters that tolerate it, then it takes any parameter and fails when the expression runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from ringback.core.span import Span
from ringback.lang.expr import complaints, tree
from ringback.lang.expr.environment import Scope, Variable
from ringback.lang.expr.errors import ExpressionError
from ringback.lang.expr.library import FUNCTIONS
from ringback.lang.expr.operators import OPERATORS
from ringback.lang.expr.overloads import Choice, choose
from ringback.lang.expr.signature import Overload, Parameter
from ringback.lang.expr.type_members import CONSTANTS, find_property
from ringback.lang.expr.typed import Access, Constant, Operation, Reference, Typed
from ringback.lang.expr.types import MAX_INTEGER, base, is_collection
from ringback.lang.expr.values import CONTEXT, constant_value

# The casts that Architect may put around the root, by target type; the first that fits is taken.
_CASTS: Mapping[str, tuple[str, ...]] = {
    "str": ("ToString",),
    "int": ("ToInt",),
    "dec": ("ToDecimal",),
    "bln": ("ToBool",),
    "dtm": ("ToDateTime",),
    "dur": ("ToDuration",),
    "cur": ("ToCurrency",),
    "phn": ("ToPhoneNumber",),
    "jsn": ("ToJson",),
    "jsn_coll": ("ToJsonCollection",),
    "aud": (
        "ToAudio", "ToAudioTTS", "ToAudioBool", "ToAudioCurrency", "ToAudioDateTime", "ToAudioDuration",
        "ToAudioNumber", "ToAudioPhoneNumber",
    ),
    "com": ("ToCommunication", "MakeCommunication"),
    "que": ("ToQueue",),
    "usr": ("ToUser",),
    "grp": ("ToGroup",),
    "skl": ("ToSkill",),
    "lac": ("ToLanguageSkill",),
    "wrc": ("ToWrapupCode",),
    "sqg": ("ToScheduleGroup",),
}  # fmt: skip
_OUTERMOST = "AudioPlaybackOptions"


def check_tree(
    node: tree.Node, scope: Scope, *, text: str, target: str | None = None, file: str = "expression"
) -> Typed:
    """The checked tree of `node`, converted to `target` when one is given.

    Raises:
        ExpressionError: what Architect would not save; RB202 to RB211.
    """
    checker = _Checker(scope, text, file)
    root = checker.check(node)
    return root if target is None else checker.convert(root, target)


class _Checker(NamedTuple):
    scope: Scope
    text: str
    file: str

    def check(self, node: tree.Node) -> Typed:
        match node:
            case tree.Literal():
                return self.literal(node)
            case tree.NotSet():
                return Constant("nul", None, "", node)
            case tree.Name():
                return self.variable([node.name], [node])
            case tree.Property():
                return self.property(node)
            case tree.Item():
                return self.item(node)
            case tree.Unary():
                key = "negate" if node.operator == "-" else node.operator
                return self.operation(
                    node.operator, OPERATORS[key], operands=(self.check(node.operand),), node=node
                )
            case tree.Binary():
                return self.chain(node)
            case tree.Ternary():
                parts = (self.check(node.condition), self.check(node.then), self.check(node.otherwise))
                return self.operation("?", OPERATORS["?"], operands=parts, node=node)
            case tree.Call():
                return self.call(node)

    def chain(self, node: tree.Binary) -> Typed:
        first, steps = tree.spine(node)
        left = self.check(first)
        for step in steps:
            right = self.check(step.right)
            left = self.operation(
                step.operator, OPERATORS[step.operator.lower()], operands=(left, right), node=step
            )
        return left

    # Literals.

    def literal(self, node: tree.Literal) -> Constant:
        if node.type == "str":
            return Constant("str", node.text, node.text, node)
        if node.type == "bln":
            return Constant("bln", node.text == "true", node.text, node)
        if node.type == "int":
            if abs(int(node.text)) > MAX_INTEGER:
                raise self.range_error(f"{node.text} is more than an Integer holds (15 digits)", node)
            return Constant("int", int(node.text), node.text, node)
        value = Decimal(node.text)
        if len(value.as_tuple().digits) > CONTEXT.prec:
            raise self.range_error(f"a Decimal holds {CONTEXT.prec} digits", node)
        return Constant("dec", value, node.text, node)

    def range_error(self, message: str, node: tree.Node) -> ExpressionError:
        return ExpressionError(message, span=self.span(node), code="RB205")

    # Variables, properties, items.

    def property(self, node: tree.Property) -> Typed:
        names, nodes = _dotted(node)
        if names:
            return self.variable(names, nodes)
        return self.access(self.check(node.target), node.name, node=node)

    def variable(self, names: list[str], nodes: list[tree.Node]) -> Typed:
        for count in range(len(names), 0, -1):
            name = ".".join(names[:count])
            found = _constant(name) or self.scope.lookup(name)
            if found is not None:
                result: Typed = Reference(found.type, found, name, nodes[count - 1])
                for property_name, place in zip(names[count:], nodes[count:], strict=True):
                    result = self.access(result, property_name, node=place)
                return result
        raise complaints.unknown_variable(
            names, self.scope.names(), span=self.span(nodes[min(1, len(nodes) - 1)])
        )

    def access(self, target: Typed, name: str, *, node: tree.Node) -> Access:
        assert isinstance(node, tree.Property | tree.Item)
        if base(target.type) == "jsn":
            return Access("jsn", target, name, name, node)
        found = find_property(target.type, name)
        if found is not None:
            return Access(found.type, target, found.name, found.id, node)
        if target.type == "con":  # the columns of a contact list are known only to the organisation
            return Access("str", target, name, name, node)
        raise complaints.unknown_property(target.type, name, span=self.place(node))

    def item(self, node: tree.Item) -> Typed:
        target = self.check(node.target)
        if isinstance(node.index, tree.Literal) and node.index.type == "str":
            return self.access(target, node.index.text, node=node)
        index = self.check(node.index)
        if index.type == "str" and not is_collection(target.type):
            raise ExpressionError(
                "the name of a property must be a string literal",
                span=self.span(node.index),
                code="RB207",
                hint="GetJsonObjectProperty takes a computed name" if base(target.type) == "jsn" else "",
            )
        return self.operation("[", OPERATORS["["], operands=(index, target), node=node)

    # Calls and operators.

    def call(self, node: tree.Call) -> Typed:
        overloads = FUNCTIONS.get(node.name.lower())
        if overloads is None:
            place = Span.at(self.text, node.start, file=self.file, length=len(node.name))
            raise complaints.unknown_function(node.name, place)
        operands = tuple(self.check(argument) for argument in node.arguments)
        return self.operation(overloads[0].name, overloads, operands=operands, node=node)

    def operation(
        self, name: str, overloads: Sequence[Overload], *, operands: tuple[Typed, ...], node: tree.Node
    ) -> Operation:
        self.forbid_outermost(operands)
        if len(overloads) == 1 and overloads[0].call is None and not overloads[0].parameters:
            choice: Choice | None = Choice(overloads[0], (), overloads[0].returns)
        else:
            choice = choose(overloads, operands)
        if choice is None:
            raise complaints.no_overload(name, overloads, operands=operands, node=node, span=self.span)
        typed = tuple(
            replace(operand, type=type_)
            if isinstance(operand, Constant) and operand.value is None
            else operand
            for operand, type_ in zip(operands, choice.types or [o.type for o in operands], strict=True)
        )
        for operand, parameter in zip(operands, choice.parameters, strict=False):
            self.literal_rules(name, operand, parameter=parameter)
        return Operation(choice.returns, name, choice.overload, typed, node)

    def forbid_outermost(self, operands: tuple[Typed, ...]) -> None:
        for operand in operands:
            if isinstance(operand, Operation) and operand.name == _OUTERMOST:
                raise ExpressionError(
                    f"{_OUTERMOST} must be the outermost call",
                    span=self.span(operand.node),
                    code="RB211",
                    hint="it says how the whole audio is played",
                )

    def literal_rules(self, name: str, operand: Typed, *, parameter: Parameter) -> None:
        if parameter.literal and not isinstance(operand, Constant):
            raise ExpressionError(
                f"{parameter.name} of {name} must be a literal", span=self.span(operand.node), code="RB207"
            )
        if not isinstance(operand, Constant) or operand.value is None:
            return
        if message := complaints.literal_trouble(name, operand.value, parameter=parameter):
            code = "RB206" if parameter.nonzero and name in "/%" else "RB205"
            raise ExpressionError(message, span=self.span(operand.node), code=code)

    # The root.

    def convert(self, root: Typed, target: str) -> Typed:
        """The root as the target wants it: itself, or inside the cast that Architect would add."""
        if isinstance(root, Constant) and root.value is None:
            return replace(root, type=target)
        if base(root.type) == base(target) or target == "any":
            return root
        for cast in _CASTS.get(base(target), ()):
            rows = [row for row in FUNCTIONS.get(cast.lower(), ()) if row.call is not None]
            choice = choose(rows, (root,))
            if choice is not None and base(choice.returns) == base(target):
                return Operation(choice.returns, rows[0].name, choice.overload, (root,), root.node, True)
        raise complaints.no_conversion(root.type, target, span=self.span(root.node))

    # Places.

    def span(self, node: tree.Node) -> Span:
        return Span.at(self.text, node.start, file=self.file, length=max(1, node.end - node.start))

    def place(self, node: tree.Node) -> Span:
        return Span.at(self.text, node.at, file=self.file, length=max(1, node.end - node.at))


def _dotted(node: tree.Property) -> tuple[list[str], list[tree.Node]]:
    """The words of `a.b.c` and the node of each; empty when it does not start with a name."""
    names: list[str] = []
    nodes: list[tree.Node] = []
    current: tree.Node = node
    while isinstance(current, tree.Property):
        names.append(current.name)
        nodes.append(current)
        current = current.target
    if not isinstance(current, tree.Name):
        return [], []
    return [current.name, *reversed(names)], [current, *reversed(nodes)]


def _constant(name: str) -> Variable | None:
    constant = CONSTANTS.get(name.lower())
    if constant is None:
        return None
    value = constant_value(constant.name)

    def read(_: Any) -> Any:
        return value

    return Variable(constant.name, constant.type, read, constant.id, built_in=True)
