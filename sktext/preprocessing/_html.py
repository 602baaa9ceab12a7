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
output p param picture pre progress search section select slot source summary
table tbody td textarea tfoot th thead title tr track ul video"""
# Names with a hyphen or colon, of custom elements and word processors, are also those of people
# and firms: <Allied-Lyons PLC>. Only what is closed somewhere is an element.
OWN = r"[a-z][a-z0-9]*[-:][a-z0-9.:_-]*"
# Attributes without a value; any other word after a name is text: ``a<b and c>d``.
BARE = """allowfullscreen async autofocus autoplay border checked clear compact controls
crossorigin declare default defer disabled download draggable formnovalidate hidden inert ismap
itemscope loop multiple muted nohref nomodule noresize noshade novalidate nowrap open
playsinline readonly required reversed selected"""
BARE = "|".join([*BARE.split(), r"(?:data|ng|v)-[a-z-]++"])
# What may stand between a name and the end of its tag: nothing, or words that are attributes;
# once one has a value, anything. Possessive, so that a long run without an end costs no more
# than reading it.
ATTRIBUTES = (
    rf"""(?:[\s/]++(?:{BARE})(?=[\s/>]))*+"""
    r"""(?:[\s/]++[^\s"'<>/=]++\s*+(?==)(?:[^<>=]++|=\s*+"[^"<]*+"|=\s*+'[^'<]*+'|=)*+|\s*+/?+\s*+)"""
)


def tag(names, slash="/?"):
    """Compile the pattern of an opening or closing tag with one of some names."""
    return re.compile(rf"<{slash}(?:{names}){ATTRIBUTES}>", re.IGNORECASE)


INLINE_TAG = tag("|".join(INLINE.split()))
BLOCK_TAG = tag("|".join(BLOCK.split()))
OWN_TAG = tag(f"(?P<name>{OWN})")
OWN_END = re.compile(rf"</({OWN})\s*+>", re.IGNORECASE)
DECLARATION = re.compile(r"<(?:!doctype|!\[if|!\[endif|\?xml)\b[^<>]*+>", re.IGNORECASE)
# What begins with one of these reaches to its end, if there is one.
UNSEEN = re.compile(
    rf"<(?P<name>!--|!\[CDATA\[|(?P<element>script|style|svg|template){ATTRIBUTES}>)", re.IGNORECASE
)
ENDS = {"!--": re.compile("-->"), "![cdata[": re.compile(r"\]\]>")}
ENDS |= {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in ("script", "style", "svg", "template")
}
# The digits are limited because Python refuses to read numbers of thousands of digits.
ENTITY = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)")


def strip_html(text):
    """Take tags, comments, scripts and styles out, then decode the entities.

    Only names of HTML make a tag, and names with a hyphen or colon that the text closes, so
    that ``<3``, ``a < b``, ``<unk>``, ``vector<int>``, ``<Allied-Lyons PLC>`` and
    ``<https://example.org>`` stay. So do a tag that never ends, and a comment, script or style
    that is never closed. Only entities that end in a semicolon are decoded, so that ``AT&T``
    and ``?a=1&copy=2`` stay.

    Parameters
    ----------
    text : str

    Returns
    -------
    text : str
    """
    if "<" in text:
        text = DECLARATION.sub(" ", without_unseen(text))
        text = INLINE_TAG.sub("", text)
        text = BLOCK_TAG.sub(" ", text)
        text = without_own_elements(text)
    return ENTITY.sub(decode, text) if "&" in text else text


def without_unseen(text):
    """Take out comments, scripts and styles, and what encloses CDATA; all that are closed."""
    parts, place, unclosed = [], 0, set()
    for start in UNSEEN.finditer(text):
        name = (start["element"] or start["name"]).lower()
        if start.start() < place or name in unclosed:
            continue
        if start["element"] and start[0].endswith("/>"):  # <script src="..."/> has no inside
            end = start
        else:
            end = ENDS[name].search(text, start.end())
        if end is None:
            unclosed.add(name)
            continue
        parts.append(text[place : start.start()])
        parts.append(text[start.end() : end.start()] if name == "![cdata[" else " ")
        place = end.end()
    return "".join([*parts, text[place:]])


def without_own_elements(text):
    """Take out the tags of elements with names that HTML does not know, if they are closed."""
    closed = {name.lower() for name in OWN_END.findall(text)}
    if not closed:
        return text
    return OWN_TAG.sub(lambda tag: " " if tag["name"].lower() in closed else tag[0], text)


def decode(match):
    """Decode one entity; a name that is none stays."""
    body = match[1]
    return unescape(match[0]) if body[0] == "#" else html5.get(body, match[0])
