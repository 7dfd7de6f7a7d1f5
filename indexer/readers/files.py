"""The files of a corpus: found, opened without ever waiting, and told apart by their bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from indexer.errors import CorpusMissing, Unreadable
from indexer.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from io import BufferedReader
    from pathlib import Path

DIGEST_BYTES = 16  # enough that no two files of any corpus have one by chance

_ADVICE = {
    errno.EACCES: "give yourself the right to read it",
    errno.EPERM: "give yourself the right to read it",
    errno.ENOENT: "it was moved or deleted; build again",
    errno.ELOOP: "its links lead in a circle; mend or delete them",
    errno.ENAMETOOLONG: "move it to a place with a shorter path",
    errno.EIO: "the disk may be failing; copy the file elsewhere",
}
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@frozen
class CorpusFile:
    """A file that a reader takes."""

    path: Path  # where it is
    name: str  # relative to the corpus, with forward slashes, in NFC, printable; unique among the files found
    size: int  # bytes


@frozen
class Found:
    """What is in a corpus."""

    files: tuple[CorpusFile, ...]  # sorted by name
    ignored: dict[str, int]  # suffix that no reader takes, "" for none → number of files
    problems: tuple[Unreadable, ...]  # what could not be looked into


class Unique:
    """Names that were given once; one asked for again is numbered.

    >>> given = Unique()
    >>> [given.name("а"), given.name("а"), given.name("а~2"), given.name("а")]
    ['а', 'а~2', 'а~2~2', 'а~3']
    """

    def __init__(self) -> None:
        self._next: dict[str, int] = {}  # name given → the number to try when it is asked for again

    def name(self, wanted: str) -> str:
        """Give the name as wanted, or else with the first free number."""
        given = wanted
        if wanted in self._next:
            number = self._next[wanted]
            while (given := f"{wanted}~{number}") in self._next:
                number += 1
            self._next[wanted] = number + 1
        self._next[given] = 2
        return given


# --- finding ----------------------------------------------------------------------------------------------------------


def walk(corpus: Path, suffixes: Collection[str], *, apart_from: Path | None = None) -> Found:
    """Find the files with these suffixes in a folder and the folders below it, or the one file that `corpus` is.

    Links are followed, yet no real folder or file is taken twice: the first name in sort order wins. Names that begin
    with a dot are passed over, and so is the folder `apart_from`. Raises CorpusMissing if there is no such folder or
    file.
    """
    status = _status_of_corpus(corpus)
    search = _Search(frozenset(suffixes))
    if apart_from is not None and apart_from.is_dir() and not apart_from.samefile(corpus):
        search.pass_over(apart_from.stat())
    if stat.S_ISDIR(status.st_mode):
        search.folder(corpus, "", status)
    else:
        search.file(corpus, corpus.name, status)
    return search.found()


def _status_of_corpus(corpus: Path) -> os.stat_result:
    shown = printable(str(corpus))
    try:
        status = corpus.stat()
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise CorpusMissing(path=shown, reason="there is no such folder or file") from missing
    except OSError as error:
        raise CorpusMissing(path=shown, reason=in_words(error)) from error
    except ValueError as unheard_of:  # a NUL in the name
        raise CorpusMissing(path=shown, reason="no folder or file can have this name") from unheard_of
    if not (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
        raise CorpusMissing(path=shown, reason=f"it is {_kind(status)}, neither a folder nor a file")
    return status


@dataclass(slots=True)
class _Search:
    """A walk under way: what was seen, so that links in a circle come to an end, and what was found."""

    suffixes: frozenset[str]
    seen: set[tuple[int, int]] = field(default_factory=set)  # device and inode of folders and files
    files: list[tuple[Path, str, int]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    problems: list[Unreadable] = field(default_factory=list)

    def pass_over(self, status: os.stat_result) -> None:
        """Take a folder for one already seen."""
        self._is_new(status)

    def folder(self, path: Path, name: str, status: os.stat_result) -> None:
        """Walk the whole tree, in the sort order of full names; a stack, since a corpus may nest deeper than Python."""
        waiting = [(path, name, status)]
        while waiting:
            path, name, status = waiting.pop()
            if not stat.S_ISDIR(status.st_mode):
                self.file(path, name, status)
            elif self._is_new(status):
                waiting.extend(reversed(self._entries(path, name)))

    def file(self, path: Path, name: str, status: os.stat_result) -> None:
        suffix = path.suffix.lower()
        if not stat.S_ISREG(status.st_mode):
            reason = f"it is {_kind(status)}, not a file; nothing can be read from it"
            self.problems.append(Unreadable(path=printable(name), reason=reason))
        elif suffix not in self.suffixes:
            self.ignored[printable(suffix)] += 1
        elif self._is_new(status):
            self.files.append((path, name, status.st_size))

    def found(self) -> Found:
        given = Unique()
        named = sorted((printable(name), name, path, size) for path, name, size in self.files)
        files = sorted((CorpusFile(path, given.name(shown), size) for shown, _, path, size in named), key=_by_name)
        return Found(tuple(files), dict(sorted(self.ignored.items())), tuple(self.problems))

    def _is_new(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        if identity in self.seen:
            return False
        self.seen.add(identity)
        return True

    def _entries(self, folder: Path, name: str) -> list[tuple[Path, str, os.stat_result]]:
        try:
            names = os.listdir(folder)  # noqa: PTH208 -- iterdir() would make a Path of every hidden name too
        except OSError as error:
            self.problems.append(Unreadable(path=printable(name) or ".", reason=in_words(error)))
            return []
        visible = [entry for entry in names if not entry.startswith(".")]
        return sorted(self._with_status(folder, name, visible), key=_as_in_full_names)

    def _with_status(
        self, folder: Path, name: str, entries: Iterable[str]
    ) -> Iterable[tuple[Path, str, os.stat_result]]:
        for entry in entries:
            path, full = folder / entry, f"{name}/{entry}" if name else entry
            try:
                yield path, full, path.stat()
            except OSError as error:
                self.problems.append(Unreadable(path=printable(full), reason=_unfollowed(path, error)))


def _by_name(file: CorpusFile) -> str:
    return file.name


def _as_in_full_names(entry: tuple[Path, str, os.stat_result]) -> str:
    """«а-б/…» comes before «а/…», which a sort by the names of folders alone would turn round."""
    _, name, status = entry
    return f"{name}/" if stat.S_ISDIR(status.st_mode) else name


def _unfollowed(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "the link leads to nothing; mend or delete it"
    return in_words(error)


def printable(name: str) -> str:
    r"""Give a file name in NFC, with escapes for what cannot be shown: bytes that are no text, line ends, controls.

    >>> printable("план\udcff\n.txt")
    'план\\xff\\n.txt'
    """
    name = unicodedata.normalize("NFC", name)
    return name if name.isprintable() else "".join(map(_shown, name))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":  # how Python keeps a byte of a file name that it cannot decode (PEP 383)
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


# --- opening ----------------------------------------------------------------------------------------------------------


def opened(path: Path, name: str) -> BufferedReader:
    """Open a regular file for reading; raises Unreadable for anything else, and never waits for it.

    `name` is what the error calls it.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(path=name, reason=in_words(error)) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Unreadable(path=name, reason=f"it is {_kind(status)}, not a file; nothing can be read from it")
    return os.fdopen(descriptor, "rb")


