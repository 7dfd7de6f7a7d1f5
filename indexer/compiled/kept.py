"""Loops of builds, compiled by Numba once and kept as object code, which is loaded without it: the extra `fast`.

To import Numba takes a process 0.4 s and 115 MiB, more than loops save it of 300,000 paragraphs; LLVM's binding, which
comes with Numba, takes 0.03 s. What such a loop does arrays do too, and with the same result. It is told addresses, so
that it takes flat arrays and whole numbers, allocates nothing, raises nothing, and returns one number. Whether it stays
within its arrays is not looked at: it proves that beside its code.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from platform import python_version
from tempfile import NamedTemporaryFile
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.compiled import fetching, is_there, told_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from subprocess import Popen

NUMBER: Final = None  # what a loop takes in place of an array
_ENTRY = "entry"  # the name of each loop in its object code
_OURS = 0o022  # bits of a file that others may write to
_READABLE = 0o644
_IS_SAFE = os.name == "posix"  # elsewhere a file does not tell who may have written it
_LOADING = 0.03  # seconds of the processor that loading loops takes a process
_MAKING = 0.4  # seconds that loops must have been able to save one before they are worth making for all

MAKE = """
import json, os, sys
os.nice(19)
sys.path[:], names = json.loads(sys.argv[1])
from indexer.compiled import kept
kept.make_named(names)
"""


class Loop:
    """A function that is compiled, as it is called."""

    def __init__(self, function: Callable[..., int], takes: Sequence[str | None]) -> None:
        self.function = function
        self._kinds = [None if kind is NUMBER else np.dtype(kind) for kind in takes]
        self._code: Callable[[int], int] | None = None
        self.is_refused = False  # this machine cannot have it

    def __call__(self, *given: np.ndarray | int) -> int:
        """Run it; TypeError if an array is not what it takes. It must be ready."""
        told: list[int] = []
        for kind, one in zip(self._kinds, given, strict=True):
            if kind is None:
                told.append(one)  # type: ignore[arg-type]
                continue
            if not isinstance(one, np.ndarray) or one.dtype != kind or not one.flags.c_contiguous:
                message = f"{self.function.__name__} takes flat arrays of {kind}"
                raise TypeError(message)
            told += (one.ctypes.data, one.size)
        assert self._code is not None  # noqa: S101 -- see `are_ready`
        table = np.array(told, np.int64)  # by a name, so that it is there as long as the loop reads it
        return self._code(table.ctypes.data)

    @property
    def is_ready(self) -> bool:
        """Whether it can be called."""
        return self._code is not None

    def load(self) -> bool:
        """Have it ready if its object code is kept here."""
        for folder in _folders():
            file = folder / self._file
            try:
                with file.open("rb") as opened:
                    about = os.fstat(opened.fileno())
                    data = opened.read()
            except OSError:
                continue
            code = data[sha256().digest_size :]
            # Half a file would end the process, and another's might do anything.
            if about.st_uid in {0, os.getuid()} and not about.st_mode & _OURS and sha256(code).digest() + code == data:
                self._code = _loaded(code)
                return True
        return False

    def make(self) -> None:
        """Compile it, have it ready, and keep it if there is a folder that can be written to. It takes seconds."""
        code = _object_code(self)
        self._code = _loaded(code)
        for folder in _folders():
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with NamedTemporaryFile(dir=folder, delete=False) as file:
                    file.write(sha256(code).digest() + code)
                    os.fchmod(file.fileno(), _READABLE)
                Path(file.name).replace(folder / self._file)
            except OSError:
                continue
            for other in folder.glob(f"{self._name}-*.o"):
                if other.name != self._file:
                    other.unlink(missing_ok=True)
            return

    @property
    def _name(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"

    @property
    def _file(self) -> str:
        return f"{self._name}-{_key(self)}.o"


def kept(*takes: str | None) -> Callable[[Callable[..., int]], Loop]:
    """Return what makes of a function a loop that takes arrays of these kinds, and a NUMBER where there is none.

    It may call functions that are no loops, which become a part of it; of all that is outside of it, it may read
    numbers.
    """
    return lambda function: Loop(function, takes)


def fetch(array: np.ndarray, at: int) -> None:
    """Let the processor load a row of an array while a loop does something else; there need be no such row."""


def are_ready(loops: Iterable[Loop], *, make: bool) -> bool:
    """Return whether loops can be called, which are loaded if they are kept, and made if that is asked for."""
    left = [loop for loop in loops if not loop.is_ready]
    if not left:
        return True
    if not is_there():
        return False
    left = [loop for loop in left if not loop.load()]
    if make:
        for loop in left:
            loop.make()
    return make or not left


def preferred(loops: Sequence[Loop], saved: float) -> bool:
    """Return whether loops are to be called: whether they can be, and it is worth what it takes to come to that.

    `saved` is how many seconds of the processor they would have saved this process up to now. Who is told that they are
    not asks again later. Loops that are not kept yet are made by a process that gives way to others, once all that were
    asked for here would have saved enough together; nobody waits for it, and it may outlive who has begun it.
    """
    if all(loop.is_ready for loop in loops):
        return True
    if saved < _LOADING or not is_there() or not _IS_SAFE or any(loop.is_refused for loop in loops):
        return False
    maker = makers.get(loops[0])
    has_ended = maker is not None and maker.poll() is not None
    try:
        if are_ready(loops, make=False):
            return True
    except Exception:  # noqa: BLE001 -- whatever LLVM raises, or a Numba of another day: no build must end for that
        has_ended = True
    _saved[loops[0]] = saved
    if has_ended:  # this machine cannot have them, and it is the same without
        for loop in loops:
            loop.is_refused = not loop.is_ready
    elif maker is None and sum(_saved.values()) >= _MAKING and sys.executable:
        makers[loops[0]] = have_made(loops)
    return False


# Of this process, by the first of the loops that were asked for together.
_saved: dict[Loop, float] = {}
makers: dict[Loop, Popen[bytes]] = {}  # who makes them


def have_made(loops: Sequence[Loop]) -> Popen[bytes]:
    """Begin a process that makes and keeps loops; Numba takes 160 MiB of memory, which end with it."""
    import subprocess  # noqa: PLC0415 -- once in the life of an installation

    asked = json.dumps([sys.path, [(loop.function.__module__, loop.function.__name__) for loop in loops]])
    return subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-P", "-c", MAKE, asked],  # -P: no module of the folder that one stands in
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl+C ends a build and not this; a session of its own would not give way to the build
    )


def make_named(names: Iterable[tuple[str, str]]) -> None:
    """Make and keep loops by their modules and names, those that are not kept yet; one process at a time does."""
    with _lock() as is_locked:
        for module, name in names if is_locked else ():
            loop: Loop = getattr(import_module(module), name)
            if not loop.load():
                loop.make()


@contextmanager
def _lock() -> Iterator[bool]:
    """Wait until no other process makes loops; tell whether there is a folder to keep them."""
    import fcntl  # noqa: PLC0415 -- see _IS_SAFE

    file = _lock_file()
    try:
        if file is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file is not None
    finally:
        if file is not None:
            os.close(file)  # it ends the lock, as the end of the process would


def _lock_file() -> int | None:
    for folder in _folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(folder / "kept.lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:
            continue
    return None


def _folders() -> Iterator[Path]:
    """Give the folders where object code may be: where Python keeps its own, or the user's for caches."""
    yield Path(__file__).parent / "__pycache__"
    yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "abzats"


