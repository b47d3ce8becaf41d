"""What each setting of the wiki is for: one row a setting, in the order of the form."""

from app.domain.setting_about import About
from app.domain.setting_texts_pages import PAGES

ABOUT: dict[str, About] = PAGES | {
    "recent": About(
        "lists",
        "Changes on one page of a list",
        "How many recent changes are shown together.",
        dokuwiki="recent",
    ),
    "hidepages": About(
        "lists",
        "Keep out of lists",
        "A pattern, tried on a colon and the name of each page and file, such as ^:private:|:draft$. What fits stands "
        "in no list, search, index or feed, and search engines are asked to leave it out. Whoever knows the name "
        "still opens it: to forbid that, make a rule.",
        "lists",
        "hidepages",
    ),
    "sneaky_index": About(
        "lists",
        "Closed namespaces close what lies in them",
        "In the index, a namespace that a reader may not read is not listed, and neither is what lies open inside it.",
        dokuwiki="sneaky_index",
    ),
    "refcheck": About(
        "files",
        "Ask before a file is deleted that pages use",
        "Pages that whoever deletes it may not read count, too; which they are is not told.",
        dokuwiki="refcheck",
    ),
    "mediaquota": About(
        "files",
        "MiB that the files of one person may take",
        "Older versions included. 0: as many as they like. All who are not signed in share one such room.",
        "new",
    ),
    "mediaspacequota": About(
        "files",
        "MiB that the files of one namespace may take",
        "Those directly in it, older versions included. 0: as many as people like.",
        "new",
    ),
    "register": About(
        "people",
        "Who may make an account",
        "Administrators add people in any case.",
        dokuwiki="disableactions",
        words={"off": "nobody", "open": "everybody", "invite": "who is invited"},
    ),
    "registerdomains": About(
        "people",
        "Only with mail addresses of",
        "Names behind the @, with blanks or commas between, such as example.org; *.example.org for all below. Empty: "
        "any. Whoever is not invited then opens a link in a letter first, since anybody can type an address.",
        "new",
    ),
    "registerconfirm": About(
        "people",
        "Mail addresses are confirmed",
        "Whoever makes an account opens a link in a letter before it can be used. The wiki must be able to send mail.",
        "new",
    ),
    "registerapprove": About(
        "people",
        "Administrators approve new accounts",
        "Until then nobody signs in with it. They stand under Administration, Waiting.",
        "new",
    ),
    "defaultgroup": About(
        "people",
        "Everybody with an account belongs to",
        "The group that new accounts get. Rules that name it are for everybody who is signed in.",
        "new",
        "defaultgroup",
    ),
    "profileconfirm": About(
        "people",
        "Ask for the password before a profile changes",
        "Before their name changes. For another mail address and before an account is deleted by its owner it is "
        "asked for in any case.",
        dokuwiki="profileconfirm",
    ),
    "superuser": About(
        "rights",
        "Administrators",
        "Logins, and groups with @ in front, commas between. They may do everything, whatever the rules say.",
        dokuwiki="superuser",
    ),
    "manager": About(
        "rights",
        "Managers",
        "Logins and groups, as above. They have no further rights on pages, but see the addresses of editors and may "
        "undo all that one person changed. Empty: nobody but administrators.",
        dokuwiki="manager",
    ),
    "disableactions": About(
        "rights",
        "Switched off",
        "Names of what nobody shall do here, commas between, as in DokuWiki: source, register, profile …",
        dokuwiki="disableactions",
    ),
    "interwiki": About("tables", "Shortcuts to other wikis", "Lines of your own.", "pages", "interwiki.local.conf"),
    "acronyms": About("tables", "Abbreviations", "Lines of your own.", "pages", "acronyms.local.conf"),
    "smileys": About("tables", "Smileys", "Lines of your own.", "pages", "smileys.local.conf"),
    "entities": About("tables", "Signs", "Lines of your own.", "pages", "entities.local.conf"),
    "schemes": About("tables", "Kinds of addresses", "Lines of your own.", "pages", "scheme.local.conf"),
    "mime": About("tables", "Kinds of files", "Lines of your own.", "pages", "mime.local.conf"),
    "plugins": About(
        "tables", "Filled by the wiki", "Single syntaxes, switched off or on.", "pages", "plugins.local.php"
    ),
}
