"""Full-text search for Russian: paragraphs found by every form of their words.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from indexer import Document, build_index, open_index
>>> with TemporaryDirectory() as folder:
...     report = build_index([Document("news.md", "Закалка стали требует точности.")], Path(folder))
...     with open_index(Path(folder)) as searcher:
...         [result.paragraph.id for result in searcher.search("закалку")]
['news.md#¶1']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from indexer.addresses import Cluster
from indexer.deadline import Deadline
from indexer.errors import (
    AddressRefused,
    ClientMissing,
    ClusterFailure,
    ClusterMisnamed,
    ClusterRefused,
    ClusterSilent,
    ClusterUnwell,
    CompilerMissing,
    CorpusError,
    CorpusMissing,
    EncoderMissing,
    EngineError,
    EngineRefused,
    EvaluationError,
    IndexBusy,
    IndexDamaged,
    IndexerError,
    IndexFailure,
    IndexIncompatible,
    IndexMissing,
    IndexNotWritten,
    JudgementsUnreadable,
    MeasuresMissing,
    ParagraphMissing,
    ProtocolMissing,
    QueryEmpty,
    QueryError,
    QueryOnlyExcludes,
    QueryOpensTooMuch,
    QuerySyntaxError,
    QueryTooLong,
    QueryTooOpen,
    QueryTooSlow,
    QueryTooWide,
    ServerMissing,
    ServingError,
    SettingRefused,
    SparkFailure,
    SparkMissing,
    Unreadable,
)
from indexer.settings import Settings
from indexer.types import (
    Answer,
    BuildReport,
    Completion,
    Difference,
    Document,
    Facets,
    FileRecord,
    Filters,
    Heading,
    IndexStatus,
    LemmaRead,
    Mending,
    Occurrence,
    Paragraph,
    Passage,
    Progress,
    Quotation,
    Rescue,
    Result,
    ScorePart,
    Snippet,
    Span,
    Understanding,
    Without,
    WordRead,
)

if TYPE_CHECKING:
    from indexer.build import build_index
    from indexer.meaning.encoder import Encoder, open_encoder
    from indexer.search import Searcher, open_index

__all__ = [
    "AddressRefused",
    "Answer",
    "BuildReport",
    "ClientMissing",
    "Cluster",
    "ClusterFailure",
    "ClusterMisnamed",
    "ClusterRefused",
    "ClusterSilent",
    "ClusterUnwell",
    "CompilerMissing",
    "Completion",
    "CorpusError",
    "CorpusMissing",
    "Deadline",
    "Difference",
    "Document",
    "Encoder",
    "EncoderMissing",
    "EngineError",
    "EngineRefused",
    "EvaluationError",
    "Facets",
    "FileRecord",
    "Filters",
    "Heading",
    "IndexBusy",
    "IndexDamaged",
    "IndexFailure",
    "IndexIncompatible",
    "IndexMissing",
    "IndexNotWritten",
    "IndexStatus",
    "IndexerError",
    "JudgementsUnreadable",
    "LemmaRead",
    "MeasuresMissing",
    "Mending",
    "Occurrence",
    "Paragraph",
    "ParagraphMissing",
    "Passage",
    "Progress",
    "ProtocolMissing",
    "QueryEmpty",
    "QueryError",
    "QueryOnlyExcludes",
    "QueryOpensTooMuch",
    "QuerySyntaxError",
    "QueryTooLong",
    "QueryTooOpen",
    "QueryTooSlow",
    "QueryTooWide",
    "Quotation",
    "Rescue",
    "Result",
    "ScorePart",
    "Searcher",
    "ServerMissing",
    "ServingError",
    "SettingRefused",
    "Settings",
    "Snippet",
    "Span",
    "SparkFailure",
    "SparkMissing",
    "Understanding",
    "Unreadable",
    "Without",
    "WordRead",
    "build_index",
    "open_encoder",
    "open_index",
]

# Imported when first asked for: NumPy and what reads an index take 85 ms, which `abzats --help` need not spend.
_LATER = {
    "build_index": "indexer.build",
    "open_encoder": "indexer.meaning.encoder",
    "open_index": "indexer.search",
    "Encoder": "indexer.meaning.encoder",
    "Searcher": "indexer.search",
}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
