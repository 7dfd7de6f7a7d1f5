"""A word graph of pymorphy3's in a mapped file: dawgdic's format, which the packages DAWG and DAWG-Python read as well.

A file is a number of units, the units, of 4 bytes each, and as many pairs of bytes: the guide. A node of the graph is
the number of its unit. A unit keeps the byte that leads to it and where the units of the next bytes are; the guide
tells which bytes these are. Here the bytes of a word are followed in one loop, and the file is mapped: processes share
it, and what nobody asks for is not read.
"""

from __future__ import annotations

import mmap
import struct
from binascii import a2b_base64
from functools import cached_property
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis.looking import by_loops

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ROOT = 0
NOWHERE = -1

_LABEL = 0x8000_00FF  # the byte that leads to a unit; with the highest bit it is a value instead
_VALUE = 0x7FFF_FFFF
_ENDS = 0x100  # a key ends here
_OFFSET = 10  # bits that are not the offset of what follows
_MOST_UNITS = 1 << 21  # of more, some would be so far away that their offset is written otherwise

_SIX = 6  # bits of a character of base 64
_OF_BASE64 = np.zeros(256, np.uint8)
_OF_BASE64[list((ascii_uppercase + ascii_lowercase + digits + "+/").encode())] = np.arange(64)
_BYTES = [bytes((byte,)) for byte in range(256)]
_LETTER = 2  # bytes of a Russian one
_E, _YO = "е".encode(), "ё".encode()

# The way of the first letters is remembered: of 375 thousand forms 14 thousand begin differently, and a guess
# looks up five tails of its word.
_HEAD = 3  # letters
_MOST_HEADS = 500_000
AMBIGUOUS = -2  # what is followed may have a ё
_PLACES_OF_YO = np.array([16, 8, 0])  # of a spelling: the bits below each, the first one first
FURTHEST = 254  # letters from a ё to the end that are told
_ANY = 1 << 30  # however many ё
_LAST_LABEL = 0xFF
_ROOM = 64  # rows that loops have at first, beside some a word


class _Forks(NamedTuple):
    """Ways beside those that are followed; arrays of one length."""

    of: np.ndarray  # index of the way that each leaves
    at: np.ndarray  # index of the next label
    nodes: np.ndarray


class Ways(NamedTuple):
    """How words may be written; arrays of one length."""

    of: np.ndarray  # which of what was asked for
    nodes: np.ndarray  # of what is said
    spelling: np.ndarray  # where е is written for ё, counted from the end: zero if nowhere, and below 2**24


class _Steps(NamedTuple):
    """The bytes of keys, one after another, as arrays follow them."""

    labels: np.ndarray
    is_e: np.ndarray  # whether an е begins with each


class Text(NamedTuple):
    """The same as they are, a separator after each; and where they are."""

    labels: np.ndarray
    starts: np.ndarray  # of the keys
    stops: np.ndarray


_NO_FORKS = _Forks(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32))


def joined(keys: Sequence[bytes], separator: bytes = b"\x01") -> Text:
    """Return keys one after another."""
    stops = np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)) + 1)
    labels = np.frombuffer(separator.join([*keys, b"\0"]), np.uint8)
    return Text(labels, np.append(0, stops)[:-1], stops)


