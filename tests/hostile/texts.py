"""Texts that no one would type, and everybody pastes."""

from hypothesis import strategies as st

ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
"""Every code point of Unicode, the unassigned and the private ones too."""
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
COMBINING = "".join(map(chr, range(0x300, 0x36F)))
SPACES = " \t\n\r\v\f\u00a0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000\ufeff\u0085\u180e\u200b"
ASTRAL = st.characters(min_codepoint=0x10000)
NONCHARACTERS = "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff"

texts = st.one_of(
    st.text(ANY, min_size=1, max_size=80),
    st.text(ASTRAL, min_size=1, max_size=40),
    st.text(st.sampled_from(BIDI + "abcאב"), min_size=1, max_size=60),
    st.text(st.sampled_from(SPACES), min_size=1, max_size=60),
    st.text(st.sampled_from(NONCHARACTERS + "a "), min_size=1, max_size=20),
    st.builds(
        lambda base, marks: base + marks,
        st.text(ANY, min_size=1, max_size=3),
        st.text(st.sampled_from(COMBINING), max_size=300),
    ),
    st.text(st.sampled_from("👨‍👩‍👧🏳️‍🌈🇩🇪🇫🇷#️⃣👍🏿\u200d\ufe0f"), min_size=1, max_size=40),
    st.text(st.sampled_from("</s><|endoftext|>[CLS][MASK]<pad>▁Ġ<0x0A>##"), min_size=1, max_size=60),
    st.text(st.sampled_from("가각ᄀ힣ㅋกำะ"), min_size=1, max_size=60),
)
KNOWN = [
    "a" * 3000,
    " " * 3000,
    "\n" * 500,
    "Z" + "\u0301" * 2000,
    "<img src=x onerror=alert(1)>" * 20,
    "{{7*7}} ${7*7} %s %n ' OR 1=1;-- \\x00 ../../etc/passwd",
    "﷽" * 200,
    "".join(map(chr, range(1, 0x300))),
    "".join(chr(code) for code in range(0xFFF0, 0x10010)),
    "\u1100" * 300,
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 50,
    "\r\n\r\r\n\n\r",
    "İstanbul ẞ ſ ﬁ K Å ǅ",
]
"""Each of these once broke something somewhere."""
