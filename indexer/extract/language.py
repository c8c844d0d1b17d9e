"""In which language a text is written."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

READ = 300  # characters; more are slower, and hardly surer
READ_FIRST = 120  # of them, and no more where these leave no doubt: the model is large, and every letter takes its time
LEAST = 30  # letters, below which it would be a guess
SURE = 0.5  # least probability of the language named
NO_DOUBT = 0.95

_CODE = re.compile(r"[a-z]{2}")


def detect(text: str) -> str | None:
    """ISO 639-1 code; None where the text is too short to tell."""
    sample = " ".join(text[: 2 * READ].split())[:READ]
    if sum(map(str.isalpha, sample)) < LEAST:
        return None
    code, probability = _identifier().classify(sample[:READ_FIRST])
    if probability < NO_DOUBT:
        code, _ = _identifier().classify(sample)
    return code if _CODE.fullmatch(code) else None  # "und", or one of the languages that have only three letters


def declared(tag: str) -> str | None:
    """The ISO 639-1 code in a language tag such as en-GB or pt_BR; None for any other text."""
    code = re.split(r"[-_]", tag.strip().casefold(), maxsplit=1)[0]
    return code if _CODE.fullmatch(code) else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=SURE)
