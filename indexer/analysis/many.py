"""What many forms may be, found at once: what the lemmatiser finds of each, by arrays.

Each Russian form has rows, one for each of its readings. What has other readings than `dictionary.readings` tells, and
what is more than a word, is left to the lemmatiser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import compress, islice, product
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.analysis import dictionary
from indexer.analysis.context import NOTHING, OF_ADJECTIVE, SURE_ADJECTIVE, SURE_NOMINAL, Ties
from indexer.analysis.dictionary import compounds, readings
from indexer.analysis.dictionary.many import BY_TAIL, ENDINGS, KNOWN, ending, hash_of
from indexer.analysis.lemmatize import (
    ENDS_LIKE_ADJECTIVE,
    GUESSED_BY_TAIL,
    GUESSED_PLURAL,
    INDECLINABLE,
    INDIVISIBLE,
    NOT_PLAIN,
    NOUN_LIKE_ADJECTIVE,
    RARE_LEMMAS,
    RARE_TAG,
    Lemmatizer,
    is_capitalised,
)
from indexer.analysis.weights import Alike, Weighings, hundredths, weighed_alike
from indexer.types import Lemma

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from indexer.analysis.context import Shape
    from indexer.analysis.dictionary.many import Bulk, Compounds, Readings
    from indexer.settings import Analysis

_RUSSIAN = re.compile("[А-Яа-яЁё]{2,}")
_SLOTS = 32  # more bits than slots have
_LETTER = 2  # bytes of a Russian one
LOWER, CAPITALISED = 1, 2
_CERTAIN = bytes((hundredths(1.0),))  # the weights of a form with one lemma
_NONE = np.zeros(0, np.intp)
_SPARE = 3  # bits of the rows that a table has for each hash
_SPREAD = np.uint64(0x9E37_79B9_7F4A_7C15)  # an odd number without a pattern
# With е or ё: what the dictionary has under another word of it.
_WRITTEN_NOT_PLAIN = frozenset(
    "".join(letters).encode()
    for word in NOT_PLAIN
    for letters in product(*("её" if letter == "е" else letter for letter in word.decode()))
)
_RARE = np.array([hash_of(lemma) for lemma in RARE_LEMMAS], np.uint64)
_IS_ADJECTIVE = np.zeros(ENDINGS, np.bool_)  # by the last two letters
_IS_ADJECTIVE[[ending(letters) for letters in ENDS_LIKE_ADJECTIVE]] = True

_ROW = np.uint64(52)  # bits of a hash that are not of a row
_ARE_NOT_PLAIN = np.zeros(1 << 12, np.bool_)  # by the first bits of the hash of a word: whether it may be one of them
_ARE_NOT_PLAIN[[hash_of(word.decode()) >> int(_ROW) for word in NOT_PLAIN]] = True


class Forms(NamedTuple):
    """Forms of two Russian letters or more."""

    words: Sequence[bytes]  # in lower case and UTF-8
    is_lower: np.ndarray  # whether each is written so
    may_be_name: np.ndarray  # whether each has the capital of a name, and does not open a sentence

    def some(self, at: np.ndarray) -> Forms:
        """Return some of them."""
        return Forms([self.words[number] for number in at.tolist()], self.is_lower[at], self.may_be_name[at])


class Halves(NamedTuple):
    """How the halves of compounds are written: LOWER, CAPITALISED or neither."""

    left: np.ndarray
    right: np.ndarray


class Told(NamedTuple):
    """What forms may be: their kinds, and their lemmas; what has no kind here is not told."""

    kinds: Sequence[tuple[bytes, bytes, Ties]]  # of each lemma 1 if it is a part's; Weighed.packed; ties
    kind: np.ndarray  # of each form, index into the kinds; -1 of one that is not told
    counts: np.ndarray  # of each form: how many lemmas it has
    lemma: np.ndarray  # form by form, the likeliest first: index into the texts
    texts: Sequence[bytes]  # of lemmas; some stand there twice


class _Pieces(NamedTuple):
    """Parts of compounds."""

    lemmas: Sequence[Sequence[int]]  # of each, index into the texts
    steps: Sequence[bytes]  # of each, what its lemmas weigh in hundredths
    texts: Sequence[bytes]  # of lemmas


class _Shapes(NamedTuple):
    """Shapes as arrays."""

    slots: np.ndarray
    is_noun: np.ndarray
    is_adjective: np.ndarray
    agrees: np.ndarray
    is_pronoun: np.ndarray
    is_name: np.ndarray
    is_declined_noun: np.ndarray
    is_indeclinable: np.ndarray
    is_womans_patronymic: np.ndarray
    is_rare: np.ndarray

    def at(self, which: np.ndarray) -> _Shapes:
        """Return some of them."""
        return _Shapes(*(column[which] for column in self))


@lru_cache(4)  # few are met after the first thousands of words
def _columns(shapes: tuple[Shape, ...]) -> _Shapes:
    columns = {name: np.array([getattr(one, name) for one in shapes], np.bool_) for name in _Shapes._fields}
    return _Shapes(**columns | {"slots": np.array([one.slots for one in shapes], np.int64)})


def found(forms: Forms, settings: Analysis) -> Told:
    """Return what forms may be."""
    known = dictionary.bulk()
    patterns = _patterns(known)
    nodes = known.nodes(forms.words)
    at, told = patterns.told(forms.words, nodes)
    is_other = np.ones(len(nodes), np.bool_)
    is_other[at] = False
    others = is_other.nonzero()[0]
    some = forms.some(others)
    rows, bulk, made = _readings(some, nodes[others])
    rest, _ = _found(some, rows, bulk, made, settings)
    patterns.learn(some.words, nodes[others], rows, rest)
    return _together(at, told, others, rest)


class _Patterns:
    """What is told of words of the dictionary with one lemma: the same of all that have the same forms.

    Threads may share it.
    """

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        # By the node of a word: see Bulk.nodes.
        self._cut = np.zeros(bulk.nodes_at_most, np.uint16)  # one more than the letters that the suffix stands for
        self._suffix = np.zeros(bulk.nodes_at_most, np.uint16)  # as paradigms have it
        self._tie = np.zeros(bulk.nodes_at_most, np.uint32)
        self._ties: dict[Ties, int] = {}
        self._lock = Lock()

    def told(self, words: Sequence[bytes], nodes: np.ndarray) -> tuple[np.ndarray, Told]:
        """Return of which words it is known what they are told by, and what is told of these."""
        at = (self._cut[np.maximum(nodes, 0)] > 0).nonzero()[0]
        some = [words[number] for number in at.tolist()]
        suffix, tie = self._suffix[nodes[at]].astype(np.intp), self._tie[nodes[at]].astype(np.intp)
        whole, lemma, stop = self._bulk.cut(some, self._cut[nodes[at]].astype(np.intp) - 1, suffix)
        is_plain = ~_are_rare(lemma)
        maybe = _ARE_NOT_PLAIN[whole >> _ROW].nonzero()[0]
        is_plain[maybe] &= np.array([some[number] not in _WRITTEN_NOT_PLAIN for number in maybe.tolist()], np.bool_)
        plain = is_plain.nonzero()[0]
        unlike, number = _alike(lemma[plain])
        rows = plain[unlike]
        kinds = [(bytes(1), _CERTAIN, one) for one in list(self._ties)]
        texts = self._bulk.lemmas(some, rows, stop[rows], suffix[rows])
        return at[plain], Told(kinds, tie[plain], np.ones(len(plain), np.intp), number, texts)

    def learn(self, words: Sequence[bytes], nodes: np.ndarray, rows: Readings, told: Told) -> None:
        """Take what is told of words by their readings."""
        first = np.flatnonzero(np.diff(rows.word, prepend=-1))
        if not first.size:
            return
        count = np.diff(first, append=len(rows.word))
        is_one = np.logical_and.reduceat(rows.lemma == rows.lemma[first].repeat(count), first)
        # A noun that ends like an adjective counts less than other readings, and by a short suffix alone none is told.
        bulk = self._bulk
        is_noun = _columns(tuple(bulk.tags.shapes)).is_declined_noun[bulk.tags.shape[rows.tag]]
        is_alike = np.logical_and.reduceat(is_noun, first) | ~np.logical_or.reduceat(is_noun, first)
        is_alike |= bulk.letters_of_suffixes(rows.after[first]) > 1
        first = first[is_one & is_alike & (nodes[rows.word[first]] >= 0)]
        word = rows.word[first]
        cut = np.fromiter([len(words[at]) for at in word.tolist()], np.intp, len(word)) // _LETTER - rows.before[first]
        with self._lock:
            tie = np.array([self._ties.setdefault(ties, len(self._ties)) for _, _, ties in told.kinds], np.intp)
            node = nodes[word]
            self._suffix[node] = rows.after[first]
            self._tie[node] = tie[told.kind[word]]
            self._cut[node] = cut + 1  # the last: it tells that the others are there


@lru_cache(1)
def _patterns(bulk: Bulk) -> _Patterns:
    return _Patterns(bulk)


def _together(at: np.ndarray, told: Told, others: np.ndarray, rest: Told) -> Told:
    """Return what is told of words, of some here and of the others there."""
    kind = np.empty(len(at) + len(others), np.intp)
    kind[at] = told.kind
    kind[others] = np.where(rest.kind < 0, rest.kind, rest.kind + len(told.kinds))
    counts = np.empty(len(kind), np.intp)
    counts[at], counts[others] = told.counts, rest.counts
    of = np.concatenate([at.repeat(told.counts), others.repeat(rest.counts)])
    lemma = np.concatenate([told.lemma, rest.lemma + len(told.texts)])[np.argsort(of, kind="stable")]
    return Told([*told.kinds, *rest.kinds], kind, counts, lemma, [*told.texts, *rest.texts])


def found_parts(pieces: Iterable[str], settings: Analysis) -> dict[str, tuple[Lemma, ...]]:
    """Return the lemmas of the parts of compounds that are told here; of one with a capital, names if it may be one."""
    some = [piece for piece in pieces if _RUSSIAN.fullmatch(piece)]
    forms = Forms(
        [piece.lower().encode() for piece in some],
        np.fromiter(map(str.islower, some), np.bool_, len(some)),
        np.fromiter(map(is_capitalised, some), np.bool_, len(some)),
    )
    rows, bulk, made = _readings(forms)
    told, are_names = _found(forms, rows, bulk, made, settings)
    parts: dict[str, tuple[Lemma, ...]] = {}
    numbers, names = iter(told.lemma.tolist()), iter(are_names.tolist())
    kinds, counts, may_be_name = told.kind.tolist(), told.counts.tolist(), forms.may_be_name.tolist()
    for piece, kind, count, may_be in zip(some, kinds, counts, may_be_name, strict=True):
        if kind < 0:
            continue
        every = [*zip(islice(numbers, count), told.kinds[kind][1], islice(names, count), strict=False)]
        kept = [one for one in every if may_be and one[2]] or every
        parts[piece] = tuple([Lemma(told.texts[number].decode(), weight / 100) for number, weight, _ in kept])
    return parts


def _readings(
    forms: Forms, nodes: np.ndarray | None = None
) -> tuple[Readings, Bulk, Callable[[Readings], list[bytes]]]:
    """Return the readings of forms that are told here, and what gives the lemmas of these."""
    rows, bulk = readings(forms.words, nodes)

    def made(rows: Readings) -> list[bytes]:
        return bulk.lemmas(forms.words, rows.word, rows.before, rows.after)

    return _plain(forms, rows, bulk), bulk, made


def _plain(forms: Forms, rows: Readings, bulk: Bulk) -> Readings:
    """Return the readings of forms that are nothing else, and that need not be mended word by word."""
    is_told = rows.told.copy()
    is_told[[at for at, word in enumerate(forms.words) if word in _WRITTEN_NOT_PLAIN]] = False
    shapes = _columns(tuple(bulk.tags.shapes))
    is_told[rows.word[shapes.is_womans_patronymic[bulk.tags.shape[rows.tag]]]] = False
    is_told[rows.word[_are_rare(rows.lemma) & (rows.way == KNOWN)]] = False
    return rows._replace(told=is_told).left()


def _are_rare(lemmas: np.ndarray) -> np.ndarray:
    are_rare = np.zeros(len(lemmas), np.bool_)
    for one in _RARE:  # two: each by itself takes less than to look for all
        are_rare |= lemmas == one
    return are_rare


def found_compounds(forms: Forms, halves: Halves, settings: Analysis) -> Told:
    """Return what words of two such forms with a hyphen between them may be, and their parts too."""
    own, bulk = compounds(forms.words)
    rows = _plain(forms, own.rows, bulk)
    told, _ = _found(forms, rows, bulk, lambda rows: own.lemmas(rows.before, rows.after), settings)
    is_divided = np.zeros(len(forms.words), np.bool_)
    first = np.flatnonzero(np.diff(rows.word, prepend=-1))
    is_divided[rows.word[first]] = _are_divisible(rows.tag[first], bulk)
    divided = is_divided.nonzero()[0]
    if not divided.size:
        return told
    left, right, pieces = _pieces(own, halves, divided, bulk, settings)
    return _with_parts(told, divided, left, right, pieces)


def _are_divisible(tags: np.ndarray, bulk: Bulk) -> np.ndarray:
    """Return whether words with tags like these first are compounds of parts."""
    every, which = np.unique(tags, return_inverse=True)
    return np.array([INDIVISIBLE.isdisjoint(bulk.tag(tag).grammemes) for tag in every.tolist()], np.bool_)[which]


def _pieces(
    own: Compounds, halves: Halves, divided: np.ndarray, bulk: Bulk, settings: Analysis
) -> tuple[np.ndarray, np.ndarray, _Pieces]:
    """Return the left and the right parts of some compounds, as numbers, and the lemmas of these."""
    parts = own.parts
    case = np.concatenate([halves.left[divided], halves.right[divided]]).astype(np.intp)
    keys, which = np.unique(np.concatenate([own.left[divided], own.right[divided]]) << 2 | case, return_inverse=True)
    of, case = keys >> 2, keys & 3
    forms = Forms([own.words[part] for part in of.tolist()], case & LOWER != 0, case & CAPITALISED != 0)
    word, row = parts.rows_of(of)
    is_told = own.told[of] & np.fromiter([len(one) > _LETTER for one in forms.words], np.bool_, len(of))
    rows = _plain(forms, parts.rows.of(row)._replace(word=word, told=is_told), bulk)

    def made(rows: Readings) -> list[bytes]:
        return bulk.lemmas(forms.words, rows.word, rows.before, rows.after)

    told, are_names = _found(forms, rows, bulk, made, settings)
    left, right = which.reshape(2, -1)
    return left, right, _lemmas_of_pieces(forms, told, are_names, settings)


def _lemmas_of_pieces(forms: Forms, told: Told, are_names: np.ndarray, settings: Analysis) -> _Pieces:
    """Return the lemmas of parts of compounds, of those with a capital names if they may be names."""
    numbers, names = iter(told.lemma.tolist()), iter(are_names.tolist())
    number: dict[bytes, int] = {}
    of_text = [number.setdefault(text, len(number)) for text in told.texts]
    weight_of = bytes([hundredths(weight / 100 * settings.part_of_compound) for weight in range(101)]).ljust(256)
    lemmas: list[Sequence[int]] = []
    steps: list[bytes] = []
    left: list[int] = []
    columns = (told.kind.tolist(), told.counts.tolist(), forms.may_be_name.tolist())
    for at, (kind, count, may_be) in enumerate(zip(*columns, strict=True)):
        if kind < 0:
            left.append(at)
            lemmas.append(())
            steps.append(b"")
            continue
        own = [of_text[one] for one in islice(numbers, count)]
        weights = told.kinds[kind][1][:count].translate(weight_of)
        are = [*islice(names, count)]
        if may_be and any(are):
            own, weights = list(compress(own, are)), bytes(compress(weights, are))
        lemmas.append(own)
        steps.append(weights)
    forms_left = [_as_written(forms, at) for at in left]
    for at, found_ in zip(left, Lemmatizer(settings).of_parts(forms_left), strict=True):
        lemmas[at] = [number.setdefault(text.encode(), len(number)) for text, _ in found_]
        steps[at] = bytes([hundredths(weight) for _, weight in found_])
    return _Pieces(lemmas, steps, list(number))


def _as_written(forms: Forms, at: int) -> str:
    """Return a part as it may be written."""
    text = forms.words[at].decode()
    if forms.is_lower[at]:
        return text
    return text.capitalize() if forms.may_be_name[at] else text.upper()


def _with_parts(told: Told, divided: np.ndarray, left: np.ndarray, right: np.ndarray, pieces: _Pieces) -> Told:
    """Return what is told of compounds, the lemmas of the parts of some before their own."""
    kinds = list(told.kinds)
    kind, counts = told.kind.copy(), told.counts.copy()
    known: dict[tuple[bytes, int], int] = {}
    added: list[int] = []
    new_kinds, new_counts = [], []
    lemmas, steps = pieces.lemmas, pieces.steps
    for first, last, number in zip(left.tolist(), right.tolist(), kind[divided].tolist(), strict=True):
        own, weights = [*lemmas[first], *lemmas[last]], steps[first] + steps[last]
        if len({*own}) < len(own):
            # What both parts have stands where the right one has it, and weighs what it does in the left one.
            both = dict(zip(lemmas[last], steps[last], strict=True)) | dict(
                zip(lemmas[first], steps[first], strict=True)
            )
            own = [one for one in lemmas[first] if one not in lemmas[last]] + [*dict.fromkeys(lemmas[last])]
            weights = bytes([both[one] for one in own])
        added += own
        key = (weights, number)
        found_ = known.get(key)
        if found_ is None:
            found_ = known[key] = len(kinds)
            kinds.append(with_parts(weights, told.kinds[number]))
        new_kinds.append(found_)
        new_counts.append(len(own))
    kind[divided] = new_kinds
    new = np.array(new_counts, np.intp)
    counts[divided] += new
    # Those of the parts come before those of the whole.
    of = np.concatenate([divided.repeat(new), np.arange(len(kind)).repeat(told.counts)])
    lemma = np.concatenate([np.array(added, np.intp), told.lemma + len(pieces.texts)])
    return Told(kinds, kind, counts, lemma[np.argsort(of, kind="stable")], [*pieces.texts, *told.texts])


def with_parts(of_parts: bytes, kind: tuple[bytes, bytes, Ties]) -> tuple[bytes, bytes, Ties]:
    """Return the kind of a word whose parts have lemmas too, before its own; these weigh the same everywhere."""
    parts, packed, ties = kind
    count = len(parts)
    made = [of_parts, packed[:count]]
    for at in range(count, len(packed), 1 + count):
        made += [packed[at : at + 1], of_parts, packed[at + 1 : at + 1 + count]]
    return b"\1" * len(of_parts) + parts, b"".join(made), ties


def _found(
    forms: Forms, rows: Readings, bulk: Bulk, made: Callable[[Readings], list[bytes]], settings: Analysis
) -> tuple[Told, np.ndarray]:
    """Return what forms may be by their readings, and which lemmas are names; `made` gives the lemmas of readings."""
    counts = np.zeros(len(forms.words), np.intp)
    kind = np.full(len(forms.words), -1, np.intp)
    if not rows.word.size:
        return Told((), kind, counts, _NONE, ()), np.zeros(0, np.bool_)
    shapes = _columns(tuple(bulk.tags.shapes)).at(bulk.tags.shape[rows.tag])
    first = np.flatnonzero(np.diff(rows.word, prepend=-1))
    count = np.diff(first, append=len(rows.word))
    is_plain = np.logical_and.reduceat(rows.lemma == rows.lemma[first].repeat(count), first)
    probability = _probabilities(forms, rows, shapes, bulk)
    ties, tie = _ties(len(forms.words), rows.word, shapes, probability, first)
    of_several = (~is_plain.repeat(count)).nonzero()[0]
    several = _Several(
        rows.of(of_several),
        shapes.at(of_several),
        probability[of_several],
        rows.word[first[~is_plain]],
        count[~is_plain],
    )
    # A lemma becomes a string once.
    grouped = _grouped(several)
    at = np.concatenate([first[is_plain], of_several[grouped.row]])
    unlike, number = _alike(rows.lemma[at])
    texts = made(rows.of(at[unlike]))
    plain = rows.word[first[is_plain]]
    grouped = _by_text(grouped, number[len(plain) :], texts)
    weights, asked = _weighed(forms, several, grouped, bulk, settings)
    ties = _with_asked(ties, tie, several.word, asked)
    told = np.concatenate([plain, several.word])
    counts[told] = kept = np.concatenate([np.ones(len(plain), np.intp), weights.counts])
    # Kinds: what is weighed alike, with the same ties.
    way = np.concatenate([np.zeros(len(plain), np.intp), weights.which + 1])
    used, kind[told] = _alike((way * len(ties) + tie[told]).astype(np.uint64))
    count_of = np.ones(1 + len(weights.packed), np.intp)
    count_of[way] = kept
    packed = [_CERTAIN, *weights.packed]
    ways, of_ties = way[used], tie[told[used]]
    kinds = [
        (bytes(size), packed[one], ties[its])
        for one, its, size in zip(ways.tolist(), of_ties.tolist(), count_of[ways].tolist(), strict=True)
    ]
    order = np.argsort(told.repeat(kept), kind="stable")
    lemma = np.concatenate([number[: len(plain)], grouped.number[weights.order]])[order]
    are_names = np.concatenate([np.zeros(len(plain), np.bool_), grouped.is_name[weights.order]])[order]
    return Told(kinds, kind, counts, lemma, texts), are_names


def _alike(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where there are different hashes, some of them twice, and for each hash which of these it is.

    By a table, one row a hash: to sort them took ten times as long.
    """
    bits = max(len(hashes), 1).bit_length() + _SPARE
    row = (hashes * _SPREAD >> np.uint64(64 - bits)).astype(np.intp)
    at = np.arange(len(hashes))
    table = np.empty(1 << bits, np.intp)
    table[row] = at
    there = table[row]
    there = np.where(hashes[there] == hashes, there, at)  # what another one has taken the row of stands for itself
    unlike = there == at
    return unlike.nonzero()[0], (np.cumsum(unlike) - 1)[there]


