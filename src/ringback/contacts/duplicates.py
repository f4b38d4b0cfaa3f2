"""Where a value was seen first, for a million rows in little memory.

Of each value only a 64-bit hash and a row number stay, in flat tables: 12 bytes and some room, where Python's
own set would take 100 and more. The tables grow one shard at a time, so that growing needs no second copy of
all. Two values of a million fall together with a chance of one in thirty million; Python's hash is keyed anew
in each process, so nobody can choose such values.
"""

from __future__ import annotations

from array import array

_SHARDS = 256
_FULL = 0.85
_GROWTH = 1.5
_MASK = (1 << 64) - 1


class FirstSeen:
    """The row in which each value stood first."""

    def __init__(self) -> None:
        self._keys = [array("Q", [0]) * 8 for _ in range(_SHARDS)]
        self._rows = [array("L" if array("I").itemsize < 4 else "I", [0]) * 8 for _ in range(_SHARDS)]
        self._counts = [0] * _SHARDS

    def __len__(self) -> int:
        return sum(self._counts)

    @property
    def size(self) -> int:
        """Bytes of all tables."""
        return sum(len(table) * table.itemsize for table in (*self._keys, *self._rows))

    def first(self, value: str, row: int) -> int:
        """The row in which the value stood first: `row` itself when it is new, and then it is remembered."""
        key = _key(value)
        shard = key & (_SHARDS - 1)
        keys = self._keys[shard]
        place = _place(keys, key)
        if keys[place]:
            return self._rows[shard][place]
        keys[place], self._rows[shard][place] = key, row
        self._counts[shard] += 1
        if self._counts[shard] > _FULL * len(keys):
            self._grow(shard)
        return row

    def known(self, value: str) -> int:
        """The row in which the value stood first; 0 when it did not."""
        key = _key(value)
        shard = key & (_SHARDS - 1)
        return self._rows[shard][_place(self._keys[shard], key)]

    def _grow(self, shard: int) -> None:
        old_keys, old_rows = self._keys[shard], self._rows[shard]
        size = int(len(old_keys) * _GROWTH)
        keys, rows = array("Q", [0]) * size, array(old_rows.typecode, [0]) * size
        for key, row in zip(old_keys, old_rows, strict=True):
            if key:
                place = _place(keys, key)
                keys[place], rows[place] = key, row
        self._keys[shard], self._rows[shard] = keys, rows


def _key(value: str) -> int:
    # 0 means an empty place.
    return hash(value) & _MASK or 1


def _place(keys: array[int], key: int) -> int:
    """Where a key stands, or the empty place where it belongs."""
    size = len(keys)
    place = (key >> 8) % size
    while (found := keys[place]) and found != key:
        place = place + 1 if place + 1 < size else 0
    return place