@cache
def _key(loop: Loop) -> str:
    """Return a name for what a loop is compiled from, and for what compiles it, and what for."""
    import llvmlite  # noqa: PLC0415 -- 0.03 s
    from llvmlite import binding  # noqa: PLC0415 -- likewise

    told = [python_version(), sys.platform, llvmlite.__version__, binding.get_host_cpu_name()]
    features = binding.get_host_cpu_features().flatten()
    told += [features, repr(loop._kinds), *told_by(loop.function)]  # noqa: SLF001 -- its own
    return sha256("\n".join(told).encode()).hexdigest()[:32]


# --- compiling --------------------------------------------------------------------------------------------------------


def _object_code(loop: Loop) -> bytes:
    """Return the machine's code for a loop."""
    from llvmlite import binding  # noqa: PLC0415 -- 0.03 s
    from numba import carray, cfunc, types  # noqa: PLC0415 -- 0.4 s

    function = _of_numba(loop.function)
    given, at = [], 0
    for kind in loop._kinds:  # noqa: SLF001 -- its own
        given.append(f"told[{at}]" if kind is None else f"carray(address(told[{at}]), (told[{at + 1}],), {kind})")
        at += 1 if kind is None else 2
    source = f"def {_ENTRY}(told):\n    return function({', '.join(given)})"
    names: dict[str, Any] = {"function": function, "carray": carray, "address": _address()}
    names |= {str(kind): kind.type for kind in loop._kinds if kind is not None}  # noqa: SLF001 -- its own
    exec(source, names)  # noqa: S102 -- as many arguments as the loop has, which Numba must see one by one
    made = cfunc(types.int64(types.CPointer(types.int64)), nopython=True, error_model="numpy")(names[_ENTRY])
    module = binding.parse_assembly(made.inspect_llvm())
    entry = module.get_function(made.native_name)
    entry.name = _ENTRY
    return _machine(jit=True).emit_object(_alone(module))  # type: ignore[no-any-return]


