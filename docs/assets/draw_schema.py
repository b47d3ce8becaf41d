# ruff: noqa: RUF001 French apostrophes
"""Draw the picture of ``ia:modeles``: how an open language model is built.

Run: python docs/assets/draw_schema.py content/media/ia/schema_llm_open_source_pmdia_whi3h.jpg
Needs the DejaVu fonts.
"""

import math
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SCALE = 3  # drawn larger, then reduced, for smooth edges
WIDTH, HEIGHT = 1600, 900
PAPER, SURFACE, LINE = "#faf7f0", "#fffefb", "#ddd6c6"
INK, SOFT = "#22302a", "#5c675f"
IVY, IVY_SOFT, IVY_PALE = "#1d6b4f", "#8fb9a6", "#e3eee7"
SERIF_BOLD, SANS, SANS_BOLD = (
    f"/usr/share/fonts/truetype/dejavu/{name}.ttf" for name in ("DejaVuSerif-Bold", "DejaVuSans", "DejaVuSans-Bold")
)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Card:
    """One step; ``lines`` say in a few words what is done, ``pieces`` stand in a row, ``rows`` below each other."""

    box: tuple[float, float, float, float]
    number: int
    title: str
    lines: tuple[str, ...]
    pieces: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


COLUMNS = ((60, 500, "Les données"), (580, 1020, "L’entraînement"), (1100, 1540, "Le partage"))
CARDS = (
    Card((60, 236, 500, 412), 1, "Collecte", ("pages du web, livres,", "encyclopédies, code")),
    Card((60, 456, 500, 632), 2, "Nettoyage", ("langue, doublons, qualité,", "données personnelles")),
    Card((60, 676, 500, 852), 3, "Tokenisation", (), ("Le", "lier", "re", "grim", "pe")),
    Card(
        (580, 236, 1020, 468),
        4,
        "Pré-entraînement",
        ("prédire le token suivant, des", "milliers de milliards de fois"),
        ("Le", "lierre", "grimpe", "?"),
    ),
    Card(
        (580, 512, 1020, 852),
        5,
        "Post-entraînement",
        ("vers un modèle qui répond",),
        rows=("exemples (SFT)", "préférences (RLHF, DPO)", "renforcement (GRPO)"),
    ),
    Card(
        (1100, 236, 1540, 468),
        6,
        "Évaluation",
        ("sur des questions que le", "corpus ne contenait pas"),
        ("savoir", "code", "usage réel"),
    ),
    Card(
        (1100, 512, 1540, 852),
        7,
        "Diffusion ouverte",
        ("à étudier, à reprendre",),
        rows=("poids et code", "données documentées", "licence libre"),
    ),
)


