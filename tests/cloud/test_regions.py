"""Names of regions and hosts -> origins; the table is that of the official SDK."""

from __future__ import annotations

import pytest

from ringback.cloud.regions import REGIONS, Origins, origins_of
from ringback.core.errors import UsageError

# PureCloudRegionHosts of PureCloudPlatformClientV2 269.0.0.
SDK = {
    "us_east_1": "https://api.mypurecloud.com",
    "eu_west_1": "https://api.mypurecloud.ie",
    "ap_southeast_2": "https://api.mypurecloud.com.au",
    "ap_northeast_1": "https://api.mypurecloud.jp",
    "eu_central_1": "https://api.mypurecloud.de",
    "us_west_2": "https://api.usw2.pure.cloud",
    "ca_central_1": "https://api.cac1.pure.cloud",
    "ap_northeast_2": "https://api.apne2.pure.cloud",
    "eu_west_2": "https://api.euw2.pure.cloud",
    "ap_south_1": "https://api.aps1.pure.cloud",
    "us_east_2": "https://api.use2.us-gov-pure.cloud",
    "sa_east_1": "https://api.sae1.pure.cloud",
    "me_central_1": "https://api.mec1.pure.cloud",
    "ap_northeast_3": "https://api.apne3.pure.cloud",
    "eu_central_2": "https://api.euc2.pure.cloud",
    "mx_central_1": "https://api.mxc1.pure.cloud",
    "ap_southeast_1": "https://api.apse1.pure.cloud",
    "eusc_de_east_1": "https://api.edee1.eusc-pure.cloud",
}


def test_every_region_of_the_sdk() -> None:
    assert {name.replace("-", "_") for name in REGIONS} == set(SDK)
    for name, api in SDK.items():
        login = api.replace("//api.", "//login.")
        domain = api.removeprefix("https://api.")
        for spelling in (name, name.replace("_", "-"), name.upper(), domain, f"api.{domain}", f"{api}/"):
            assert origins_of(spelling) == Origins(api, login), spelling


@pytest.mark.parametrize(
    ("given", "api", "login"),
    [
        ("login.mypurecloud.de", "https://api.mypurecloud.de", "https://login.mypurecloud.de"),
        ("https://apps.mypurecloud.de", "https://api.mypurecloud.de", "https://login.mypurecloud.de"),
        (" MyPureCloud.com ", "https://api.mypurecloud.com", "https://login.mypurecloud.com"),
        ("new1.pure.cloud", "https://api.new1.pure.cloud", "https://login.new1.pure.cloud"),
        ("localhost:8080", "http://localhost:8080", "http://localhost:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080", "http://[::1]:8080"),
        ("https://gateway.example", "https://gateway.example", "https://gateway.example"),
        ("https://api.example.net", "https://api.example.net", "https://login.example.net"),
    ],
)
def test_hosts_and_addresses(given: str, api: str, login: str) -> None:
    assert origins_of(given) == Origins(api, login)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (
            "us-east1",
            "'us-east1' is no region of Genesys Cloud",
            "did you mean us-east-1? known: us-east-1, ",
        ),
        ("mypurecloud.con", "'mypurecloud.con' is no region", "did you mean mypurecloud.com? "),
        ("mypurecloud.com.evil.example", "is no region", "base_url for another host"),
        ("evil.example/.pure.cloud", "is no region", "base_url for another host"),
        ("evil.example#.pure.cloud", "is no region", "base_url for another host"),
        ("http://platform.example", "would send credentials in the clear", "use https, or plain_http=True"),
        ("http://api.mypurecloud.com", "would send credentials in the clear", "use https"),
        ("https://user@host.example", "http(s)://host[:port]", "for example http://127.0.0.1:8080"),
        ("https://host.example/path", "http(s)://host[:port]", "for example http://127.0.0.1:8080"),
        ("https://host.example:port", "no valid host and port", ""),
        ("ftp://host.example", "http(s)://host[:port]", ""),
    ],
)
def test_what_is_none(given: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        origins_of(given)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_plain_http_when_it_is_asked_for() -> None:
    found = origins_of("http://platform.example:8080", plain_http=True)
    assert found.api == "http://platform.example:8080"
    assert not found.local
