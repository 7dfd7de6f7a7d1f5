"""Lists of rows with codes, by their numbers."""

from __future__ import annotations

import numpy as np

from indexer.backends.whoosh.lists import Stored, write


def test_each_of_many_lists_is_found() -> None:
    random = np.random.default_rng(1)
    # More than are located at once, with gaps of each width: one byte, two, and four.
    widths = random.choice([1, 200, 60_000, 10_000_000], 40_000, p=[0.5, 0.3, 0.1, 0.1])
    found = random.integers(1, 9, len(widths))
    of = np.repeat(np.arange(len(found)), found)
    steps = random.integers(1, widths[of] + 1)
    until = steps.cumsum()
    first = np.append(0, found.cumsum()[:-1])
    rows = until - (until[first] - steps[first])[of] - 1
    codes = random.integers(0, 256, len(rows)).astype(np.uint8)
    stored = Stored(write(rows, codes, found))
    every = stored.read(np.arange(len(found)))
    assert np.array_equal(every.of, of)
    assert np.array_equal(every.rows, rows)
    assert np.array_equal(every.codes, codes)
    for number in (0, 1, 16_383, 16_384, 16_385, 39_999):
        alone_rows, alone_codes = stored.place(number).read()
        assert np.array_equal(alone_rows, rows[of == number])
        assert np.array_equal(alone_codes, codes[of == number])
