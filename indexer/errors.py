"""Every failure that a caller may catch.

IndexerError
├── CorpusError            the one who keeps the documents can act
│   ├── CorpusMissing          no such folder or file, or nothing in it that can be read
│   └── Unreadable             one file; a build lists it and goes on
├── IndexFailure           the one who keeps the index can act
│   ├── IndexMissing           nothing was built there yet
│   ├── IndexIncompatible      built by another version or with other settings: rebuild
│   ├── IndexDamaged           a file of it is cut short, foreign or gone: rebuild
│   ├── IndexBusy              another build holds the lock: wait
│   ├── IndexNotWritten        no rights, no room: the old state is still there
│   └── ClusterFailure         the one who keeps the cluster can act
│       ├── ClusterMisnamed        an address that is none
│       ├── ClusterSilent          nobody answers there
│       ├── ClusterRefused         it lets nobody in: password, token, certificate, rights
│       ├── ClusterUnwell          it answers that it cannot: red, full, busy
│       └── ClientMissing          the library that speaks to it is not installed
├── EngineError            the one who keeps the machines of a build can act
│   ├── EngineRefused          no such engine, or it cannot build this
│   ├── SparkMissing           pyspark or Java is not installed
│   └── SparkFailure           no master, no worker, or they gave up
├── CompilerMissing        the one who wants rankings compiled can act: Numba is not installed
├── EncoderMissing         the one who searches by meaning can act: the package that carries one is not there
├── ProtocolMissing        the one who serves tools to a language model can act: the package mcp is not there
├── QueryError             the one who asks can act
│   ├── QueryEmpty             no word in it
│   │   └── QueryOnlyExcludes      words to leave out, and none to look for
│   ├── QueryTooLong           more words than a person would ask for
│   ├── QueryTooWide           a mask that would open most of the vocabulary
│   │   ├── QueryOpensTooMuch      a mask, or words near each other, with more alternatives than a search takes
│   │   └── QueryTooOpen           more masks and misspellings than a search takes
│   ├── QueryTooSlow           it takes longer than whoever searches for another lets it
│   ├── QuerySyntaxError       a sign that means nothing where it stands, for whoever reads strictly
│   └── ParagraphMissing       no such document or paragraph in the index
├── EvaluationError        the one who measures can act
│   ├── JudgementsUnreadable   a set of judgements that lacks a file, or has a row that makes no sense
│   └── MeasuresMissing        the library that measures is not installed
├── ServingError           the one who serves can act
│   ├── ServerMissing          the libraries that serve are not installed
│   └── AddressRefused         no such host, or another program listens there
└── SettingRefused         no such number among the settings, or a value that it cannot have

A failure outside this tree is a bug.

A message is a template with named values, so that the command line can say it in another language.
"""

from __future__ import annotations


class IndexerError(Exception):
    """Say what happened, where, and what to do; `template` and `values` make up the sentence."""

    template = "{reason}"

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        # The default calls the class with positional arguments, and errors cross process borders in a build.
        return _restore, (type(self), self.values)


def _restore(kind: type[IndexerError], values: dict[str, object]) -> IndexerError:
    return kind(**values)


class CorpusError(IndexerError):
    """Something about the documents."""


class CorpusMissing(CorpusError):
    """The corpus is not there, or holds nothing that can be read."""

    template = "No documents at {path}: {reason}. Name a folder or a file with documents: abzats build FOLDER"


class Unreadable(CorpusError):
    """One file that cannot be read as a document; its reason is a whole phrase."""

    template = "{path}: {reason}"


class IndexFailure(IndexerError):
    """Something about the index folder."""


class IndexMissing(IndexFailure):
    """No index was built there."""

    template = "No index at {path}. Build one: abzats build CORPUS --index {path}"


class IndexIncompatible(IndexFailure):
    """The index was made by another version or with other settings."""

    template = "The index at {path} cannot be used: {reason}. Build it anew: abzats build --rebuild --index {path}"


class IndexDamaged(IndexFailure):
    """A file of the index is cut short, foreign or gone."""

    template = "The index at {path} is damaged: {reason}. Build it anew: abzats build --rebuild --index {path}"


class IndexBusy(IndexFailure):
    """Another build is at work on the same index."""

    template = "Another build is writing to {path} ({holder}). Wait for it to end, then try again"


class IndexNotWritten(IndexFailure):
    """The index could not be written; what was there before is unharmed."""

    template = "The index at {path} could not be written: {reason}. What was there before is unharmed"


class ClusterFailure(IndexFailure):
    """Something about the cluster that an index is on."""


class ClusterMisnamed(ClusterFailure):
    """The address of an index on a cluster cannot be read."""

    template = "{path} is no address of an index: {reason}. Write it so: opensearch+https://host:9200/name"


class ClusterSilent(ClusterFailure):
    """No node of the cluster answers."""

    template = "The cluster does not answer at {path}: {reason}. See that it runs, and that the address is right"


