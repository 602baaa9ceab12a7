"""Fetchers read what publishers offer, and ready files, to the same effect."""

import csv
import gzip
import inspect
import io
import re
import sys
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets
from sklearn.utils import Bunch

from sktext import datasets
from sktext.datasets import _imdb, _reuters, _sms_spam, _trec
from sktext.datasets._tables import read_ready

SMS = (
    'ham\tSee you at "8"?\nspam\tWIN £100 now!!\nham\tOk\x85 bye \nham\tNA\nspam\tWIN £100 now!!\n'
)
REVIEWS = {
    "train/neg/10_2.txt": "Dull.<br />Very dull.",
    "train/neg/9_1.txt": "Awful",
    "train/pos/0_10.txt": "Très bon",
    "test/neg/0_4.txt": "No",
    "test/pos/0_7.txt": "Yes",
    "train/unsup/0_0.txt": "Who knows",
    "train/labeledBow.feat": "0:1",
}
TRAIN_QUESTIONS = "NUM:date When is it ?\nHUM:ind Who is Zoë ?\nNUM:count How many ?\n"
TEST_QUESTIONS = "NUM:date What year ?\n"
DOCUMENT = """<REUTERS TOPICS="{topics}" LEWISSPLIT="{split}" OLDID="1" NEWID="{number}">
<DATE> 1-JAN-1987 00:00:00.00</DATE>
<TOPICS>{labels}</TOPICS>
<PLACES><D>usa</D></PLACES>
<UNKNOWN>
&#5;&#5;&#5;C T</UNKNOWN>
<TEXT{type}>&#2;
{text}</TEXT>
</REUTERS>
"""
NORMAL = """<TITLE>{title}</TITLE>
<DATELINE>    OSLO, Jan 1 - </DATELINE><BODY>{body}
 Reuter
&#3;</BODY>"""


def document(number, split, labels, text, topics="YES", type=""):
    labels = "".join(f"<D>{label}</D>" for label in labels)
    return DOCUMENT.format(
        number=number, split=split, labels=labels, text=text, topics=topics, type=type
    )


NEWS = [
    document(1, "TRAIN", ["rye", "oat"], NORMAL.format(title="RYE &lt;R>", body="Rye &amp; oat.")),
    document(2, "TRAIN", [], NORMAL.format(title="NONE", body="Without a topic.")),
    document(3, "TRAIN", ["tin"], NORMAL.format(title="TIN", body="Only for training.")),
    document(4, "TRAIN", ["rye"], NORMAL.format(title="NO", body="No topics."), topics="NO"),
    document(5, "NOT-USED", ["rye"], NORMAL.format(title="NOT", body="Not used.")),
    document(6, "TEST", ["zinc"], NORMAL.format(title="ZINC", body="Only for testing.")),
    document(
        7,
        "TEST",
        ["rye", "zinc"],
        "******<TITLE>RYE UP\n</TITLE>Blah.\n&#3;\n\n",
        type=' TYPE="BRIEF"',
    ),
    document(8, "TEST", ["oat"], "  OAT TABLE\n   one 1\xfc\n REUTER\n&#3;", type=' TYPE="UNPROC"'),
    document(9, "TRAIN", ["oat"], NORMAL.format(title="OAT", body="To Reuter\n  by phone.\n")),
]


