"""The order of strings.

Architect's examples sort lower case before upper case ("hello" < "Hello" < "World") and "2" after "10": a
culture style comparison with lower first as the last tie break, not code points. Ours compares in three
rounds, each only when the one before finds no difference: base letters without accents and case
(punctuation before digits before letters), then accents, then lower before upper. Policy `string_collation`
may choose code points ("ordinal").
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any


def _rank(character: str) -> tuple[int, str]:
    return (2 if character.isalpha() else 1 if character.isdigit() else 0), character


@lru_cache(maxsize=4096)
def collation_key(text: str) -> tuple[Any, ...]:
    """Sort keys of a text in the three rounds: base letters, accents, case."""
    split = unicodedata.normalize("NFD", text)
    letters = [character for character in split if not unicodedata.combining(character)]
    base = tuple(_rank(character.casefold()) for character in letters)
    accents = tuple(character for character in split if unicodedata.combining(character))
    return base, accents, tuple(character.isupper() for character in letters)


def compare(left: str, right: str, *, ignore_case: bool = False, choice: str = "lower_first") -> int:
    """-1, 0 or 1 for less, equal, greater.

    >>> compare("hello", "Hello"), compare("2", "10"), compare("Hel", "Hello", ignore_case=True)
    (-1, 1, -1)
    """
    if ignore_case:
        left, right = left.lower(), right.lower()
    if left == right:
        return 0
    if choice == "ordinal":
        return 1 if left > right else -1
    # Texts that differ only in ways the rounds do not see are told apart by code point.
    one, two = (collation_key(left), left), (collation_key(right), right)
    return (one > two) - (one < two)


def compare_text(env: Any, left: str, right: str, *, ignore_case: bool = False) -> int:
    """`compare` with the order that the policy `string_collation` chooses."""
    if left == right:
        return 0
    return compare(left, right, ignore_case=ignore_case, choice=env.services.policy("string_collation"))
