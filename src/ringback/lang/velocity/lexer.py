r"""Text to tokens.

Velocity's lexer is a stack of modes; the longest match in the current mode wins. Modes:

    TEXT   literal text, until `$`, `#`, a backslash or a line end
    HASH   just after `#`: the name of a directive or macro
    ARGS   between the parentheses of a directive
    ROOT   just after `$`: an identifier or `{`
    REF    after the root: `.name`, `[`, and in a formal reference `|` and `}`
    PROP   after `.name`: as REF, and `(`
    CALL   between the parentheses of a method call
    INDEX  between `[` and `]`
    ALT    after `|`: the alternate value of a formal reference

`$` and `#` do not make a token by themselves: they become the beginning (the lead) of the next one, which is
why `$$name` is `$` and a reference. A character that cannot continue a reference ends it silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ringback.lang.velocity.errors import TemplateSyntaxError
from ringback.lang.velocity.kinds import Kind, Token
from ringback.lang.velocity.modes import DIRECTIVE_WORDS, KEYWORD_KINDS, PATTERNS, PLAIN_KINDS, WORD, Mode
from ringback.lang.velocity.source import Source

_ESCAPED_DIRECTIVE = re.compile(rf"\#(?:\{{{WORD}\}}|{WORD})")
_PARENTHESIS_FOLLOWS = re.compile(r"[ \t\r\n]*\(")
# Within a comment `#*` and `#[[` are taken as units, so the star of `#*#` does not end it.
_COMMENT_REST = re.compile(r"(?:#\[\[|#\*\*[^#]|#\*|(?!\*#).)*+(?:\*#|\Z)", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\n|\r")


class Lexer:
    """Turns one template text into tokens; use `tokens()`."""

    __slots__ = (
        "depth",
        "formal",
        "lead",
        "mode",
        "origin",
        "pos",
        "setting",
        "skipped",
        "source",
        "stack",
        "tokens",
    )

    def __init__(self, origin: Source) -> None:
        self.source = origin.text
        self.origin = origin
        self.pos = 0
        self.mode = Mode.TEXT
        self.depth = 0  # open brackets of the current mode: parentheses of ARGS, braces of ALT
        self.formal = False  # the current reference began with `{`
        self.setting = False  # inside the parentheses of #set
        self.stack: list[tuple[Mode, int, bool]] = []
        self.lead = ""
        self.skipped = ""
        self.tokens: list[Token] = []

    def run(self) -> tuple[Token, ...]:
        """Every token, the last one of kind EOF."""
        source, size = self.source, len(self.source)
        while self.pos < size:
            match = PATTERNS[self.mode].match(source, self.pos)
            if match is None:
                self._no_match()
                continue
            group, image = match.lastgroup or "", match[0]
            kind = PLAIN_KINDS.get(group)
            if kind is not None:
                self.emit(kind, image)
            else:
                _ACTIONS[group](self, image)
        if self.lead:
            self.emit(Kind.TEXT, "")
        self.emit(Kind.EOF, "")
        return tuple(self.tokens)

    def emit(self, kind: Kind, image: str) -> None:
        """Append a token made of the pending lead and `image`, and step over it."""
        lead = self.lead
        self.tokens.append(Token(kind, lead + image, self.pos - len(lead), self.skipped, len(lead)))
        self.pos += len(image)
        self.lead = self.skipped = ""

    def push(self, mode: Mode, *, formal: bool = False) -> None:
        """Enter a mode."""
        self.stack.append((self.mode, self.depth, self.formal))
        self.mode, self.depth, self.formal = mode, 0, formal

    def pop(self) -> None:
        """Back to the mode before."""
        if self.stack:
            self.mode, self.depth, self.formal = self.stack.pop()
        else:
            self.mode, self.depth, self.formal = Mode.TEXT, 0, False

    def fail(self, message: str, *, hint: str = "") -> TemplateSyntaxError:
        """The syntax error at the current position."""
        return TemplateSyntaxError(message, span=self.origin.span(self.pos), hint=hint)

    def _no_match(self) -> None:
        if self.mode in {Mode.ROOT, Mode.REF, Mode.PROP, Mode.HASH}:
            self._terminate()
            return
        char = self.source[self.pos]
        if char in "\"'":
            raise self.fail("a string that starts here is not closed", hint=f"add the closing {char}")
        raise self.fail(f"unexpected character {char!r}")

    def _terminate(self) -> None:
        """Leave a reference or a directive name at a character that cannot continue it."""
        if self.lead:
            self.skipped += self.lead
            self.lead = ""
        self.pop()

    # Anywhere: `$`, `#`, backslashes, comments, literal blocks, #set.

    def dollar(self, image: str) -> None:
        """`$` or `$!`: the lead of a reference."""
        self._more(image, leave={Mode.REF, Mode.ROOT, Mode.HASH}, enter=Mode.ROOT)

    def hash(self, image: str) -> None:
        """`#`: the lead of a directive or macro call."""
        self._more(image, leave={Mode.REF, Mode.PROP, Mode.ROOT}, enter=Mode.HASH)

    def _more(self, image: str, *, leave: set[Mode], enter: Mode) -> None:
        self.lead += image
        self.pos += len(image)
        if self.mode in leave:
            self.pop()
        self.push(enter)

    def back(self, image: str) -> None:
        """A run of backslashes: the lead of `$`, an escaped directive, or text."""
        after = self.pos + len(image)
        if self.source.startswith("$", after):
            self.lead += image
            self.pos = after
        elif self.mode is not Mode.TEXT:
            self._no_match()
        elif len(image) % 2 and (word := _ESCAPED_DIRECTIVE.match(self.source, after)):
            self.emit(Kind.ESCAPED_DIRECTIVE, image + word[0])
        else:
            for _ in range(len(image) // 2):
                self.emit(Kind.DOUBLE_ESCAPE, "\\\\")
            if len(image) % 2:
                self.emit(Kind.ESCAPE, "\\")

    def line(self, _image: str) -> None:
        """`## …` up to and with the line end."""
        if self.mode in {Mode.REF, Mode.ROOT, Mode.HASH}:
            self.pop()
        end = _LINE_END.search(self.source, self.pos)
        self.emit(Kind.COMMENT, self.source[self.pos : end.end() if end else len(self.source)])

    def block(self, _image: str) -> None:
        """`#* … *#`; without its end it takes the rest of the template."""
        if self.mode in {Mode.REF, Mode.ROOT, Mode.HASH}:
            self.pop()
        end = _COMMENT_REST.match(self.source, self.pos + 2)
        self.emit(Kind.COMMENT, self.source[self.pos : end.end() if end else len(self.source)])

    def raw(self, _image: str) -> None:
        """`#[[ … ]]#`."""
        if self.mode in {Mode.ROOT, Mode.HASH}:
            self.pop()
        end = self.source.find("]]#", self.pos + 3)
        if end < 0:
            raise self.fail("a literal block #[[ is not closed", hint="add ]]#")
        self.emit(Kind.RAW, self.source[self.pos : end + 3])

    def set(self, image: str) -> None:
        """`#set(`, the parenthesis with it."""
        if self.mode in {Mode.ROOT, Mode.HASH}:
            self.pop()
        self.emit(Kind.SET, image)
        self.push(Mode.ARGS)
        self.depth = 1
        self.setting = True

    # After `#`.

    def word(self, image: str) -> None:
        """The name of a directive or macro, bare or in braces."""
        name = image[1:-1] if image.startswith("{") else image
        kind = DIRECTIVE_WORDS.get(name, Kind.WORD)
        self.emit(kind, image)
        self.pop()
        if kind in {Kind.ELSE, Kind.END}:
            return
        if kind is not Kind.WORD or _PARENTHESIS_FOLLOWS.match(self.source, self.pos):
            self.push(Mode.ARGS)

    def number(self, image: str) -> None:
        """A number after `#`, or a bracket after `$`, is text."""
        self.emit(Kind.TEXT, image)
        self.pop()

    def line_end(self, image: str) -> None:
        """White space up to a line end behind a `$` or `#` that begins nothing."""
        self.emit(Kind.NEWLINE, image)
        self.pop()

    # References.

    def open_formal(self, image: str) -> None:
        """`{` after `$`, or directly behind a bare reference, where it begins a reference too."""
        self.emit(Kind.OPEN_FORMAL, image)
        self.formal = True

    def identifier(self, image: str) -> None:
        """A root or a member."""
        if self.mode is Mode.ROOT:
            formal = self.formal or self._opened()
            self.mode, self.formal = Mode.REF, formal
        self.emit(Kind.IDENTIFIER, image)

    def _opened(self) -> bool:
        """Whether this root stands directly behind `${`, as in `${$name}`."""
        return bool(self.tokens) and self.tokens[-1].kind is Kind.OPEN_FORMAL and "$" in self.lead

    def dot(self, image: str) -> None:
        """`.` before a member."""
        self.emit(Kind.DOT, image)
        self.mode = Mode.PROP

    def call(self, image: str) -> None:
        """`(` after a member."""
        self.emit(Kind.OPEN, image)
        self.mode = Mode.CALL

    def returns(self, image: str) -> None:
        """`)` of a method call."""
        self.emit(Kind.RETURN, image)
        self.mode = Mode.REF

    def open_index(self, image: str) -> None:
        """`[` after a reference."""
        self.emit(Kind.OPEN_INDEX, image)
        self.push(Mode.INDEX)

    def close_index(self, image: str) -> None:
        """`]` of an index."""
        self.emit(Kind.CLOSE_INDEX, image)
        self.pop()

    def close_formal(self, image: str) -> None:
        """`}` that ends a formal reference; behind a bare one it belongs to what is around it."""
        if not self.formal:
            self._terminate()
            return
        self.emit(Kind.CLOSE_FORMAL, image)
        self.pop()

    def pipe(self, image: str) -> None:
        """`|` before an alternate value; text behind a bare reference."""
        if not self.formal:
            self._terminate()
        elif image == "||":
            raise self.fail("an alternate value starts with one |, not two")
        else:
            self.emit(Kind.PIPE, image)
            self.push(Mode.ALT)

    # Arguments.

    def keyword(self, image: str) -> None:
        """A keyword, or else a plain word."""
        plain = Kind.IDENTIFIER if self.mode is Mode.CALL else Kind.WORD
        self.emit(KEYWORD_KINDS.get(image, plain), image)

    def float(self, image: str) -> None:
        """A number with a point or an exponent; in an index only #set accepts one."""
        self.emit(Kind.FLOAT, image)
        if self.mode is Mode.INDEX and not self.setting:
            self.pop()

    def open(self, image: str) -> None:
        """`(` in the arguments of a directive."""
        self.emit(Kind.OPEN, image)
        self.depth += 1

    def close(self, image: str) -> None:
        """`)`: the last one ends the arguments."""
        self.emit(Kind.CLOSE, image)
        self.depth -= 1
        if self.depth <= 0:
            self.pop()
            self.setting = self.setting and self.mode is not Mode.TEXT

    def map_open(self, image: str) -> None:
        """`{` of a map."""
        self.emit(Kind.OPEN_MAP, image)
        if self.mode is Mode.ALT:
            self.depth += 1

    def map_close(self, image: str) -> None:
        """`}` of a map, or of the formal reference around an alternate value."""
        if self.mode is Mode.ALT and self.depth == 0:
            self.emit(Kind.CLOSE_FORMAL, image)
            self.pop()
            self.pop()
            return
        self.emit(Kind.CLOSE_MAP, image)
        if self.mode is Mode.ALT:
            self.depth -= 1


