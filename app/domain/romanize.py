# ruff: noqa: RUF001, E501 the letters that this file is about
"""Letters of other scripts and accented letters written in plain Latin, for names.

Our own tables after the facts in docs/formats/names.md; rare letters may differ from the reference.
"""

import re

# Plain letters, then the accented lower-case letters that become them.
_ACCENTED = """
a áàăâåãąā  ae äæ  b ḃ  c ćĉčċç  d ďḋđ  dh ð  e éèĕêěëėęē  f ḟƒ  g ğĝġģ  h ĥħ  i íìîïĩįīı  j ĵ  k ķ  l ĺľļł  m ṁ
n ńňñņ  o óòôőõøōơ  oe ö  p ṗ  r ŕřŗ  s śŝšṡşș  ss ß  t ťṫţțŧ  th þ  u úùŭûůűũųūưµ  ue ü  w ẃẁŵẅ  y ýỳŷÿ  z źžż
"""
_LATIN_FIRST = "a ä  o ö  a å"  # romanising sees these before the accents do
_CYRILLIC = """
a а  b б  v в  g г  d д  e е  jo ё  zh ж  z з  i и  j й  k к  l л  m м  n н  o о  p п  r р  s с  t т  u у  f ф  x х  c ц  ch ч
sh ш  sch щ  y ы  eh э  ju ю  ja я  gh ґ  je є  i і  ji ї
"""
_GREEK = """
a αά  b β  g γ  d δ  e εέ  z ζ  i ηή  th θ  i ιίϊΐ  k κ  l λ  m μ  n ν  x ξ  o οό  p π  r ρ  s σς  t τ  u υύϋΰ
y φ  ch χ  ps ψ  o ωώ
"""
_GEORGIAN = """
a ა  b ბ  g გ  d დ  e ე  v ვ  z ზ  th თ  i ი  p კ  l ლ  m მ  n ნ  o ო  p პ  zh ჟ  r რ  s ს  t ტ  u უ  ph ფ  kh ქ  gh ღ
q ყ  sh შ  ch ჩ  c ც  dh ძ  w წ  j ჭ  x ხ  jh ჯ  xh ჰ
"""
_HEBREW = """
a א  b ב  g ג  d ד  h ה  v ו  z ז  kh ח  th ט  y י  k כך  l ל  m מם  n נן  s ס  ah ע  p פף  c צץ  q ק  r ר  sh ש  t ת
"""
_ARABIC = """
a اأإآ  b ب  t تةط  th ث  g ج  h حه  kh خ  d دض  dh ذظ  r ر  z ز  s سص  sh ش  ah ع  gh غ  f ف  q ق  k ك  l ل  m م  n ن  w و  y يى
"""
_DEVANAGARI = """
a अ  aa आ  i इ  ii ई  u उ  uu ऊ  ri ऋ  e ए  ai ऐ  o ओ  au औ  ka क  kha ख  ga ग  gha घ  nga ङ  ca च  cha छ  ja ज  jha झ
nya ञ  ta तट  tha थठ  da दड  dha धढ  na नण  pa प  pha फ  ba ब  bha भ  ma म  ya य  ra र  la ल  va व  sha श  ssa ष  sa स  ha ह
"""
_THAI = """
k ก  kh ขคฆ  ng ง  ch จฉชฌ  s ซศษส  y ญย  d ฎด  t ฏต  th ฐฑฒถทธ  n ณน  b บ  p ป  ph ผพภ  f ฝฟ  m ม  r ร  l ลฬ  w ว  h หฮ
0 ๐  1 ๑  2 ๒  3 ๓  4 ๔  5 ๕  6 ๖  7 ๗  8 ๘  9 ๙
"""
_HANGUL = """
k ㄱ  kk ㄲ  n ㄴ  t ㄷ  tt ㄸ  l ㄹ  m ㅁ  p ㅂ  pp ㅃ  s ㅅ  ss ㅆ  c ㅈ  cc ㅉ  ch ㅊ  kh ㅋ  th ㅌ  ph ㅍ  h ㅎ
a ㅏ  ae ㅐ  ya ㅑ  yae ㅒ  e ㅓ  ee ㅔ  ye ㅕ  yee ㅖ  o ㅗ  wa ㅘ  wae ㅙ  oe ㅚ  yo ㅛ  u ㅜ  we ㅝ  wee ㅞ  wi ㅟ  yu ㅠ  eu ㅡ  ui ㅢ  i ㅣ
"""
_KANA = """
a あ  i い  u う  e え  o お  ka か  ki き  ku く  ke け  ko こ  sa さ  shi し  su す  se せ  so そ  ta た  chi ち  tsu つ  te て  to と
na な  ni に  nu ぬ  ne ね  no の  ha は  hi ひ  fu ふ  he へ  ho ほ  ma ま  mi み  mu む  me め  mo も  ya や  yu ゆ  yo よ
ra ら  ri り  ru る  re れ  ro ろ  wa わ  wo を  n ん  ga が  gi ぎ  gu ぐ  ge げ  go ご  za ざ  ji じぢ  zu ずづ  ze ぜ  zo ぞ
da だ  de で  do ど  ba ば  bi び  bu ぶ  be べ  bo ぼ  pa ぱ  pi ぴ  pu ぷ  pe ぺ  po ぽ  vu ゔ
"""
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}


def _letters(table: str) -> dict[str, str]:
    words = table.split()
    return {letter: plain for plain, group in zip(words[::2], words[1::2], strict=True) for letter in group}


def _kana() -> dict[str, str]:
    """Both syllabaries: single signs, glides (きゃ kya), doubled consonants (っか kka), the rest of the small ones."""
    single = _letters(_KANA)
    table = dict(single)
    for sign, plain in single.items():
        if plain.endswith("i") and len(plain) > 1:
            stem = plain[:-1]
            for small in "ゃゅょ":
                glide = _SMALL[small]
                table[sign + small] = stem + (glide[1:] if stem in {"sh", "ch", "j"} else glide)
    for key, plain in list(table.items()):
        if plain[0] not in "aiueon":
            table["っ" + key] = plain[0] + plain
    table |= _SMALL | {"っ": "tsu"}
    katakana = {"".join(chr(ord(c) + 0x60) for c in key): plain for key, plain in table.items()}
    return table | katakana | {"ー": "_", "、": "_", "・": "_"}


ACCENTS = str.maketrans(_letters(_ACCENTED))
_ROMAN = (
    _letters(_LATIN_FIRST)
    | _letters(_CYRILLIC)
    | {"ъ": "", "ь": ""}
    | _letters(_GREEK)
    | _letters(_GEORGIAN)
    | _letters(_HEBREW)
    | _letters(_ARABIC)
    | _letters(_DEVANAGARI)
    | _letters(_THAI)
    | _letters(_HANGUL)
    | _kana()
)
_KEYS = re.compile("|".join(sorted(map(re.escape, _ROMAN), key=len, reverse=True)))


def romanize(text: str) -> str:
    """``text`` (lower case) with the letters of other scripts in Latin ones; Han characters stay."""
    if text.isascii():
        return text
    return _KEYS.sub(lambda found: _ROMAN[found[0]], text)
