"""What the words on both sides of a form tell of it: which of its readings they let stand.

A preposition governs cases, an adjective agrees with the noun after it in case, number and gender, and a pronoun like
«этот» or «все» is an adjective where the word after it agrees with it. Nothing here looks at a text: a word's Ties are
found once, like its lemmas, and a place is then a number, of which a form knows the few that change its weights.

The figures are points of lemma accuracy, on the dev files of GSD and of Taiga, that a rule adds to all the others
(tests/quality/lemmas.py --rules); together +0.58, +0.40. Left out: a verb after «не», «мы», «кто» (0.00, 0.00);
an adjective rather than a noun or a participle before a word that it agrees with (-0.05, -0.11).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAMES = frozenset({"Surn", "Name", "Patr", "Geox", "Orgn"})  # OpenCorpora's tags of proper names
_RARE = frozenset({"Arch", "Infr", "Slng", "Erro", "Dist"})
_NOMINAL = frozenset({"NOUN", "ADJF", "PRTF", "NPRO", "NUMR"})
_NOUNS = frozenset({"NOUN", "ADJF", "PRTF"})
_ADJECTIVES = frozenset({"ADJF", "PRTF"})

# --- slots: a case in a gender, or in the plural, is a bit ------------------------------------------------------------

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_ALSO = {"voct": "nomn", "gen1": "gent", "gen2": "gent", "acc2": "accs", "loc1": "loct", "loc2": "loct"}
_GENDERS = ("masc", "neut", "femn", "plur")


def _slots(cases: Iterable[str], genders: Iterable[str] = _GENDERS) -> int:
    wanted = tuple(genders)
    return sum(
        1 << (_CASES.index(case) * len(_GENDERS) + _GENDERS.index(gender)) for case in set(cases) for gender in wanted
    )


@dataclass(frozen=True, slots=True, eq=False)  # there is one of each kind, so that many may be told by fast
class Shape:
    """What is asked of a reading."""

    slots: int  # that it fills
    is_nominal: bool
    is_noun: bool  # or stands for one: no pronoun
    is_adjective: bool  # no participle
    agrees: bool  # with a noun after it: an adjective or a participle
    is_pronoun: bool  # an adjective like «этот»
    is_verb: bool
    is_name: bool
    is_declined_noun: bool
    is_indeclinable: bool  # no pronoun
    is_womans_patronymic: bool
    is_rare: bool  # archaic, slang, a mistake


@cache
def shape(grammemes: frozenset[str]) -> Shape:
    """Return the shape of a reading with these grammemes.

    >>> shape(frozenset({"NOUN", "inan", "masc", "sing", "loc2"})).slots == _slots(["loct"], ["masc"])
    True
    """
    cases = {_ALSO.get(grammeme, grammeme) for grammeme in grammemes}.intersection(_CASES)
    if not cases and "Fixd" in grammemes:
        cases = set(_CASES)
    genders = ["plur"] if "plur" in grammemes else [gender for gender in _GENDERS if gender in grammemes]
    is_fixed, is_of_pronouns = "Fixd" in grammemes, "Apro" in grammemes
    return _the_shape(
        slots=_slots(cases, genders or _GENDERS),
        is_nominal=not _NOMINAL.isdisjoint(grammemes),
        is_noun=not _NOUNS.isdisjoint(grammemes) and not is_of_pronouns,
        is_adjective="ADJF" in grammemes,
        agrees=not _ADJECTIVES.isdisjoint(grammemes) and not is_fixed,
        is_pronoun=is_of_pronouns and "ADJF" in grammemes,
        is_verb="VERB" in grammemes,
        is_name=not NAMES.isdisjoint(grammemes),
        is_declined_noun="NOUN" in grammemes and not is_fixed,
        is_indeclinable=is_fixed and not is_of_pronouns,
        is_womans_patronymic={"Patr", "femn"} <= grammemes,
        is_rare=not _RARE.isdisjoint(grammemes),
    )


@cache
def _the_shape(**of: Any) -> Shape:  # noqa: ANN401 -- what Shape takes
    return Shape(**of)


# --- what a word tells the next one -----------------------------------------------------------------------------------

PREPOSITIONS = {
    "gent": "из изо от ото до без безо у для около после против среди вокруг кроме вместо ради возле вдоль мимо из-за "
    "из-под насчет ввиду вследствие внутри",
    "datv": "к ко благодаря согласно вопреки",
    "accs": "через про сквозь",
    "ablt": "над надо перед передо",
    "loct": "при",
    "accs loct": "в во на о об обо",
    "datv accs loct": "по",
    "gent ablt": "между",
    "gent accs ablt": "с со",
    "accs ablt": "за под подо",
}  # the cases that they govern; folded

_ENDINGS = (
    (("nomn", "masc"), ("accs", "masc")),  # новый
    (("nomn", "masc"), ("accs", "masc"), ("gent datv ablt loct", "femn")),  # большой
    (("gent", "masc neut"), ("accs", "masc")),  # нового
    (("datv", "masc neut"),),  # новому
    (("ablt", "masc neut"), ("datv", "plur")),  # новым
    (("loct", "masc neut"),),  # новом
    (("nomn accs", "neut"),),  # новое
    (("nomn", "femn"),),  # новая
    (("gent datv ablt loct", "femn"),),  # новой
    (("accs", "femn"),),  # новую
    (("nomn accs", "plur"),),  # новые
    (("gent loct accs", "plur"),),  # новых
    (("ablt", "plur"),),  # новыми
)  # what the forms of an adjective may agree with

NOTHING = 0
_GOVERNED = [_slots(cases.split()) for cases in PREPOSITIONS]
_AGREEING = [sum(_slots(cases.split(), genders.split()) for cases, genders in form) for form in _ENDINGS]
EXPECTED = (0, *_GOVERNED, *_AGREEING)  # slots that the word before wants filled, by its number
_LAST_PREPOSITION = len(_GOVERNED)
_OF_PREPOSITION = {word: at for at, group in enumerate(PREPOSITIONS.values(), 1) for word in group.split()}
OF_ADJECTIVE = {slots: at for at, slots in enumerate(EXPECTED) if at > _LAST_PREPOSITION}

SURE_ADJECTIVE = 0.9  # of the probability; «стали новой» may be anything
SURE_NOMINAL = 0.7


class Ties(NamedTuple):
    """What a word tells the words beside it, and asks of the one after it."""

    expects: int = NOTHING  # of the next word: a number in EXPECTED
    offers: int = 0  # to the word before: slots that it may fill as a noun or an adjective
    asks: int = 0  # of the next word: whether it fills any of these slots


NO_TIES = Ties()


def tells(key: str, readings: Iterable[tuple[float, Shape]]) -> tuple[int, int]:
    """Return what a folded form tells the words beside it, by the probabilities and shapes of its readings.

    It is Ties.expects and Ties.offers.

    >>> tells("при", ()) == (_OF_PREPOSITION["при"], 0), tells("и", ())
    (True, (0, 0))
    """
    # One pass with plain sums: it is done for every word of a corpus.
    total = agreeing = nouns = 0.0
    to_next = to_last = 0
    for probability, one in readings:
        total += probability
        if one.agrees:
            agreeing += probability
            to_next |= one.slots
        if one.is_noun:
            nouns += probability
            to_last |= one.slots
    expected = OF_ADJECTIVE.get(to_next, NOTHING) if agreeing >= SURE_ADJECTIVE * total else NOTHING
    return preposition(key) or expected, to_last if nouns >= SURE_NOMINAL * total else 0


def preposition(key: str) -> int:
    """Return what a folded form expects of the next word as a preposition: Ties.expects; NOTHING if it is none."""
    return _OF_PREPOSITION.get(key, NOTHING)


def asks(shapes: Sequence[Shape], *, names_only: bool) -> int:
    """Return what a form needs to know of the next word: the slots where it would be an adjective agreeing with it."""
    slots, others = 0, False
    for one in shapes:
        if one.is_adjective and (one.is_pronoun or (names_only and not one.is_name)):
            slots |= one.slots
        others = others or not one.is_adjective or one.is_name
    return slots if others else 0


# --- places -----------------------------------------------------------------------------------------------------------

PLACES = 2 * len(EXPECTED)  # numbers of places: what the word before expects, and whether the next one agrees
ALONE = 0  # the place of a word with nothing beside it


def place(before: Ties, asks: int, after: Ties) -> int:
    """Return the number of the place of a word that asks this of the next one."""
    return 2 * before.expects + bool(asks & after.offers)


def places(*, asks: bool) -> range:
    """Return the places that a word may stand at, which asks something of the next one or does not."""
    return range(PLACES) if asks else range(0, PLACES, 2)


# --- how well a reading fits ------------------------------------------------------------------------------------------

# Against 1 for a reading that fits.
_WRONG_CASE = 0.003  # after a preposition: «с ним» is no «они» (with the next one +0.06, +0.08)
_NO_NOUN = 0.003  # after a preposition: «о стали» is no verb
_NO_AGREEMENT = 0.1  # after an adjective: «административному округу» (with the next one +0.08, +0.04)
_VERB = 0.2  # after an adjective, which may have been its object
_NO_ADJECTIVE = 0.01  # of a pronoun before a word that agrees: «этого вида» (with the next one +0.33, +0.23)
_ADJECTIVE_ALONE = 0.1  # of a pronoun elsewhere: «видел его», «все ушли»
_ADJECTIVE_BESIDE_NAMES = 0.3  # «Красной армии», against the names that a form with a capital has (+0.10, +0.03)


@cache
def factors(one: Shape, *, asks: bool, names_only: bool) -> tuple[float, ...]:
    """Return how well a reading fits each place, before that is compared with the others of its word.

    With `names_only`, a reading that is no name must agree with the next word to be one at all.

    >>> steel, became = (shape(frozenset(tag.split())) for tag in ("NOUN femn sing loct", "VERB plur past"))
    >>> [factors(one, asks=False, names_only=False)[2 * tells("при", ())[0]] for one in (steel, became)]
    [1.0, 0.003]
    """
    beside = [_beside(one, agrees=agrees, asks=asks, names_only=names_only) for agrees in (False, True)]
    return tuple([after * agreeing for after in _all_after(one) for agreeing in beside])


def factor(number: int, one: Shape, *, asks: bool, names_only: bool) -> float:
    """Return the same at one place."""
    return _after(number // 2, one) * _beside(one, agrees=bool(number % 2), asks=asks, names_only=names_only)


@cache
def _all_after(one: Shape) -> tuple[float, ...]:
    return tuple([_after(before, one) for before in range(len(EXPECTED))])


def _after(before: int, one: Shape) -> float:
    if before == NOTHING or (one.is_nominal and one.slots & EXPECTED[before]):
        return 1.0
    if before <= _LAST_PREPOSITION:
        return _WRONG_CASE if one.is_nominal else _NO_NOUN
    if one.is_nominal:
        return _NO_AGREEMENT
    return _VERB if one.is_verb else 1.0


def _beside(one: Shape, *, agrees: bool, asks: bool, names_only: bool) -> float:
    if names_only:
        if one.is_name:
            return 1.0
        return _ADJECTIVE_BESIDE_NAMES if one.is_adjective and agrees else 0.0
    if not asks:
        return 1.0
    if agrees:
        return 1.0 if one.is_adjective else _NO_ADJECTIVE
    return _ADJECTIVE_ALONE if one.is_pronoun else 1.0
