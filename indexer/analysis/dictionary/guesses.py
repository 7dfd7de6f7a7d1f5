"""What a word that is not in the dictionary may be: pymorphy3's analysers, over our lexicon.

Which they are, in what order they are asked, and every list and number that they go by are pymorphy3's, taken from its
DEFAULT_UNITS; only what one does is written again. Those of initials want a capital letter, so no word gets there.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pymorphy3.lang.ru import DEFAULT_UNITS
from pymorphy3.tagset import OpencorporaTag

from indexer.analysis.dictionary.lexicon import UNKNOWN, Form
from indexer.analysis.dictionary.parses import Parse, parse_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indexer.analysis.dictionary.lexicon import Entry, Lexicon, Tag

Seen: TypeAlias = "set[tuple[object, ...]]"  # parses that are not given again
_Unit: TypeAlias = Any  # pymorphy3 has no types

_NOT_PRODUCTIVE = OpencorporaTag._NON_PRODUCTIVE_GRAMMEMES  # noqa: SLF001 -- a list of our own could differ
_FEATURES = (
    OpencorporaTag.PARTS_OF_SPEECH
    | OpencorporaTag.NUMBERS
    | OpencorporaTag.CASES
    | OpencorporaTag.PERSONS
    | OpencorporaTag.TENSES
)
_SAME_FEATURE = {"gen1": "gent", "loc1": "loct"}
_BY_ADVERB = "по-"
_SHORTEST_ADVERB = 5
_ADVERB_OF = {"ADJF", "sing", "datv"}

_LETTERS = re.compile(r"[Ѐ-ӿ]+\Z")  # most words: without a hyphen, and no number nor anything Latin
_RUSSIAN = re.compile(r"[а-яё]+\Z")
_MOST_ENDINGS = 100_000
_MOST_ENTRIES = 50_000
_RUSSIAN_LETTER = re.compile("[а-яё]")
_NO_PREFIX = (0,)  # the first prefix of forms is the empty one
_HEAD = 2  # letters that prefixes are looked up by
_CUTS = range(1, 6)  # letters of a prefix that a word may have which is not in the dictionary
_SHORTEST = 3  # letters behind it


class _Ended(NamedTuple):
    """A parse of the words with an ending."""

    ending: str  # with its ё, as long as what was asked for; empty if it is as it was asked for
    form: Form
    score: float


class Guesses:
    """The analysers. Threads may share them."""

    def __init__(self, lexicon: Lexicon, parses: Callable[[str], list[Parse]]) -> None:
        """Take what gives the parses of any word: analysers ask for parts of theirs."""
        self._lexicon = lexicon
        self._parses = parses
        table: Mapping[str, Callable[[_Unit, str, Seen], list[Parse]]] = {
            "NumberAnalyzer": self._by_shape,
            "PunctuationAnalyzer": self._by_shape,
            "RomanNumberAnalyzer": self._by_shape,
            "LatinAnalyzer": self._by_shape,
            "HyphenSeparatedParticleAnalyzer": self._before_particle,
            "HyphenAdverbAnalyzer": self._adverb,
            "HyphenatedWordsAnalyzer": self._hyphenated,
            "KnownPrefixAnalyzer": self._after_known_prefix,
            "UnknownPrefixAnalyzer": self._after_any_prefix,
            "KnownSuffixAnalyzer": self._by_ending,
            "UnknAnalyzer": self._unknown,
        }
        first, *groups = ([group] if not isinstance(group, list) else group for group in DEFAULT_UNITS)
        del first  # the dictionary itself, and initials
        self._analysers = [[partial(table[_name(unit)], unit) for unit in group] for group in groups]
        other = (self._by_shape, self._before_particle, self._adverb, self._hyphenated)
        self._of_letters = [group for group in self._analysers if all(one.func not in other for one in group)]
        self._of_parts = [group for group in self._analysers if all(one.func != self._by_shape for one in group)]
        units = {_name(unit): unit for group in groups for unit in group}
        self._known_prefixes = _by_head(units["KnownPrefixAnalyzer"].known_prefixes)
        self.least_behind_prefix: int = units["KnownPrefixAnalyzer"].min_remainder_length
        self._form_prefixes = tuple(filter(None, lexicon.prefixes))
        self._endings = lru_cache(_MOST_ENDINGS)(self._find_ending)
        self._productive = lru_cache(_MOST_ENTRIES)(_productive)
        self._cuts: dict[str, tuple[int, ...]] = {}  # of words looked up ahead: those that leave a word, it may be
        self._ended = lru_cache(_MOST_ENDINGS)(self._find_ended)
        # What `Bulk` asks for. The parses of a word of Russian letters without a known prefix, if there are any, are
        # forms of its tails and, of one with enough letters, of its ending; see also `form_prefixes`.
        self.heads = {*self._known_prefixes, *(prefix[:_HEAD] for prefix in self._form_prefixes)}  # of all prefixes
        # In the order of prefixes_known.
        self.known_prefixes = tuple(chain.from_iterable(self._known_prefixes.values()))
        self.cuts, self.least_tail = _CUTS, _SHORTEST
        self.of_tail: float = units["UnknownPrefixAnalyzer"].score_multiplier
        self.of_ending: float = units["KnownSuffixAnalyzer"].score_multiplier
        self.of_prefix: float = units["KnownPrefixAnalyzer"].score_multiplier
        self.of_parts: float = units["HyphenatedWordsAnalyzer"].score_multiplier
        self.of_particle: float = units["HyphenSeparatedParticleAnalyzer"].score_multiplier
        self._particles: tuple[str, ...] = tuple(units["HyphenSeparatedParticleAnalyzer"].particles_after_hyphen)
        self._no_parts = (_BY_ADVERB, *units["HyphenatedWordsAnalyzer"].skip_prefixes)
        self.least_for_ending: int = units["KnownSuffixAnalyzer"].min_word_length

    def __call__(self, word: str) -> list[Parse]:
        """Return the parses of a word in lower case that is not in the dictionary, not yet weighed; at least one."""
        seen: Seen = set()
        found: list[Parse] = []
        # Nothing with a Russian letter is a number, a mark, or Latin: to ask pymorphy3 took a tenth of the time.
        asked = self._of_parts if _RUSSIAN_LETTER.search(word) else self._analysers
        for analysers in self._of_letters if _LETTERS.match(word) else asked:
            for analyser in analysers:
                found += analyser(word, seen)
            if found:
                break
        return found

    def form_prefixes(self, word: str) -> Sequence[int]:
        """Return the numbers of the prefixes of forms that a word begins with, whose endings tell more of it."""
        return self._prefixes(word)[1:]

    def is_before_particle(self, word: str, right: str) -> bool | None:
        """Whether the right part of a compound of two is a particle; None where more than the parts may tell of it."""
        if "-" + right in self._particles:
            return True
        return None if word.startswith(self._no_parts) else False

    def prefixes_of_compound(self, word: str) -> Sequence[str]:
        """Return the known prefixes of a compound of two, if all that they leave are compounds of two; else none."""
        left, _, right = word.partition("-")
        if self.is_before_particle(word, right) is not None or word.startswith(_BY_ADVERB):
            return ()
        prefixes = self.prefixes_known(word)
        return prefixes if prefixes and len(prefixes[0]) < len(left) else ()

    def is_productive(self, tag: Tag) -> bool:
        """Whether new words are made like this."""
        return _is_productive(tag)

    def is_of_a_part_of_speech(self, tag: Tag) -> bool:
        """Whether a tag has a part of speech."""
        return _is_of_a_part_of_speech(tag)

    def features(self, tag: Tag) -> frozenset[str]:
        """Return what two parts of a compound agree in."""
        return _features(tag)

    def look_ahead(self, words: Iterable[str]) -> list[str]:
        """Have the dictionary look up at once what it will be asked for when these words are guessed.

        Return what else will be asked of it: what is left of words without a known prefix.
        """
        of_letters = [word for word in words if _RUSSIAN.match(word)]
        cuts = self._lexicon.look_ahead_for_guesses(of_letters, _CUTS)
        if len(self._cuts) > _MOST_ENTRIES:
            self._cuts = {}
        self._cuts.update(zip(of_letters, cuts, strict=True))
        return [word[len(prefix) :] for word in of_letters for prefix in self.prefixes_known(word)]

    def _by_shape(self, unit: _Unit, word: str, _: Seen) -> list[Parse]:
        try:
            shape = unit.check_shape(word, word)
        except ValueError:  # pymorphy3 looks for LATIN in the name of a letter, and a few letters have none: «𗀀»
            return []
        if not shape:
            return []
        tag = self._lexicon.tag(getattr(unit, "TAG_STR", None) or f"NUMB,{shape}")
        return [Parse(word, tag, word, unit.score, _name(unit))]

    def _before_particle(self, unit: _Unit, word: str, seen: Seen) -> list[Parse]:
        if "-" not in word:
            return []
        for particle in unit.particles_after_hyphen:
            if word.endswith(particle) and word != particle:
                name, factor = _name(unit), unit.score_multiplier
                parses = [
                    Parse(one + particle, tag, lemma + particle, score * factor, name, by)
                    for one, tag, lemma, score, _, by in self._parses(word.removesuffix(particle))
                ]
                return _new(parses, seen)
        return []

    def _adverb(self, unit: _Unit, word: str, _: Seen) -> list[Parse]:
        if len(word) < _SHORTEST_ADVERB or not word.startswith(_BY_ADVERB):
            return []
        if not any(parse.tag.grammemes >= _ADVERB_OF for parse in self._parses(word.removeprefix(_BY_ADVERB))):
            return []
        return [Parse(word, self._lexicon.tag("ADVB"), word, unit.score_multiplier, _name(unit))]

    def _hyphenated(self, unit: _Unit, word: str, _: Seen) -> list[Parse]:
        left, hyphen, right = word.partition("-")
        if not (left and hyphen and right) or "-" in right or word.startswith(tuple(unit.skip_prefixes)):
            return []
        name, factor = _name(unit), unit.score_multiplier
        rights = self._parses(right)
        # A number is of no part of speech: «40-летний».
        lefts = () if left.isascii() and left.isdigit() else self._parses(left)
        both = [
            Parse(f"{a.word}-{b.word}", a.tag, f"{a.lemma}-{b.lemma}", a.score * factor, name, (a, b))
            for a in lefts
            if _is_of_a_part_of_speech(a.tag)
            for b in rights
            if _features(a.tag) == _features(b.tag)
        ]
        return both + [
            Parse(f"{left}-{b.word}", b.tag, f"{left}-{b.lemma}", b.score * factor, name, (b,))
            for b in rights
            if _is_of_a_part_of_speech(b.tag)
        ]

    def _after_known_prefix(self, unit: _Unit, word: str, seen: Seen) -> list[Parse]:
        prefixes = self.prefixes_known(word)
        if not prefixes:
            return []
        name, factor = _name(unit), unit.score_multiplier
        found = [
            Parse(prefix + one, tag, prefix + lemma, score * factor, name, by)
            for prefix in prefixes
            for one, tag, lemma, score, _, by in self._parses(word[len(prefix) :])
            if _is_productive(tag)
        ]
        return _new(found, seen)

    def prefixes_known(self, word: str) -> Sequence[str]:
        """Return the known prefixes of a word that leave enough of it, the longest first."""
        prefixes = self._known_prefixes.get(word[:_HEAD])
        if not prefixes:
            return ()
        longest = len(word) - self.least_behind_prefix
        return [prefix for prefix in prefixes if len(prefix) <= longest and word.startswith(prefix)]

    def _after_any_prefix(self, unit: _Unit, word: str, seen: Seen) -> list[Parse]:
        find = self._lexicon.find
        found: list[Parse] = []
        for cut in self._cuts.get(word, _CUTS):
            if len(word) - cut < _SHORTEST:
                break
            for one, entry in find(word[cut:]):
                prefix, name, factor = word[:cut], _name(unit), unit.score_multiplier
                whole = prefix + one
                for form in self._productive(entry):
                    key = (whole, form.tag.same, form.paradigm)
                    if key not in seen:
                        seen.add(key)
                        lemma = prefix + form.lemma(one)
                        found.append(parse_of((whole, form.tag, lemma, factor, name, form)))
        return found

    def _by_ending(self, unit: _Unit, word: str, seen: Seen) -> list[Parse]:
        if len(word) < unit.min_word_length:
            return []
        longest = self._lexicon.longest_ending
        name = _name(unit)
        found = []
        for ending, form, score in self._endings(unit.score_multiplier, word[-longest:], self._prefixes(word)):
            one = word[:-longest] + ending if ending else word
            if not seen or (one, form.tag.same, form.paradigm) not in seen:
                found.append(parse_of((one, form.tag, form.lemma(one), score, name, form)))
        return found

    def _prefixes(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the prefixes of forms that a word begins with."""
        if not word.startswith(self._form_prefixes):
            return _NO_PREFIX
        return tuple([at for at, prefix in enumerate(self._lexicon.prefixes) if word.startswith(prefix)])

    def _find_ending(self, factor: float, ending: str, prefixes: tuple[int, ...]) -> tuple[_Ended, ...]:
        """Return what the longest known part of an ending says, for words that begin with prefixes of forms."""
        found: list[_Ended] = []
        seen: Seen = set()
        for prefix in reversed(prefixes):
            for length in range(self._lexicon.longest_ending, 0, -1):
                asked = ending[-length:]
                ends = self._lexicon.endings(prefix, asked)
                if len(ends) == 1 and len(prefixes) == 1 and ends[0][0] == asked:  # most endings
                    said = self._ended(factor, prefix, ends[0][1])
                else:
                    told = [("" if one == asked else ending[:-length] + one, node) for one, node in ends]
                    said = self._counted(factor, prefix, told, seen)
                if said is not None:
                    found += said
                    break
        found.sort(key=attrgetter("score"), reverse=True)
        return tuple(found)

    def _find_ended(self, factor: float, prefix: int, node: int) -> list[_Ended] | None:
        """Return what endings say that lead to a node."""
        return self._counted(factor, prefix, [("", node)], set())

    def _counted(self, factor: float, prefix: int, ends: list[tuple[str, int]], seen: Seen) -> list[_Ended] | None:
        """Return the parses not yet seen of words with one of these endings; None if no new word is made like them."""
        counted: list[tuple[int, str, Form]] = []
        total = 1  # as pymorphy3 smooths
        for ending, node in ends:
            for count, form in self._lexicon.ended(prefix, node):
                if _is_productive(form.tag):
                    total += count
                    key = (ending, form.tag.same, form.paradigm)
                    if key not in seen:
                        seen.add(key)
                        counted.append((count, ending, form))
        return [_Ended(ending, form, count / total * factor) for count, ending, form in counted] if total > 1 else None

    def _unknown(self, unit: _Unit, word: str, _: Seen) -> list[Parse]:
        return [Parse(word, self._lexicon.tag(UNKNOWN), word, 1.0, _name(unit))]


