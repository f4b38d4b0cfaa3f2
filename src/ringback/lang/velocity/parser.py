"""Tokens to statements: text, references and directives, with the white space that directives swallow.

White space ("lines" mode of the engine):

* the indentation before a directive at the start of a line goes;
* a line end after the opening of a block, and after `#else`, goes;
* a line end after any other directive, and after `#end`, goes when that began at the start of a line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ringback.core.span import Span
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.arguments import CHECKS, Arguments
from ringback.lang.velocity.errors import TemplateSyntaxError
from ringback.lang.velocity.expressions import ExpressionParser, reading
from ringback.lang.velocity.kinds import Kind, Token
from ringback.lang.velocity.limits import LIMITS, over_limit, placed
from ringback.lang.velocity.source import Source

_CLOSERS = frozenset({Kind.ELSEIF, Kind.ELSE, Kind.END})
_OPENERS = frozenset({Kind.SET, Kind.IF, Kind.WORD})
_BLOCKS = frozenset({"foreach", "macro", "define"})
_LINES = frozenset({"evaluate", "break", "stop", "include", "parse"})
_CONTROL = frozenset({"if", "elseif", "else", "end", "set"})
DIRECTIVES: frozenset[str] = _CONTROL | _BLOCKS | _LINES
_TEXT_KINDS = frozenset(
    {
        Kind.TEXT,
        Kind.BLANK,
        Kind.NEWLINE,
        Kind.ESCAPE,
        Kind.OPEN,
        Kind.CLOSE,
        Kind.STRING,
        Kind.INTEGER,
        Kind.FLOAT,
        Kind.DOT,
        Kind.OPEN_FORMAL,
        Kind.CLOSE_FORMAL,
        Kind.IDENTIFIER,
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a directive or macro call: `#name(arguments)`.

    Attributes:
        token: its name.
        arguments: None without parentheses.
        indent: the indentation that it swallowed.
        began: it began at the start of a line.
    """

    token: Token
    arguments: Arguments | None
    indent: str
    began: bool

    @property
    def name(self) -> str:
        """The name without braces."""
        return self.token.body.strip("{}")

    @property
    def given(self) -> list[t.Expression | Token]:
        """Values, and plain words as their tokens."""
        return [] if self.arguments is None else self.arguments.given