def ranges(starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each number in ranges, one range after another, which range it is of; and the numbers."""
    of = np.arange(len(starts)).repeat(lengths)
    return of, np.arange(len(of)) + (starts - lengths.cumsum() + lengths)[of]


class Automaton:
    """Words → what is said of each. Threads may share it."""

    def __init__(
        self,
        path: Path,
        *,
        apart: int = -1,
        separator: bytes = b"\x01",
        has_yo: bool = True,
        most_ahead: int = 20_000,
    ) -> None:
        """Map a file; OSError or ValueError if it cannot be read.

        Of what is said of words, the first `apart` bytes tell most apart; what follows them is remembered. A separator
        stands between a word and what is said of it. If there is no ё, an е is nothing else. Words that are looked up
        ahead are forgotten when there are more.
        """
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        (count,) = struct.unpack_from("=I", mapped)
        if count > _MOST_UNITS:
            wrong = f"{path} has {count:,} units; more than {_MOST_UNITS:,} are laid out otherwise"
            raise ValueError(wrong)
        self._units = mapped[4 : 4 + 4 * count].cast("I")
        self._all_units = np.frombuffer(self._units, np.uint32)
        self._guide = mapped[8 + 4 * count :]
        self._all_guide = np.frombuffer(self._guide, np.uint8)
        self._apart = apart
        self._separator = separator
        self._has_yo = has_yo
        self._most_ahead = most_ahead
        # Each key has one thing that it can mean, so it does not matter if two threads fill them at once.
        self._heads: dict[str, int] = {}
        self.ahead: dict[str, int] = {}  # where words lead that were looked up ahead
        self._forked: dict[str, list[tuple[str, int]]] = {}  # what `similar` has said of other words
        self._tails: dict[int, list[bytes]] = {}

    @property
    def nodes(self) -> int:
        """How many nodes there may be."""
        return len(self._units)

    def follow(self, key: bytes, node: int = ROOT) -> int:
        """Return the node that bytes lead to from a node, or NOWHERE."""
        units = self._units
        unit = units[node]
        for label in key:
            node ^= (unit >> _OFFSET) ^ label
            unit = units[node]
            if unit & _LABEL != label:
                return NOWHERE
        return node

    def end(self, word: str) -> int:
        """Return the node of what is said of a word as it is written; NOWHERE if there is nothing."""
        end = self.ahead.get(word, AMBIGUOUS)
        return self.follow(_bytes(word) + self._separator) if end == AMBIGUOUS else end

    def number(self, node: int) -> int:
        """Return the number of the key that ends at a node; 0 if none does."""
        unit = self._units[node]
        if not unit & _ENDS:
            return 0
        return self._units[node ^ (unit >> _OFFSET)] & _VALUE

    def similar(self, word: str) -> list[tuple[str, int]]:
        """Return the words that may be written like this, е for ё, each with the node of what is said of it.

        The word itself comes first; of the others, one comes before another if its first ё does, then if its second
        does, and so on.
        """
        end = self.ahead.get(word, AMBIGUOUS)
        if end >= 0:
            return [(word, end)]
        if end == NOWHERE:
            return []
        found = self._forked.get(word)
        if found is None:
            if len(self._forked) > self._most_ahead:
                self._forked = {}
            found = self._forked[word] = self._similar(word)
        return found

    def _similar(self, word: str) -> list[tuple[str, int]]:
        head = word[:_HEAD]
        node = self._heads.get(head)
        if node is None:
            node = self._head(head)
        if node == NOWHERE:
            return []
        if node == AMBIGUOUS:
            return self._spelt(word, "", ROOT)
        units = self._units
        unit = units[node]
        first, *others = word[_HEAD:].encode("utf-8", "surrogatepass").split(_E)
        for label in first:
            node ^= (unit >> _OFFSET) ^ label
            unit = units[node]
            if unit & _LABEL != label:
                return []
        for piece in others:
            yo = node ^ (unit >> _OFFSET) ^ _YO[0]
            if units[yo] & _LABEL == _YO[0] and self.follow(_YO, node) != NOWHERE:
                return self._spelt(word, head, self._heads[head])
            for label in _E + piece:
                node ^= (unit >> _OFFSET) ^ label
                unit = units[node]
                if unit & _LABEL != label:
                    return []
        node = self.follow(self._separator, node)
        return [(word, node)] if node != NOWHERE else []

    def look_ahead(self, words: Iterable[str]) -> list[str]:
        """Have `similar` and `end` know these words, and return those that are surely not there.

        All are followed at once, which takes a fraction of the time. A word where an е may be a ё is left to `similar`.
        """
        ahead = self.ahead
        words = list(dict.fromkeys(words))
        wanted = [word for word in words if word not in ahead]
        new = dict(zip(wanted, self.ends(list(map(_bytes, wanted))).tolist(), strict=True))
        if len(ahead) > self._most_ahead:
            # Another one, for threads may share it.
            ahead = self.ahead = {word: ahead[word] for word in words if word not in new}
        ahead.update(new)
        return [word for word in words if ahead[word] == NOWHERE]

    def look_ahead_for_tails(self, words: Sequence[str], cuts: Sequence[int]) -> list[tuple[int, ...]]:
        """Have `similar` know what is left of words of Russian letters when so many are cut off.

        Return, for each word, the cuts that leave a word that may be there.
        """
        text = joined(list(map(_bytes, words)), self._separator)
        starts = (text.starts[:, None] + _LETTER * np.array(cuts)).ravel()
        stops = np.repeat(text.stops, len(cuts))
        is_left = (starts + len(self._separator) < stops).nonzero()[0]
        ends = self._led(text, starts[is_left], stops[is_left])
        found: list[list[int]] = [[] for _ in words]
        are_there = ends != NOWHERE
        for at, end in zip(is_left[are_there].tolist(), ends[are_there].tolist(), strict=True):
            word, cut = words[at // len(cuts)], cuts[at % len(cuts)]
            found[at // len(cuts)].append(cut)
            self.ahead[word[cut:]] = end
        return list(map(tuple, found))

    def ends(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return the nodes of what is said of words in UTF-8: NOWHERE, or AMBIGUOUS if an е may be a ё."""
        text = joined(keys, self._separator)
        return self._led(text, text.starts, text.stops)

    def sole_ends(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return the same, but of a word that can be written in one way alone the node, though it be with a ё."""
        text = joined(keys, self._separator)
        of, nodes, _ = self._ways_of(text, text.starts, text.stops)
        ends = np.full(len(keys), NOWHERE, np.int64)
        ends[of] = nodes
        ends[np.bincount(of, minlength=len(keys)) > 1] = AMBIGUOUS
        return ends

    def ways_of_tails(self, text: Text, cuts: Sequence[int], least: int, most: int | None = None) -> Ways:
        """Return what `similar` does of words of Russian letters when so many are cut off, word by word, cut by cut.

        Nothing is said of what has less than so many letters; of what has more than the most, it is as if it had only
        the last ones. What may be written with many a ё is AMBIGUOUS.
        """
        starts = text.starts
        if most is not None:
            starts = np.maximum(starts, text.stops - (_LETTER * most + len(self._separator)))
        starts = (starts[:, None] + _LETTER * np.array(cuts)).ravel()
        stops = text.stops.repeat(len(cuts))
        is_left = (starts + _LETTER * least + len(self._separator) <= stops).nonzero()[0]
        of, nodes, spelling = self._ways_of(text, starts[is_left], stops[is_left], len(_PLACES_OF_YO))
        if spelling.any():
            order = np.lexsort((spelling, of))
            of, nodes, spelling = of[order], nodes[order], spelling[order]
        return Ways(is_left[of], nodes, spelling)

    def numbers(self, nodes: np.ndarray, keys: Sequence[bytes], which: np.ndarray) -> np.ndarray:
        """Return the numbers of the keys that these, each one of some, lead to from nodes; 0 of one that is none."""
        text = joined(keys, self._separator)
        ends, _ = self._followed(self._steps(text), text.starts[which], text.stops[which] - 1, nodes.astype(np.uint32))
        numbers = np.zeros(len(ends), np.int64)
        units = self._all_units
        there = (ends != NOWHERE).nonzero()[0]
        node = ends[there].astype(np.uint32)
        unit = units[node]
        numbers[there] = np.where(unit & _ENDS, units[node ^ (unit >> _OFFSET)] & _VALUE, 0)
        return numbers

    def said(self, nodes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what `values` does of many words, as numbers of so many bytes, and for each first of which it is."""
        if by_loops() and self._is_sound:
            return self._said_by_loops(nodes.astype(np.int64), 8 * size)
        units, guide = self._all_units, self._all_guide
        of = np.arange(len(nodes))
        said = np.zeros(len(nodes), np.int64)
        nodes = nodes.astype(np.uint32)
        bits = 8 * size if len(nodes) else 0
        while bits > 0:
            at = np.arange(len(nodes))
            children = nodes ^ (units[nodes] >> _OFFSET)
            label = guide[2 * nodes]
            every = []
            while at.size:
                child = children ^ label
                every.append((at, child, label))
                label = guide[2 * child + 1]
                more = label.nonzero()[0]
                at, children, label = at[more], children[more], label[more]
            at, nodes, label = every[0]
            if len(every) > 1:
                at, nodes, label = map(np.concatenate, zip(*every, strict=True))
                order = np.argsort(at, kind="stable")
                at, nodes, label = at[order], nodes[order], label[order]
            taken = min(_SIX, bits)
            bits -= taken
            of = of[at]
            said = said[at] << taken | _OF_BASE64[label].astype(np.int64) >> (_SIX - taken)
        return of, said

    @cached_property
    def _is_sound(self) -> bool:
        """Whether each label leads from a unit to a unit, and all have a guide: loops go by that, and do not look."""
        units = self._all_units
        are_values = units > _VALUE
        last = (np.arange(len(units), dtype=np.uint32) ^ (units >> _OFFSET)) | _LAST_LABEL
        is_closed = bool((are_values | (last < len(units))).all())
        return is_closed and len(self._all_guide) >= 2 * len(units)

    def _said_by_loops(self, nodes: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
        from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

        levels = np.empty(3 * (2 + bits // _SIX), np.int64)
        room = 2 * len(nodes) + _ROOM
        while True:
            of, said = np.empty(room, np.int64), np.empty(room, np.int64)
            count = loops.said(self._all_units, self._all_guide, _OF_BASE64, nodes, bits, levels, of, said)
            if count != loops.NO_ROOM:
                return of[:count], said[:count]
            room *= 2

    def _steps(self, text: Text) -> _Steps:
        is_e = text.labels[:-1] == _E[0]
        is_e &= text.labels[1:] == (_E[1] if self._has_yo else 0)
        return _Steps(text.labels.astype(np.uint32), is_e)

    def _led(self, text: Text, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
        """Return where the labels between these lead from the root; arrays of one length."""
        of, nodes, spelling = self._ways_of(text, starts, stops)
        ends = np.full(len(starts), NOWHERE, np.int64)
        ends[of] = nodes
        ends[of[spelling > 0]] = AMBIGUOUS
        return ends

    def _ways_of(self, text: Text, starts: np.ndarray, stops: np.ndarray, most: int = _ANY) -> Ways:
        """Return how labels between these may be followed from the root, those of each in whatever order.

        What may be written with more than so many ё is AMBIGUOUS, whether it leads anywhere or not.
        """
        if by_loops() and self._is_sound:
            return self._ways_by_loops(text, starts, stops, most)
        steps = self._steps(text)
        ends, forks = self._followed(steps, starts, stops, np.zeros(len(starts), np.uint32))
        there = (ends != NOWHERE).nonzero()[0]
        of, spelling = np.arange(len(starts)), np.zeros(len(starts), np.int64)
        found = [Ways(there, ends[there], spelling[there])]
        for one in range(most):
            if not forks.of.size:  # most end at once: that there is «лё» says nothing of «лес»
                break
            of, spelling = of[forks.of], spelling[forks.of]
            if one < len(_PLACES_OF_YO):
                # The further from the end it is, the lower: the way with the first ё is before the others.
                letters = (stops[of] - forks.at) // _LETTER
                spelling += (FURTHEST + 1 - np.minimum(letters, FURTHEST)) << _PLACES_OF_YO[one]
            ends, forks = self._followed(steps, forks.at, stops[of], forks.nodes)
            there = (ends != NOWHERE).nonzero()[0]
            found.append(Ways(of[there], ends[there], spelling[there]))
        if forks.of.size:
            found.append(Ways(of[forks.of], np.full(len(forks.of), AMBIGUOUS), spelling[forks.of]))
        return found[0] if len(found) == 1 else Ways(*map(np.concatenate, zip(*found, strict=True)))

    def _ways_by_loops(self, text: Text, starts: np.ndarray, stops: np.ndarray, most: int) -> Ways:
        from indexer.analysis.dictionary import loops  # noqa: PLC0415 -- see looking

        longest = int((stops - starts).max(initial=0))
        waiting = np.empty(loops.WAITING * (longest + 1), np.int64)
        room = len(starts) + _ROOM
        while True:
            found = Ways(*(np.empty(room, np.int64) for _ in Ways._fields))
            count = loops.followed(
                self._all_units,
                text.labels,
                starts,
                stops,
                int(self._has_yo),
                _PLACES_OF_YO,
                most,
                waiting,
                *found,
            )
            if count != loops.NO_ROOM:
                return Ways(*(column[:count] for column in found))
            room *= 2

    def _followed(
        self, text: _Steps, at: np.ndarray, stops: np.ndarray, nodes: np.ndarray
    ) -> tuple[np.ndarray, _Forks]:
        """Follow labels from nodes, all at once; return where they lead, and the ways where an е is taken for a ё."""
        units = self._all_units
        ends = np.full(len(at), NOWHERE, np.int64)
        going = np.argsort(at - stops, kind="stable")  # the longest first: those that end are the last ones
        at, nodes = at[going], nodes[going]
        left = at - stops[going]
        unit = units[nodes]
        forks = []
        step = 0
        while going.size:
            step += 1
            label = text.labels[at]
            nodes = nodes ^ (unit >> _OFFSET)
            is_e = text.is_e[at].nonzero()[0]
            if is_e.size:
                yo = nodes[is_e] ^ _YO[0]
                is_there = units[yo] & _LABEL == _YO[0]
                is_e, yo = is_e[is_there], yo[is_there]
                yo = yo ^ (units[yo] >> _OFFSET) ^ _YO[1]
                is_there = units[yo] & _LABEL == _YO[1]
                is_e = is_e[is_there]
                forks.append(_Forks(going[is_e], at[is_e] + len(_E), yo[is_there]))
            nodes ^= label
            unit = units[nodes]
            there = ((unit & _LABEL) == label).nonzero()[0]
            if there.size != going.size:
                going, nodes, unit, at, left = going[there], nodes[there], unit[there], at[there], left[there]
            at += 1
            last = int(left.searchsorted(-step))
            if last < going.size:
                ends[going[last:]] = nodes[last:]
                going, nodes, unit, at, left = going[:last], nodes[:last], unit[:last], at[:last], left[:last]
        return ends, _Forks(*map(np.concatenate, zip(*forks, strict=True))) if forks else _NO_FORKS

    def values(self, node: int) -> list[bytes]:
        """Return what is said of a word, in order, by the node of it; equal nodes say the same."""
        return [a2b_base64(key) for key in self._keys(node, self._apart)]

    def _head(self, head: str) -> int:
        key = _bytes(head)
        if "е" in head:
            ways = self._ways(key, 0, ROOT)
            node = NOWHERE if not ways else ways[0][1] if [way for way, _ in ways] == [key] else AMBIGUOUS
        else:
            node = self.follow(key)
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[head] = node
        return node

    def _spelt(self, word: str, head: str, node: int) -> list[tuple[str, int]]:
        """Return what `similar` does for a word with a ё in question, behind a head that has none."""
        key = _bytes(word[len(head) :])
        ends = [(way, self.follow(self._separator, end)) for way, end in self._ways(key, 0, node)]
        return [(word if way is key else head + way.decode(), said) for way, said in ends if said != NOWHERE]

    def _ways(self, key: bytes, start: int, node: int) -> list[tuple[bytes, int]]:
        """Return how a key may be followed if any е from `start` on, where `node` is, may be a ё; and where to."""
        found: list[tuple[bytes, int]] = []
        at = key.find(_E, start)
        while at >= 0:
            node = self.follow(key[start:at], node)
            if node == NOWHERE:
                return found
            start, after = at, at + len(_E)
            yo = self.follow(_YO, node)
            if yo != NOWHERE:
                found += self._ways(key[:at] + _YO + key[after:], after, yo)
            at = key.find(_E, after)
        node = self.follow(key[start:], node)
        return [(key, node), *found] if node != NOWHERE else found

    def _keys(self, node: int, apart: int) -> list[bytes]:
        """Return what may follow a node, as the guide orders it; after `apart` bytes, as it is remembered."""
        keys: list[bytes] = []
        self._collect(node, b"", apart, keys)
        return keys

    def _collect(self, node: int, key: bytes, apart: int, keys: list[bytes]) -> None:
        units, guide = self._units, self._guide
        while len(key) != apart:
            unit = units[node]
            if unit & _ENDS:
                keys.append(key)
            label = guide[2 * node]
            if not label:
                return
            children = node ^ (unit >> _OFFSET)
            node = children ^ label
            # The last child is gone on to here; mostly it is the only one.
            while sibling := guide[2 * node + 1]:
                self._collect(node, key + _BYTES[label], apart, keys)
                label = sibling
                node = children ^ label
            key += _BYTES[label]
        tails = self._tails.get(node)
        if tails is None:
            tails = self._tails[node] = self._keys(node, -1)
        keys += [key + tail for tail in tails]


def _bytes(word: str) -> bytes:
    # A lone surrogate is in no dictionary, and no error either.
    return word.encode("utf-8", "surrogatepass")