def contents(file: CorpusFile, *, largest: int) -> bytes:
    """Read a file that is one document; raises Unreadable if it is empty or has more bytes than allowed."""
    with opened(file.path, file.name) as binary:
        size = os.fstat(binary.fileno()).st_size
        if size <= largest:
            try:
                data = binary.read(largest + 1)  # it may have grown since
            except OSError as error:
                raise Unreadable(path=file.name, reason=in_words(error)) from error
            size = len(data)
    if size > largest:
        reason = f"it has {size:,} bytes and the limit is {largest:,}; split it, or raise settings.reading.largest_file"
        raise Unreadable(path=file.name, reason=reason)
    if not data:
        raise Unreadable(path=file.name, reason="the file is empty")
    return data


def digest(file: CorpusFile | Path) -> str:
    """Give the BLAKE2b-128 of a file's bytes in hexadecimal; raises Unreadable as reading it would."""
    path, name = (file.path, file.name) if isinstance(file, CorpusFile) else (file, printable(file.name))
    with opened(path, name) as binary:
        try:
            return hashlib.file_digest(binary, _blake2b).hexdigest()
        except OSError as error:
            raise Unreadable(path=name, reason=in_words(error)) from error


def _blake2b() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=DIGEST_BYTES)


def in_words(error: OSError) -> str:
    """Say what the system says of a failure, and what to do about it.

    >>> in_words(PermissionError(errno.EACCES, "Permission denied"))
    'permission denied; give yourself the right to read it'
    """
    what = (error.strerror or type(error).__name__).lower()
    return f"{what}; {_ADVICE.get(error.errno or 0, 'see that it can be opened with another program')}"


def _kind(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