class Sheet:
    """The picture under way; all measures in pixels of the finished one."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, at: Point, words: str, face: str, size: float, *, fill: str = INK, anchor: str = "ls") -> None:
        font = ImageFont.truetype(face, round(size * SCALE))
        self._draw.text((at[0] * SCALE, at[1] * SCALE), words, fill=fill, font=font, anchor=anchor)

    def width(self, words: str, face: str, size: float) -> float:
        return ImageFont.truetype(face, round(size * SCALE)).getlength(words) / SCALE

    def box(self, box: tuple[float, ...], radius: float, *, fill: str, outline: str | None = None) -> None:
        scaled = [edge * SCALE for edge in box]
        self._draw.rounded_rectangle(scaled, radius * SCALE, fill=fill, outline=outline, width=round(1.5 * SCALE))

    def disc(self, centre: Point, radius: float, fill: str) -> None:
        x, y = centre
        self._draw.ellipse(
            [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE], fill
        )

    def shape(self, points: list[Point], fill: str) -> None:
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def path(self, points: list[Point], width: float, fill: str) -> None:
        for x, y in points:
            self.disc((x, y), width / 2, fill)
        self._draw.line(
            [(x * SCALE, y * SCALE) for x, y in points], fill=fill, width=round(width * SCALE), joint="curve"
        )


def bezier(start: Point, one: Point, two: Point, end: Point, steps: int = 240) -> list[Point]:
    points = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        places = (start, one, two, end)
        points.append(
            (
                sum(w * p[0] for w, p in zip(weights, places, strict=True)),
                sum(w * p[1] for w, p in zip(weights, places, strict=True)),
            )
        )
    return points


# Right half of an ivy leaf, from where the stalk joins to the tip: curves as (bend, bend, end).
LEAF = (
    ((0.06, -0.02), (0.16, -0.13), (0.33, -0.15)),
    ((0.34, -0.02), (0.35, 0.08), (0.40, 0.14)),
    ((0.50, 0.16), (0.62, 0.22), (0.72, 0.35)),
    ((0.60, 0.44), (0.42, 0.46), (0.32, 0.55)),
    ((0.29, 0.72), (0.14, 0.90), (0.0, 1.05)),
)


def leaf(sheet: Sheet, at: Point, size: float, turn: float, fill: str) -> None:
    """A five-lobed ivy leaf whose stalk ends at ``at``; ``turn`` in degrees, 0 points upwards."""
    half: list[Point] = [(0.0, 0.06)]
    for one, two, end in LEAF:
        half += bezier(half[-1], one, two, end, 16)[1:]
    angle = math.radians(turn)
    cos, sin = math.cos(angle), math.sin(angle)

    def placed(x: float, y: float) -> Point:
        return at[0] + size * (x * cos + (y + 0.25) * sin), at[1] + size * (x * sin - (y + 0.25) * cos)

    sheet.path([at, placed(0, 0.1)], max(1.6, size * 0.05), fill)
    sheet.shape([placed(x, y) for x, y in half + [(-x, y) for x, y in reversed(half)]], fill)
    for x, y in ((0, 0.86), (0.5, 0.33), (-0.5, 0.33), (0.24, -0.04), (-0.24, -0.04)):
        sheet.path([placed(0, 0.08), placed(x, y)], max(1.0, size * 0.022), PAPER)


def arrow(sheet: Sheet, points: list[Point], fill: str = IVY) -> None:
    """A stem along ``points`` with a head at its end."""
    (x, y), (back_x, back_y) = points[-1], points[-4]
    angle = math.atan2(y - back_y, x - back_x)
    sheet.path(points[:-6], 4, fill)
    turns = (angle - 0.48, angle + 0.48)
    wings = [(x, y), *((x - 17 * math.cos(turn), y - 17 * math.sin(turn)) for turn in turns)]
    sheet.shape(wings, fill)


def draw_card(sheet: Sheet, card: Card) -> None:
    left, top, right, bottom = card.box
    sheet.box((left + 3, top + 5, right + 3, bottom + 5), 16, fill="#efe9dc")
    sheet.box(card.box, 16, fill=SURFACE, outline=LINE)
    sheet.disc((left + 48, top + 50), 23, IVY)
    sheet.text((left + 48, top + 51), str(card.number), SANS_BOLD, 23, fill="#ffffff", anchor="mm")
    sheet.text((left + 88, top + 61), card.title, SERIF_BOLD, 29)
    for row, words in enumerate(card.lines):
        sheet.text((left + 88, top + 101 + row * 34), words, SANS, 22, fill=SOFT)
    below = top + 101 + len(card.lines) * 34
    draw_pieces(sheet, card, below - 12 if card.lines else below - 9)
    draw_rows(sheet, card, below)


def draw_rows(sheet: Sheet, card: Card, top: float) -> None:
    left, right = card.box[0] + 88, card.box[2] - 32
    for row, words in enumerate(card.rows):
        y = top + row * 63 - 8
        sheet.box((left, y, right, y + 48), 10, fill=IVY_PALE)
        sheet.text((left + 18, y + 25), words, SANS, 21, fill=IVY, anchor="lm")


def draw_pieces(sheet: Sheet, card: Card, top: float) -> None:
    """Words cut in pieces, as a tokeniser does; the one that is asked for stands out."""
    x = card.box[0] + 88
    for words in card.pieces:
        width = sheet.width(words, SANS, 21) + 24
        asked = words == "?"
        sheet.box((x, top, x + width, top + 44), 8, fill=IVY if asked else IVY_PALE)
        fill = "#ffffff" if asked else IVY
        sheet.text((x + width / 2, top + 23), words, SANS_BOLD if asked else SANS, 21, fill=fill, anchor="mm")
        x += width + 7


def draw_head(sheet: Sheet) -> None:
    sheet.text((60, 92), "Construire un modèle de langage ouvert", SERIF_BOLD, 44)
    sheet.text(
        (60, 138), "Sept étapes, du texte brut au modèle que chacun peut étudier et reprendre", SANS, 23, fill=SOFT
    )
    for left, right, words in COLUMNS:
        sheet.text((left, 206), words.upper(), SANS_BOLD, 18, fill=IVY)
        start = left + sheet.width(words.upper(), SANS_BOLD, 18) + 18
        sheet.path([(start, 200), (right, 200)], 1.5, IVY_SOFT)


def draw_stems(sheet: Sheet) -> None:
    """The way from card to card, and the way back from the evaluation."""
    for card, after in pairwise(CARDS):
        if card.box[0] == after.box[0]:
            x = card.box[0] + 48
            arrow(sheet, bezier((x, card.box[3]), (x, card.box[3] + 12), (x, after.box[1] - 16), (x, after.box[1] - 2)))
    for card, after in ((CARDS[2], CARDS[3]), (CARDS[4], CARDS[5])):
        start, end = (card.box[2], card.box[1] + 88), (after.box[0] - 2, after.box[1] + 50)
        stem = bezier(start, (start[0] + 78, start[1]), (end[0] - 84, end[1]), end)
        arrow(sheet, stem)
        for at, turn, size in ((84, 62, 26), (116, -62, 22), (152, 66, 26)):
            leaf(sheet, stem[at], size, turn, IVY if turn > 0 else IVY_SOFT)


def draw_vine(sheet: Sheet) -> None:
    """A sprig in the upper right corner."""
    stem = bezier((1544, 128), (1470, 60), (1380, 176), (1276, 84))
    sheet.path(stem, 3.5, IVY)
    for at, size, turn in ((16, 42, -30), (64, 46, 168), (92, 54, -6), (132, 48, 172), (166, 56, -2), (200, 42, -160)):
        leaf(sheet, stem[at], size, turn, IVY if at % 4 == 0 else IVY_SOFT)
    leaf(sheet, stem[240], 50, -50, IVY)


def main(target: Path) -> None:
    sheet = Sheet()
    draw_head(sheet)
    draw_vine(sheet)
    draw_stems(sheet)
    for card in CARDS:
        draw_card(sheet, card)
    reduced = sheet.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    reduced.save(target, quality=84, optimize=True, progressive=True, subsampling=0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
