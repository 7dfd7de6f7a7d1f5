"""Hashes → numbers of words by one compiled loop (indexer.compiled.kept): what HashTable does by array operations.

The table is the same, so that who has begun with arrays may go on with loops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from indexer.backends.whoosh.hashtable import ELSEWHERE, EMPTY
from indexer.compiled.kept import NUMBER, fetch, kept

if TYPE_CHECKING:
    from indexer.backends.whoosh.hashtable import HashTable
    from indexer.compiled.kept import Loop

Int: TypeAlias = Any  # a whole number, of Python or of NumPy

_AHEAD = 64  # hashes whose places in the table are fetched from memory before one is looked at
_ONE = np.uint64(1)


def numbers(hashes: np.ndarray, table: HashTable) -> tuple[np.ndarray, np.ndarray]:
    """Return what `table.numbers` does."""
    first, token = len(table), 0
    numbers_, new, state = np.empty(len(hashes), np.uint32), np.empty(len(hashes), np.int32), np.zeros(1, np.int64)
    while token < len(hashes):
        places, met, shift, count, most = table.kept()
        state[0] = count
        token = interned(hashes, places, met, numbers_, new[count - first :], shift, token, most, state)
        table.taken(int(state[0]))
    return numbers_, new[: len(table) - first]


@kept("u8", "u8", "u8", "u4", "i4", NUMBER, NUMBER, NUMBER, "i8")
def interned(
    hashes: np.ndarray,
    places: np.ndarray,
    met: np.ndarray,
    numbers: np.ndarray,
    new: np.ndarray,
    shift: Int,
    token: Int,
    room: Int,
    state: np.ndarray,
) -> int:
    """Set the numbers of hashes from one on; return the first that is left; `state` tells how many are met.

    One is left if `room` words are met: there must be a larger table for more. `new` has where words are met first, the
    first of them the one that is met next. A hash that is shifted tells one of the places, of which there are as many
    as that leaves bits for, and from the last one goes on to the first; a place that is not empty has the number of one
    that is met; of those there is room for `room`, and less than all places are taken, so that an empty one is found.
    """
    own_bits = np.uint64(shift)
    rest, elsewhere, mask = (_ONE << own_bits) - _ONE, np.uint64(ELSEWHERE), np.uint64(len(places) - 1)
    looked_at = rest | elsewhere
    count: Int = state[0]
    before = count
    while token < len(hashes):
        if token + _AHEAD < len(hashes):
            soon: Int = hashes[token + _AHEAD] >> own_bits
            fetch(places, soon)
        hashed = hashes[token]
        place = own = hashed >> own_bits
        held = places[place]
        if (held ^ (hashed & rest)) & looked_at == 0:
            numbers[token] = held >> own_bits
        else:
            if count == room:
                break
            while held != EMPTY:
                there = (held & ~elsewhere) >> own_bits
                if met[there] == hashed:
                    break
                place = (place + _ONE) & mask
                held = places[place]
            if held == EMPTY:
                met[count] = hashed
                held = hashed & rest | np.uint64(count) << own_bits
                if place != own:
                    held |= elsewhere
                places[place] = held
                new[count - before] = token
                numbers[token] = count
                count += 1
            else:
                numbers[token] = (held & ~elsewhere) >> own_bits
        token += 1
    state[0] = count
    return int(token)


LOOPS: Final[tuple[Loop, ...]] = (interned,)
