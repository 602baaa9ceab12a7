"""Reuters-21578, the ModApte split with 90 topics."""

import html
import re
from os import PathLike
from typing import Any, Literal

from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils import Bunch

from sktext._validation import validate_params
from sktext.datasets._archives import read_tar
from sktext.datasets._download import RemoteFile, fetch_file
from sktext.datasets._tables import (
    COMMON,
    SUBSET,
    load_columns,
    present,
    take_rows,
    take_subset,
)

ARCHIVE = RemoteFile(
    filename="reuters21578.tar.gz",
    url="https://kdd.ics.uci.edu/databases/reuters21578/reuters21578.tar.gz",
    sha256="3bae43c9b14e387f76a61b6d82bf98a4fb5d3ef99ef7e7075ff2ccbcf59f9d30",
    size=8_150_596,
)
MEMBER = r"reut2-\d{3}\.sgm"
UNPACKED_LIMIT = 1 << 27
SPLITS = {"TRAIN": "train", "TEST": "test"}
COLUMNS = ["text", "labels", "split", "id", "title", "text_type"]
DESCR = f"""Reuters-21578, ModApte split, 90 topics (R90)

10,789 English news of 1987 with one or several of 90 topics: the news of the modified Apte split
with at least one of the topics that have a document both for training (7,770) and for testing
(3,019). The topics have 2 to 3,964 documents.

The text is the title, a line break and the body without the closing line that says Reuter; of a
flash without a body (BRIEF) the title; of news that were not processed (UNPROC) everything.

Source: https://kdd.ics.uci.edu/databases/reuters21578/reuters21578.html
File: {ARCHIVE.url}
Licence: the copyright is with Reuters Ltd; free for research purposes only. The authors ask to name
the collection Reuters-21578, Distribution 1.0.
Citation: D. D. Lewis. Reuters-21578 Text Categorization Test Collection, 1997. The split: C. Apte,
F. Damerau, S. M. Weiss. Automated Learning of Decision Rules for Text Categorization. ACM TOIS,
1994.
"""


@validate_params({**SUBSET, **COMMON}, prefer_skip_nested_validation=True)
def fetch_reuters(
    *,
    subset: Literal["train", "test", "all"] = "train",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | Any:
    """Load Reuters-21578: 10,789 news with one or several of 90 topics.

    Use it for a multi-label task with a long tail: half of the topics have fewer than 30
    documents. Do not use it where a licence for more than research is needed.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which part of the ModApte split; all is train, then test.
    data_home : str, path-like or None, default=None
        Folder of downloads; None is that of :func:`sklearn.datasets.get_data_home`. The
        file is kept in its sub-folder ``sktext``. If the environment variable
        ``SKTEXT_DATA`` names a folder with ``reuters_r90.csv.gz``, that is read instead.
    download_if_missing : bool, default=True
        Whether to download a missing file, of 8 MB; False raises an OSError instead.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether to return pandas objects.

    Returns
    -------
    data : Bunch
        With the attributes:

        data : list of str, or Series
            The news.
        target : ndarray of shape (n_samples, 90), or DataFrame
            Indicator matrix of the topics.
        target_names : list of str
            The topics, sorted: the columns of the target.
        frame : DataFrame or None
            The column text, one per topic, then split, id, title and text_type, if
            ``as_frame=True``.
        DESCR : str
            Description, licence and citation.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If the file is missing and may not or cannot be downloaded.
    ValueError
        If a file is not the published one, or damaged.

    References
    ----------
    .. [1] D. D. Lewis. Reuters-21578 Text Categorization Test Collection, 1997.
       https://kdd.ics.uci.edu/databases/reuters21578/README.txt
    .. [2] C. Apte, F. Damerau, S. M. Weiss. Automated Learning of Decision Rules for Text
       Categorization. ACM Transactions on Information Systems 12, 1994.
       https://doi.org/10.1145/183422.183423

    Examples
    --------
    >>> from sktext.datasets import fetch_reuters
    >>> news, topics = fetch_reuters(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    columns = load_columns("reuters_r90", COLUMNS, from_publisher, data_home, download_if_missing)
    columns["id"] = [int(number) for number in columns["id"]]
    binarizer = MultiLabelBinarizer().fit(split_labels(columns))
    columns = take_subset(columns, subset)
    target = binarizer.transform(split_labels(columns))
    del columns["labels"]
    return present(
        columns,
        target,
        binarizer.classes_.tolist(),
        DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def split_labels(columns):
    """Return the topics of each document, from a text with commas between them."""
    return [labels.split(",") for labels in columns["labels"]]


def from_publisher(data_home, download_if_missing):
    """Read the columns from the publisher's file."""
    path = fetch_file(ARCHIVE, data_home, download_if_missing)
    members = read_tar(path, MEMBER, total_limit=UNPACKED_LIMIT)
    pages = (members[name].decode("latin-1") for name in sorted(members))
    documents = [document for page in pages for document in parse_page(page)]
    columns = {name: [document[name] for document in documents] for name in COLUMNS}
    return keep_shared_topics(columns)


def parse_page(page):
    """Read the documents of the ModApte split from one file of the collection."""
    for attributes, content in re.findall(r"<REUTERS (.*?)>(.*?)</REUTERS>", page, re.DOTALL):
        attributes = dict(re.findall(r'(\w+)="(.*?)"', attributes))
        if attributes["TOPICS"] == "YES" and attributes["LEWISSPLIT"] in SPLITS:
            yield {
                **parse_text(content),
                "labels": re.findall(r"<D>(.*?)</D>", between("TOPICS", content)),
                "split": SPLITS[attributes["LEWISSPLIT"]],
                "id": attributes["NEWID"],
            }


def parse_text(content):
    """Read the text, the title and the type of one document."""
    text_type, content = re.search(
        r'<TEXT(?: TYPE="(\w+)")?>(.*)</TEXT>', content, re.DOTALL
    ).groups(default="NORM")
    title = clean(between("TITLE", content))
    if text_type == "UNPROC":
        text = clean(content)
    else:
        text = f"{title}\n{clean(between('BODY', content))}".strip()
    return {"text": text, "title": title, "text_type": text_type}


def between(tag, content):
    """Return what stands between the first such tag and its end; empty where there is none."""
    found = re.search(f"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
    return found.group(1) if found else ""


def clean(text):
    """Resolve entities, which drops control characters, and drop the agency's signature."""
    return re.sub(r"\n (Reuter|REUTER)$", "", html.unescape(text).strip()).strip()


def keep_shared_topics(columns):
    """Keep topics with a document in both parts, and documents with such a topic."""
    topics = {split: set() for split in SPLITS.values()}
    for labels, split in zip(columns["labels"], columns["split"], strict=True):
        topics[split].update(labels)
    shared = topics["train"] & topics["test"]
    kept = [[label for label in labels if label in shared] for labels in columns["labels"]]
    columns["labels"] = [",".join(labels) for labels in kept]
    return take_rows(columns, [row for row, labels in enumerate(kept) if labels])
