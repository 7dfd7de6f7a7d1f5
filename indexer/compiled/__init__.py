"""Loops over arrays, compiled by Numba where it is installed: the extra `fast`.

Whatever is done by such a loop is also done by array operations, with the same result; an index, a query and an answer
do not depend on which it was. To import Numba and load what it compiled takes 0.4 s; so only who will ask for more than
that asks for loops.
"""

from __future__ import annotations

import ctypes
from functools import cache, partial
from importlib.util import find_spec
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Loop = TypeVar("Loop", bound=Callable[..., object])


@cache
def is_there() -> bool:
    """Whether loops are compiled here."""
    return find_spec("numba") is not None


def compiled(loop: Loop) -> Loop:
    """Return a loop that is compiled when it is first called; the loop itself where there is no Numba.

    What is compiled is kept beside the module, or in the user's folder for caches where that cannot be written; where
    neither can, it is compiled for this process alone. Whether an array is as long as it is asked for is looked at: an
    index may be a stranger's.
    """
    return _compiled(loop, looks=True)


def compiled_bare(loop: Loop) -> Loop:
    """Return the same without that look, for a loop that proves beside its code that it stays within its arrays."""
    return _compiled(loop, looks=False)


def _compiled(loop: Loop, *, looks: bool) -> Loop:
    if not is_there():
        return loop
    from numba import njit  # noqa: PLC0415 -- 0.2 s

    compiling = partial(njit, nogil=True, boundscheck=looks, error_model="numpy")
    try:
        made: Any = compiling(cache=True)(loop)
    except RuntimeError:  # there is no folder to write to, as in a container that may only be read
        return cast("Loop", compiling()(loop))
    made._cache = _caching()(loop)  # noqa: SLF001 -- Numba has no other way to it
    return cast("Loop", made)


@cache
def _caching() -> Callable[[Callable[..., object]], object]:
    """Return Numba's keeping of what it compiled, by all that a loop is made of.

    Numba's own looks at when the loop's file was written, and takes what was compiled together with loops of another
    file before that one was changed.
    """
    from hashlib import sha256  # noqa: PLC0415 -- OpenSSL takes 3 ms, of all who search

    from numba.core import caching  # noqa: PLC0415 -- with Numba

    its_own: Any = caching.FunctionCache

    def tell(self: Any) -> None:  # noqa: ANN401 -- what Numba gives, which has no types
        # Not before: when a loop is defined, those that it calls may not be.
        told = "\n".join(told_by(self._py_func))
        self._cache_file._source_stamp = sha256(told.encode()).hexdigest()  # noqa: SLF001 -- likewise

    def load(self: Any, signature: Any, context: Any) -> Any:  # noqa: ANN401 -- likewise
        tell(self)
        return its_own.load_overload(self, signature, context)

    def save(self: Any, signature: Any, made: Any) -> None:  # noqa: ANN401 -- likewise
        tell(self)
        its_own.save_overload(self, signature, made)

    return type("_Caching", (its_own,), {"load_overload": load, "save_overload": save})


def told_by(function: Callable[..., object]) -> Iterator[str]:
    """Give what a loop does, and those that it calls: their code, and the numbers and fields that they read."""
    functions: list[Any] = [function]
    told: set[FunctionType] = set()
    while functions:
        one = functions.pop()
        one = getattr(one, "py_func", one)  # of Numba's, the loop
        if not isinstance(one, FunctionType) or one in told:
            continue
        told.add(one)
        code = one.__code__
        yield f"{code.co_name} {code.co_code.hex()} {code.co_consts!r} {code.co_names} {code.co_varnames}"
        for name in code.co_names:
            of_name: Any = one.__globals__.get(name)
            if isinstance(of_name, int | float | np.generic | tuple):
                yield f"{name} {of_name!r}"
            elif hasattr(of_name, "_fields"):
                yield f"{name} {of_name._fields}"
            else:
                functions.append(of_name)


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


def viewing() -> Callable[[np.ndarray, int, type[np.generic]], np.ndarray]:
    """Return what gives one of the arrays of a table (Held.table), by its place there and the kind of its numbers.

    To hand arrays over to a loop takes time: 41 of them 8 microseconds, and a table of them 0.1.
    """
    return _view() if is_there() else _viewed


class Held:
    """Arrays that loops read, which are kept as long as it is.

    `table` has a row for each, as loops are told it: the address and how many numbers there are, both int64.
    """

    def __init__(self, arrays: Sequence[np.ndarray], kinds: Sequence[type[np.generic]]) -> None:
        """Take arrays, of numbers of these kinds; ValueError if there are not as many."""
        # What loops take for granted does not depend on what a file says of its arrays.
        self._arrays = [np.ascontiguousarray(array, kind) for array, kind in zip(arrays, kinds, strict=True)]
        self.table = np.array([(array.ctypes.data, array.size) for array in self._arrays], np.int64)


def _viewed(table: np.ndarray, at: int, kind: type[np.generic]) -> np.ndarray:
    address, size = table[at].tolist()
    if not size:
        return np.zeros(0, kind)
    there = (ctypes.c_char * (size * np.dtype(kind).itemsize)).from_address(address)
    return np.frombuffer(memoryview(there).toreadonly(), kind)


def _view() -> Callable[[np.ndarray, int, type[np.generic]], np.ndarray]:
    from numba import types  # noqa: PLC0415 -- with Numba
    from numba.core import cgutils  # noqa: PLC0415
    from numba.extending import intrinsic  # noqa: PLC0415
    from numba.np.arrayobj import populate_array  # noqa: PLC0415

    def typed(_: Any, table: Any, at: Any, kind: Any) -> Any:  # noqa: ANN401, ARG001 -- likewise
        made = types.Array(kind.dtype, 1, "C", readonly=True)

        def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401 -- likewise
            rows = context.make_array(signature.args[0])(context, builder, given[0]).data
            first = builder.mul(given[1], cgutils.intp_t(2))
            address, size = (
                builder.load(builder.gep(rows, [builder.add(first, cgutils.intp_t(column))])) for column in (0, 1)
            )
            array, width = (
                context.make_array(made)(context, builder),
                context.get_abi_sizeof(context.get_data_type(made.dtype)),
            )
            data = builder.inttoptr(address, context.get_data_type(made.dtype).as_pointer())
            populate_array(
                array, data=data, shape=[size], strides=[cgutils.intp_t(width)], itemsize=width, meminfo=None
            )
            return array._getvalue()  # noqa: SLF001 -- as Numba's own

        return made(table, types.intp, kind), code

    return cast("Callable[[np.ndarray, int, type[np.generic]], np.ndarray]", intrinsic(typed))
