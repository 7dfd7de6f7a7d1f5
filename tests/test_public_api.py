"""What is promised."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime

import indexer
from indexer.errors import IndexerError


def test_the_promised_names_are_these() -> None:
    assert indexer.__all__ == [
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


def test_every_promised_name_is_there() -> None:
    assert all(getattr(indexer, name) is not None for name in indexer.__all__)


def test_every_failure_is_promised() -> None:
    kinds = {IndexerError}
    while more := {child for kind in kinds for child in kind.__subclasses__()} - kinds:
        kinds |= more
    assert {kind.__name__ for kind in kinds} <= set(indexer.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, indexer; print({'numpy', 'whoosh', 'pymorphy3', 'rich', 'click'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_document_is_the_same_in_another_process() -> None:
    document = indexer.Document("а.txt", "Текст.", "Заголовок", datetime(2019, 11, 6, tzinfo=UTC), "Вести", "Анна", "u")
    assert all(getattr(document, field.name) for field in fields(document))
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301 -- our own bytes
