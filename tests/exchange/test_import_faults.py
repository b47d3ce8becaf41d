"""What goes wrong around an import: archives with additions, killed processes, sources that change, full disks."""

import io
import zipfile
from pathlib import Path

from app.exchange.dokuwiki.importing import Options
from app.wiki import Wiki
from tests.exchange.test_importing import FILES, bring, outcomes


def test_an_archive_that_a_computer_added_to_comes_whole(wiki: Wiki, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in FILES.items():
            archive.writestr(f"wiki/{path}", data)
        for path in ("__MACOSX/wiki/data/pages/._start.txt", "__MACOSX/._wiki", ".DS_Store", "wiki/data/.DS_Store"):
            archive.writestr(path, b"\0\5\x16\7")
    (tmp_path / "wiki.zip").write_bytes(packed.getvalue())
    report = bring(wiki, tmp_path / "wiki.zip", Options(verify=True))
    assert report.exit_status == 0
    assert report.accounted == report.walked == len(FILES) + 4
    assert outcomes(report)["data/pages/start.txt"] == "stored"
    assert outcomes(report)["../__MACOSX/._wiki"] == "left"
