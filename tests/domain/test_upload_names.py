import pytest

from app.domain.upload_names import numbered, target

ENDINGS = {"png", "jpg", "pdf"}


@pytest.mark.parametrize(
    ("wanted", "sent", "expected"),
    [
        pytest.param("", "Ivy.PNG", "ns:Ivy.PNG", id="as the file is called"),
        pytest.param("", "C:\\Pictures\\ivy.png", "ns:ivy.png", id="the last part of a path"),
        pytest.param("", "../../etc/ivy.png", "ns:ivy.png", id="a path that climbs"),
        pytest.param("", "secret:ivy.png", "ns:secret_ivy.png", id="a file names no namespace"),
        pytest.param("", "secret;ivy.png", "ns:secret_ivy.png", id="nor by what is read as a colon"),
        pytest.param("leaf", "ivy.png", "ns:leaf.png", id="without an ending it gets that of the file"),
        pytest.param("leaf.v2", "ivy.png", "ns:leaf.v2.png", id="what is no ending is a part of the name"),
        pytest.param("deep:leaf.png", "ivy.png", "ns:deep:leaf.png", id="what was typed names namespaces below"),
        pytest.param("leaf.jpg", "ivy.png", "ns:leaf.jpg", id="an ending that was typed stays"),
        pytest.param("leaf.exe", "ivy.bat", "ns:leaf.exe", id="nothing is made better that is refused anyway"),
        pytest.param(":leaf.png", "ivy.png", "ns::leaf.png", id="a colon does not lead out"),
        pytest.param("a.b:leaf", "ivy.png", "ns:a.b:leaf.png", id="a dot above is no ending"),
        pytest.param("", "", "ns:", id="no name at all"),
    ],
)
def test_a_name(wanted: str, sent: str, expected: str) -> None:
    assert target("ns", wanted, sent, ENDINGS) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a:x.png", "a:x_2.png"), ("x", "x_2"), ("a.b:x", "a.b:x_2"), ("x.tar.gz", "x.tar_2.gz")],
)
def test_a_numbered_name(name: str, expected: str) -> None:
    assert numbered(name, 2) == expected
