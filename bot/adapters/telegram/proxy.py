"""The web proxy on the way to the Bot API, as the environment names it."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from bot.refusal import SettingsError


def proxy_for(root: str) -> str | None:
    """Find the proxy for a server: HTTPS_PROXY, except for NO_PROXY; None if there is none.

    Raises SettingsError if its address could never be used. It may hold a password, so it is not
    shown.
    """
    server = urlsplit(root)
    if proxy_bypass(server.hostname or ""):
        return None
    given = getproxies().get(server.scheme)
    if given and not _is_address(given):
        name = f"{server.scheme}_proxy".upper()
        raise SettingsError(f"{name}: the value given is no address; allowed: http://HOST:PORT")
    return given


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(usable) and not any(map(str.isspace, text))
