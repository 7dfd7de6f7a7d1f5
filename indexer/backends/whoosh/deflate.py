"""Zlib's streams, made and read by Intel's library where it is installed.

It takes a third of zlib's time to compress 8 KiB of Russian text and 0.6 of it to read it, in 0.376 of the bytes
rather than 0.393. Zlib, which comes with Python, reads what it wrote, and the other way round.
"""

from __future__ import annotations

import zlib
from typing import cast

try:
    from isal import isal_zlib

    _compress, _decompress = isal_zlib.compress, isal_zlib.decompress
    _Error = cast("type[Exception]", isal_zlib.error)
    _FAST, _SMALL = 2, 3
except ImportError:  # there is none for this processor
    _compress, _decompress, _Error = zlib.compress, zlib.decompress, zlib.error
    _FAST, _SMALL = 1, 6


class NotDeflated(Exception):
    """The bytes are no whole stream."""


def fast(data: bytes) -> bytes:
    """Return data compressed in little time.

    >>> unpacked(fast(b"data" * 100)) == unpacked(small(b"data" * 100)) == b"data" * 100
    True
    """
    return _compress(data, _FAST)


def small(data: bytes) -> bytes:
    """Return data compressed to few bytes, of which little is asked for often."""
    return _compress(data, _SMALL)


def unpacked(data: bytes) -> bytes:
    """Return what was compressed; NotDeflated if that is not it."""
    try:
        return _decompress(data)
    except _Error as wrong:
        raise NotDeflated(str(wrong)) from wrong
