import multiprocessing
import threading
import time
from pathlib import Path

from app.store.turns import TURNS, turn


def hold(folder: Path, marks: Path) -> None:
    with turn(folder, "ivy", 30) as mine:
        assert mine
        with marks.open("a") as file:
            file.write("in ")
        time.sleep(0.02)
        with marks.open("a") as file:
            file.write("out ")


def test_threads_go_one_at_a_time(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    threads = [threading.Thread(target=hold, args=(tmp_path, marks)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert marks.read_text() == "in out " * 6


def test_processes_go_one_at_a_time(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    crowd = [multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path, marks)) for _ in range(3)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()

    assert [process.exitcode for process in crowd] == [0, 0, 0]
    assert marks.read_text() == "in out " * 3


def test_patience_ends_and_a_turn_is_given_back(tmp_path: Path) -> None:
    with turn(tmp_path, "ivy", 0) as first, turn(tmp_path, "ivy", 0.05) as second:
        assert (first, second) == (True, False)
    with turn(tmp_path, "ivy", 0) as third:
        assert third


def test_no_more_files_than_turns(tmp_path: Path) -> None:
    for number in range(300):
        with turn(tmp_path, f"ivy{number}", 0) as mine:
            assert mine

    assert len(list(tmp_path.iterdir())) <= TURNS
