from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING

import pytest

from indexer import SettingRefused
from indexer.settings import Analysis, Asking, Ranking, Reading, Settings

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Reading(longest_paragraph=0), "reading.longest_paragraph=0"),  # a build would never end
        (lambda: Reading(longest_paragraph=0.5), "reading.longest_paragraph=0.5"),  # type: ignore[arg-type]
        (lambda: Analysis(most_lemmas=0), "analysis.most_lemmas=0"),
        (lambda: Analysis(rare_lemma=1.5), "analysis.rare_lemma=1.5"),
        (lambda: Ranking(b=2), "ranking.b=2"),
        (lambda: Ranking(k1=nan), "ranking.k1=nan"),
        (lambda: Ranking(k1=inf), "ranking.k1=inf"),
        (lambda: Ranking(k1="1"), "ranking.k1=1"),  # type: ignore[arg-type]
        (lambda: Asking(most_words=-1), "asking.most_words=-1"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object], told: str) -> None:
    with pytest.raises(SettingRefused, match=f"^'{told}' cannot be set: a (whole )?number"):
        make()


def test_the_usual_settings_are_sensible() -> None:
    assert Settings() == Settings(ranking=Ranking(b=Ranking().b))
