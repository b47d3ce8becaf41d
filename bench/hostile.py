"""How long the engine takes for texts made to cost more than their length: ``python -m bench.hostile [KB] [WORD ...]``.

Doubling a text may cost 2.4 times as much, and a megabyte of anything takes a few seconds. Seconds of this process, of
reading, asking, describing and writing a page. KB: of the longest text. With words: only the shapes whose markup or
name holds one of them.
"""

import signal
import sys
from types import FrameType

from app.markup.nodes import Markup
from tests.markup.growing import MOST, seconds
from tests.markup.shapes import DOKUWIKI, KB, Shape
from tests.markup.shapes_markdown import MARKDOWN

SIZES = (64, 128, 256, 512, 1024)  # KB
LONGEST = 5.0  # seconds for the last size
GIVE_UP = 30  # seconds for one text
LEAST = 0.02  # seconds; below, nothing is measured well


class TooLongError(Exception):
    """A text took longer than ``GIVE_UP``."""


def measure(shape: Shape, markup: Markup, sizes: list[int]) -> list[float]:
    """Seconds by size, as far as it got; negative where it failed, infinite where it was given up."""
    found: list[float] = []
    for size in sizes:
        text = shape(size * KB)
        signal.alarm(GIVE_UP)
        try:
            found.append(min(seconds(text, markup) for _ in range(2 if size < SIZES[2] else 1)))
        except TooLongError:
            return [*found, float("inf")]
        except Exception as problem:  # noqa: BLE001 a bench reports whatever goes wrong
            print(f"  {problem!r:.200}")
            return [*found, -1.0]
        finally:
            signal.alarm(0)
    return found


def verdict(times: list[float]) -> str:
    if times[-1] < 0:
        return "FAILS"
    if times[-1] > LONGEST:
        return "TOO LONG"
    worst = (times[-1] / max(times[0], LEAST)) ** (1 / (len(times) - 1))
    return f"{worst:.2f}{' TOO STEEP' if worst > MOST else ''}"


def give_up(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def main(words: list[str]) -> None:
    sizes = [size for size in SIZES if not words or not words[0].isdigit() or size <= int(words[0])]
    words = [word for word in words if not word.isdigit()]
    signal.signal(signal.SIGALRM, give_up)
    shapes: list[tuple[Markup, str, Shape]] = [("dokuwiki", name, shape) for name, shape in DOKUWIKI.items()]
    shapes += [("markdown", name, shape) for name, shape in MARKDOWN.items()]
    print(f"{'':58}{''.join(f'{size:>8} KB' for size in sizes)}   a doubling")
    for markup, name, shape in shapes:
        if words and not any(word in f"{markup}: {name}" for word in words):
            continue
        times = measure(shape, markup, sizes)
        row = "".join(f"{each:11.3f}" for each in times)
        print(f"{markup}: {name:48.48}{row:55}   {verdict(times)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
