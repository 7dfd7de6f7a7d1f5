"""What pytest looks at: modules of an extra that is not installed cannot be imported, for their doctests either."""

from __future__ import annotations

from importlib.util import find_spec

_EXTRAS = {"mcp": "indexer/mcp", "starlette": "indexer/web"}  # package → the folder whose modules import it
_MISSING = {package: folder for package, folder in _EXTRAS.items() if find_spec(package) is None}

collect_ignore = list(_MISSING.values())


def pytest_report_header() -> list[str]:
    """Say what is left out, and why."""
    return [f"left out: {folder}, for {package} is not installed" for package, folder in _MISSING.items()]
