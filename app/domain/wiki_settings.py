"""What an administrator may change in the browser. Names and defaults follow DokuWiki where it has the setting."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class WikiSettings:
    """One wiki's settings. Deployment settings (paths, addresses of servers) are in ``app.settings``."""

    title: str = "Lierre"
    tagline: str = ""
    lang: str = "en"
    start: str = "start"
    sidebar: str = "sidebar"
    license: str = ""
    # names
    sepchar: Literal["_", "-", "."] = "_"
    useslash: bool = False
    deaccent: Literal[0, 1, 2] = 1
    autoplural: bool = False
    # markup of new pages, see ``markups.markup_for``
    markup: Literal["dokuwiki", "markdown"] = "dokuwiki"
    markups: dict[str, str] = field(default_factory=dict)  # namespace to markup; the nearest one wins
    # rendering
    typography: Literal[0, 1, 2] = 1
    camelcase: bool = False
    useheading: Literal["0", "1", "content", "navigation"] = "navigation"
    toptoclevel: int = 1
    tocminheads: int = 3
    maxtoclevel: int = 3
    maxseclevel: int = 3
    relnofollow: bool = True
    usestyle: bool = False  # whether pages wear ``sitestyle``
    sitestyle: str = ""  # a style sheet, see ``site_style``
    mailguard: Literal["visible", "hex", "none"] = "hex"
    target_wiki: str = ""
    target_extern: str = ""
    target_interwiki: str = ""
    target_media: str = ""
    target_windows: str = ""
    base_url: str = ""  # scheme and host of this wiki, no slash at the end; the deployment says it
    # tables of its own, merged over the shipped ones; "" takes an entry away. See ``wiki_tables``
    interwiki: dict[str, str] = field(default_factory=dict)
    acronyms: dict[str, str] = field(default_factory=dict)
    smileys: dict[str, str] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    mime: dict[str, str] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)  # syntaxes by name, "0": off; "*": those not named
    feedhosts: str = ""  # hosts that the wiki may ask for feeds, see ``internet.HostList``; "": it asks nobody
    picturehosts: str = ""  # the same for pictures that pages show; "": browsers ask for them themselves
    # lists
    recent: int = 20
    hidepages: str = ""
    sneaky_index: bool = False  # namespaces that may not be read stand in no tree, whatever lies in them
    # files
    refcheck: bool = True  # a file that pages use is deleted only by whoever says so
    mediaquota: int = 0  # MiB that the files of one person may take, older versions included; 0: no limit
    mediaspacequota: int = 0  # the same of all files directly in one namespace
    # people
    superuser: str = "@admin"
    manager: str = ""  # who sees a little more than others, see ``permissions.is_manager``
    defaultgroup: str = "user"
    register: Literal["off", "open", "invite"] = "off"  # who may make an account
    registerdomains: str = ""  # mail addresses of these hosts alone, blanks or commas between; "": any
    registerconfirm: bool = False  # the mail address first, by a letter
    registerapprove: bool = False  # by an administrator
    profileconfirm: bool = True  # the password is asked before one's own profile changes
    wordblock: str = ""  # patterns that no text may hold, one a line, see ``blocked``
    disableactions: str = ""  # names of what nobody may do, see ``actions``
