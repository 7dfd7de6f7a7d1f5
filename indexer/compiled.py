"""Loops over arrays, compiled by Numba where it is installed: the extra `fast`.

Whatever is done by such a loop is also done by array operations, with the same result; an index, a query and an answer
do not depend on which it was. To import Numba and load what it compiled takes 0.4 s; so only who will ask for more than
that asks for loops.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.util import find_spec
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

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


def fetching() -> Callable[[np.ndarray, int], None]:
    """Return what lets the processor load a row of an array while it does something else; there need be no such row."""
    return _prefetch() if is_there() else lambda _array, _at: None


def _prefetch() -> Callable[[np.ndarray, int], None]:
    from llvmlite import ir  # noqa: PLC0415 -- with Numba
    from numba import types  # noqa: PLC0415
    from numba.core import cgutils  # noqa: PLC0415
    from numba.extending import intrinsic  # noqa: PLC0415

    pointer, number = cgutils.voidptr_t, ir.IntType(32)
    hint = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
    to_read, soon, data = (ir.Constant(number, value) for value in (0, 3, 1))

    def typed(_: Any, array: Any, at: Any) -> Any:  # noqa: ANN401, ARG001 -- what Numba gives, which has no types
        def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401 -- likewise
            of = context.make_array(signature.args[0])(context, builder, given[0])
            away = builder.mul(given[1], builder.extract_value(of.strides, 0))
            there = builder.add(builder.ptrtoint(of.data, cgutils.intp_t), away)
            load = builder.module.declare_intrinsic("llvm.prefetch", [pointer], hint)
            builder.call(load, [builder.inttoptr(there, pointer), to_read, soon, data])
            return context.get_dummy_value()

        return types.void(array, types.intp), code

    return cast("Callable[[np.ndarray, int], None]", intrinsic(typed))


def viewing() -> tuple[Callable[[Any, Any, type[np.generic]], np.ndarray], Callable[[int], Any]]:
    """Return what gives the array of a shape and kind that is at a pointer, and what makes one of an address.

    Whoever tells an address keeps what is there. To hand an array over to a loop takes time: 41 of them 8 microseconds,
    and one that tells where they are 0.1.
    """
    if not is_there():
        return _viewed, lambda address: address
    from numba import carray  # noqa: PLC0415 -- with Numba

    return carray, _pointer()


def _viewed(address: int, size: int | tuple[int, ...], kind: type[np.generic]) -> np.ndarray:
    count = prod(size) if isinstance(size, tuple) else size
    if not count:
        return np.zeros(size, kind)
    return np.frombuffer((ctypes.c_char * (count * np.dtype(kind).itemsize)).from_address(address), kind).reshape(size)


def _pointer() -> Callable[[int], Any]:
    from numba import types  # noqa: PLC0415 -- with Numba
    from numba.core import cgutils  # noqa: PLC0415
    from numba.extending import intrinsic  # noqa: PLC0415

    def typed(_: Any, __: Any) -> Any:  # noqa: ANN401 -- likewise
        def code(_: Any, builder: Any, __: Any, given: Any) -> Any:  # noqa: ANN401 -- likewise
            return builder.inttoptr(given[0], cgutils.voidptr_t)

        return types.voidptr(types.intp), code

    return cast("Callable[[int], Any]", intrinsic(typed))