def _alone(module: Any) -> Any:  # noqa: ANN401 -- LLVM's
    """Return a module with what its entry calls alone; RuntimeError if that is more than the C library has."""
    from llvmlite import binding  # noqa: PLC0415 -- likewise

    for function in module.functions:
        if not function.is_declaration and function.name != _ENTRY:
            function.linkage = "internal"
    builder = binding.create_pass_builder(_machine(jit=True), binding.create_pipeline_tuning_options(speed_level=3))
    passes = builder.getModulePassManager()
    passes.run(module, builder)
    module = binding.parse_assembly(str(module))
    for function in module.functions:
        if (
            function.is_declaration
            and not function.name.startswith("llvm.")
            and f"@{function.name}(" in _bodies(module)
        ):
            message = f"a loop that is kept calls {function.name}"
            raise RuntimeError(message)
    return module


def _bodies(module: Any) -> str:  # noqa: ANN401 -- LLVM's
    return "\n".join(str(function) for function in module.functions if not function.is_declaration)


def _of_numba(function: Callable[..., Any]) -> Any:  # noqa: ANN401 -- a function as Numba has it
    """Return a function for Numba, those that it calls too."""
    from numba import njit  # noqa: PLC0415 -- likewise

    assert isinstance(function, FunctionType)  # noqa: S101 -- by `kept`
    names = {
        name: _of_numba(one) if isinstance(one, FunctionType) and name in function.__code__.co_names else one
        for name, one in function.__globals__.items()
    }
    names |= {name: fetching() for name, one in function.__globals__.items() if one is fetch}
    copy = FunctionType(function.__code__, names, function.__name__)
    return njit(boundscheck=False, error_model="numpy")(copy)


def _address() -> Any:  # noqa: ANN401 -- a function as Numba has it
    from numba import types  # noqa: PLC0415 -- likewise
    from numba.core import cgutils  # noqa: PLC0415 -- likewise
    from numba.extending import intrinsic  # noqa: PLC0415 -- likewise

    def typed(_: Any, number: Any) -> Any:  # noqa: ANN401, ARG001 -- what Numba gives, which has no types
        def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:  # noqa: ANN401 -- likewise
            return builder.inttoptr(given[0], cgutils.voidptr_t)

        return types.voidptr(types.int64), code

    return intrinsic(typed)


# --- loading ----------------------------------------------------------------------------------------------------------


def _loaded(code: bytes) -> Callable[[int], int]:
    """Return what object code does, as a function of the address of what it is told."""
    from llvmlite import binding  # noqa: PLC0415 -- likewise

    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _machine(jit=True))
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(engine.get_function_address(_ENTRY))
    _engines.append(engine)
    return function


_engines: list[Any] = []  # they have the code, which ends with them


def _machine(*, jit: bool) -> Any:  # noqa: ANN401 -- LLVM's
    from llvmlite import binding  # noqa: PLC0415 -- likewise

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=binding.get_host_cpu_features().flatten(), opt=3, jit=jit
    )
