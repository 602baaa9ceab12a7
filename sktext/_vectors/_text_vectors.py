"""Word vectors in text files: word2vec, GloVe and fastText."""

import codecs
from collections import Counter
from itertools import chain, islice

import numpy as np

from sktext._vectors._word_vectors import N_SHOWN, WordVectors, to_vector

# Lines that tell how long a vector is where no header does.
N_LINES_FOR_DIM = 100


def read_text_vectors(file, source, wanted, encoding):
    """Read the vectors of some words from a text file, line by line.

    A line is a word and its numbers with single spaces between, and a word may have
    spaces in it. The first line may say how many words and numbers there are. Lines of
    other words are skipped unread.

    Parameters
    ----------
    file : binary file
    source : str
        Its name, for messages.
    wanted : set of str or None
        None is all.
    encoding : str
        One that writes the space and the end of a line as in ASCII.

    Returns
    -------
    vectors : WordVectors

    Raises
    ------
    ValueError
        If there are no vectors, if the line of a wanted word is malformed, or if the file
        ends too early: fewer lines than its header says, or a last line cut short.
    """
    head = list(islice(file, N_LINES_FOR_DIM))
    head[:1] = [line.removeprefix(codecs.BOM_UTF8) for line in head[:1]]
    if any(b"\0" in line for line in head):
        raise ValueError(
            f"{source} must be a text file of word vectors; it has bytes that are no text. If it "
            "is in word2vec's binary format, its name must end in .bin; load gensim's own files "
            "with gensim and give what it returns."
        )
    has_header = starts_with_header(head)
    rows = [line for line in head[has_header:] if line.strip()]
    if not rows:
        raise ValueError(f"{source} has no word vectors in it; give a file with some.")
    dim = int(head[0].split()[1]) if has_header else usual_dim(rows)
    if dim == 0:
        refuse_line(rows[0], "some", f"{source}, line {head.index(rows[0]) + 1},")
    by_word = {}
    by_bytes = encoded(wanted, encoding)
    # Lines of other words are skipped at their first field.
    starts = by_bytes if wanted is None else {word.partition(b" ")[0] for word in by_bytes}
    number, last = 0, b""
    for number, line in enumerate(chain(head, file), start=1):
        last = line if line.strip() else last
        if line.partition(b" ")[0].rstrip() not in starts or not line.strip():
            continue
        if has_header and number == 1:
            continue
        word, values = split_line(line, dim, by_bytes, f"{source}, line {number},")
        if word in by_bytes and (name := by_bytes[word]) not in by_word:
            by_word[name] = to_vector(values, dim, name, source)
    n_rows = int(head[0].split()[0]) if has_header else None
    refuse_cut(source, number - has_header, n_rows, last, dim)
    first_words = [line.rstrip().rsplit(b" ", dim)[0] for line in rows[:N_SHOWN]]
    return WordVectors(
        source, by_word, dim, [word.decode(encoding, "replace") for word in first_words]
    )


def refuse_cut(source, n_lines, n_rows, last, dim):
    """Raise if a file ends before all of its vectors have come."""
    if n_rows is not None and n_lines < n_rows:
        raise ValueError(
            f"{source} must have {n_rows} vectors, as its first line says; it ends after "
            f"{n_lines}. Fetch the file again; it seems to be cut off."
        )
    # Without a line feed at its end, the last number may be cut as well, which nobody can tell.
    word, *fields = last.rstrip().split(b" ")
    if len(fields) < dim and all(map(is_number, fields[:-1])):
        raise ValueError(
            f"{source} must have {dim} numbers on each line; the last one, of "
            f"{word.decode('utf-8', 'replace')!r}, has {len(fields)}. Fetch the file again; it "
            "seems to be cut off."
        )


def starts_with_header(lines):
    """Return whether the first line is two whole numbers that the second line confirms."""
    fields = lines[0].split() if lines else []
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return False
    dim = int(fields[1])
    # Nothing after it: a file cut off is likelier than a word with one number.
    return dim > 0 and (not b"".join(lines[1:]).strip() or len(lines[1].rstrip().split(b" ")) > dim)


def usual_dim(rows):
    """Find how many numbers most rows have, the earliest on a tie."""
    return Counter(map(n_numbers, rows)).most_common(1)[0][0]


def n_numbers(line):
    """Count the numbers at the end of a line, of which the first field is never one."""
    count = 0
    for field in reversed(line.rstrip().split(b" ")[1:]):
        if not is_number(field):
            break
        count += 1
    return count


def is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


def encoded(words, encoding):
    """Map the bytes that stand for words to these, without words that have none."""
    codecs.lookup(encoding)
    if words is None:
        return EveryWord(encoding)
    by_bytes = {}
    for word in words:
        try:
            by_bytes[word.encode(encoding)] = word
        except UnicodeEncodeError:
            continue
    return by_bytes


class EveryWord:
    """The same map of all words there are."""

    def __init__(self, encoding):
        self.encoding = encoding

    def __contains__(self, word):
        return True

    def __getitem__(self, word):
        return word.decode(self.encoding, "replace")


def split_line(line, dim, wanted, place):
    """Split a line into its word, as bytes, and its numbers."""
    word, *fields = line.rstrip().rsplit(b" ", dim)
    start, *rest = word.split(b" ")
    # A word with spaces may end in a number; one and a decimal fraction is a longer row.
    too_long = word not in wanted and start in wanted and rest and all(map(is_fraction, rest))
    if len(fields) != dim or not all(map(is_number, fields)) or too_long:
        refuse_line(line, dim, place)
    return word, np.array(list(map(float, fields)), dtype=np.float32)


def is_fraction(field):
    return b"." in field and is_number(field)


def refuse_line(line, dim, place):
    """Raise, saying what a line must be and what it is."""
    word, *fields = line.rstrip().split(b" ")
    word = word.decode("utf-8", "replace")
    odd = [field for field in fields if not is_number(field)]
    found = f"{odd[0][:20].decode('utf-8', 'replace')!r} among them" if odd else len(fields)
    raise ValueError(
        f"{place} must be a word and {dim} numbers with single spaces between; after {word!r} "
        f"came {found}. Mend or drop the line; if the file is in word2vec's binary format, its "
        "name must end in .bin."
    )
