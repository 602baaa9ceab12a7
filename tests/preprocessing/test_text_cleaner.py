"""TextCleaner: what each step does to texts, and in which order."""

import re
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


@pytest.mark.parametrize(
    "text",
    [
        "said <Allied-Lyons PLC> and <A/S Norske Shell>, <A&W Brands Inc>",
        "<Disclaimer: all of this is mine.> Hello",
        "<I think so> <b open question> <A big firm> <address unknown> <p class>",
        "see <http://www.example.org/a>, <www.example.org> for more",
        "From: <ann.lee@example.org>, <b@example.org>, <i-am@example.org>, <mailto:a@b.org>",
        "How do I use the <script> tag? Mine fails.",
        "How do I use the <script src='a.js'> tag? And <style>, <svg> and <template>?",
        "a <!-- never closed <x> and <![CDATA[ never closed",
        "a</script> that nobody opened",
        "a<b and c>d, x<p and p>q, x<y>z, p<0.05 and q>0.1, 1<2>1",
        "if (a<b) { x = y<i && j>k; }",
        "List<String> Map<String, Integer> #include <stdio.h> template <typename T>",
        "<?php echo 1; ?> <unk> <PAD> <user> <item> <rss version=2>",
        "<3 :-< >_< >:( <- -> <-> <= => << >> <<Hi>>",
        "文章<重要>です <重要-お知らせ> <Привет-мир>",
        "<Ctrl-L> <friendly-mode off> <k-means: 3 clusters>",
    ],
)
def test_angle_brackets_that_are_no_html_stay(text):
    assert clean(text, lowercase=False) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<input disabled>a<hr noshade size=1>b<td nowrap>c<video controls>d", "a b c d"),
        ("<font color = 'red'>x</font><img/src=a.png>y<a href=a.b/c?d=e>z</a>", "x yz"),
        ("<p data-x>a</P ><br\n/>b<script async src='x'></script>c", "a b c"),
        ("<svg/>a<script src='x' />b<STYLE>p>q</STYLE>c", "a b c"),
        ("<!-- <script> -->a<script>// <!-- </script>b", "a b"),
        ("<![CDATA[a <b>word</b>]]><?xml version='1.0'?>c<!DOCTYPE html>", "a word c"),
        ("<dc:title>a</dc:title><x-y z='1'>b</X-Y><x-z>", "a b <x-z>"),
        ("<ul><li>a<li>b</ul>", "a b"),
    ],
)
def test_html_of_every_kind_goes(text, expected):
    assert clean(text, lowercase=False) == expected


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Scripts without spaces, before and after.
        ("速報 https://t.co/aHk5原因究明まだ", "速報 U 原因究明まだ"),
        ("速報https://t.co/aHk5", "速報 U"),
        ("见www.example.org，谢谢（https://example.org/a）。", "见 U ，谢谢（ U ）。"),  # noqa: RUF001
        ("ดูhttps://a.org/1ครับ", "ดู U ครับ"),
        ("보기https://a.org/1에서", "보기 U 에서"),
        # Names and paths in other scripts.
        ("https://ru.wikipedia.org/wiki/Россия, да", "U , да"),
        ("https://hi.wikipedia.org/wiki/हिन्दी है", "U है"),
        ("https://de.wikipedia.org/wiki/Köln. So", "U . So"),
        ("https://日本語.example/a と www.日本語.example", "U と U"),
        # Signs that no address has in it.
        ("https://a.org/x😀 “https://a.org”… «www.a.org»", "U 😀 “ U ”… « U »"),
        (
            "https://a.org|https://b.org `www.c.org` \\\\url{www.d.org}x",
            "U | U ` U ` \\\\url{ U }x",
        ),
        # Brackets in pairs are of the address.
        ("(see www.a.org/b_(c)),then [www.a.org?q[]=1]", "(see U ),then [ U ]"),
        ("[text](https://a.org)and <https://a.org/b>", "[text]( U )and < U >"),
        ("mail ann@www.example.org", "mail ann@ U"),
        ("xhttps://a.org _www.a.org 1www.a.org", "xhttps://a.org _www.a.org 1www.a.org"),
    ],
)
def test_addresses_end_where_they_must(text, expected):
    assert clean(text, urls="U", lowercase=False) == expected


def test_addresses_in_scripts_without_spaces_are_not_cut():
    cleaned = clean("速報https://the.com/cats/the of", stop_words="english", stem="english")
    assert cleaned == "速報https://the.com/cats/the"


def test_real_texts_keep_what_stands_in_angle_brackets(real_texts):
    news = [text for text in real_texts("reuters_r90")["text"] if "<" in text]
    names = set(re.findall("<[A-Z][A-Za-z]*-[^<>\n]*>", " ".join(news)))
    assert len(names) > 40
    kept = " ".join(TextCleaner(lowercase=False).fit_transform(news))
    assert all(" ".join(name.split()) in kept for name in names if "&" not in name)


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
    repeated += ["<a hidden", "<![CDATA[", "<script>", "<svg></svg>", "www.日-", "https://日"]
    repeated += ["<x-y", "</x-y>"]
    tails = [("<br", " "), ("<br", " /"), ("<b =", "= "), ("", "not good "), ("<x-", "y-")]
    tails += [("<td nowrap", " nowrap"), ("www.", "日"), ("https://a", "("), ("https://", "(a")]
    tails += [("www.", ".")]
    return [head + tail * (n // len(tail)) for head, tail in [*(("", r) for r in repeated), *tails]]


@pytest.mark.slow
def test_cleaning_long_or_hostile_texts_takes_linear_time():
    cleaner = TextCleaner(urls="URL", stop_words="english", mark_negation=True)

    def seconds(n):
        texts = hostile_texts(n)
        start = time.process_time()
        assert len(cleaner.fit_transform(texts)) == len(texts)
        return time.process_time() - start

    seconds(1000)  # patterns are compiled
    short, long = (min(seconds(n) for _ in range(2)) for n in (25_000, 200_000))
    assert long < 24 * short  # eight times the text; a quadratic way takes 64 times as long
