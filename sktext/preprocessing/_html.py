"""The words of an HTML fragment."""

import re
from html import unescape
from html.entities import html5

# Their tags may stand inside a word: un<b>believ</b>able.
INLINE = """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark
nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr"""
BLOCK = """address applet area article aside audio base blink blockquote body br button canvas
caption center col colgroup datalist dd details dialog dir div dl dt embed fieldset figcaption
figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input
legend li link main map marquee menu meta meter nav noframes noscript object ol optgroup option
output p param picture pre progress script search section select slot source style summary svg
table tbody td template textarea tfoot th thead title tr track ul video"""
# Names with a hyphen or colon are custom elements and those of word processors.
OWN = r"[a-z][a-z0-9]*[-:][a-z0-9.:_-]*"
# Possessive, so that a long run without an end costs no more than reading it. What follows
# the name must look like attributes: ``a<b && b>c`` is a comparison.
ATTRIBUTES = r"""(?=\s*+/?+\s*+>|[\s/]++[a-z_:@"'])(?:[^<>=]++|=\s*+"[^"<]*+"|=\s*+'[^'<]*+'|=)*+"""


def tag(names):
    """Compile the pattern of an opening or closing tag with one of some names."""
    return re.compile(rf"</?(?:{names}){ATTRIBUTES}>", re.IGNORECASE)


INLINE_TAG = tag("|".join(INLINE.split()))
BLOCK_TAG = tag("|".join([*BLOCK.split(), OWN]))
# As in a browser, what is opened and never closed reaches to the end.
UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|svg|template)(?=[\s/>])[^<>]*+>.*?(?:</\1\s*>|\Z)"
    r"|<(?:!doctype|!\[if|!\[endif|\?xml)\b[^<>]*+>",
    re.IGNORECASE | re.DOTALL,
)
# The digits are limited because Python refuses to read numbers of thousands of digits.
ENTITY = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)")


def strip_html(text):
    """Take tags, comments, scripts and styles out, then decode the entities.

    Only names of HTML make a tag, so that ``<3``, ``a < b``, ``<unk>`` and ``vector<int>``
    stay, as does a tag that never ends. Only entities that end in a semicolon are decoded,
    so that ``AT&T`` and ``?a=1&copy=2`` stay.

    Parameters
    ----------
    text : str

    Returns
    -------
    text : str
    """
    if "<" in text:
        text = UNSEEN.sub(" ", text)
        text = INLINE_TAG.sub("", text)
        text = BLOCK_TAG.sub(" ", text)
    return ENTITY.sub(decode, text) if "&" in text else text


def decode(match):
    """Decode one entity; a name that is none stays."""
    body = match[1]
    return unescape(match[0]) if body[0] == "#" else html5.get(body, match[0])
