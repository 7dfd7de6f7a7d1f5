"""Loops over arrays, compiled by Numba where it is installed: the extra `fast`.

Whatever is done by such a loop is also done by array operations, with the same result; an index, a query and an answer
do not depend on which it was. To import Numba and load what it compiled takes 0.4 s; so only who will ask for more than
that asks for loops.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    Loop = TypeVar("Loop", bound=Callable[..., object])


@cache
def is_there() -> bool:
    """Whether loops are compiled here."""
    return find_spec("numba") is not None


def compiled(loop: Loop) -> Loop:
    """Return a loop that is compiled when it is first called; the loop itself where there is no Numba.

    What is compiled is kept beside the module, or in the user's folder for caches where that cannot be written. Whether
    an array is as long as it is asked for is looked at: an index may be a stranger's.
    """
    return _compiled(loop, looks=True)


def compiled_bare(loop: Loop) -> Loop:
    """Return the same without that look, for a loop that proves beside its code that it stays within its arrays."""
    return _compiled(loop, looks=False)


def _compiled(loop: Loop, *, looks: bool) -> Loop:
    if not is_there():
        return loop
    from numba import njit  # noqa: PLC0415 -- 0.2 s

    return cast("Loop", njit(cache=True, nogil=True, boundscheck=looks, error_model="numpy")(loop))