def _name(unit: _Unit) -> str:
    return type(unit).__name__


def _new(parses: list[Parse], seen: Seen) -> list[Parse]:
    """Return the parses not yet seen, and have them seen."""
    found = []
    for parse in parses:
        by = parse.by
        key = (parse.word, parse.tag.same, by.paradigm if isinstance(by, Form) else by and by[-1])
        if key not in seen:
            seen.add(key)
            found.append(parse)
    return found


def _by_head(prefixes: Iterable[str]) -> dict[str, list[str]]:
    """Return prefixes by their first letters, the longest first."""
    found: dict[str, list[str]] = {}
    for prefix in sorted(prefixes, key=len, reverse=True):
        found.setdefault(prefix[:_HEAD], []).append(prefix)
    return found


def _productive(entry: Entry) -> tuple[Form, ...]:
    return tuple([form for form in entry.forms if _is_productive(form.tag)])


def _is_productive(tag: Tag) -> bool:
    """Whether new words are made like this."""
    return tag.grammemes.isdisjoint(_NOT_PRODUCTIVE)


def _is_of_a_part_of_speech(tag: Tag) -> bool:
    return tag.ordered[0] in OpencorporaTag.PARTS_OF_SPEECH


@lru_cache(8192)
def _features(tag: Tag) -> frozenset[str]:
    """Return what two parts of a compound agree in."""
    return frozenset(_SAME_FEATURE.get(grammeme, grammeme) for grammeme in tag.grammemes & _FEATURES)
