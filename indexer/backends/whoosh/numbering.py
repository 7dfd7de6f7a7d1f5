"""The words of a build: each different one has a number, and what it is found by, once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from indexer.analysis.context import PLACES
from indexer.backends.whoosh import arrays, keying
from indexer.backends.whoosh import terms as terms_
from indexer.backends.whoosh.hashtable import HashTable
from indexer.backends.whoosh.lists import ranges, spread
from indexer.backends.whoosh.words import OPENS

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from indexer.analysis.context import Ties
    from indexer.backends.whoosh.arrays import Arrays
    from indexer.backends.whoosh.inversion import Scan
    from indexer.backends.whoosh.segment import Content, Segment
    from indexer.backends.whoosh.words import Entries


class Numbering:
    """Words in the order in which they were met."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self._joined: list[bytes] = []  # the same, as terms.joined gave them
        self._mixer = keying.Mixer()
        self._met = HashTable()  # of hashes of keys
        self._number = _Growing(np.uint32)  # of each word, in the order in which the table met their hashes
        self._scanners: dict[str, np.ndarray] = {}  # the numbers that each gave to words → ours
        self._lemmas: dict[bytes, int] = defaultdict(count().__next__)  # who asks for a new one has it numbered
        self._weightings: dict[tuple[int, bytes], int] = {}
        self._ties: dict[Ties, int] = {}
        self._told = 0  # words of which more is known than their number
        # Of these: how many lemmas each has, its weighting, and its ties.
        self._counts, self._weighting, self._tie = _Growing(np.uint16), _Growing(np.uint32), _Growing(np.uint32)
        self._pairs = _Growing(np.uint32)  # of all: twice the number of a lemma, and one more for that of a part

    def numbers(self, keys: bytes) -> np.ndarray:
        """Return the numbers of words by their joined keys; those that have none get the next ones, in order of these.

        Keys are told by hashes of 64 bits, which no one can foresee.
        """
        strings = terms_.Strings.joined(keys)
        met, first = self._met.numbers(keying.hashes_of(strings, self._mixer))
        if first.size:
            # Forms of one word are beside each other so: a share of words has many of one.
            every = strings.all()
            new = list(map(every.__getitem__, first.tolist()))
            order = sorted(range(len(new)), key=new.__getitem__)
            number = np.empty(len(new), np.uint32)
            number[order] = np.arange(len(self.keys), len(self.keys) + len(new))
            self._number.add(number)
            new = list(map(new.__getitem__, order))
            self.keys += new
            self._joined.append(terms_.joined(new))  # now, while they are at hand: to look at all again takes as long
        numbers: np.ndarray = self._number.all()[met]
        return numbers

    def translated(self, scan: Scan) -> Content:
        """Return a scan with our numbers for its words; ValueError if those of one scanner do not come in order."""
        known = self._scanners.get(scan.scanner, np.zeros(0, np.uint32))
        if len(known) != scan.met:
            message = f"a scanner had met {scan.met} words before, and {len(known)} are known of it"
            raise ValueError(message)
        numbers = self._scanners[scan.scanner] = np.concatenate([known, self.numbers(scan.keys)])
        return scan.numbered(numbers)

    @property
    def unknown(self) -> list[bytes]:
        """The words that are numbered, and of which nothing more is known."""
        return self.keys[self._told :]

    def add(self, entries: Entries) -> None:
        """Tell what the next of the unknown words are found by."""
        weightings, ties = self._weightings, self._ties
        counts = np.array([len(kind.parts) for kind in entries.kinds], np.uint16)
        alike = [(len(kind.parts), kind.weighting) for kind in entries.kinds]
        weighting = np.array([weightings.setdefault(one, len(weightings)) for one in alike], np.uint32)
        tie = np.array([ties.setdefault(kind.ties, len(ties)) for kind in entries.kinds], np.uint32)
        blob, ends = arrays.pack([kind.parts for kind in entries.kinds])
        _, at = ranges((ends - counts)[entries.kind], counts[entries.kind].astype(np.int64))
        self._told += len(entries.kind)
        self._counts.add(counts[entries.kind])
        self._weighting.add(weighting[entries.kind])
        self._tie.add(tie[entries.kind])
        lemmas = np.fromiter(map(self._lemmas.__getitem__, entries.lemmas), np.uint32, len(entries.lemmas))
        self._pairs.add(lemmas[entries.lemma] << np.uint32(1) | blob[at])

    def take(self, segment: Segment) -> Content:
        """Return what is not deleted of a segment; its words get numbers here, and are found by what they were.

        No word may be unknown.
        """
        content = segment.left()
        used = np.zeros(segment.words.count, np.bool_)
        for field in content.fields.values():
            used[field.words] = True
        words = np.flatnonzero(used)
        first = len(self.keys)
        keys = segment.words.keys(words)
        numbers = np.zeros(segment.words.count, np.uint32)
        numbers[words] = self.numbers(terms_.joined(keys))
        new = words[numbers[words] >= first]
        self.add(segment.words.entries(new[np.argsort(numbers[new])]))
        fields = {field: row._replace(words=numbers[row.words]) for field, row in content.fields.items()}
        return replace(content, fields=fields)

    def forms(self, used: np.ndarray) -> Arrays:
        """Return those of the arrays of `words` that tell the forms of these words; nothing else need be known yet."""
        of_forms, forms, word_form = self._forms(used)
        return {
            **{f"form_{part}": array for part, array in terms_.write(forms).items()},
            "form_words": of_forms.astype(np.uint32),
            "word_form": word_form.astype(np.uint32),
        }

    def words(self, used: np.ndarray, forms: Arrays, pool: Executor) -> Arrays:
        """Return the arrays of Words for these words, numbered in their order, whose `forms` are told.

        The pool has threads for it.
        """
        weighed = pool.submit(self._weighed, self._weighting.all()[used])
        tied = pool.submit(self._tied, self._tie.all()[used])
        counts = self._counts.all().astype(np.int64)
        starts = np.cumsum(counts) - counts
        pairs = self._pairs.all()[spread(starts[used], counts[used])]
        lemmas, lemma = _in_order(pairs >> 1, terms_.Strings.of(list(self._lemmas)))
        written, hashed = pool.submit(terms_.write, lemmas), pool.submit(_hashed, lemmas)
        # Which words have a lemma, lemma by lemma.
        word = np.repeat(np.arange(len(used), dtype=np.uint32), counts[used])
        made = {
            **{f"form_{part}": forms[f"form_{part}"] for part in terms_.PARTS},
            "lemma_until": np.cumsum(np.bincount(lemma, minlength=len(lemmas.ends))).astype(np.uint32),
            "lemma_words": word[arrays.stable_order(lemma)],
            "form_words": forms["form_words"],
            "word_form": forms["word_form"],
            "word_lemmas": counts[used].astype(np.uint8),
            "word_lemma": (lemma << 1 | pairs & 1).astype(np.uint32),
        }
        made |= {f"lemma_{part}": array for part, array in written.result().items()}
        return made | hashed.result() | tied.result() | weighed.result()

    def _tied(self, of_words: np.ndarray) -> Arrays:
        ties, tie = _renumbered(of_words, len(self._ties))
        every = np.array(list(self._ties), np.int64).reshape(-1, 3)[ties]
        return {
            "word_ties": tie.astype(np.uint16),
            "tie_expects": every[:, 0].astype(np.uint8),
            "tie_offers": every[:, 1].astype(np.uint32),
            "tie_asks": every[:, 2].astype(np.uint32),
        }

    def _forms(self, used: np.ndarray) -> tuple[np.ndarray, terms_.Strings, np.ndarray]:
        """Return these words' numbers in order of their forms, the forms, and of each word the form and if it opens."""
        # Sorted from the order in which they were met, where long runs are in order already.
        met = np.full(len(self.keys), -1)
        met[used] = np.arange(len(used))
        met = met[met >= 0]
        keys = terms_.Strings.joined(b"".join(self._joined))
        if len(used) < len(self.keys):
            keys = keys.taken(used[met])
        order = keys.order()
        keys = keys.taken(order)
        words = met[order]
        is_opening = keys.text[keys.ends - 1] == OPENS[0]
        # A word that opens a sentence comes right behind the one of the same form that does not, if there is one.
        is_new = ~(is_opening & _is_longer_by_one(keys))
        word_form = np.empty(len(words), np.int64)
        word_form[words] = (np.cumsum(is_new) - 1) << 1 | is_opening
        return words, _forms_of(keys, is_opening, is_new), word_form

    def _weighed(self, of_words: np.ndarray) -> Arrays:
        every = list(self._weightings)
        numbers, of_words = _renumbered(of_words, len(every))
        wanted = [every[number] for number in numbers.tolist()]
        plain = np.array([len(packed) == count for count, packed in wanted], np.bool_)
        order = np.argsort(~plain, kind="stable")  # first those that weigh alike everywhere
        place_of = np.empty(len(order), np.int64)
        place_of[order] = np.arange(len(order))
        packed, ends = arrays.pack([wanted[at][1] for at in order.tolist()])
        counts = np.array([wanted[at][0] for at in order.tolist()], np.int64)
        sizes = np.diff(ends, prepend=0)
        # The steps alone and beside others: see Kind.weighting.
        of, at = ranges(np.zeros(len(sizes), np.int64), (sizes + 1) // (counts + 1))
        is_beside = at > 0
        at = (ends - sizes)[of] + at * (counts + 1)[of]
        number, new = _distinct(of, list(terms_.columns(packed, at, counts[of], int(counts.max(initial=0)))))
        way = np.zeros((len(order), PLACES), np.uint8)
        way[of[is_beside], packed[at[is_beside] - 1]] = number[is_beside]
        taken = counts[of[new]]
        steps = np.bincount(of[new], taken, len(order)).astype(np.int64)
        return {
            "word_weighting": place_of[of_words].astype(np.uint16 if len(order) < 2**16 else np.uint32),
            "weighting_at": way.reshape(-1),
            "weighting_start": (np.cumsum(steps) - steps).astype(np.uint32),
            "weighting_plain": np.array([plain.sum()], np.uint32),
            "steps": packed[spread(at[new], taken)],
        }


def _distinct(of: np.ndarray, columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return which of its group's different rows each row is, as they come, and where these come first.

    >>> number, first = _distinct(np.array([0, 0, 0, 1, 1]), [np.array([7, 8, 7, 8, 8]), np.array([1, 1, 1, 1, 2])])
    >>> number.tolist(), first.tolist()
    ([0, 1, 0, 0, 1], [0, 1, 3, 4])
    """
    number = np.zeros(len(of), np.uint8)
    new: list[np.ndarray] = [np.zeros(0, np.int64)]
    left = np.arange(len(of))
    while left.size:
        is_new = np.diff(of[left], prepend=-1) != 0  # the first that is left of each group
        new.append(left[is_new])
        which = new[-1][is_new.cumsum() - 1]
        is_same = np.logical_and.reduce([column[left] == column[which] for column in columns])
        number[left[is_same]] = len(new) - 2
        left = left[~is_same]
    return number, np.sort(np.concatenate(new))


def _is_longer_by_one(strings: terms_.Strings) -> np.ndarray:
    """Return whether each string is the one before it and one byte more."""
    starts = strings.starts
    lengths = strings.ends - starts
    longer = (np.diff(lengths, prepend=lengths[:1]) == 1).nonzero()[0]
    of, at = ranges(starts[longer], lengths[longer] - 1)
    before = spread(starts[longer - 1], lengths[longer - 1])
    other = np.bincount(of, strings.text[at] != strings.text[before], len(longer))
    is_longer = np.zeros(len(lengths), np.bool_)
    is_longer[longer] = other == 0
    return is_longer


def _forms_of(keys: terms_.Strings, is_opening: np.ndarray, is_new: np.ndarray) -> terms_.Strings:
    """Return the forms of keys, those that are new."""
    kept = np.ones(len(keys.text), np.bool_)
    kept[keys.ends[is_opening] - 1] = False
    starts, again = keys.starts, (~is_new).nonzero()[0]
    kept[spread(starts[again], keys.ends[again] - starts[again] + 1)] = False
    sizes = (keys.ends - starts + 1 - is_opening)[is_new]
    return terms_.Strings(keys.text[kept], np.cumsum(sizes) - 1)


def _in_order(numbers: np.ndarray, texts: terms_.Strings) -> tuple[terms_.Strings, np.ndarray]:
    """Return the texts that have one of the numbers, in order of their bytes, and the numbers in this order."""
    used, of_used = _renumbered(numbers, len(texts.ends))
    wanted = texts if len(used) == len(texts.ends) else texts.taken(used)
    order = wanted.order()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return wanted.taken(order), rank[of_used]


def _renumbered(numbers: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the numbers below a limit there are, in order, and for each number which of these it is."""
    is_used = np.zeros(limit, np.bool_)
    is_used[numbers] = True
    return np.flatnonzero(is_used), (np.cumsum(is_used) - 1)[numbers]


def _hashed(lemmas: terms_.Strings) -> Arrays:
    hashes = np.fromiter(map(crc32, lemmas.all()), np.uint32, len(lemmas.ends))
    order = arrays.stable_order(hashes)
    return {"lemma_hashes": hashes[order], "lemma_of_hash": order.astype(np.uint32)}


class _Growing:
    """An array that others are put behind."""

    def __init__(self, dtype: type[np.unsignedinteger]) -> None:
        self._parts = [np.zeros(0, dtype)]

    def add(self, part: np.ndarray) -> None:
        """Put an array of the same type behind."""
        self._parts.append(part)

    def all(self) -> np.ndarray:
        """Return the whole."""
        self._parts = [np.concatenate(self._parts)]
        return self._parts[0]
