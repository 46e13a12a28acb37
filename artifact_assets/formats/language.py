"""Which language a transcript is in, from its commonest words and letters. Says None rather than guess.

What belongs here: a small profile detector; no model and no download. What does not: what a file declares, which wins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

SAMPLE_TURNS = 400
_MIN_HITS = 6
_MIN_SHARE = 0.08
_PROFILES: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the and you that it is of to i we in a so for this have what are was be not they with just know don't it's",
        "es": "de que y la el en los no es un una por con para se lo las del pero como más está muy también qué porque yo",
        "fr": "de et le la les que est pas je vous un une des en on ça c'est pour qui dans nous il avec mais du sur ce oui",
        "de": "und die der das ich ist wir nicht es ein zu auch den so mit ja auf dann aber man haben noch für eine wenn sie",
        "pt": "de que e o a não um uma para é com eu os se em do da mas isso por você está muito então também na no mais",
        "it": "di che e il la è un non per una in sono ma con si ci anche questo le ho perché come della quindi dei molto",
        "nl": "de en het een ik dat is van we niet je in te dan maar ook op zijn die wel met voor er ja nog aan dus heb",
        "sv": "och att det är jag som en på vi för inte med har den så av till om man ett kan men de du",
        "pl": "i w nie że to się na z jest do tak co jak o ale po za my od czy już dla mamy są tym",
        "tr": "ve bir bu da de için çok ne var ben biz daha mi ama gibi evet o şey olarak kadar değil sonra",
    }.items()
}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_NAMES = {
    "english": "en",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "portuguese": "pt",
    "italian": "it",
    "dutch": "nl",
    "swedish": "sv",
    "polish": "pl",
    "turkish": "tr",
    "japanese": "ja",
    "korean": "ko",
    "chinese": "zh",
    "russian": "ru",
    "arabic": "ar",
    "hebrew": "he",
    "hindi": "hi",
}
_TRIM = '.,?!…;:"“”()«»¿¡-–—'


def declared(name: str | None) -> str | None:
    """ISO 639-1 code of what a file declares: ``en``, ``en-US``, ``en_us``, ``english``; None when it is none of these."""
    if not name:
        return None
    head = re.split(r"[-_]", name.strip().lower())[0]
    if head in _NAMES:
        return _NAMES[head]
    return head if len(head) == 2 and head.isascii() and head.isalpha() else None


def detected(texts: Iterable[str]) -> str | None:
    """The language of ``texts``, or None when too few common words appear or two languages come close."""
    sample = " ".join(islice(texts, SAMPLE_TURNS))[:60_000]
    if not sample.isascii():
        letters = sum(1 for character in sample if character.isalpha()) or 1
        for code, script in _SCRIPTS:
            if len(script.findall(sample)) > 0.3 * letters or (
                code == "ja" and len(script.findall(sample)) > 0.1 * letters
            ):
                return code
    words = Counter[str]()
    # Counted first: talk repeats its words.
    for word, times in Counter(sample.lower().replace("’", "'").split()).items():
        words[word.strip(_TRIM)] += times
    total = sum(words.values())
    scores = sorted(
        ((sum(words[word] for word in profile if word in words), code) for code, profile in _PROFILES.items()),
        reverse=True,
    )
    (best, code), (second, _) = scores[0], scores[1]
    return code if best >= _MIN_HITS and best >= _MIN_SHARE * total and best >= 1.3 * second else None
