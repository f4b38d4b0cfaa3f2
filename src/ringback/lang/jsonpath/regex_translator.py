r"""Translates Java regular expressions for the `regex` module.

    alternatives := quantified* ('|' quantified*)*
    quantified   := atom ('*' | '+' | '?' | '{n}' | '{n,}' | '{n,m}') ('?' | '+')?
    atom         := '(' … ')' | '[' … ']' | '.' | '^' | '$' | '\' … | character

All of Java's flags are worked into the text, so that they may begin and end anywhere: `i` alone folds ASCII
letters only, `.` and `$` know Java's line ends, `x` leaves blanks and comments out, also inside classes. A
repetition behind a repetition repeats nothing; a reference to a group that does not exist never matches.
"""

from __future__ import annotations

import re
import unicodedata

from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.regex_classes import RegexError, literal, named, shorthand, span
from ringback.lang.jsonpath.text import joined

FLAGS = "dixmsuU"
"""UNIX_LINES, CASE_INSENSITIVE, COMMENTS, MULTILINE, DOTALL, UNICODE_CASE, UNICODE_CHARACTER_CLASS."""

_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_GROUP = re.compile(r"\?(?:(<?[=!]|[:>])|<([a-zA-Z][a-zA-Z0-9]*)>)")
_INLINE = re.compile(r"\?([dixmsuU]*)(?:-([dixmsuU]*))?([:)])")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_ANCHORS = {"A": r"\A", "G": r"\G", "z": r"\Z", "b": r"\b", "B": r"\B"}
_HEX = {"u": 4, "x": 2}
_MAX_DEPTH = 40
_MAX_COUNT = 2**31 - 1


def translate(expression: str, flags: str) -> str:
    """The expression for the `regex` module (VERSION1, UNICODE); RegexError when it is none in Java."""
    return _Translator(expression, flags).run()


