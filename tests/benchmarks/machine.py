"""What a figure was measured on."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.benchmarks.corpus import ROOT


def machine() -> str:
    """Return the processor, the cores, the memory and the Python of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    text = about.read_text(encoding="utf-8") if about.exists() else ""
    name = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return name[1] if name else platform.processor() or "unknown processor"


def version_of(distribution: str) -> str:
    """Return the version of a library."""
    if distribution == "sqlite":
        return sqlite3.sqlite_version
    if distribution == "xapian":
        import xapian  # noqa: PLC0415 -- it may come from any of several distributions, or from the system

        return str(xapian.version_string())
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def commit() -> str:
    """Return the commit of the code, with a plus if something in it was changed."""
    told = _git("rev-parse", "--short", "HEAD")
    return f"{told}+" if _git("status", "--porcelain", "--untracked-files=no", "indexer", "tests/benchmarks") else told


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return ran.stdout.strip()
