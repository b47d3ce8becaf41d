"""Which settings of an old wiki there are here, and a sentence for each that is none, as docs/settings.md has them."""

_SAME = (
    *("title", "tagline", "lang", "start", "sidebar", "license", "sepchar", "useslash", "deaccent", "autoplural"),
    *("typography", "camelcase", "useheading", "toptoclevel", "tocminheads", "maxtoclevel", "maxseclevel"),
    *("relnofollow", "mailguard", "recent", "hidepages", "sneaky_index", "refcheck", "superuser", "manager"),
    *("defaultgroup", "profileconfirm", "disableactions"),
)
_WINDOWS = ("wiki", "interwiki", "extern", "media", "windows")
OURS = {  # by what the old wiki calls them
    **{name: name for name in _SAME},
    **{f"target.{window}": f"target_{window}" for window in _WINDOWS},
    "syntax": "markup",
}
_REASONS = {
    "There is one look here, light and dark, chosen by each reader.": "template",
    "Where things lie is said by LIERRE_HOME; the address by LIERRE_BASE_URL.": "savedir basedir baseurl cookiedir "
    "dmode fmode dperm fperm datadir olddir mediadir mediaolddir metadir mediametadir cachedir indexdir lockdir "
    "tmpdir logdir changelog media_changelog",
    "The server's log is set by LIERRE_LOG_LEVEL.": "allowdebug dontlog logretain hidewarnings",
    "The whole history is kept and shown, by stretches.": "recent_days",
    "The path is always shown; visited pages are the browser's to remember.": "breadcrumbs youarehere",
    "There is no file behind a page.": "fullpath",
    "Dates are written in the reader's language and time zone.": "dformat date_at_format",
    "Nothing is inserted; the history says who wrote.": "signature",
    "The name is shown, the login where there is none; never a mail address.": "showuseras",
    "Rules are always in force; they are those that were in force there.": "useacl",
    "Who may make an account is set under Settings, People.": "openregister resendpasswd",
    "People choose their password; it is kept as argon2id, and old hashes verify.": "autopasswd passcrypt",
    "There are accounts of the wiki's own, and beside them the doors that the operator opens.": "authtype",
    "Signing in for longer is offered; each such session can be ended.": "rememberme auth_security_timeout",
    "Cookies are set by LIERRE_SECURE_COOKIES.": "securecookie samesitecookie",
    "Programs have access tokens, made by each person.": "remote remoteuser remotecors",
    "Blocked words are in force whenever there are any.": "usewordblock",
    "Pages may be indexed at once, those apart that are kept out of lists.": "indexdelay",
    "This protection is always on.": "iexssprotect",
    "Drafts are kept by the browser; nobody is locked out, two texts are merged.": "usedraft locktime",
    "A kept page goes when something it shows changes.": "cachetime",
    "Versions of files are always kept.": "mediarevisions",
    "Pictures are made smaller by the wiki itself.": "gdlib im_convert jpg_quality fetchsize",
    "Subscriptions are kept; letters about them are not sent yet.": "subscribers subscribe_time notify registernotify",
    "Mail is set by the environment of the server.": "mailfrom mailfromnobody mailreturnpath mailprefix htmlmail",
    "Feeds and maps of the site have no settings yet.": "sitemap rss_type rss_linkto rss_content rss_media rss_update "
    "rss_show_summary rss_show_deleted",
    "The wiki asks nobody for news of itself.": "updatecheck",
    "Each page has one short address, and those of the old wiki lead there.": "userewrite canonical",
    "This was read, and has no meaning after the move.": "fnencode compression",
    "This has no meaning here.": "gzip_output compress cssdatauri defer_js jquerycdn xsendfile broken_iua "
    "readdircache renderer_xhtml usegzip spellchecker pluginmanager umask dmask",
    "HTML and PHP in pages are shown as text.": "htmlok phpok",
    "A missing page always answers 404.": "send404",
    "The search has no settings.": "search_nslimit search_fragment",
    "Addresses are shown as they are.": "dnslookups",
    "Proxies in front are named by LIERRE_TRUSTED_PROXIES.": "trustedproxies trustedproxy client_ip_header realip",
    "The wiki asks other sites directly.": "proxy proxy.host proxy.port proxy.user proxy.pass proxy.ssl proxy.except",
}
WHY = {name: reason for reason, names in _REASONS.items() for name in names.split()}
OF_PLUGIN = "This setting belongs to an extension of the old wiki."
UNKNOWN = "No setting of this name is known here."


def why_left(name: str) -> str:
    if name.startswith(("plugin.", "tpl.")):
        return OF_PLUGIN
    return WHY.get(name, UNKNOWN)
