"""What cannot be answered, said to a person: what happened, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.wording.failures import sentence
from indexer.wording.messages import _, message

if TYPE_CHECKING:
    from indexer.web.problems import Problem

SAID = {
    "parameter": (
        message("The address is not understood"),
        message("A part of it is unknown, or has a value that it cannot have. Search anew:"),
    ),
    "query-empty": (
        message("There is no word to look for"),
        message("Type a word, or say what to look for beside what is left out: стали -закалка"),
    ),
    "query-too-long": (message("The query is too long"), ""),
    "query-too-wide": (message("The query would find nearly everything"), ""),
    "query-not-read": (message("The query cannot be read"), ""),
    "query-too-slow": (
        message("The query takes too long"),
        message("Leave out masks and misspellings, or ask for fewer words."),
    ),
    "no-date": (message("This is no date"), message("Type it as 2023, 2023-05, 12.05.2023, май 2023 or вчера.")),
    "no-time-between": (
        message("No time lies between these dates"),
        message("The first one is later than the second. Choose them anew:"),
    ),
    "not-in-the-index": (
        message("The index has no such document"),
        message("It may have been taken out or renamed. Look for it by its words:"),
    ),
    "no-such-page": (message("There is nothing at this address"), message("Search, or begin at the first page:")),
    "method": (message("Only reading is possible here"), ""),
    "host": (
        message("The server is not known by this name"),
        message("Open it by the address that it printed when it was started."),
    ),
    "address-too-long": (message("The address is too long"), message("Ask for fewer words, or choose less.")),
    "busy": (message("Too many are asking at once"), message("Try again in a moment.")),
    "index": (
        message("The index cannot be read"),
        message("Whoever keeps it finds the reason in the log of the server."),
    ),
    "bug": (
        message("Something went wrong that should not"),
        message("It is no fault of yours. Try again; the log of the server has the details."),
    ),
}  # kind of a problem → what happened, what to do
OF_LIBRARY = {"query-too-long", "query-too-wide", "query-not-read"}  # whose failures say with numbers what to do


def values(problem: Problem) -> dict[str, Any]:
    """Return what the template shows, in the language spoken."""
    title, advice = SAID[problem.kind.name]
    if problem.error is not None and problem.kind.name in OF_LIBRARY:
        advice = f"{sentence(problem.error)}."
    elif advice:
        advice = _(advice)
    return {"title": _(title), "advice": advice, "status": problem.kind.status.value}
