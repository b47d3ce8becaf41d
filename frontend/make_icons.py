"""Write ``static/icons.svg``: our own marks and a subset of Lucide, one symbol each.

npm pack lucide-static@1.62.0 && tar xzf lucide-static-1.62.0.tgz
python frontend/make_icons.py package/icons
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def symbol(name: str, folder: Path) -> str:
    # The package is the developer's own download, not input from anybody.
    root = ET.parse(folder / f"{name}.svg").getroot()  # noqa: S314
    shapes = "".join(_shape(child) for child in root)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def _shape(element: ET.Element) -> str:
    attributes = "".join(f' {key}="{value}"' for key, value in element.attrib.items())
    return f"<{element.tag.rpartition('}')[2]}{attributes}/>"


def main(folder: Path) -> None:
    names = (ROOT / "icons.txt").read_text(encoding="utf-8").split()
    own = (ROOT / "marks.svg").read_text(encoding="utf-8").strip()
    symbols = "\n".join(symbol(name, folder) for name in sorted(set(names)))
    parts = ("<!-- lucide-static 1.62.0, ISC; the marks are ours -->", own, symbols)
    sheet = "\n".join(('<svg xmlns="http://www.w3.org/2000/svg">', *parts, "</svg>\n"))
    (ROOT.parent / "static" / "icons.svg").write_text(sheet, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
