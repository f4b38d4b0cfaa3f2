"""What a policy is: one undocumented behaviour and the choices for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """One undocumented behaviour and the choices for it; the first choice is the default."""

    name: str
    choices: tuple[str, ...]
    about: str

    @property
    def default(self) -> str:
        """The choice that holds unless the user names another."""
        return self.choices[0]
