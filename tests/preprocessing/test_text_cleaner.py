"""TextCleaner: what each step does to texts, and in which order."""

import time

import pytest

from sktext.preprocessing import TextCleaner


def clean(text, **params):
    return TextCleaner(**params).fit_transform([text])[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One</p><p>two<br/>three<BR >four</p>", "One two three four"),
        ("un<b>believ</b>able", "unbelievable"),
        ("<a href=\"x>y\" title='1 > 0'>link</a>", "link"),
        ("a <!-- hidden <b> --> b", "a b"),
        ("a<script>if (a<b) {}</script>b<style>p {}</style>c", "a b c"),
        ("a <script> never closed", "a"),
        ("Tom &amp; Jerry &eacute;&#233;&#xE9;&nbsp;&lt;3", "Tom & Jerry ééé <3"),
        ("&amp;lt;", "&lt;"),
        ("<!DOCTYPE html><o:p>word</o:p><my-tag x=1>own</my-tag>", "word own"),
        ("I <3 you, 1 < 2 > 1, <unk> vector<int> a<b && b>c", None),
        ("AT&T ?a=1&copy=2 &unknown; &#; &" + "x" * 50 + ";", None),
        ("a broken <br tag, and <", None),
        ("smile 😀 👩‍👩‍👧 ☹", None),
        ("&#" + "9" * 5000 + ";", None),
        ("", None),
    ],
)
def test_html_goes_and_what_only_looks_like_it_stays(text, expected):
    assert clean(text, lowercase=False) == (text if expected is None else expected)


def test_html_stays_if_asked():
    assert clean("<b>x</b> &amp;", strip_html=False) == "<b>x</b> &amp;"


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("keep", "see https://a.org/b?c=d, or (www.e.com). now"),
        ("drop", "see , or ( ). now"),
        ("URL", "see url , or ( url ). now"),
        (r"\1", r"see \1 , or ( \1 ). now"),
    ],
)
def test_urls_are_kept_dropped_or_replaced(urls, expected):
    assert clean("See https://a.org/b?c=d, or (WWW.e.com). Now", urls=urls) == expected


def test_kept_urls_are_one_word_that_no_step_cuts():
    text = "the pages https://the.com/cats/the of www.cats.org"
    cleaned = clean(text, stop_words="english", stem="english")
    assert cleaned == "page https://the.com/cats/the www.cats.org"


def test_words_that_begin_like_urls_are_no_urls():
    assert clean("http: www. awww.x https://", urls="drop") == "http: www. awww.x https://"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("cafe\u0301 \u03ac \u0451", "cafe \u03b1 \u0435"),
        ("a ≠ b, हिन्दी, 한국어", "a ≠ b, हिन्दी, 한국어"),
    ],
)
def test_accents_go_and_other_scripts_and_signs_stay(text, expected):
    assert clean(text, strip_accents=True) == expected


def test_white_space_becomes_single_spaces():
    assert clean(" a\n\n b\t\u00a0c ") == "a b c"


NOTS = ["not", "no", "never", "nor", "neither", "without", "nothing", "nobody", "none"]
CONTRACTIONS = ["cannot", "don't", "DON\u2019T", "couldn't", "isnt", "hasnt", "cant"]


@pytest.mark.parametrize("word", [*NOTS, *CONTRACTIONS])
def test_negations_survive_the_stop_words(word):
    assert clean(f"the {word} of it", stop_words="english") == word.lower()
    assert clean(f"x {word} y", stop_words=[word]) == f"x {word.lower()} y"


def test_negations_go_if_asked():
    text = "It is not good and I don't like it without it"
    assert clean(text, stop_words="english", keep_negations=False) == "good like"


def test_stop_words_match_in_any_case_and_with_their_contractions():
    assert clean(
        "The film It's THE best I\u2019ve seen", stop_words="english", lowercase=False
    ) == ("film best seen")
    assert clean("Der Film ist gut", stop_words=["DER", "ist"]) == "film gut"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not good", "not_good"),
        ("It isn't good", "it is not_good"),
        ("I can\u2019t go, won't stay, ain't it", "i can not_go, will not_stay, not_it"),
        ("dont like, cannot see", "do not_like, can not_see"),
        ("not. Good", "not. good"),
        ("Never!", "never!"),
        ("not (good)", "not (good)"),
        ('not "good"', '"not_good"'),
        ("not not_good", "not_not_good"),
        ("knot notable nothing", "knot notable nothing"),
    ],
)
def test_next_word_is_marked(text, expected):
    assert clean(text, mark_negation=True) == expected


def test_mark_skips_the_stop_words():
    cleaned = clean("Not a very good film", stop_words="english", mark_negation=True)
    assert cleaned == "not_good film"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't like this film, really", "i do not_like not_this not_film, really"),
        ("not bad but dull", "not_bad but dull"),
        ("no plot: nothing", "not_plot: nothing"),
    ],
)
def test_clause_is_marked_up_to_its_end(text, expected):
    assert clean(text, mark_negation=True, negation_scope="clause") == expected


def test_stems_come_before_the_mark():
    params = {"stop_words": "english", "mark_negation": True, "stem": "english"}
    assert clean("This isn't amazing, running cats", **params) == "not_amaz, run cat"


def test_stop_words_come_before_stems():
    assert clean("This was his", stop_words=["this"], stem="english") == "was his"
    assert clean("ponies poni", stop_words=["poni"], stem="english") == "poni"


def test_accents_go_after_stop_words_and_stems():
    params = {"strip_accents": True, "stop_words": ["été"], "stem": "french"}
    assert clean("Été continuées", **params) == "continu"


def test_html_goes_before_urls():
    assert clean("<a href='https://a.org'>x</a> https&#58;//b.org", urls="URL") == "x url"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("english", "running cats", "run cat"),
        ("german", "Häuser", "haus"),
        ("porter", "running", "run"),
        ("russian", "кошками", "кошк"),
    ],
)
def test_snowball_stems(language, text, expected):
    assert clean(text, stem=language) == expected


def hostile_texts(n):
    """Texts of about ``n`` characters that a careless pattern reads again and again."""
    repeated = ["<b ", "<script", "<!--", "&", '<a x="', "www.", "http://.", "n't", "a'"]
    tails = [("<br", " "), ("<br", " /"), ("<b =", "= "), ("", "not good ")]
    return [head + tail * (n // len(tail)) for head, tail in [*(("", r) for r in repeated), *tails]]


def test_cleaning_long_or_hostile_texts_takes_linear_time():
    cleaner = TextCleaner(urls="URL", stop_words="english", mark_negation=True)

    def seconds(n):
        texts = hostile_texts(n)
        start = time.process_time()
        assert len(cleaner.fit_transform(texts)) == len(texts)
        return time.process_time() - start

    seconds(1000)  # patterns are compiled
    short, long = (min(seconds(n) for _ in range(2)) for n in (50_000, 200_000))
    assert long < 8 * short  # four times the text; a quadratic way takes sixteen times as long
