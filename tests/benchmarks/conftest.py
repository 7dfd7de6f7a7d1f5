"""What pytest does not look into for doctests: modules that import a peer, which need not be installed."""

from __future__ import annotations

collect_ignore_glob = ["growth.py", "peers/[!_]*.py"]
