"""What pymorphy3's dictionary says of words: paradigms, suffixes and tags, put together only when asked for."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from indexer.analysis.context import Shape, shape
from indexer.analysis.dictionary.automaton import AMBIGUOUS, NOWHERE, Automaton, Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from indexer.analysis.dictionary.automaton import Text

_OF_WORD = struct.Struct(">HH")  # a paradigm, and the number of a form in it
_OF_ENDING = struct.Struct(">IHH")  # likewise, after how many words end so
UNKNOWN = "UNKN"  # the tag of words that nothing is known of
_LETTER = 2  # bytes of a Russian one
_MOST_ENDINGS = 200_000  # that are remembered
_PER_WHOLE = 1_000_000  # as pymorphy3 stores P(tag | word)


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """A tag of OpenCorpora's."""

    text: str  # as it is known by in the table of probabilities
    ordered: tuple[str, ...]  # its grammemes
    same: int  # a number of these: tags that have the same are equal, though there may be two texts
    grammemes: frozenset[str]
    shape: Shape


class Form(NamedTuple):
    """A form of a paradigm, and how to make the first one of it: `before + word[start:stop] + after`."""

    paradigm: int
    number: int
    tag: Tag
    before: str
    start: int
    stop: int | None
    after: str

    def lemma(self, word: str) -> str:
        """Return the normal form of a word of this form."""
        return f"{self.before}{word[self.start : self.stop]}{self.after}"


_CHANGE = 3  # where a Form tells how to make the first one
# Form(…) of one tuple, in half of the time.
_form_of: Callable[[tuple[int, int, Tag, str, int, int | None, str]], Form] = partial(tuple.__new__, Form)


@dataclass(slots=True, eq=False)  # not frozen: to make it would take four times as long
class Entry:
    """What words of the dictionary may be; all that have the same forms share it."""

    forms: tuple[Form, ...]
    tags: tuple[Tag, ...]  # of the forms
    one: Form | None  # the first of them if all have one lemma