class _Translator:
    """Reads from left to right; `flags` are those that hold where it stands."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.pos = 0
        self.flags = flags
        self.groups = 0
        self.names: list[str] = []
        self.depth = 0
        self.size = 0

    def run(self) -> str:
        """The whole expression."""
        result = self._alternatives()
        if self.pos < len(self.text):
            raise self._error("a ) closes nothing")
        return result

    def _error(self, message: str) -> RegexError:
        return RegexError(f"no regular expression: {message}")

    # -- reading -----------------------------------------------------------------------------------------

    def _peek(self) -> str:
        """The next character that counts, or ''."""
        while "x" in self.flags and self.text[self.pos : self.pos + 1] in tuple(" \t\n\r\f\v#"):
            if self.text[self.pos] == "#":
                end = self.text.find("\n", self.pos)
                self.pos = len(self.text) if end < 0 else end
            else:
                self.pos += 1
        return self.text[self.pos : self.pos + 1]

    def _take(self) -> str:
        char = self.text[self.pos : self.pos + 1]
        if not char:
            raise self._error("it ends too early")
        self.pos += 1
        return char

    def _alternatives(self) -> str:
        pieces: list[str] = []
        while (char := self._peek()) and char != ")":
            if char in "*+?":
                raise self._error(f"{char} repeats nothing")
            if char == "|":
                self.pos += 1
                pieces.append("|")
            else:
                before = self.size
                *quoted, atom = [""] if char == "{" else self._atoms(self._take())
                self.size += 1
                pieces += [*quoted, self._quantified(atom, before)]
        return "".join(pieces)

    def _quantified(self, atom: str, before: int) -> str:
        """The atom with what repeats it; `before` is the expression's size without the atom."""
        char = self._peek()
        if char == "{":
            quantifier = self._count()
            least = int(quantifier[1:-1].partition(",")[0])
            self.size = before + (self.size - before) * max(1, least)
            if self.size > limits.REGEX_SIZE:
                raise limits.exceeded("jsonpath_regex_size")
        elif char and char in "*+?" and atom:
            self.pos += 1
            quantifier = char
        else:
            return atom
        if (mode := self._peek()) and mode in "?+":
            self.pos += 1
            quantifier += mode
        return f"(?:{atom}){quantifier}" if atom else ""

    def _count(self) -> str:
        match = _COUNT.match(self.text, self.pos)
        if match is None:
            raise self._error("{ begins no repetition")
        least, most = int(match[1]), int(match[3] or match[1])
        if most < least or most > _MAX_COUNT:
            raise self._error(f"{match[0]} is no repetition")
        self.pos = match.end()
        return match[0]

    def _atoms(self, char: str) -> list[str]:
        """The atoms that begin with `char`: several for a quotation, of which the last may be repeated."""
        if char == "\\" and self.text.startswith("Q", self.pos):
            self.pos += 1
            return [self._character(quoted) for quoted in self._quoted()] or [""]
        return [self._atom(char)]

    def _atom(self, char: str) -> str:
        if char == "(":
            return self._group()
        if char == "[":
            return self._folded(self._class())
        if char == "\\":
            return self._escape()
        if char == ".":
            return "[^\\n]" if self._dots_lines() == "d" else self._dots_lines()
        if char in "^$":
            return self._anchor(char)
        return self._character(char)

    def _dots_lines(self) -> str:
        if "s" in self.flags:
            return r"(?s:.)"
        return "d" if "d" in self.flags else r"[^\n\r\x85\u2028\u2029]"

    def _anchor(self, char: str) -> str:
        unix, lines = "d" in self.flags, "m" in self.flags
        others = "" if unix else r"\r\x85\u2028\u2029"
        if char == "^":
            if not lines:
                return r"\A"
            behind = r"(?<=\n)" if unix else r"(?:(?<=[\n\x85\u2028\u2029])|(?<=\r)(?!\n))"
            return rf"(?:\A|{behind})(?!\Z)"
        end = "" if lines else r"\Z"
        newline = rf"(?=\n{end})" if unix else rf"(?<!\r)(?=\n{end})|(?=\r\n{end})"
        other = rf"|(?=[{others}]{end})" if others else ""
        return rf"(?:\Z|{newline}{other})"

    # -- letters -----------------------------------------------------------------------------------------

    def _folds_all(self) -> bool:
        return "i" in self.flags and ("u" in self.flags or "U" in self.flags)

    def _folds_ascii(self) -> bool:
        return "i" in self.flags and not self._folds_all()

    def _folded(self, text: str) -> str:
        return f"(?i:{text})" if self._folds_all() else text

    def _character(self, char: str) -> str:
        if self._folds_ascii() and char.isascii() and char.isalpha():
            return f"[{char.lower()}{char.upper()}]"
        return self._folded(literal(char))

    # -- groups ------------------------------------------------------------------------------------------

    def _group(self) -> str:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self._error("its groups nest too deep")
        before, opening = self.flags, "("
        if self.text.startswith("?", self.pos):
            inline = _INLINE.match(self.text, self.pos)
            if inline is not None:
                self.pos = inline.end()
                kept = [flag for flag in self.flags + inline[1] if flag not in (inline[2] or "")]
                self.flags = "".join(kept)
                if inline[3] == ")":
                    self.depth -= 1
                    return ""
                opening = "(?:"
            else:
                opening = self._special_group()
        else:
            self.groups += 1
        inner = self._alternatives()
        if self._peek() != ")":
            raise self._error("a group is not closed")
        self.pos += 1
        self.flags = before
        self.depth -= 1
        return f"{opening}{inner})"

    def _special_group(self) -> str:
        match = _GROUP.match(self.text, self.pos)
        if match is None:
            raise self._error("(? begins no group")
        self.pos = match.end()
        if match[2]:
            if match[2] in self.names:
                raise self._error(f"two groups are named {match[2]}")
            self.names.append(match[2])
            self.groups += 1
            return f"(?P<{match[2]}>"
        return f"({match[0]}"

    # -- escapes -----------------------------------------------------------------------------------------

    def _escape(self) -> str:
        char = self._take()
        if char in _ANCHORS:
            return _ANCHORS[char]
        if char == "Z":
            flags, self.flags = self.flags, self.flags.replace("m", "")
            anchor, self.flags = self._anchor("$"), flags
            return anchor
        if char == "R":
            return r"(?>\r\n|[\n-\r\x85\u2028\u2029])"
        if char == "X":
            return r"\X"
        if char == "k":
            return self._named_reference()
        if char in "123456789":
            return self._reference(char)
        inside = self._set(char)
        return self._character(self._escaped_character(char)) if inside is None else f"[{inside}]"

    def _set(self, char: str) -> str | None:
        r"""The inside of a class for `\d`, `\P{…}` and the like; None for a plain character."""
        if char in "pP":
            inside = named(self._name(), self.flags)
            return inside if char == "p" else f"[^{inside}]"
        inside_of = shorthand(char.lower(), unicode="U" in self.flags)
        return f"[^{inside_of}]" if inside_of and char.isupper() else inside_of

    def _name(self) -> str:
        char = self._take()
        if char != "{":
            return char
        end = self.text.find("}", self.pos)
        if end < 0:
            raise self._error("a name is not closed: } is missing")
        name, self.pos = self.text[self.pos : end], end + 1
        return name

    def _quoted(self) -> str:
        end = self.text.find("\\E", self.pos)
        end = len(self.text) if end < 0 else end
        quoted, self.pos = self.text[self.pos : end], end + 2
        return quoted

    def _named_reference(self) -> str:
        match = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)>").match(self.text, self.pos)
        if match is None or match[1] not in self.names:
            raise self._error("\\k names no group")
        self.pos = match.end()
        return self._case_reference(f"(?P={match[1]})")

    def _reference(self, digits: str) -> str:
        while (more := self.text[self.pos : self.pos + 1]).isdecimal() and int(digits + more) <= self.groups:
            digits += more
            self.pos += 1
        return self._case_reference(f"(?:\\{digits})") if int(digits) <= self.groups else "(?!)"

    def _case_reference(self, reference: str) -> str:
        return f"(?i:{reference})" if "i" in self.flags else reference

    def _escaped_character(self, char: str) -> str:
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "0":
            return self._octal()
        if char == "c":
            return chr(ord(self._take()) ^ 64)
        if char in _HEX:
            return self._hexadecimal(_HEX[char])
        if char == "N":
            return self._character_name()
        if char.isascii() and char.isalpha():
            raise self._error(f"\\{char} is unknown")
        return char

    def _octal(self) -> str:
        match = re.compile(r"[0-3]?[0-7]{1,2}").match(self.text, self.pos)
        if match is None:
            raise self._error("\\0 needs octal digits")
        self.pos = match.end()
        return chr(int(match[0], 8))

    def _hexadecimal(self, width: int) -> str:
        braces = re.compile(r"\{([0-9a-fA-F]{1,6})\}").match(self.text, self.pos) if width == 2 else None
        match = braces or re.compile(rf"([0-9a-fA-F]{{{width}}})").match(self.text, self.pos)
        if match is None or int(match[1], 16) > 0x10FFFF:
            raise self._error("a hexadecimal escape is malformed")
        self.pos = match.end()
        char = chr(int(match[1], 16))
        if "\ud800" <= char <= "\udbff" and self.text.startswith("\\u", self.pos):
            self.pos += 2
            return joined(char + self._hexadecimal(4))[:1]
        return char

    def _character_name(self) -> str:
        try:
            return unicodedata.lookup(self._name())
        except KeyError:
            raise self._error("\\N{…} names no character") from None

    # -- classes -----------------------------------------------------------------------------------------

    def _class(self) -> str:
        """A class, its opening bracket read; `&&` takes what stands on both sides."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self._error("its classes nest too deep")
        negated = "^" if self.text.startswith("^", self.pos) else ""
        self.pos += len(negated)
        sides: list[str] = []
        side: list[str] = []
        while self._peek() != "]" or not (side or sides):
            if self.text.startswith("&&", self.pos):
                self.pos += 2
                sides, side = [*sides, *_side(side)], []
            else:
                side.append(self._item(self._take()))
        self.pos += 1
        self.depth -= 1
        sides += _side(side)
        if not sides:
            raise self._error("a class is empty")
        inside = "&&".join(sides) if len(sides) > 1 else sides[0][1:-1]
        return f"[{negated}{inside}]"

    def _item(self, char: str) -> str:
        if char == "[":
            return self._class()
        if char == "\\":
            char = self._take()
            if char == "Q":
                return "".join(span(quoted, quoted, fold=self._folds_ascii()) for quoted in self._quoted())
            inside = self._set(char)
            if inside is not None:
                return inside
            char = self._escaped_character(char)
        return span(char, self._range_end(char), fold=self._folds_ascii())

    def _range_end(self, first: str) -> str:
        if self._peek() != "-" or self.text[self.pos + 1 : self.pos + 2] in ("]", "[", ""):
            return first
        self.pos += 1
        last = self._take()
        if last == "\\":
            last = self._escaped_character(self._take())
        if last < first:
            raise self._error(f"{first}-{last} is no range")
        return last


def _side(items: list[str]) -> list[str]:
    return [f"[{''.join(items)}]"] if items else []