def _probabilities(forms: Forms, rows: Readings, shapes: _Shapes, bulk: Bulk) -> np.ndarray:
    """Return the probabilities of readings, mended as lemmatize has them mended."""
    is_known = rows.way == KNOWN
    factor = np.ones(len(rows.word))
    factor[is_known & shapes.is_declined_noun & _IS_ADJECTIVE[rows.end]] = NOUN_LIKE_ADJECTIVE
    factor[is_known & shapes.is_rare] = RARE_TAG
    # A letter has two bytes, a hyphen one.
    letters = (np.fromiter(map(len, forms.words), np.intp, len(forms.words)) + 1) // _LETTER
    grows = rows.length > letters[rows.word]
    factor[~is_known & grows & bulk.tags.is_plural[rows.tag]] = GUESSED_PLURAL
    factor[rows.way == BY_TAIL] *= GUESSED_BY_TAIL
    return rows.score * factor


def _ties(
    forms: int, word: np.ndarray, shapes: _Shapes, probability: np.ndarray, first: np.ndarray
) -> tuple[list[Ties], np.ndarray]:
    """Return what context.tells has of each form with rows: Ties, and for each form which of them."""
    own = word[first]
    # np.bincount adds in the order of the rows, as `tells` does.
    total, agreeing, nouns = (
        np.bincount(word, part, forms)[own]
        for part in (probability, probability * shapes.agrees, probability * shapes.is_noun)
    )
    to_next = np.bitwise_or.reduceat(np.where(shapes.agrees, shapes.slots, 0), first)
    to_last = np.bitwise_or.reduceat(np.where(shapes.is_noun, shapes.slots, 0), first)
    slots, which = np.unique(to_next, return_inverse=True)
    expects = np.array([OF_ADJECTIVE.get(one, NOTHING) for one in slots.tolist()])[which]
    expects[agreeing < SURE_ADJECTIVE * total] = NOTHING
    offers = np.where(nouns >= SURE_NOMINAL * total, to_last, 0)
    pairs, which = np.unique(expects << _SLOTS | offers, return_inverse=True)
    tie = np.zeros(forms, np.intp)
    tie[own] = which
    return [Ties(pair >> _SLOTS, pair & (1 << _SLOTS) - 1) for pair in pairs.tolist()], tie