class ClusterRefused(ClusterFailure):
    """The cluster does not do it for this user, or is not who it should be."""

    template = (
        "The cluster is closed to us at {path}: {reason}. See ABZATS_OPENSEARCH_USER, ABZATS_OPENSEARCH_PASSWORD, "
        "ABZATS_OPENSEARCH_TOKEN and ABZATS_OPENSEARCH_CA"
    )


class ClusterUnwell(ClusterFailure):
    """The cluster answers that it cannot do it now."""

    template = "The cluster cannot do it now at {path}: {reason}. See to its health, then try again"


class ClientMissing(ClusterFailure):
    """The library that speaks to a cluster is an extra, and is not installed."""

    template = "An index on a cluster needs opensearch-py. Install it: pip install 'abzats[opensearch]'"


class EngineError(IndexerError):
    """Something about the machines that a build is given to."""


class EngineRefused(EngineError):
    """There is no such engine, or it cannot build this index of this corpus."""

    template = (
        "{engine!r} cannot build it: {reason}. Write it so: abzats build FOLDER --engine spark --index "
        "opensearch+https://host:9200/name"
    )


class SparkMissing(EngineError):
    """What Spark needs is not installed."""

    template = (
        "To build on Spark, pyspark and Java 17 or newer are needed: {reason}. Install Java from your system, and "
        "pyspark so: pip install 'abzats[spark]'"
    )


class SparkFailure(EngineError):
    """Spark has not done what it was given to do."""

    template = (
        "Spark at {master} has not done it: {reason}. See that its master and workers run, then build again; the index "
        "is as it was before"
    )


class EncoderMissing(IndexerError):
    """There is no encoder to search by meaning with."""

    template = "To search by meaning, an encoder is needed: {reason}. Install it: pip install 'abzats[semantic]'"


class CompilerMissing(IndexerError):
    """Compiled rankings are asked for, and there is nothing to compile them with."""

    template = "To compile the loops of rankings, Numba is needed. Install it: pip install 'abzats[fast]'"


class ProtocolMissing(IndexerError):
    """The library that speaks the Model Context Protocol is an extra, and is not installed."""

    template = (
        "To serve a language model, the package mcp is needed, 2.1 or newer. Install it: pip install 'abzats[mcp]'"
    )


class QueryError(IndexerError):
    """Something about the question."""


class QueryEmpty(QueryError):
    """The query holds no word to look for."""

    template = "There is no word to look for in {query!r}. Type a word: abzats search 'сельское хозяйство'"


class QueryOnlyExcludes(QueryEmpty):
    """The query says what to leave out, and not what to look for."""

    template = "{query!r} only leaves words out. Say what to look for beside it: abzats search 'стали -закалка'"


class QueryTooLong(QueryError):
    """The query has more words than a search takes."""

    template = "The query has {words} words and a search takes at most {most}. Shorten it"


class QueryTooWide(QueryError):
    """A mask of the query would open most of the vocabulary."""

    template = "The mask {mask} would find nearly everything. Give at least {least} letters of the word"


class QueryOpensTooMuch(QueryTooWide):
    """A mask of the query, or what is to be near, stands for too many alternatives."""

    template = "{part} stands for {count} alternatives, and a search takes at most {most}. Narrow it"


class QueryTooOpen(QueryTooWide):
    """The query has too many masks and misspellings."""

    template = (
        "The query has {count} masks and misspellings, and a search takes at most {most}, for each looks through all "
        "the words there are. Leave some out"
    )


class QueryTooSlow(QueryError):
    """The search has not ended in the time that it was given."""

    template = "The query takes longer than {seconds:g} s. Ask for less: fewer words, masks, phrases or results"


class QuerySyntaxError(QueryError):
    """The query is read strictly, and something in it means nothing where it stands."""

    template = "The query cannot be read at character {at}, {what!r}: {reason}"


class ParagraphMissing(QueryError):
    """The index holds no such document or paragraph."""

    template = "There is no {id} in the index. abzats search prints the ids that are"


class EvaluationError(IndexerError):
    """Something about measuring."""


class JudgementsUnreadable(EvaluationError):
    """A set of judgements lacks a file, or a row of one makes no sense."""

    template = "{path}: {reason}. A set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv"


class MeasuresMissing(EvaluationError):
    """The library that measures is an extra, and is not installed."""

    template = "To measure, ir-measures is needed. Install it: pip install 'abzats[evaluate]'"


class ServingError(IndexerError):
    """Something about serving."""


class ServerMissing(ServingError):
    """The libraries that serve are an extra, and are not installed."""

    template = "To serve, Starlette, uvicorn and Jinja are needed. Install them: pip install 'abzats[web]'"


class AddressRefused(ServingError):
    """Nothing can be served at this address."""

    template = "Nothing can be served at {host}, port {port}: {reason}. Choose another: abzats serve --port 8001"


class SettingRefused(IndexerError):
    """A setting is none, or cannot have this value."""

    template = "{assignment!r} cannot be set: {reason}"