class Lexicon:
    """The dictionary in a folder, of pymorphy3's format 2. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open it; OSError or ValueError if it is no such dictionary."""
        self._folder = folder
        options = dict(_json(folder / "meta.json"))["compile_options"]
        self.prefixes: list[str] = options["paradigm_prefixes"]  # of forms: «наи», «по»
        self.longest_ending: int = options["max_suffix_length"]  # that words are guessed by
        self.suffixes: list[str] = _json(folder / "suffixes.json")
        self._tag_texts: list[str] = _json(folder / "gramtab-opencorpora-int.json")
        self.paradigms, self.starts = _paradigms(folder / "paradigms.array")
        self._words = Automaton(folder / "words.dawg", apart=3)
        self._probabilities = Automaton(folder / "p_t_given_w.intdawg", separator=b":", has_yo=False)
        self._endings: dict[int, Automaton] = {}
        # Filled as they are asked for, each key with the one thing that it can mean: two threads may both do so.
        self._tags: dict[str, Tag] = {}
        self._numbered: dict[int, Tag] = {}
        self._same: dict[tuple[str, ...], int] = {}
        self._forms: dict[tuple[int, int], Form] = {}
        self._entries: dict[int, Entry] = {}
        self._nominatives: dict[tuple[int, int], Form | None] = {}

    def find(self, word: str) -> Sequence[tuple[str, Entry]]:
        """Return the words of the dictionary that may be written like this, with what each may be."""
        end = self._words.ahead.get(word, AMBIGUOUS)
        if end == NOWHERE:
            return ()
        entries = self._entries
        if end != AMBIGUOUS:
            return [(word, entries.get(end) or self._read(word, end))]
        return [(one, entries.get(node) or self._read(one, node)) for one, node in self._words.similar(word)]

    # --- many words at once: see Automaton ---

    @property
    def nodes(self) -> int:
        """How many nodes of words there may be."""
        return self._words.nodes

    def sole_ends(self, words: Sequence[bytes]) -> np.ndarray:
        """Return the nodes of words that may be one word of the dictionary alone."""
        return self._words.sole_ends(words)

    def said_of_words(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the forms of words: a paradigm above, the number of the form below; and for each first of which."""
        return self._words.said(nodes, _OF_WORD.size)

    def ways_of_words(self, words: Text) -> Ways:
        """Return how words may be written."""
        return self._words.ways_of_tails(words, (0,), 1)

    def ways_of_tails(self, words: Text, cuts: Sequence[int], least: int) -> Ways:
        """Return how what is left of words, if it has enough letters, may be written when so many are cut off."""
        return self._words.ways_of_tails(words, cuts, least)

    def ways_of_endings(self, words: Text, prefix: int = 0) -> Ways:
        """Return how the longest endings that are known may be written of words of a prefix of forms, the first none.

        The ways of a word stand together; words with longer endings come before others.
        """
        left = np.arange(len(words.starts))
        found = []
        for cut in range(self.longest_ending):
            some = words._replace(starts=words.starts[left], stops=words.stops[left])
            ways = self._ending(prefix).ways_of_tails(some, (cut,), 1, self.longest_ending)
            found.append(ways._replace(of=left[ways.of]))
            is_left = np.ones(len(left), np.bool_)
            is_left[ways.of] = False
            left = left[is_left]
        return Ways(*map(np.concatenate, zip(*found, strict=True)))

    def said_of_endings(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same as of words of endings, above the paradigm how many words there are."""
        return self._ending(0).said(nodes, _OF_ENDING.size)

    def ends_of_probabilities(self, words: Sequence[bytes]) -> np.ndarray:
        """Return the nodes of the probabilities of words; NOWHERE for most."""
        return self._probabilities.ends(words)

    def shares(self, nodes: np.ndarray, tags: np.ndarray) -> np.ndarray:
        """Return the shares of tags, by their numbers, at the nodes of the probabilities of words."""
        every, which = np.unique(tags, return_inverse=True)
        texts = [self.tag_of(tag).text.encode() for tag in every.tolist()]
        return self._probabilities.numbers(nodes, texts, which) / _PER_WHOLE

    def entry(self, word: str) -> Entry | None:
        """Return what a word may be, if all with the same forms; None for a word that is none, or two."""
        found = self.find(word)
        return found[0][1] if len(found) == 1 else None

    def look_ahead(self, words: Iterable[str]) -> list[str]:
        """Have `find` know these words, and return those that are surely none of the dictionary's."""
        return self._words.look_ahead(words)

    def look_ahead_for_guesses(self, words: Sequence[str], cuts: Sequence[int]) -> list[tuple[int, ...]]:
        """Have `find` know what is left of words of Russian letters, and `endings` what they end in.

        Return, for each word, the cuts that leave a word that may be in the dictionary.
        """
        longest = self.longest_ending
        for at, prefix in enumerate(self.prefixes):
            automaton = self._ending(at)
            endings = {word[-longest:] for word in words if word.startswith(prefix)}
            new = [ending for ending in endings if ending not in automaton.ahead]
            automaton.look_ahead([ending[cut:] for ending in new for cut in range(len(ending))])
        return self._words.look_ahead_for_tails(words, cuts)

    def look_ahead_for_probabilities(self, words: Iterable[str]) -> None:
        """Have `probabilities` know where these words are."""
        self._probabilities.look_ahead(words)

    def endings(self, prefix: int, ending: str) -> list[tuple[str, int]]:
        """Return the endings that may be written like this of words that begin with a prefix of forms, of that number.

        Each comes with its node, for `ended`.
        """
        return self._ending(prefix).similar(ending)

    def ended(self, prefix: int, node: int) -> list[tuple[int, Form]]:
        """Return how many words have an ending in which form."""
        said = self._ending(prefix).values(node)
        return [(count, self.form(*of)) for count, *of in map(_OF_ENDING.unpack, said)]

    def probabilities(self, word: str, tags: Iterable[Tag]) -> list[float] | None:
        """Return the share of each tag among the places of a word in OpenCorpora's texts; None if all are 0."""
        node = self._probabilities.end(word)
        if node == NOWHERE:  # most words
            return None
        ends = [self._probabilities.follow(tag.text.encode(), node) for tag in tags]
        shares = [0.0 if end == NOWHERE else self._probabilities.number(end) / _PER_WHOLE for end in ends]
        return shares if any(shares) else None

    def _ending(self, prefix: int) -> Automaton:
        automaton = self._endings.get(prefix)
        if automaton is None:
            path = self._folder / f"prediction-suffixes-{prefix}.dawg"
            automaton = self._endings[prefix] = Automaton(path, apart=8, most_ahead=_MOST_ENDINGS)
        return automaton

    def tag(self, text: str) -> Tag:
        """Return a tag by its text, one object for each."""
        found = self._tags.get(text)
        if found is None:
            ordered = tuple(text.replace(" ", ",", 1).split(","))
            grammemes = frozenset(ordered)
            same = self._same.setdefault(ordered, len(self._same))
            found = self._tags.setdefault(text, Tag(text, ordered, same, grammemes, shape(grammemes)))
        return found

    def form(self, paradigm: int, number: int) -> Form:
        """Return a form of a paradigm."""
        found = self._forms.get((paradigm, number))
        if found is None:
            found = self._forms[paradigm, number] = self._change(paradigm, number, 0)
        return found

    def nominative(self, form: Form) -> Form | None:
        """Return how to make of a form what pymorphy3 makes of it by inflect({"sing", "nomn"}), as its "first" form."""
        key = (form.paradigm, form.number)
        if key not in self._nominatives:
            changes = self.changes(form)
            at = self.most_like_nominative(form.tag, [tag for tag, _ in changes])
            self._nominatives[key] = None if at is None else changes[at][1]
        return self._nominatives[key]

    def changes(self, form: Form) -> list[tuple[Tag, Form]]:
        """Return the tags of all forms of a paradigm, and how to make each of this form, as its "first" one."""
        _, forms = self.starts[form.paradigm]
        return [(self._tag(form.paradigm, to), self._change(form.paradigm, form.number, to)) for to in range(forms)]

    def most_like_nominative(self, tag: Tag, tags: list[Tag]) -> int | None:
        """Return which of these tags pymorphy3 takes for the nominative singular of a tag, if any."""
        wanted = {"sing", "nomn"}
        parents = {name: parent for name, parent, *_ in _json(self._folder / "grammemes.json")}
        classes = {parents[grammeme] for grammeme in wanted}
        excluded = {name for name, parent in parents.items() if {parent, parents.get(parent)} & classes} - wanted
        like = (tag.grammemes | wanted) - excluded
        fitting = [at for at, one in enumerate(tags) if wanted <= one.grammemes]
        likeness = [len(like & tags[at].grammemes) - 0.1 * len(like ^ tags[at].grammemes) for at in fitting]
        return fitting[likeness.index(max(likeness))] if fitting else None

    def _change(self, paradigm: int, number: int, to: int) -> Form:
        tag = self._tag(paradigm, number)
        if number == to:
            return _form_of((paradigm, number, tag, "", 0, None, ""))
        start, forms = self.starts[paradigm]
        numbers, prefixes, suffixes = self.paradigms, self.prefixes, self.suffixes
        prefix, suffix = prefixes[numbers[start + 2 * forms + number]], suffixes[numbers[start + number]]
        before, after = prefixes[numbers[start + 2 * forms + to]], suffixes[numbers[start + to]]
        return _form_of((paradigm, number, tag, before, len(prefix), -len(suffix) or None, after))

    @property
    def tags(self) -> int:
        """How many tags forms may have."""
        return len(self._tag_texts)

    def tag_of(self, at: int) -> Tag:
        """Return a tag by its number; the one behind those of forms is that of words nothing is known of."""
        found = self._numbered.get(at)
        if found is None:
            found = self._numbered[at] = self.tag(self._tag_texts[at] if at < self.tags else UNKNOWN)
        return found

    def _tag(self, paradigm: int, number: int) -> Tag:
        start, forms = self.starts[paradigm]
        return self.tag_of(self.paradigms[start + forms + number])

    def _read(self, word: str, node: int) -> Entry:
        form = self._forms.get
        forms = tuple([form(of) or self.form(*of) for of in map(_OF_WORD.unpack, self._words.values(node))])
        one: Form | None = forms[0]
        # Whether lemmas are equal is told by the suffixes of the forms, and by their prefixes if these differ.
        if len(forms) > 1 and len({form[_CHANGE:] for form in forms}) > 1:
            is_one = len({(form.lemma(word), form.before, form.start) for form in forms}) == 1
            one = forms[0] if is_one else None
        entry = self._entries[node] = Entry(forms, tuple([form.tag for form in forms]), one)
        return entry


def _paradigms(path: Path) -> tuple[memoryview, list[tuple[int, int]]]:
    """Return all paradigms, and where each starts and how many forms it has.

    A paradigm is the suffixes of all its forms, then their tags, then their prefixes.
    """
    numbers = memoryview(path.read_bytes()).cast("H")
    starts = []
    at = 1
    for _ in range(numbers[0]):
        starts.append((at + 1, numbers[at] // 3))
        at += 1 + numbers[at]
    return numbers, starts


def _json(path: Path) -> Any:  # noqa: ANN401 -- whatever the file holds
    return json.loads(path.read_bytes())
