"""French words as they compare: accents folded, small words left out, stems (the Snowball French algorithm).

Ref: Porter, "French stemming algorithm", snowballstem.org/algorithms/french/stemmer.html.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

VOWELS = "aeiouyâàëéêèïîôûù"

_SMALL_WORDS = """
    a afin ai ainsi alors apres as au aucun aussi autre autres aux avait avant avec avoir c ca car ce ceci
    cela celle celles celui ces cet cette ceux chaque chez comme contre d dans de depuis des donc dont du elle
    elles en encore entre est et etaient etait etant ete etre eu eux fait faire font hors ici il ils j je
    jusque l la le les leur leurs lors lorsque lui m ma mais me meme memes mes moi moins mon n ne ni nos notre
    nous on ont or ou par parce parmi pas pendant peu peut peuvent plus plutot pour pourquoi puis qu quand que
    quel quelle quelles quels qui quoi s sa sans se selon sera ses si soi soient soit son sont sous sur t ta
    te tel telle tes toi ton tous tout toute toutes tres tu un une vers voici voila vos votre vous y
"""
STOP_WORDS = frozenset(_SMALL_WORDS.split())

_STEP_1 = {
    "delete_r2": ["ance", "ances", "iqUe", "iqUes", "isme", "ismes", "able", "ables", "iste", "istes", "eux"],
    "ation": ["atrice", "atrices", "ateur", "ateurs", "ation", "ations"],
    "logie": ["logie", "logies"],
    "usion": ["usion", "usions", "ution", "utions"],
    "ence": ["ence", "ences"],
    "ement": ["ement", "ements"],
    "ite": ["ité", "ités"],
    "if": ["if", "ifs", "ive", "ives"],
    "eaux": ["eaux"],
    "aux": ["aux"],
    "euse": ["euse", "euses"],
    "issement": ["issement", "issements"],
    "amment": ["amment"],
    "emment": ["emment"],
    "ment": ["ment", "ments"],
}
_SUFFIX_1 = sorted(((suffix, rule) for rule, group in _STEP_1.items() for suffix in group), key=lambda p: -len(p[0]))
_VERBS_IR = """
    îmes ît îtes i ie ies ir ira irai iraIent irais irait iras irent irez iriez irions irons iront is issaIent
    issais issait issant issante issantes issants isse issent isses issez issiez issions issons it
"""
_STEP_2A = sorted(_VERBS_IR.split(), key=len, reverse=True)
_VERBS_PLAIN = """
    é ée ées és èrent er era erai eraIent erais erait eras erez eriez erions erons eront ez iez
"""
_VERBS_A = """
    âmes ât âtes a ai aIent ais ait ant ante antes ants as asse assent asses assiez assions
"""
_STEP_2B_A = frozenset(_VERBS_A.split())
_STEP_2B = sorted(["ions", *_VERBS_PLAIN.split(), *_STEP_2B_A], key=lambda suffix: (-len(suffix), suffix))


def fold(text: str) -> str:
    """Lower case without accents; ligatures opened."""
    opened = text.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", opened) if not unicodedata.combining(c))


def words(text: str, stop_words: Collection[str] = STOP_WORDS) -> list[str]:
    """Folded words of two characters or more, without the stop words (which are folded too)."""
    return [w for w in re.findall(r"[^\W_]+", fold(text)) if len(w) > 1 and w not in stop_words]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one lower-case French word ("continuellement" -> "continuel"); accents are read when present."""
    word = _mark(word)
    rv, r1, r2 = _regions(word)
    after, removed, wants_verb = _standard_suffix(word, rv, r1, r2)
    altered = removed
    if not removed or wants_verb:
        shorter = _verb_suffix(after, rv, r2)
        altered = removed or shorter != after
        after = shorter
    if altered:
        if after.endswith("Y"):
            after = after[:-1] + "i"
        elif after.endswith("ç"):
            after = after[:-1] + "c"
    else:
        after = _residual(after, rv, r2)
    if after.endswith(("enn", "onn", "ett", "ell", "eill")):
        after = after[:-1]
    after = re.sub(rf"[éè]([^{VOWELS}]+)$", r"e\1", after)
    return after.replace("I", "i").replace("U", "u").replace("Y", "y")


def _mark(word: str) -> str:
    """Upper case for u, i, y that are consonants here: between vowels, beside a vowel for y, after q for u."""
    letters = list(word)
    for k, letter in enumerate(letters):
        before = letters[k - 1] if k else ""
        after = letters[k + 1] if k + 1 < len(letters) else ""
        between = before != "" and before in VOWELS and after != "" and after in VOWELS
        if letter == "u" and (before == "q" or between):
            letters[k] = "U"
        elif letter == "i" and between:
            letters[k] = "I"
        elif letter == "y" and ((before and before in VOWELS) or (after and after in VOWELS)):
            letters[k] = "Y"
    return "".join(letters)


def _regions(word: str) -> tuple[int, int, int]:
    """Starts of RV, R1 and R2 (see the reference)."""
    if word.startswith(("par", "col", "tap")) or (len(word) > 2 and word[0] in VOWELS and word[1] in VOWELS):
        rv = min(3, len(word))
    else:
        rv = next((k + 1 for k in range(1, len(word)) if word[k] in VOWELS), len(word))
    r1 = _after_consonant(word, 0)
    return rv, r1, _after_consonant(word, r1)


