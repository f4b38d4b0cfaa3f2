"""Where an organisation lives: region names, host names and addresses -> the origins of API and login.

Region names and hosts are those of the official SDK (`PureCloudRegionHosts`, 269.0.0). The login host is the
API host with `login.` in place of `api.`; an address without `api.` is its own login host, as in the SDKs.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ringback.core.errors import UsageError

REGIONS: Mapping[str, str] = {
    "us-east-1": "mypurecloud.com",
    "us-east-2": "use2.us-gov-pure.cloud",
    "us-west-2": "usw2.pure.cloud",
    "ca-central-1": "cac1.pure.cloud",
    "mx-central-1": "mxc1.pure.cloud",
    "sa-east-1": "sae1.pure.cloud",
    "eu-central-1": "mypurecloud.de",
    "eu-central-2": "euc2.pure.cloud",
    "eu-west-1": "mypurecloud.ie",
    "eu-west-2": "euw2.pure.cloud",
    "eusc-de-east-1": "edee1.eusc-pure.cloud",
    "me-central-1": "mec1.pure.cloud",
    "ap-northeast-1": "mypurecloud.jp",
    "ap-northeast-2": "apne2.pure.cloud",
    "ap-northeast-3": "apne3.pure.cloud",
    "ap-south-1": "aps1.pure.cloud",
    "ap-southeast-1": "apse1.pure.cloud",
    "ap-southeast-2": "mypurecloud.com.au",
}

_DOMAINS = frozenset(REGIONS.values())
# A region that is newer than this table: its host has one of these endings, which belong to Genesys.
_FAMILIES = (".pure.cloud", ".us-gov-pure.cloud", ".eusc-pure.cloud")
_HOSTS = ("api.", "login.", "apps.")


@dataclass(frozen=True, slots=True)
class Origins:
    """Scheme and host of the two services, without a slash at the end."""

    api: str
    login: str

    @property
    def local(self) -> bool:
        """Whether the API is on this machine."""
        return is_loopback(urlsplit(self.api).hostname or "")


def origins_of(text: str, *, plain_http: bool = False) -> Origins:
    """The origins of a region name, a host name or an address.

    Args:
        text: `us-east-1` or `us_east_1`, `mypurecloud.com`, `api.mypurecloud.com`, `localhost:8080`, a URL.
        plain_http: whether `http://` may leave this machine.

    Raises:
        UsageError: none of these; the hint names the nearest region.
    """
    given = text.strip().rstrip("/").lower()
    domain = REGIONS.get(given.replace("_", "-")) or _domain(given)
    if domain:
        return Origins(f"https://api.{domain}", f"https://login.{domain}")
    if "://" not in given and is_loopback(_parts(f"http://{given}").hostname or ""):
        given = f"http://{given}"
    if "://" not in given:
        raise UsageError(f"{text!r} is no region of Genesys Cloud", hint=_nearest(given))
    return _of_url(given, plain_http=plain_http)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _domain(given: str) -> str:
    """The domain of a Genesys host, alone or in an https URL; empty for anything else."""
    host = given.removeprefix("https://")
    if any(mark in host for mark in "/:@?#"):
        return ""
    for prefix in _HOSTS:
        host = host.removeprefix(prefix)
    known = host in _DOMAINS or (host.endswith(_FAMILIES) and not host.startswith("."))
    return host if known else ""


def _of_url(url: str, *, plain_http: bool) -> Origins:
    parts = _parts(url)
    extra = parts.path or parts.query or parts.username or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or extra:
        raise UsageError(
            "the address of a platform is http(s)://host[:port]", hint="for example http://127.0.0.1:8080"
        )
    if parts.scheme == "http" and not (plain_http or is_loopback(parts.hostname)):
        raise UsageError(
            f"http://{parts.netloc} would send credentials in the clear",
            hint="use https, or plain_http=True for a host of your own network",
        )
    api = f"{parts.scheme}://{parts.netloc}"
    return Origins(api, api.replace("//api.", "//login.", 1))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UsageError("the address of a platform has no valid host and port") from None
    return parts


def _nearest(given: str) -> str:
    near = difflib.get_close_matches(given.replace("_", "-"), [*REGIONS, *sorted(_DOMAINS)], n=1, cutoff=0.7)
    meant = f"did you mean {near[0]}? " if near else ""
    return (
        f"{meant}known: {', '.join(REGIONS)}; or a host such as mypurecloud.com, or base_url for another host"
    )
