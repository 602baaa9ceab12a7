"""The Large Movie Review Dataset."""

import re
from os import PathLike
from typing import Any, Literal

from sklearn.utils import Bunch

from sktext._validation import validate_params
from sktext.datasets._archives import read_tar
from sktext.datasets._download import RemoteFile, fetch_file
from sktext.datasets._tables import COMMON, SUBSET, load_columns, names_of, present, take_subset

ARCHIVE = RemoteFile(
    filename="aclImdb_v1.tar.gz",
    url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    sha256="c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
    size=84_125_825,
)
MEMBER = r"aclImdb/(train|test)/(neg|pos)/(\d+)_(\d+)\.txt"
LONGEST_REVIEW = 1 << 20
COLUMNS = ["text", "label", "split", "id", "rating"]
DESCR = f"""Large Movie Review Dataset v1.0

50,000 English film reviews, 25,000 for training and 25,000 for testing, each half negative (1 to 4
of 10 stars) and half positive (7 to 10 stars); at most 30 reviews of one film, and no film in both
halves. The reviews without labels that the archive also holds are left out.

Source: https://ai.stanford.edu/~amaas/data/sentiment/
File: {ARCHIVE.url}
Licence: none is stated; the authors ask users to cite the paper. The reviews are the works of users
of IMDb.
Citation: A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts. Learning Word Vectors
for Sentiment Analysis. ACL, 2011.
"""


@validate_params({**SUBSET, **COMMON}, prefer_skip_nested_validation=True)
def fetch_imdb(
    *,
    subset: Literal["train", "test", "all"] = "train",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | Any:
    """Load the Large Movie Review Dataset: 50,000 reviews, negative or positive.

    Use it for a balanced binary task on long texts with published results to compare
    with. Do not use it for imbalance, and not for shades of opinion: reviews of 5 and 6
    stars are missing.

    The rows come ordered by class, so shuffle before taking a part of them. The publisher's
    archive of 100,000 small files is read at every call, which takes about ten seconds.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which part of the official split; all is train, then test.
    data_home : str, path-like or None, default=None
        Folder of downloads; None is that of :func:`sklearn.datasets.get_data_home`. The
        file is kept in its sub-folder ``sktext``. If the environment variable
        ``SKTEXT_DATA`` names a folder with ``imdb.csv.gz``, that is read instead.
    download_if_missing : bool, default=True
        Whether to download a missing file, of 84 MB; False raises an OSError instead.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether to return pandas objects.

    Returns
    -------
    data : Bunch
        With the attributes:

        data : list of str, or Series
            The reviews; line breaks are spelled ``<br />``.
        target : ndarray of shape (n_samples,), or Series
            ``"neg"`` or ``"pos"``.
        target_names : list of str
            The classes, sorted.
        frame : DataFrame or None
            The columns text, label, split, id and rating, if ``as_frame=True``.
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
    .. [1] A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts. Learning Word
       Vectors for Sentiment Analysis. ACL, 2011. https://aclanthology.org/P11-1015/

    Examples
    --------
    >>> from sktext.datasets import fetch_imdb
    >>> texts, labels = fetch_imdb(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    columns = load_columns("imdb", COLUMNS, from_publisher, data_home, download_if_missing)
    for name in ("id", "rating"):
        columns[name] = [int(value) for value in columns[name]]
    target_names = names_of(columns["label"])
    columns = take_subset(columns, subset)
    return present(columns, "label", target_names, DESCR, return_X_y=return_X_y, as_frame=as_frame)


def from_publisher(data_home, download_if_missing):
    """Read the columns from the publisher's file."""
    path = fetch_file(ARCHIVE, data_home, download_if_missing)
    return parse_reviews(read_tar(path, MEMBER, limit=LONGEST_REVIEW))


def parse_reviews(members):
    """Read the reviews; the label, number and rating are in the name of the file."""
    rows = []
    for name, content in members.items():
        split, label, number, rating = re.fullmatch(MEMBER, name).groups()
        rows.append((label, int(number), content.decode("utf-8"), split, int(rating)))
    # By class and number: the order within the archive is that of some disk.
    rows.sort()
    return {
        "text": [row[2] for row in rows],
        "label": [row[0] for row in rows],
        "split": [row[3] for row in rows],
        "id": [row[1] for row in rows],
        "rating": [row[4] for row in rows],
    }
