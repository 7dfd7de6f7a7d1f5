"""Word vectors small enough to see through, in navec's format."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

# Two pieces of two numbers each: what a word is about, and what kind of thing it is.
ABOUT = {"steel": (1.0, 0.0), "honey": (0.0, 1.0), "none": (-1.0, -1.0)}
KIND = {"thing": (1.0, 0.0), "deed": (0.0, 1.0)}
WORDS = {
    "сталь": ("steel", "thing"),
    "металл": ("steel", "thing"),
    "железо": ("steel", "thing"),
    "ковать": ("steel", "deed"),
    "мёд": ("honey", "thing"),
    "пчела": ("honey", "thing"),
    "улей": ("honey", "thing"),
    "и": ("none", "deed"),
}
COUNTS = dict.fromkeys(WORDS, 1) | {"и": 10_000}


def parts() -> dict[str, bytes]:
    """Return the members of a good file."""
    header = np.array([len(WORDS), 4, 2, 3], "<u4")
    numbers = [[list(ABOUT).index(about), list(KIND).index(kind)] for about, kind in WORDS.values()]
    typical = np.array([list(ABOUT.values()), [*KIND.values(), (0.0, 0.0)]], "<f4")
    counts = np.array([len(WORDS), *COUNTS.values()], "<u4")
    return {
        "meta.json": json.dumps({"id": "tiny", "protocol": 1}).encode(),
        "vocab.bin": gzip.compress(counts.tobytes() + "\n".join(WORDS).encode()),
        "pq.bin": header.tobytes() + np.array(numbers, "u1").tobytes() + typical.tobytes(),
    }


def write(path: Path, members: dict[str, bytes]) -> Path:
    """Write a file with these members."""
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path
