"""What a browser says about itself, made short enough for a list: ``Firefox, Windows``."""

# In this order: most browsers name others besides themselves.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
LONGEST = 60


def device_name(agent: str) -> str:
    """The header's own beginning where nothing in it is known; "" for none."""
    known = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return ", ".join(filter(None, known)) or agent[:LONGEST]


def _first(names: dict[str, str], agent: str) -> str:
    return next((name for sign, name in names.items() if sign in agent), "")