_ACTIONS: Mapping[str, Callable[[Lexer, str], None]] = {
    "back": Lexer.back,
    "dollar": Lexer.dollar,
    "line": Lexer.line,
    "set": Lexer.set,
    "raw": Lexer.raw,
    "block": Lexer.block,
    "hash": Lexer.hash,
    "word": Lexer.word,
    "number": Lexer.number,
    "bracket": Lexer.number,
    "line_end": Lexer.line_end,
    "identifier": Lexer.identifier,
    "open_formal": Lexer.open_formal,
    "close_formal": Lexer.close_formal,
    "dot": Lexer.dot,
    "open_index": Lexer.open_index,
    "close_index": Lexer.close_index,
    "pipe": Lexer.pipe,
    "call": Lexer.call,
    "return": Lexer.returns,
    "keyword": Lexer.keyword,
    "float": Lexer.float,
    "open": Lexer.open,
    "close": Lexer.close,
    "map_open": Lexer.map_open,
    "map_close": Lexer.map_close,
}


def tokens(source: str, *, name: str = "template") -> tuple[Token, ...]:
    """The tokens of a template, the last one of kind `Kind.EOF`.

    Raises:
        TemplateSyntaxError: an unclosed string or literal block, or a character that fits nowhere.
    """
    return Lexer(Source.of(source, name)).run()