class Parser(ExpressionParser):
    """Parses one text; the templates inside its strings share its set of macro names."""

    def __init__(self, origin: Source, macros: set[str]) -> None:
        super().__init__(origin)
        self.macros = macros
        self.fresh = True  # at the start of a line, where indentation and line ends may go

    def parse(self) -> t.Block:
        """The whole text."""
        block = self._block()
        if self.token.kind is not Kind.EOF:
            word = self.token.body.strip("{}")
            raise self.error(f"#{word} without an #if or another block that it belongs to", self.token)
        return block

    def parse_inside(self, source: Source) -> t.Block:
        """The template inside a double-quoted string."""
        inner = Parser(source, self.macros)
        inner.depth = self.depth
        return inner.parse()

    # Blocks.

    def _block(self) -> t.Block:
        items: list[t.Statement] = []
        while True:
            token = self.token
            if token.kind is Kind.BLANK and self.fresh and (indent := self._indent()) is not None:
                if self.tokens[self.index + 1].kind in _CLOSERS:
                    break
                self.next()
                items.append(self._directive(indent))
            elif token.kind is Kind.EOF or token.kind in _CLOSERS:
                if token.lead > 1:
                    items.append(t.Text(token.image[: token.lead - 1]))
                break
            else:
                self._statement(token, items)
        return t.Block(_joined(items))

    def _indent(self) -> str | None:
        """The current blank token's text, when a directive follows it."""
        follower = self.tokens[self.index + 1]
        at_directive = follower.kind in _OPENERS or follower.kind in _CLOSERS
        plain = follower.image.startswith("#") and not self.token.lead
        return self.token.skipped + self.token.image if at_directive and plain else None

    def _statement(self, token: Token, items: list[t.Statement]) -> None:
        if token.kind in _OPENERS:
            lead = token.image[: token.lead - 1] if token.kind is not Kind.SET else token.image[: token.lead]
            if lead:
                items.append(t.Text(lead))
                self.fresh = False
            items.append(self._directive(""))
            return
        follower = self.tokens[self.index + 1].kind
        if (token.kind is Kind.IDENTIFIER and "$" in token.image) or (
            token.kind is Kind.OPEN_FORMAL and follower is Kind.IDENTIFIER
        ):
            items.append(self.parse_reference())
            self.fresh = False
        else:
            items += self._textual(self.next())

    def _textual(self, token: Token) -> list[t.Statement]:
        self.fresh = token.kind is Kind.NEWLINE
        match token.kind:
            case Kind.COMMENT:
                self.fresh = token.body.startswith("##")
                if self.fresh:
                    return [*_text(token.image[: token.lead]), t.Comment(token.body)]
                return [t.Comment(token.image)]
            case Kind.RAW:
                return [t.Raw(token.image[3:-3], token.image)]
            case Kind.ESCAPED_DIRECTIVE:
                return [self._escaped_directive(token)]
            case Kind.DOUBLE_ESCAPE:
                return [self._double_escapes(token)]
            case _ if token.kind in _TEXT_KINDS:
                return [_shown(token)]
        raise self.error(f"{reading(token)} cannot stand here", token)

    def _known(self, word: str) -> bool:
        name = word.strip("{}")
        return name in DIRECTIVES or name in self.macros

    def _escaped_directive(self, token: Token) -> t.Escaped:
        slashes, _, word = token.image.rpartition("\\")
        if not self._known(word[1:]):
            return t.Escaped(token.skipped + token.image, token.image)
        return t.Escaped(token.skipped + token.image, slashes[: len(slashes) // 2] + word)

    def _double_escapes(self, token: Token) -> t.Escaped:
        count, skipped = 1, token.skipped
        while self.token.kind is Kind.DOUBLE_ESCAPE:
            self.next()
            count += 1
        follower = self.token
        word = follower.kind is Kind.WORD and self._known(follower.body)
        if word or follower.kind is Kind.IF or follower.kind in _CLOSERS:
            return t.Escaped(skipped + "\\" * 2 * count, "\\" * count)
        return t.Escaped(skipped + "\\" * 2 * count, "\\" * 2 * count)

    # White space.

    def _line_end(self, *, swallow: bool) -> str:
        """The blanks and the line end that follow a directive, taken when `swallow` says so."""
        index = self.index
        blank = self.tokens[index]
        if blank.kind is Kind.BLANK and not blank.lead and not blank.skipped:
            index += 1
        end = self.tokens[index]
        if not swallow or end.kind is not Kind.NEWLINE or end.lead or end.skipped:
            return ""
        tail = "".join(token.image for token in self.tokens[self.index : index + 1])
        self.index = index + 1
        self.fresh = True
        return tail

    def _own_indent(self) -> str:
        """The indentation before `#else`, `#elseif` or `#end`."""
        if self.token.kind is Kind.BLANK:
            token = self.next()
            return token.skipped + token.image
        return ""

    # Directives.

    def _directive(self, indent: str) -> t.Statement:
        """The directive at the current token; `indent` was swallowed before it."""
        self.descend()
        began = self.fresh
        token = self.token
        if token.kind is Kind.SET:
            node: t.Statement = self._set(indent, began=began)
        elif token.kind is Kind.IF:
            node = self._if(indent, began=began)
        else:
            node = self._word(indent, began=began)
        self.depth -= 1
        return node

    def _after(self, *, began: bool) -> str:
        """The line end after a directive that stands on one line; notes where that leaves us."""
        self.fresh = False
        return self._line_end(swallow=began)

    def _set(self, indent: str, *, began: bool) -> t.Set:
        token = self.next()
        self.skip_space()
        if self.token.kind not in {Kind.IDENTIFIER, Kind.OPEN_FORMAL}:
            raise self.unexpected(self.token, "a reference to set")
        target = self._reference_value()
        self.skip_space()
        self.expect(Kind.ASSIGN, "after the reference to set", hint=_set_hint(self.token))
        value = self.parse_expression()
        self._close("#set")
        return t.Set(target, value, indent, self._after(began=began), self.origin.at(token.start))

    def _close(self, name: str) -> None:
        self.skip_space()
        self.expect(Kind.CLOSE, f"after the arguments of {name}")

    def _if(self, indent: str, *, began: bool) -> t.If:
        opening = self.token
        branches: list[t.Branch] = []
        while True:
            token = self.next()
            condition = None if token.kind is Kind.ELSE else self._condition(token)
            tail = self._line_end(swallow=True)
            branches.append(t.Branch(condition, self._block(), indent, tail))
            indent = self._own_indent()
            if self.token.kind is Kind.END:
                break
            if self.token.kind is Kind.EOF or condition is None:
                raise self._not_closed("#if", opening)
        return t.If(tuple(branches), self._end(indent, began=began), self.origin.at(opening.start))

    def _condition(self, token: Token) -> t.Expression:
        name = f"#{token.body.strip('{}')}"
        self.skip_space()
        self.expect(Kind.OPEN, f"after {name}")
        condition = self.parse_expression()
        self._close(name)
        return condition

    def _not_closed(self, name: str, opening: Token) -> TemplateSyntaxError:
        if self.token.kind is Kind.EOF:
            return self.error(f"{name} is not closed", opening, hint="add #end")
        return self.error(f"{reading(self.token)} after #else", self.token, hint="#else is the last branch")

    def _end(self, indent: str, *, began: bool) -> t.Ending:
        self.next()
        return t.Ending(indent, self._after(began=began))

    def _block_end(self, name: str, opening: Token, *, began: bool) -> t.Ending:
        indent = self._own_indent()
        if self.token.kind is not Kind.END:
            if self.token.kind is Kind.EOF:
                raise self._not_closed(name, opening)
            raise self.error(f"{reading(self.token)} cannot stand in {name}", self.token)
        return self._end(indent, began=began)

    def _body(self) -> tuple[str, t.Block]:
        """The line end after the opening of a block, and the block."""
        self.fresh = False
        tail = self._line_end(swallow=True)
        return tail, self._block()

    def _word(self, indent: str, *, began: bool) -> t.Statement:
        token = self.next()
        name = token.body.strip("{}")
        arguments = Arguments(self, token, name=name) if self._has_arguments() else None
        head = Head(token, arguments, indent, began)
        if name in _DIRECTIVE_PARSERS:
            return _DIRECTIVE_PARSERS[name](self, head)
        if name in _LINES:
            CHECKS[name](self, token, arguments=arguments)
            values = None if arguments is None else arguments.values
            return t.Directive(name, values, indent, self._after(began=began), self.origin.at(token.start))
        return self._call(head)

    def _has_arguments(self) -> bool:
        index = self.index
        while self.tokens[index].kind in {Kind.BLANK, Kind.NEWLINE}:
            index += 1
        return self.tokens[index].kind is Kind.OPEN

    def _call(self, head: Head) -> t.Call:
        token, name, began = head.token, head.name, head.began
        start = token.start + token.lead - 1
        values = () if head.arguments is None else head.arguments.values
        word = "" if head.arguments is None else head.arguments.word
        if word and name in self.macros:
            raise TemplateSyntaxError(
                f"Invalid arg '{word}' in macro #{name}",
                span=self.origin.span(start),
                kind="TemplateInitException",
            )
        first = self.tokens.index(token)
        if not name.startswith("@"):
            return t.Call(
                name,
                values,
                self.origin.text[start : self._previous_end()],
                self._shown_call(first, self.index),
                word,
                indent=head.indent,
                tail=self._after(began=began),
                start=self.origin.at(start),
            )
        tail, body = self._body()
        ending = self._block_end(f"#{name}", token, began=began)
        return t.Call(
            name[1:],
            values,
            self.origin.text[start : self._previous_end()].removesuffix(ending.tail),
            self._shown_call(first, self.index).removesuffix(ending.tail),
            word,
            body,
            t.Ending("", ending.tail),
            head.indent,
            tail,
            self.origin.at(start),
        )

    def _shown_call(self, first: int, after: int) -> str:
        """What the engine keeps of a call's text: no backslashes before references, no text of comments."""
        tokens = self.tokens[first:after]
        head = tokens[0].image[tokens[0].lead - 1 :]
        return head + "".join(map(self._kept, tokens[1:]))

    def _kept(self, token: Token) -> str:
        match token.kind:
            case Kind.COMMENT if token.body.startswith("##"):
                return token.image[: token.lead] + "##" + token.body[len(token.body.rstrip("\r\n")) :]
            case Kind.COMMENT:
                return "*#" if len(token.body) > 3 and token.body.endswith("*#") else ""
            case Kind.ESCAPED_DIRECTIVE:
                return self._escaped_directive(token).shown
            case Kind.IDENTIFIER | Kind.OPEN_FORMAL if "$" in token.image:
                return token.image[token.image.rindex("$") :]
        return token.image

    def _previous_end(self) -> int:
        return self.tokens[self.index - 1].end

    # Block directives; called through _DIRECTIVE_PARSERS.

    def foreach(self, head: Head) -> t.Foreach:
        """`#foreach($variable in items)`."""
        variable, items = self._foreach_arguments(head)
        tail, body = self._body()
        otherwise = None
        own = self._own_indent()
        if self.token.kind is Kind.ELSE:
            self.next()
            line_end = self._line_end(swallow=True)
            otherwise = t.Branch(None, self._block(), own, line_end)
            own = self._own_indent()
        if self.token.kind is not Kind.END:
            self._block_end("#foreach", head.token, began=head.began)
        ending = self._end(own, began=head.began)
        return t.Foreach(variable, items, body, otherwise, ending, head.indent, tail, self._start(head))

    def _foreach_arguments(self, head: Head) -> tuple[t.Reference, t.Expression]:
        given, token = head.given, head.token
        if len(given) < 3:
            raise self.error(
                "Too few arguments to the #foreach directive", token, hint="#foreach($item in $items)"
            )
        variable, word, items = given[:3]
        if not isinstance(variable, t.Reference):
            raise self.error("Expected argument 1 of #foreach to be a reference", token)
        if not isinstance(word, Token):
            raise self.error("Expected word 'in' at argument position 2 in #foreach", token)
        if isinstance(items, Token):
            raise self.error(f"#foreach cannot go through the word '{items.image}'", items)
        return variable, items

    def macro(self, head: Head) -> t.Macro:
        """`#macro(name $parameter …)`."""
        name, parameters = self._macro_arguments(head)
        tail, body = self._body()
        ending = self._block_end("#macro", head.token, began=head.began)
        self.macros.add(name)
        return t.Macro(name, parameters, body, ending, head.indent, tail, self._start(head))

    def _macro_arguments(self, head: Head) -> tuple[str, tuple[t.Parameter, ...]]:
        given, token = head.given, head.token
        if head.arguments is None or not given:
            raise self.error(
                "A macro definition requires at least a macro name", token, hint="#macro(name $a)"
            )
        if not isinstance(given[0], Token):
            raise self.error("Macro argument 1 must be a token without surrounding ' or \"", token)
        parameters: list[t.Parameter] = []
        for number, argument in enumerate(given[1:], 2):
            if not isinstance(argument, t.Reference):
                raise self.error(f"Macro argument {number} must be a reference", token)
            default = head.arguments.defaults.get(number - 1)
            if default is None and parameters and parameters[-1].default is not None:
                raise self.error("Macro non-default argument follows a default argument", token)
            parameters.append(t.Parameter(argument, default))
        return given[0].image, tuple(parameters)

    def define(self, head: Head) -> t.Define:
        """`#define($name)`."""
        given, token = head.given, head.token
        if len(given) != 1:
            raise self.error("The #define directive requires one argument", token, hint="#define($name)…#end")
        target = given[0]
        if not isinstance(target, t.Reference):
            raise self.error("The argument to #define is of the wrong type", token)
        tail, body = self._body()
        ending = self._block_end("#define", head.token, began=head.began)
        return t.Define(target, body, ending, head.indent, tail, self._start(head))

    def _start(self, head: Head) -> int:
        return self.origin.at(head.token.start)


def _shown(token: Token) -> t.Text:
    stray = token.stray
    source = "" if stray == token.skipped else token.skipped + token.image
    return t.Text(stray + token.image, source)


def _text(text: str) -> list[t.Statement]:
    return [t.Text(text)] if text else []


def _set_hint(token: Token) -> str:
    if token.image == "==":
        return "#set assigns with one ="
    return "names have letters, digits and _ only" if token.image.startswith("-") else ""


def _joined(items: list[t.Statement]) -> tuple[t.Statement, ...]:
    """The statements with neighbouring texts joined and empty ones left out."""
    joined: list[t.Statement] = []
    pending: list[t.Text] = []
    for item in items:
        if isinstance(item, t.Text):
            pending.append(item)
            continue
        joined += _one_text(pending)
        pending = []
        joined.append(item)
    return (*joined, *_one_text(pending))


def _one_text(texts: list[t.Text]) -> list[t.Statement]:
    text = "".join(item.text for item in texts)
    source = "".join(item.source or item.text for item in texts)
    return [t.Text(text, "" if source == text else source)] if source else []


_DIRECTIVE_PARSERS: Mapping[str, Callable[[Parser, Head], t.Statement]] = {
    "foreach": Parser.foreach,
    "macro": Parser.macro,
    "define": Parser.define,
}


def parse(source: str, *, name: str = "template", macros: frozenset[str] = frozenset()) -> t.Tree:
    """The tree of a template; `name` is what errors call it, `macros` the names known from around it.

    Raises:
        TemplateSyntaxError: the text is no template.
        LimitError: it is too long or nests too deeply.
    """
    start = Span.at(source, 0, file=name)
    if len(source) > LIMITS.source:
        what = f"the template has {len(source):,} characters"
        raise placed(over_limit("source", LIMITS.source, what=what), start)
    try:
        return t.Tree(Parser(Source.of(source, name), set(macros)).parse(), source, name)
    except RecursionError:
        what = "the template nests too deeply"
        raise placed(over_limit("nesting", LIMITS.nesting, what=what), start) from None