class _Several(NamedTuple):
    """The readings of forms with several lemmas."""

    rows: Readings
    shapes: _Shapes  # of the rows
    probability: np.ndarray  # likewise
    word: np.ndarray  # the forms
    readings: np.ndarray  # how many rows each has


class _Grouped(NamedTuple):
    """The lemmas of forms with several, form by form."""

    counts: np.ndarray  # how many each form has
    lemma: np.ndarray  # of each row, which of these it has
    row: np.ndarray  # of each of these, a row with it
    is_name: np.ndarray  # likewise, whether any such row is a name's
    number: np.ndarray  # likewise, index into the texts


def _grouped(several: _Several) -> _Grouped:
    rows, word = several.rows, several.rows.word
    order = np.lexsort((rows.lemma, word))
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = word[1:] != word[:-1]  # of a form the rows stand together, and so they do in this order
    is_new[1:] |= rows.lemma[order[1:]] != rows.lemma[order[:-1]]
    lemma = np.empty(len(order), np.intp)
    lemma[order] = np.cumsum(is_new) - 1
    new = is_new.nonzero()[0]
    is_name = np.logical_or.reduceat(several.shapes.is_name[order], new) if new.size else is_new
    first = np.cumsum(several.readings) - several.readings
    counts = np.add.reduceat(is_new.astype(np.intp), first) if new.size else several.readings
    return _Grouped(counts, lemma, order[new], is_name, new)