def zip_of(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def offer_sms(publisher, monkeypatch):
    content = zip_of({"SMSSpamCollection": SMS, "readme": "SMS"})
    monkeypatch.setattr(_sms_spam, "ARCHIVE", publisher.offer("sms.zip", content))


def offer_imdb(publisher, monkeypatch):
    members = {f"aclImdb/{name}": text.encode() for name, text in REVIEWS.items()}
    monkeypatch.setattr(_imdb, "ARCHIVE", publisher.offer("imdb.tar.gz", tar_of(members)))


def offer_reuters(publisher, monkeypatch):
    head = "<!DOCTYPE lewis SYSTEM 'lewis.dtd'>\n"
    pages = {
        "reut2-001.sgm": head + "".join(NEWS[5:]),
        "reut2-000.sgm": head + "".join(NEWS[:5]),
        "README.txt": "".join(NEWS),
    }
    content = tar_of({name: page.encode("latin-1") for name, page in pages.items()})
    monkeypatch.setattr(_reuters, "ARCHIVE", publisher.offer("reuters.tar.gz", content))


def offer_trec(publisher, monkeypatch):
    files = {
        "train": publisher.offer("train.label", TRAIN_QUESTIONS.encode("latin-1")),
        "test": publisher.offer("test.label", TEST_QUESTIONS.encode("latin-1")),
    }
    monkeypatch.setattr(_trec, "FILES", files)


def offer_20newsgroups(publisher, monkeypatch):
    """Stand in for scikit-learn, which keeps its own checksum and address."""

    def fetch(*, data_home, subset, shuffle, download_if_missing):
        assert (subset, shuffle) == ("all", False)
        if not download_if_missing:
            raise OSError("20Newsgroups dataset not found")
        names = ["sci.space", "alt.atheism"]
        files = ["train/sci.space/60", "train/alt.atheism/71", "test/sci.space/8", "train/x/9"]
        return Bunch(
            data=["From: a\n\nOrbit\n\nend", "From: b\n\nDoubt", "No header", "From: c\n\nStar"],
            target=np.array([0, 1, 0, 0]),
            target_names=names,
            filenames=np.array([f"/data/20news_home/20news-bydate-{file}" for file in files]),
        )

    monkeypatch.setattr(sklearn.datasets, "fetch_20newsgroups", fetch)


OFFERS = {
    "sms_spam": offer_sms,
    "imdb": offer_imdb,
    "reuters": offer_reuters,
    "20newsgroups": offer_20newsgroups,
    "trec": offer_trec,
}
READY_NAMES = {"reuters": "reuters_r90", "20newsgroups": "newsgroups20"}


@pytest.fixture
def fetch(request, publisher, home, monkeypatch):
    """The fetcher of a data set, its publisher on the loopback interface."""
    OFFERS[request.param](publisher, monkeypatch)
    fetcher = getattr(datasets, f"fetch_{request.param}")

    def fetch(**params):
        return fetcher(data_home=home, **params)

    fetch.name = request.param
    fetch.parameters = inspect.signature(fetcher).parameters
    fetch.everything = {"subset": "all"} if "subset" in fetch.parameters else {}
    return fetch


def only(*names):
    return pytest.mark.parametrize("fetch", names, indirect=True)


each = only(*OFFERS)


@only("sms_spam")
def test_messages_are_read_to_the_letter(fetch):
    bunch = fetch()
    assert bunch.data == [line.partition("\t")[2] for line in SMS.split("\n")[:-1]]
    assert bunch.target.tolist() == ["ham", "spam", "ham", "ham", "spam"]
    assert bunch.target_names == ["ham", "spam"]


@only("sms_spam")
def test_repeated_messages_are_dropped_on_demand(fetch):
    texts, labels = fetch(drop_repeated=True, return_X_y=True)
    assert texts == fetch().data[:4]
    assert labels.tolist() == ["ham", "spam", "ham", "ham"]


@only("imdb")
def test_reviews_come_with_what_their_names_say(fetch):
    frame = fetch(subset="all", as_frame=True).frame
    assert frame.values.tolist() == [
        ["Awful", "neg", "train", 9, 1],
        ["Dull.<br />Very dull.", "neg", "train", 10, 2],
        ["Très bon", "pos", "train", 0, 10],
        ["No", "neg", "test", 0, 4],
        ["Yes", "pos", "test", 0, 7],
    ]


@only("trec")
def test_questions_have_coarse_and_fine_labels(fetch):
    bunch = fetch()
    assert bunch.data == ["When is it ?", "Who is Zoë ?", "How many ?"]
    assert bunch.target.tolist() == ["NUM", "HUM", "NUM"]
    fine = fetch(subset="test", level="fine")
    assert fine.target.tolist() == ["NUM:date"]
    assert fine.target_names == ["HUM:ind", "NUM:count", "NUM:date"]


@only("reuters")
def test_news_are_those_of_the_split_with_topics_of_both_parts(fetch):
    bunch = fetch()
    assert bunch.data == ["RYE <R>\nRye & oat.", "OAT\nTo Reuter\n  by phone."]
    assert bunch.target_names == ["oat", "rye"]
    np.testing.assert_array_equal(bunch.target, [[1, 1], [1, 0]])


@only("reuters")
def test_news_without_a_body_are_their_title_and_unprocessed_ones_everything(fetch):
    frame = fetch(subset="test", as_frame=True).frame
    assert frame.columns.tolist() == ["text", "oat", "rye", "split", "id", "title", "text_type"]
    assert frame.values.tolist() == [
        ["RYE UP", 0, 1, "test", 7, "RYE UP", "BRIEF"],
        ["OAT TABLE\n   one 1ü", 1, 0, "test", 8, "", "UNPROC"],
    ]


@only("20newsgroups")
def test_posts_have_names_for_labels_and_their_group(fetch):
    frame = fetch(subset="all", as_frame=True).frame
    assert frame[["label", "group", "split", "id"]].values.tolist() == [
        ["alt.atheism", "alt", "train", 71],
        ["sci.space", "sci", "train", 9],
        ["sci.space", "sci", "train", 60],
        ["sci.space", "sci", "test", 8],
    ]


@only("20newsgroups")
def test_headers_are_removed_as_by_scikit_learn(fetch):
    assert fetch(remove_headers=True).data == ["Doubt", "Star", "Orbit\n\nend"]
    assert fetch(subset="test", remove_headers=True).data == [""]


@only("20newsgroups")
def test_missing_posts_are_told_with_what_to_do(fetch):
    with pytest.raises(OSError, match=r"(?s)not found.*SKTEXT_DATA"):
        fetch(download_if_missing=False)


@only("sms_spam", "imdb", "reuters", "trec")
def test_missing_file_is_not_downloaded_where_that_is_not_allowed(fetch, publisher, files):
    with pytest.raises(OSError, match="download_if_missing=False"):
        fetch(download_if_missing=False)
    assert not publisher.requests
    assert not files()


@only("sms_spam", "imdb", "reuters", "trec")
def test_second_fetch_needs_no_publisher(fetch, publisher, files):
    first = fetch(return_X_y=True)
    asked = len(publisher.requests)
    publisher.server.server_close()
    second = fetch(download_if_missing=False, return_X_y=True)
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    assert len(publisher.requests) == asked
    assert {path.rpartition("/")[0] for path in files()} == {"home/sktext"}


@only("sms_spam")
def test_hostile_archive_writes_nothing_but_itself(fetch, publisher, files, monkeypatch):
    content = zip_of({"SMSSpamCollection": SMS, "../../outside": "x"})
    monkeypatch.setattr(_sms_spam, "ARCHIVE", publisher.offer("bad.zip", content))
    with pytest.raises(ValueError, match="relative names without"):
        fetch()
    assert files() == {"home/sktext/bad.zip"}


@each
def test_bunch_has_the_same_entries_for_every_data_set(fetch):
    bunch = fetch()
    assert set(bunch) == {"data", "target", "target_names", "frame", "DESCR"}
    assert isinstance(bunch.data, list)
    assert {type(text) for text in bunch.data} == {str}
    assert isinstance(bunch.target, np.ndarray)
    assert len(bunch.target) == len(bunch.data)
    assert bunch.target_names == sorted(bunch.target_names)
    assert bunch.frame is None
    for word in ("Source: http", "\nFile", "\nLicence: ", "\nCitation: "):
        assert word in bunch.DESCR.replace("Source and files", "Source: https\nFile")


@each
def test_pair_is_data_and_target(fetch):
    bunch = fetch()
    texts, y = fetch(return_X_y=True)
    assert texts == bunch.data
    np.testing.assert_array_equal(y, bunch.target)


@each
def test_frame_holds_the_same_as_the_lists(fetch):
    bunch, framed = fetch(), fetch(as_frame=True)
    assert framed.data.tolist() == bunch.data
    np.testing.assert_array_equal(framed.target.to_numpy(), bunch.target)
    assert framed.frame.columns[0] == "text"
    assert framed.frame.index.tolist() == list(range(len(bunch.data)))
    texts, y = fetch(as_frame=True, return_X_y=True)
    pd.testing.assert_series_equal(texts, framed.frame["text"])
    assert type(y) is type(framed.target)
    y = y.to_frame() if y.ndim == 1 else y
    pd.testing.assert_frame_equal(y, framed.frame[y.columns])


@only("imdb", "reuters", "20newsgroups", "trec")
def test_all_is_train_then_test(fetch):
    train, test, both = (fetch(subset=subset) for subset in ("train", "test", "all"))
    assert both.data == train.data + test.data
    np.testing.assert_array_equal(both.target, np.concatenate([train.target, test.target]))
    assert train.target_names == test.target_names == both.target_names
    assert fetch.parameters["subset"].default == "train"


@each
def test_ready_file_gives_the_same(fetch, publisher, tmp_path, monkeypatch):
    published = fetch(**fetch.everything, as_frame=True)
    table = published.frame
    if fetch.name == "reuters":
        names = published.target_names
        labels = [",".join(np.array(names)[row == 1]) for row in published.target.to_numpy()]
        table = table.drop(columns=names).assign(labels=labels)
    # Test rows first and a column more, as a ready file may have them.
    table = table.iloc[::-1] if fetch.name == "trec" else table
    table = table.assign(more="")
    folder = tmp_path / "ready"
    folder.mkdir()
    name = READY_NAMES.get(fetch.name, fetch.name)
    table.to_csv(folder / f"{name}.csv.gz", index=False, quoting=csv.QUOTE_ALL)
    monkeypatch.setenv("SKTEXT_DATA", str(folder))
    publisher.requests.clear()
    ready = fetch(**fetch.everything, as_frame=True, download_if_missing=False)
    expected = published.frame
    if fetch.name == "trec":
        expected = expected.iloc[[2, 1, 0, 3]].reset_index(drop=True)
    pd.testing.assert_frame_equal(ready.frame, expected)
    assert ready.target_names == published.target_names
    assert not publisher.requests


@each
def test_folder_without_the_ready_file_is_passed_over(fetch, tmp_path, monkeypatch):
    monkeypatch.setenv("SKTEXT_DATA", str(tmp_path))
    assert fetch().data


@each
def test_ready_folder_that_is_none_is_refused(fetch, tmp_path, monkeypatch):
    monkeypatch.setenv("SKTEXT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(NotADirectoryError, match=r"SKTEXT_DATA must name a folder.*nowhere"):
        fetch()


@each
def test_parameters_are_shared_and_by_keyword_only(fetch):
    shared = {
        "data_home": None,
        "download_if_missing": True,
        "return_X_y": False,
        "as_frame": False,
    }
    parameters = fetch.parameters
    assert list(parameters)[-len(shared) :] == list(shared)
    assert {name: parameters[name].default for name in shared} == shared
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


@each
@pytest.mark.parametrize("name", ["return_X_y", "as_frame", "download_if_missing"])
def test_parameter_out_of_range_is_refused(name, fetch, publisher):
    with pytest.raises(ValueError, match=name):
        fetch(**{name: "yes"})
    assert not publisher.requests


@only("imdb", "reuters", "20newsgroups", "trec")
def test_unknown_subset_is_refused(fetch):
    with pytest.raises(ValueError, match=r"'subset' parameter .* must be a str among"):
        fetch(subset="dev")


@only("trec")
def test_frame_without_pandas_says_how_to_install_it(fetch, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'sktext[frame]'")):
        fetch(as_frame=True)
    assert fetch().data


def write_ready(path, text):
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_ready_file_keeps_every_text_as_it_is(tmp_path):
    texts = ["NA", "", "null", "1.0", 'a "b", c', "one\r\ntwo\rthree\n", "x" * 200_000]
    path = tmp_path / "some.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["text"], *([text] for text in texts)])
    csv.field_size_limit(131_072)
    assert read_ready(path, ["text"]) == {"text": texts}
    assert csv.field_size_limit() == 131_072


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,sort\na,b\n", "must have the columns text, label in every row; got text, sort"),
        ("text,label\na\n", "must have the columns text, label in every row"),
        ("", "cannot be read as gzipped csv"),
        ('text,label\n"a', "cannot be read as gzipped csv"),
    ],
    ids=["columns", "short row", "empty", "open quote"],
)
def test_ready_file_of_another_form_is_refused(text, message, tmp_path):
    path = write_ready(tmp_path / "some.csv.gz", text)
    with pytest.raises(ValueError, match=message):
        read_ready(path, ["text", "label"])


def test_damaged_ready_file_is_refused(tmp_path):
    path = write_ready(tmp_path / "some.csv.gz", "text,label\n" + "a,b\n" * 1000)
    for content in (path.read_bytes()[:-20], b"text,label\na,b\n"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="cannot be read as gzipped csv"):
            read_ready(path, ["text", "label"])
