"""The 20 newsgroups, in the form of the other data sets."""

import re
from os import PathLike
from typing import Any, Literal

from sklearn import datasets
from sklearn.utils import Bunch

from sktext._validation import validate_params
from sktext.datasets._download import READY_VARIABLE
from sktext.datasets._tables import COMMON, SUBSET, load_columns, names_of, present, take_subset

COLUMNS = ["text", "label", "group", "split", "id"]
DESCR = """20 newsgroups, by date

18,846 English posts to 20 newsgroups of 1993, 11,314 for training and 7,532 later ones for testing,
the classes about equal in size. The names of the newsgroups form a hierarchy: 7 groups at the top.

Source: http://qwone.com/~jason/20Newsgroups/
File: the one that sklearn.datasets.fetch_20newsgroups downloads and checks.
Licence: none is stated; the posts are the works of their authors.
Citation: K. Lang. NewsWeeder: Learning to Filter Netnews. ICML, 1995.
"""


@validate_params(
    {**SUBSET, "remove_headers": ["boolean"], **COMMON}, prefer_skip_nested_validation=True
)
def fetch_20newsgroups(
    *,
    subset: Literal["train", "test", "all"] = "train",
    remove_headers: bool = False,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | Any:
    """Load the 20 newsgroups: 18,846 posts in 20 classes.

    Use it for a balanced task with many classes, some of them close to each other. Do not
    use it with the headers for figures that should hold elsewhere: addresses and subject
    lines give the newsgroup away. :func:`sklearn.datasets.fetch_20newsgroups` does the
    download; it gives numbers for labels, shuffles, and can also remove signatures and
    quotes.

    The rows come ordered by class, so shuffle before taking a part of them.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which part of the split by date; all is train, then test.
    remove_headers : bool, default=False
        Whether to drop everything up to the first empty line.
    data_home : str, path-like or None, default=None
        Folder of scikit-learn's downloads, as for
        :func:`sklearn.datasets.fetch_20newsgroups`, whose copy is used if it is there. If
        the environment variable ``SKTEXT_DATA`` names a folder with
        ``newsgroups20.csv.gz``, that is read instead.
    download_if_missing : bool, default=True
        Whether to download a missing file, of 14 MB; False raises an OSError instead.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether to return pandas objects.

    Returns
    -------
    data : Bunch
        With the attributes:

        data : list of str, or Series
            The posts.
        target : ndarray of shape (n_samples,), or Series
            The names of the newsgroups.
        target_names : list of str
            The classes, sorted.
        frame : DataFrame or None
            The columns text, label, group, split and id, if ``as_frame=True``.
        DESCR : str
            Description, licence and citation.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If the file is missing and may not or cannot be downloaded.

    References
    ----------
    .. [1] K. Lang. NewsWeeder: Learning to Filter Netnews. ICML, 1995.
       https://doi.org/10.1016/B978-1-55860-377-6.50048-7

    Examples
    --------
    >>> from sktext.datasets import fetch_20newsgroups
    >>> posts, newsgroups = fetch_20newsgroups(  # doctest: +SKIP
    ...     remove_headers=True, return_X_y=True
    ... )
    """
    columns = load_columns("newsgroups20", COLUMNS, from_sklearn, data_home, download_if_missing)
    columns["id"] = [int(number) for number in columns["id"]]
    target_names = names_of(columns["label"])
    columns = take_subset(columns, subset)
    if remove_headers:
        columns["text"] = [text.partition("\n\n")[2] for text in columns["text"]]
    return present(columns, "label", target_names, DESCR, return_X_y=return_X_y, as_frame=as_frame)


def from_sklearn(data_home, download_if_missing):
    """Read the columns from scikit-learn's copy."""
    try:
        bunch = datasets.fetch_20newsgroups(
            data_home=data_home,
            subset="all",
            shuffle=False,
            download_if_missing=download_if_missing,
        )
    except OSError as error:
        folder = datasets.get_data_home(data_home)
        raise OSError(
            f"scikit-learn has no copy of the 20 newsgroups in {folder} and did not download one: "
            f"{error}. Allow the download, call sklearn.datasets.fetch_20newsgroups where there "
            "is a network and copy the folder, or set the environment variable "
            f"{READY_VARIABLE} to a folder of ready data sets."
        ) from error
    return to_columns(bunch)


def to_columns(bunch):
    """Convert scikit-learn's bunch to columns; split and number are in the file names."""
    rows = []
    for text, code, filename in zip(bunch.data, bunch.target, bunch.filenames, strict=True):
        split, number = re.search(r"20news-bydate-(train|test).*?(\d+)$", str(filename)).groups()
        rows.append((bunch.target_names[code], int(number), text, split))
    # scikit-learn keeps the posts in a shuffled order.
    rows.sort()
    return {
        "text": [row[2] for row in rows],
        "label": [row[0] for row in rows],
        "group": [row[0].partition(".")[0] for row in rows],
        "split": [row[3] for row in rows],
        "id": [row[1] for row in rows],
    }