def _after_consonant(word: str, begin: int) -> int:
    """Just after the first non-vowel that follows a vowel, from `begin`."""
    for k in range(begin + 1, len(word)):
        if word[k] not in VOWELS and word[k - 1] in VOWELS:
            return k + 1
    return len(word)


def _cut(word: str, suffix: str, region: int, instead: str = "") -> str | None:
    """`word` with `suffix` replaced, when it ends so within the region; else None."""
    begin = len(word) - len(suffix)
    return word[:begin] + instead if word.endswith(suffix) and begin >= region else None


def _standard_suffix(word: str, rv: int, r1: int, r2: int) -> tuple[str, bool, bool]:
    """Step 1: (word, whether a suffix was removed, whether verb suffixes are to be tried all the same)."""
    suffix, rule = next((pair for pair in _SUFFIX_1 if word.endswith(pair[0])), ("", ""))
    if not rule:
        return word, False, True
    begin = len(word) - len(suffix)
    simple = {"delete_r2": (r2, ""), "logie": (r2, "log"), "usion": (r2, "u"), "ence": (r2, "ent"), "eaux": (0, "eau")}
    if rule in simple:
        region, instead = simple[rule]
        cut = _cut(word, suffix, region, instead)
    elif rule == "aux":
        cut = _cut(word, suffix, r1, "al")
    elif rule == "euse":
        cut = _cut(word, suffix, r2) or _cut(word, suffix, r1, "eux")
    elif rule == "issement":
        cut = _cut(word, suffix, r1) if begin and word[begin - 1] not in VOWELS else None
    elif rule in ("amment", "emment"):
        cut = _cut(word, suffix, rv, rule[0] + "nt")
        return (cut, True, True) if cut is not None else (word, False, True)
    elif rule == "ment":
        fits = begin - 1 >= rv and word[begin - 1] in VOWELS
        return (word[:begin], True, True) if fits else (word, False, True)
    elif rule == "ement":
        cut = _cut(word, suffix, rv)
        cut = _after_ement(cut, rv, r1, r2) if cut is not None else None
    else:
        cut = _cut(word, suffix, r2)
        cut = _after_noun(cut, rule, r2) if cut is not None else None
    return (cut, True, False) if cut is not None else (word, False, True)


def _after_ement(word: str, rv: int, r1: int, r2: int) -> str:
    """What stands before -ement: iv(+at), eus, abl, iqU, ièr."""
    if word.endswith("iv"):
        shorter = _cut(word, "iv", r2)
        return word if shorter is None else _cut(shorter, "at", r2) or shorter
    if word.endswith("eus"):
        return _cut(word, "eus", r2) or _cut(word, "eus", r1, "eux") or word
    if word.endswith(("abl", "iqU")):
        return _cut(word, word[-3:], r2) or word
    if word.endswith(("ièr", "Ièr")):
        return _cut(word, word[-3:], rv, "i") or word
    return word


def _after_noun(word: str, rule: str, r2: int) -> str:
    """What stands before -ation (ic), -ité (abil, ic, iv) and -if (at, ic)."""
    if rule == "if":
        shorter = _cut(word, "at", r2)
        if shorter is None:
            return word
        word, rule = shorter, "ation"
    if word.endswith("ic"):
        return _cut(word, "ic", r2) or word[:-2] + "iqU"
    if rule == "ite" and word.endswith("abil"):
        return _cut(word, "abil", r2) or word[:-4] + "abl"
    if rule == "ite" and word.endswith("iv"):
        return _cut(word, "iv", r2) or word
    return word


def _verb_suffix(word: str, rv: int, r2: int) -> str:
    """Steps 2a (verbs in -ir) then 2b (other verbs), within RV."""
    suffix = next((s for s in _STEP_2A if word.endswith(s) and len(word) - len(s) >= rv), "")
    begin = len(word) - len(suffix)
    if suffix and begin - 1 >= rv and word[begin - 1] not in VOWELS:
        return word[:begin]
    suffix = next((s for s in _STEP_2B if word.endswith(s) and len(word) - len(s) >= rv), "")
    begin = len(word) - len(suffix)
    if not suffix or (suffix == "ions" and begin < r2):
        return word
    if suffix in _STEP_2B_A and begin - 1 >= rv and word[begin - 1] == "e":
        begin -= 1
    return word[:begin]


def _residual(word: str, rv: int, r2: int) -> str:
    """Step 4: a final s, then -ion, -ier, -e within RV."""
    if word.endswith("s") and len(word) > 1 and word[-2] not in "aiouès":
        word = word[:-1]
    if word.endswith("ion") and len(word) - 3 >= max(rv, r2) and len(word) - 4 >= rv and word[-4] in "st":
        return word[:-3]
    for suffix in ("ière", "Ière", "ier", "Ier"):
        if word.endswith(suffix) and len(word) - len(suffix) >= rv:
            return word[: -len(suffix)] + "i"
    if word.endswith("e") and len(word) - 1 >= rv:
        return word[:-1]
    if word.endswith("guë") and len(word) - 1 >= rv:
        return word[:-1]
    return word
