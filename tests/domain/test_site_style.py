"""A style of the wiki's own loads nothing from elsewhere, however that is written."""

import pytest

from app.domain.site_style import fault_in, sent, without_faults


@pytest.mark.parametrize(
    "text",
    [
        "@import 'other.css';",
        "@IMPORT url(x.css);",
        r"@\69mport 'x';",
        "a { background: url(https://elsewhere.example/x.png) }",
        "a { background: url(http:elsewhere.example/x) }",
        'a { background: url("//elsewhere.example/x.png") }',
        r"a { background: url(\2f\2f elsewhere.example/x.png) }",
        r'a { background: url("\\\\elsewhere.example/x") }',
        r"a { background: url(/\elsewhere.example) url(/\\elsewhere.example) }",
        "a { background: url('/\t/elsewhere.example') }",
        r"a { background: image-set('ht\74 ps:elsewhere.example/x' 1x) }",
        "a { src: url(ftp://elsewhere.example/x) }",
        'a { content: "/*"; background: url(https://elsewhere.example) ; content: "*/" } b { background: url(//x) }',
        "a { background: url(http://www.w3.org/2000/svg) }",
        "a { background: url(\"http:xmlns='http://www.w3.org/x'elsewhere.example\") }",
        "a { background: url(javascript:alert(1)); width: expression(alert(1)) }",
        "a { background: url(//data:image/png;base64,AAAA) }",
    ],
)
def test_what_leads_elsewhere_is_found_and_taken_out(text: str) -> None:
    assert fault_in(text)
    assert fault_in(without_faults(text)[0]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a:hover { color: red } /* see https://elsewhere.example */",
        "a { background: url(/_media/wiki:logo.png) no-repeat }",
        "a { background: url(data:image/png;base64,iVBOR//w0KGgo=) }",
        "a { background: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\") }",
        "a { background: url('data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E') }",
        r'a::before { content: "\201C" }',
        "@media (min-width: 40em) { main { max-width: none } }",
    ],
)
def test_what_stays_here_is_left_alone(text: str) -> None:
    assert fault_in(text) == ""
    assert sent(without_faults(text)[0]) == sent(text)


def test_the_lines_of_what_was_taken_out() -> None:
    text = "@import url(x);\n/* a\nb */ a { color: red;\n  background: url(https://x.example/)\n}\nb { color: blue }\n"
    kept, lines = without_faults(text)
    assert lines == [1, 4]
    assert sent(kept).replace(" ", "") == "a{color:red;}\nb{color:blue}"


def test_remarks_are_not_sent() -> None:
    assert sent("/* secret */ a { } /* not ended") == "a { }"


def test_long_texts_take_little_time() -> None:
    for text in ("/*" * 30_000, "\\2f " * 15_000, "{;" * 30_000, "data:" * 12_000, "a" * 60_000):
        without_faults(text)
        sent(text)
