"""The TREC questions by type of answer."""

from os import PathLike
from typing import Any, Literal

from sklearn.utils import Bunch

from sktext._validation import StrOptions, validate_params
from sktext.datasets._download import RemoteFile, fetch_file
from sktext.datasets._tables import COMMON, SUBSET, load_columns, names_of, present, take_subset

SITE = "https://cogcomp.seas.upenn.edu/Data/QA/QC/"
FILES = {
    "train": RemoteFile(
        filename="train_5500.label",
        url=SITE + "train_5500.label",
        sha256="9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3",
        size=335_858,
    ),
    "test": RemoteFile(
        filename="TREC_10.label",
        url=SITE + "TREC_10.label",
        sha256="033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e",
        size=23_354,
    ),
}
COLUMNS = ["text", "label", "fine_label", "split"]
LEVELS = {"coarse": "label", "fine": "fine_label"}
DESCR = f"""TREC question classification

5,952 English questions by the type of the answer: 6 coarse classes (ABBR, DESC, ENTY, HUM, LOC,
NUM) and 50 fine ones below them; 5,452 questions for training and 500 for testing, these from TREC
10. Eight fine classes have no test question.

Source and files: {SITE}
Licence: none is stated.
Citation: X. Li, D. Roth. Learning Question Classifiers. COLING, 2002.
"""


@validate_params(
    {**SUBSET, "level": [StrOptions(set(LEVELS))], **COMMON}, prefer_skip_nested_validation=True
)
def fetch_trec(
    *,
    subset: Literal["train", "test", "all"] = "train",
    level: Literal["coarse", "fine"] = "coarse",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | Any:
    """Load the TREC questions: 5,952 questions by type of answer, 6 or 50 classes.

    Use it for many classes of very unequal size (``level="fine"``), or a hierarchy of two
    levels. Do not use it for long texts: a question has ten words.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which part of the official split; all is train, then test.
    level : {"coarse", "fine"}, default="coarse"
        Which labels: one of 6, such as ``"NUM"``, or one of 50, such as ``"NUM:date"``.
    data_home : str, path-like or None, default=None
        Folder of downloads; None is that of :func:`sklearn.datasets.get_data_home`. The
        files are kept in its sub-folder ``sktext``. If the environment variable
        ``SKTEXT_DATA`` names a folder with ``trec.csv.gz``, that is read instead.
    download_if_missing : bool, default=True
        Whether to download missing files, of 0.4 MB; False raises an OSError instead.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether to return pandas objects.

    Returns
    -------
    data : Bunch
        With the attributes:

        data : list of str, or Series
            The questions, with spaces between all tokens.
        target : ndarray of shape (n_samples,), or Series
            The labels of the level.
        target_names : list of str
            The classes of the level, sorted, also those without a question in the subset.
        frame : DataFrame or None
            The columns text, label, fine_label and split, if ``as_frame=True``.
        DESCR : str
            Description, licence and citation.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If a file is missing and may not or cannot be downloaded.
    ValueError
        If a file is not the published one, or damaged.

    References
    ----------
    .. [1] X. Li, D. Roth. Learning Question Classifiers. COLING, 2002.
       https://aclanthology.org/C02-1150/

    Examples
    --------
    >>> from sktext.datasets import fetch_trec
    >>> questions, types = fetch_trec(level="fine", return_X_y=True)  # doctest: +SKIP
    """
    columns = load_columns("trec", COLUMNS, from_publisher, data_home, download_if_missing)
    target_names = names_of(columns[LEVELS[level]])
    columns = take_subset(columns, subset)
    return present(
        columns, LEVELS[level], target_names, DESCR, return_X_y=return_X_y, as_frame=as_frame
    )


def from_publisher(data_home, download_if_missing):
    """Read the columns from the publisher's files."""
    columns = {name: [] for name in COLUMNS}
    for split, remote in FILES.items():
        path = fetch_file(remote, data_home, download_if_missing)
        parsed = parse_questions(path.read_bytes().decode("latin-1"), split)
        for name in COLUMNS:
            columns[name] += parsed[name]
    return columns


def parse_questions(text, split):
    """Read lines of a fine label, a space and a question."""
    # Not splitlines, which also splits at some characters of latin-1.
    rows = [line.partition(" ") for line in text.removesuffix("\n").split("\n")]
    return {
        "text": [row[2] for row in rows],
        "label": [row[0].partition(":")[0] for row in rows],
        "fine_label": [row[0] for row in rows],
        "split": [split] * len(rows),
    }