def _by_text(grouped: _Grouped, number: np.ndarray, texts: Sequence[bytes]) -> _Grouped:
    """Return the lemmas of each form in the order of their texts, which have these numbers."""
    own = [texts[one] for one in number.tolist()]
    start = np.cumsum(grouped.counts) - grouped.counts
    order = np.arange(len(own))
    two = start[grouped.counts == 2]  # noqa: PLR2004 -- most have two
    swapped = two[[own[at] > own[at + 1] for at in two.tolist()]]
    order[swapped] += 1
    order[swapped + 1] -= 1
    more = grouped.counts > 2  # noqa: PLR2004 -- likewise
    for at, count in zip(start[more].tolist(), grouped.counts[more].tolist(), strict=True):
        order[at : at + count] = sorted(range(at, at + count), key=own.__getitem__)
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    return _Grouped(grouped.counts, place[grouped.lemma], grouped.row[order], grouped.is_name[order], number[order])


def _weighed(
    forms: Forms, several: _Several, grouped: _Grouped, bulk: Bulk, settings: Analysis
) -> tuple[Alike, np.ndarray]:
    """Return the weights of forms with several lemmas, and what each asks of the next word."""
    rows, shapes, probability, word, count = several
    if not word.size:
        return Alike([], _NONE, _NONE, _NONE), _NONE
    first = np.cumsum(count) - count
    names_only = np.logical_or.reduceat(shapes.is_name, first) & forms.may_be_name[word]
    # As lemmatize has it: shares, or declined of a form in lower case.
    is_declined = forms.is_lower[rows.word] & shapes.is_indeclinable
    probability = np.where(is_declined, probability * INDECLINABLE, probability)
    # As context.asks has it.
    asking = shapes.is_adjective & (shapes.is_pronoun | (names_only.repeat(count) & ~shapes.is_name))
    slots = np.bitwise_or.reduceat(np.where(asking, shapes.slots, 0), first)
    asked = np.where(np.logical_or.reduceat(~shapes.is_adjective | shapes.is_name, first), slots, 0)
    weighings = Weighings(
        grouped.counts,
        asked > 0,
        names_only,
        count,
        grouped.lemma,
        probability,
        bulk.tags.shape[rows.tag],
        bulk.tags.shapes,
        range(len(grouped.row)),
    )
    return weighed_alike(weighings, rare=settings.rare_lemma, most=settings.most_lemmas), asked


def _with_asked(ties: list[Ties], tie: np.ndarray, word: np.ndarray, asked: np.ndarray) -> list[Ties]:
    """Return the ties with those behind them of words that ask something; have these words have them."""
    number = {one: at for at, one in enumerate(ties)}
    asking = asked.nonzero()[0]
    for at, slots in zip(word[asking].tolist(), asked[asking].tolist(), strict=True):
        own = ties[tie[at]]._replace(asks=slots)
        tie[at] = number.setdefault(own, len(number))
    return list(number)
