"""Strings and n-grams: scalars, empty tensors, white space, stop words, skips, modes."""

from __future__ import annotations

import numpy as np

from tests.conformance.cases import Case


def text(*words: object) -> np.ndarray:
    return np.array(words, object)


LOCALES = {"onnxruntime": "needs the system's locale"}
POOL = {
    "min_gram_length": 1,
    "max_gram_length": 2,
    "ngram_counts": (0, 3),
    "ngram_indexes": (4, 0, 1, 2, 3),
    "weights": (1.0, 2.0, 3.0, 4.0, 5.0),
}
NUMBERS = np.array([[1, 2, 1, 3], [3, 3, 1, 9]])
WORDS = np.array(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], object)[NUMBERS]

CASES = [
    Case("StringConcat", [text("a", "b"), np.array("!", object)]),
    Case("StringConcat", [np.array("a", object), np.array("b", object)]),
    Case("StringConcat", [np.zeros((0, 2), object), text("x", "y")]),
    Case("RegexFullMatch", [text("ab1", "ab", "")], {"pattern": r"[a-z]+\d"}),
    Case(
        "RegexFullMatch", [np.zeros(0, object)], {"pattern": "a"}, mistaken={"reference": "needs an element"}
    ),
    Case(
        "RegexFullMatch",
        [text("٣", "3")],
        {"pattern": r"\d"},
        mistaken={"reference": "knows Unicode's digits, RE2 does not"},
    ),
    Case("StringSplit", [text("a  b ", " c", "")], outputs=2),
    Case("StringSplit", [text("a,b,,c", ",")], {"delimiter": ",", "maxsplit": 2}, outputs=2),
    Case("StringSplit", [np.array([["a-b"], ["c"]], object)], {"delimiter": "-"}, outputs=2),
    Case("StringSplit", [np.zeros((2, 0), object)], outputs=2),
    *(
        Case(
            "StringNormalizer",
            [x],
            {"case_change_action": c, "is_case_sensitive": s, "stopwords": ("A", "b")},
            mistaken=LOCALES,
        )
        for x in (text("a", "B", "Cd", "b"), text("a", "B", "Cd", "b")[None])
        for c in ("LOWER", "NONE")
        for s in (True,)
    ),
    Case(
        "StringNormalizer",
        [text("a", "AB", "Ab")],
        {"stopwords": ("ab",)},
        mistaken={**LOCALES, "reference": "compares as written"},
        expected=[text("a")],
    ),
    Case(
        "StringNormalizer",
        [text("a", "A")],
        {"stopwords": ("a",)},
        mistaken={**LOCALES, "reference": "compares as written"},
        expected=[text("")],
    ),
    Case(
        "StringNormalizer",
        [text("É", "b")],
        {"case_change_action": "LOWER"},
        mistaken={**LOCALES, "reference": "strips accents"},
        expected=[text("é", "b")],
    ),
    *(
        Case(
            "TfIdfVectorizer",
            [x],
            {**POOL, "mode": mode, "max_skip_count": skips, pool: elements},
            mistaken={} if mode == "TF" else {"reference": "takes weights by place in the result"},
        )
        for x, pool, elements in (
            (NUMBERS, "pool_int64s", (1, 2, 3, 1, 3, 2, 3)),
            (WORDS, "pool_strings", ("b", "c", "d", "b", "d", "c", "d")),
        )
        for mode in ("TF", "IDF", "TFIDF")
        for skips in (0, 1, 5)
    ),
    Case(
        "TfIdfVectorizer",
        [NUMBERS[0].astype(np.int32)],
        {**POOL, "mode": "TF", "max_skip_count": 1, "pool_int64s": (1, 2, 3, 1, 3, 2, 3)},
    ),
    *(
        Case(op, [np.array(size, np.int32)], {"periodic": p})
        for op in ("HannWindow", "HammingWindow", "BlackmanWindow")
        for size in (8, 9)
        for p in (True, False)
    ),
    *(
        Case(op, [np.array(6)], {"output_datatype": 11}, mistaken={"onnxruntime": "computes in float32"})
        for op in ("HannWindow", "HammingWindow", "BlackmanWindow")
    ),
    Case(
        "MelWeightMatrix",
        [np.array(8), np.array(64), np.array(8192), np.array(0.0, np.float32), np.array(4096.0, np.float32)],
    ),
    Case(
        "MelWeightMatrix",
        [
            np.array(20),
            np.array(32),
            np.array(8192),
            np.array(20.0, np.float32),
            np.array(3000.0, np.float32),
        ],
        name="more bands than bins",
    ),
]
