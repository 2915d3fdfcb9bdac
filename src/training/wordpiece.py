"""BERT's tokenizer and the making of its vocabulary, in plain Python.

Written apart from the C# one and from the rules alone (Devlin et al. 2018, google-research/bert, tokenization.py; control
characters as in Hugging Face's tokenizer: every category C): the tests compare the two.
"""

import argparse
import collections
import heapq
import json
import sys
import unicodedata

PADDING, UNKNOWN, START, END = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORD_LENGTH_MAX = 100
IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
              (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


def is_punctuation(character):
    code = ord(character)
    return (33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
            or unicodedata.category(character).startswith("P"))


def clean(text, split_ideographs):
    """Control characters dropped, every blank a space, ideographs with a space on both sides."""
    kept = []
    for character in text:
        if character in "\t\n\r" or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
            kept.append(" ")
        elif character == "\ufffd" or unicodedata.category(character).startswith("C"):
            continue
        elif split_ideographs and any(first <= ord(character) <= last for first, last in IDEOGRAPHS):
            kept.append(f" {character} ")
        else:
            kept.append(character)
    return "".join(kept)


def words(text, lower_case=True, strip_accents=True, split_ideographs=True):
    """The words of a text, punctuation apart."""
    for word in clean(text, split_ideographs).split(" "):
        if lower_case:
            word = "".join(character.lower() for character in word)
        if strip_accents:
            word = "".join(part for part in unicodedata.normalize("NFD", word) if unicodedata.category(part) != "Mn")
        current = ""
        for character in word:
            if is_punctuation(character):
                if current:
                    yield current
                yield character
                current = ""
            else:
                current += character
        if current:
            yield current


def pieces(word, vocabulary):
    """The longest known piece first; the whole word is unknown when any part is."""
    if len(word) > WORD_LENGTH_MAX:
        return [UNKNOWN]
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(piece)
                start = end
                break
        else:
            return [UNKNOWN]
    return found


def tokenize(text, vocabulary, **options):
    return [piece for word in words(text, **options) for piece in pieces(word, vocabulary)]


def encode(text, vocabulary, max_length, **options):
    ids = [vocabulary[piece] for piece in tokenize(text, vocabulary, **options)[:max_length - 2]]
    return [vocabulary[START], *ids, vocabulary[END]]


def merge_pairs(counts, size):
    """Byte pair encoding (Sennrich et al. 2016) over counted words: the commonest pair of neighbours becomes one piece, until enough."""
    split = {word: [word[0], *(f"##{character}" for character in word[1:])] for word in counts}
    # Every character can stand at the beginning and within a word; without the rare ones, which are unknown anyway.
    characters = collections.Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    known = [piece for character in sorted(character for character, count in characters.items() if count >= 5)
             for piece in (character, f"##{character}")]
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for word, parts in split.items():
        for pair in zip(parts, parts[1:]):
            pairs[pair] += counts[word]
            where[pair].add(word)
    made, heap = [], [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    while len(known) + len(made) < size and heap:
        count, best = heapq.heappop(heap)
        if -count != pairs[best]:
            continue  # counted anew since, under another entry
        if pairs[best] < 5:
            break
        joined = best[0] + best[1].removeprefix("##")
        made.append(joined)
        changed = set()
        for word in sorted(where[best]):
            before = split[word]
            after, at = [], 0
            while at < len(before):
                if tuple(before[at:at + 2]) == best:
                    after.append(joined)
                    at += 2
                else:
                    after.append(before[at])
                    at += 1
            for sign, parts in ((-1, before), (1, after)):
                for pair in zip(parts, parts[1:]):
                    pairs[pair] += sign * counts[word]
                    where[pair].add(word)
                    changed.add(pair)
            split[word] = after
        pairs[best] = 0
        for pair in changed - {best}:
            heapq.heappush(heap, (-pairs[pair], pair))
    return [*known, *made]


def learn(texts, size, **options):
    """A vocabulary of at most so many pieces: special ones, characters, then the commonest joined ones."""
    counts = collections.Counter(word for text in texts for word in words(text, **options) if len(word) <= WORD_LENGTH_MAX)
    return list(dict.fromkeys([*SPECIAL, *merge_pairs(counts, size - len(SPECIAL))]))


def main():
    parser = argparse.ArgumentParser(description="Tokenizes texts, one JSON string a line, into JSON lists of pieces.")
    parser.add_argument("vocabulary", help="vocab.txt")
    parser.add_argument("--cased", action="store_true", help="keep case and accents")
    parser.add_argument("--keep-ideographs-together", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.vocabulary, encoding="utf-8", newline="\n") as file:
        vocabulary = {line.rstrip("\r\n"): id for id, line in enumerate(file)}
    options = {"lower_case": not arguments.cased, "strip_accents": not arguments.cased,
               "split_ideographs": not arguments.keep_ideographs_together}
    for line in sys.stdin:
        print(json.dumps(tokenize(json.loads(line), vocabulary, **options)))


if __name__ == "__main__":
    main()
