"""Pages that look like music and can never play in a room: of music and video services, file hosts and short links.

They are refused by name when they are added, since a row that stays silent teaches nothing.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

from players.links.address import Address
from players.links.link import refusal

_ONLY_THERE = gettext_noop(
    "%(value)s is a page of %(name)s, which plays only there; paste a YouTube link, or the address of an audio or "
    "video file."
)
_NOT_THE_FILE = gettext_noop(
    "%(value)s is a page of %(name)s and not the file itself; paste the direct address of the file, or a YouTube link."
)
_SHORT = gettext_noop(
    "%(value)s is a short link of %(name)s, which does not say where it leads; open it, and paste the address that "
    "you come to."
)

# The first that fits counts: a path, where one is given, tells pages from files on the same host.
_SERVICES = {
    "Spotify": r"(?:.+\.)?spotify\.com|spotify\.link|spoti\.fi",
    "Apple Music": r"(?:.+\.)?music\.apple\.com|itunes\.apple\.com",
    "Apple Podcasts": r"podcasts\.apple\.com",
    "Melon": r"(?:.+\.)?melon\.com",
    "Genie": r"(?:.+\.)?genie\.co\.kr",
    "Bugs": r"(?:.+\.)?bugs\.co\.kr",
    "FLO": r"(?:.+\.)?music-flo\.com",
    "VIBE": r"vibe\.naver\.com",
    "Naver TV": r"tv\.naver\.com",
    "Kakao TV": r"tv\.kakao\.com",
    "CHZZK": r"(?:.+\.)?chzzk\.naver\.com",
    "SOOP": r"(?:.+\.)?(?:sooplive\.(?:co\.kr|com)|afreecatv\.com)",
    "SoundCloud": r"(?:(?:www|m|on|w|api)\.)?soundcloud\.com|soundcloud\.app\.goo\.gl",
    "Deezer": r"(?:(?:www|link)\.)?deezer\.com|deezer\.page\.link",
    "Tidal": r"(?:.+\.)?tidal\.com",
    "Amazon Music": r"music\.amazon\.[a-z.]{2,6}",
    "Bandcamp": r"(?:.+\.)?bandcamp\.com",
    "Pandora": r"(?:.+\.)?pandora\.com",
    "Qobuz": r"(?:www|open|play)\.qobuz\.com",
    "Mixcloud": r"(?:.+\.)?mixcloud\.com",
    "Audiomack": r"(?:www\.)?audiomack\.com",
    "Shazam": r"(?:www\.)?shazam\.com",
    "Last.fm": r"(?:www\.)?last\.fm",
    "Genius": r"(?:www\.)?genius\.com",
    "Yandex Music": r"music\.yandex\.[a-z.]{2,6}",
    "NetEase Cloud Music": r"music\.163\.com",
    "QQ Music": r"(?:i\.)?y\.qq\.com",
    "KKBOX": r"(?:www|play)\.kkbox\.com",
    "Songlink": r"song\.link|album\.link|odesli\.co",
    "Vimeo": r"(?:(?:www|player)\.)?vimeo\.com",
    "Dailymotion": r"(?:(?:www|geo)\.)?dailymotion\.com|dai\.ly",
    "Twitch": r"(?:(?:www|m|clips|player)\.)?twitch\.tv",
    "TikTok": r"(?:.+\.)?tiktok\.com",
    "Instagram": r"(?:www\.)?instagram\.com",
    "Facebook": r"(?:(?:www|m|web)\.)?facebook\.com|fb\.watch",
    "X": r"(?:(?:www|mobile)\.)?(?:twitter|x)\.com",
    "Bilibili": r"(?:.+\.)?bilibili\.com|b23\.tv",
    "Niconico": r"(?:www\.|sp\.)?nicovideo\.jp|nico\.ms",
    "Netflix": r"(?:www\.)?netflix\.com",
    "TVING": r"(?:www\.)?tving\.com",
    "Wavve": r"(?:www\.)?wavve\.com",
    "Weverse": r"(?:www\.)?weverse\.io",
    "Suno": r"(?:www\.)?suno\.com",
    "JioSaavn": r"(?:www\.)?jiosaavn\.com",
    "Gaana": r"(?:www\.)?gaana\.com",
    "Boomplay": r"(?:www\.)?boomplay\.com",
    "Beatport": r"(?:www\.)?beatport\.com",
    "Audius": r"(?:www\.)?audius\.co",
    "BBC Sounds": r"(?:www\.)?bbc\.co\.uk/(?:sounds|iplayer)(?:/.*)?",
    "Pocket Casts": r"(?:play\.)?pocketcasts\.com|pca\.st",
    "TuneIn": r"tunein\.com|tun\.in",
    "iHeart": r"(?:www\.)?iheart\.com",
    "Radio Garden": r"radio\.garden/(?!api/).*",
    "Rumble": r"(?:www\.)?rumble\.com",
    "Odysee": r"odysee\.com",
    "Reddit": r"(?:(?:www|old|new|m)\.)?reddit\.com|redd\.it",
    "Threads": r"(?:www\.)?threads\.(?:net|com)",
    "Discord": r"(?:www\.)?discord\.com/(?:channels|invite)/.*|discord\.gg",
    "Telegram": r"t\.me",
}
_FILE_HOSTS = {
    "Google Drive": r"drive\.google\.com/(?!uc\b).*|docs\.google\.com/(?!uc\b).*",
    "Google Photos": r"photos\.google\.com|photos\.app\.goo\.gl",
    "Dropbox": r"(?:www\.)?dropbox\.com/(?!.*[?&](?:dl|raw)=1).*",
    "OneDrive": r"onedrive\.live\.com/(?!download).*|1drv\.ms|.+\.sharepoint\.com",
    "iCloud": r"(?:www|share)\.icloud\.com",
    "MEGA": r"mega\.(?:nz|io|co\.nz)",
    "MediaFire": r"(?:www|app)\.mediafire\.com",
    "WeTransfer": r"(?:.+\.)?wetransfer\.com|we\.tl",
    "Box": r"(?:app|.+\.app)\.box\.com/(?!shared/static/).*",
    "pCloud": r"(?:(?:my|u|e)\.)?pcloud\.(?:com|link)",
    "Naver MYBOX": r"(?:.+\.)?mybox\.naver\.com",
    "Yandex Disk": r"disk\.yandex\.[a-z.]{2,6}|yadi\.sk",
    "Baidu": r"pan\.baidu\.com",
    "Wikimedia Commons": r"commons\.(?:m\.)?wikimedia\.org/wiki/File:.*",
    "GitHub": r"github\.com/[^/]+/[^/]+/blob/.*",
    "Internet Archive": r"(?:www\.)?archive\.org/details/.*",
}
_SHORTENERS = {
    "X": r"t\.co",
    "Bitly": r"bit\.ly|j\.mp",
    "TinyURL": r"tinyurl\.com",
    "Naver": r"naver\.me",
    "Kakao": r"kko\.(?:to|kakao\.com)",
    "Google": r"goo\.gl|g\.co|share\.google",
    "LinkedIn": r"lnkd\.in",
    "is.gd": r"is\.gd|v\.gd",
}
_KINDS = ((_SHORT, _SHORTENERS), (_ONLY_THERE, _SERVICES), (_NOT_THE_FILE, _FILE_HOSTS))


def refuse_unplayable(address: Address) -> None:
    """Raise LinkError if ``address`` is a page that can never play."""
    found = named(address.host, address.path, address.query)
    if found is not None:
        sentence, name = found
        raise refusal(address.url, gettext(sentence), name=name)


def refused_service(value: str, name: str) -> Exception:
    """The refusal of an address that only the program of a music service opens, such as ``spotify:track:…``."""
    return refusal(value, gettext(_ONLY_THERE), name=name)


def named(host: str, path: str = "/", query: str = "") -> tuple[str, str] | None:
    """The sentence and the name for a page that can never play; None for others."""
    place = f"{host}{path}?{query}" if query else f"{host}{path}"
    if not _any().fullmatch(place):
        return None
    for sentence, services in _KINDS:
        for name, places in services.items():
            if re.fullmatch(_whole(places), place):
                return sentence, name
    return None


@cache
def _any() -> re.Pattern[str]:
    """All of them at once, since most addresses are none. Compiled at the first link: a start would take 30 ms more."""
    return re.compile("|".join(_whole(places) for _sentence, services in _KINDS for places in services.values()))


def _whole(places: str) -> str:
    return rf"(?:{places})(?:/.*)?"
