"""Access tokens: one login for many threads and processes, kept in a private file, renewed before they end.

    $XDG_CACHE_HOME/ringback/tokens/<SHA-256 of login origin and client id>.json     mode 600

The file holds the token and two moments, never the client's secret. A file that others can read is not used.
Where no file can be kept, the token lives in memory only.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock
import msgspec

from ringback.cloud.clock import Clock
from ringback.cloud.errors import Exchange, NotAuthenticated, UnreadableAnswer, class_of
from ringback.cloud.limits import Limits
from ringback.cloud.profiles import Profile
from ringback.cloud.retries import Sender
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.transport import Request, Response

# Seconds without a login after a token was refused that was just made: the next one would be refused as well,
# and the login has a rate limit of its own.
REFUSED_PAUSE = 60.0
RENEW_EARLY = 60.0  # seconds before a token ends in which it is no longer given out (five-jobs.md)


class Token(msgspec.Struct, frozen=True):
    """An access token.

    Attributes:
        value: what is sent; not part of `repr`.
        renew_at: seconds since 1970 from which on it is not given out any more.
    """

    value: str
    renew_at: float

    def __repr__(self) -> str:
        return f"Token(renew_at={self.renew_at})"


class TokenFile:
    """One token on disk, shared by the processes of one user.

    Args:
        folder: made with mode 700 when it is missing.
        login: origin of the login service.
        client_id: of the OAuth client.
    """

    def __init__(self, folder: Path, login: str, *, client_id: str) -> None:
        key = hashlib.sha256(f"{login}\n{client_id}".encode()).hexdigest()
        self.path = folder / f"{key}.json"

    def read(self) -> Token | None:
        """The token; None when there is none that is whole and private."""
        try:
            with self.path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = stream.read(64 * 1024)
            return None if _open_to_others(mode) else msgspec.json.decode(data, type=Token)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def write(self, token: Token) -> None:
        """Keeps the token; does nothing where no file can be written."""
        fresh = self.path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(number, "wb") as stream:  # noqa: PTH123  a descriptor: the mode is right from the start
                stream.write(msgspec.json.encode(token))
            fresh.replace(self.path)

    @contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Only one process at a time; after `seconds`, or where no lock can be made, it goes on without."""
        lock: filelock.BaseFileLock | None = None
        with suppress(OSError, filelock.Timeout, NotImplementedError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            wanted = filelock.FileLock(self.path.with_suffix(".lock"), mode=0o600)
            wanted.acquire(timeout=seconds)
            lock = wanted
        try:
            yield
        finally:
            if lock is not None:
                lock.release()


def _open_to_others(mode: int) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(mode) & 0o077)


def token_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where tokens are kept: below the user's cache directory."""
    variables = os.environ if environ is None else environ
    base = variables.get("XDG_CACHE_HOME") or variables.get("LOCALAPPDATA")
    return (
        (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "ringback" / "tokens"
    )


class TokenSource:
    """Gives out the token of one profile; usable from many threads.

    Args:
        profile: the organisation and the credentials.
        sender: makes the login.
        file: where the token is kept between programs; None keeps it in memory.
        clock: when a token ends.
        limits: times of the login.
    """

    def __init__(
        self, profile: Profile, sender: Sender, *, file: TokenFile | None, clock: Clock, limits: Limits
    ) -> None:
        self._profile = profile
        self._sender = sender
        self._file = file
        self._clock = clock
        self._limits = limits
        self._lock = threading.Lock()
        given = profile.credentials.access_token
        self._held = Token(given, float("inf")) if given else None
        self._paused_until = float("-inf")

    @property
    def can_renew(self) -> bool:
        """Whether a refused token can be replaced, and that may help."""
        return self._profile.credentials.can_log_in and self._clock.elapsed() >= self._paused_until

    def refused_anew(self) -> None:
        """A token that was just made is refused: no login for some time."""
        self._paused_until = self._clock.elapsed() + REFUSED_PAUSE

    def current(self) -> str:
        """A token that is good for some time.

        Raises:
            CloudError: the login failed.
        """
        held = self._held
        return held.value if held and self._good(held, refused="") else self._another(refused="")

    def renewed(self, refused: str) -> str:
        """Another token than `refused`: threads that were refused together share one login."""
        return self._another(refused=refused)

    def secrets(self, token: str = "") -> Secrets:
        """What may not be shown of this profile."""
        held = self._held.value if self._held else ""
        return Secrets.of((*self._profile.credentials.secrets, token, held))

    def _good(self, token: Token, *, refused: str) -> bool:
        return token.value != refused and self._clock.now() < token.renew_at

    def _another(self, *, refused: str) -> str:
        with self._lock:
            if self._held is None or not self._good(self._held, refused=refused):
                self._held = self._shared(refused) if self._file else self._login()
            return self._held.value

    def _shared(self, refused: str) -> Token:
        """The token that another process has got in the meantime, or a new one for all."""
        assert self._file is not None
        kept = self._file.read()
        if kept and self._good(kept, refused=refused):
            return kept
        with self._file.alone(self._limits.cloud_login_wait):
            kept = self._file.read()
            if kept and self._good(kept, refused=refused):
                return kept
            token = self._login()
            self._file.write(token)
            return token

    def _login(self) -> Token:
        credentials = self._profile.credentials
        pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
        basic = base64.b64encode(pair).decode()
        request = Request(
            "POST",
            f"{self._profile.origins.login}/oauth/token",
            {
                "Authorization": f"Basic {basic}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            b"grant_type=client_credentials",
            self._limits.cloud_answer_time,
        )
        secrets = Secrets.of((*credentials.secrets, basic))
        # Logging in twice makes two tokens and changes nothing else.
        exchange = self._sender.send(request, repeatable=True, secrets=lambda: secrets, limited=login_limited)
        return self._token(exchange, secrets)

    def _token(self, exchange: Exchange, secrets: Secrets) -> Token:
        response = exchange.response
        assert response is not None
        if response.status != 200:
            refused = response.status in (400, 401, 403)
            kind = NotAuthenticated if refused else class_of(response.status)
            raise kind(exchange.without(secrets), hint=self._refused_hint() if refused else "")
        try:
            found = msgspec.json.decode(response.body, type=_Login)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # The body is left out: a token may be in it, in a shape that we do not know.
            bare = Exchange(exchange.request, Response(200), exchange.tries)
            raise UnreadableAnswer(bare.without(secrets), hint="the login's answer holds no token") from None
        early = min(RENEW_EARLY, found.expires_in / 2)  # a token of a minute must not mean a login a call
        return Token(found.access_token, self._clock.now() + found.expires_in - early)

    def _refused_hint(self) -> str:
        source = self._profile.credentials.source
        return f"the login refused {source}: check the client id, its secret and the region"


class _Login(msgspec.Struct):
    """The login's answer; a token without an end is taken for an hour's."""

    access_token: str
    expires_in: float = 3600.0


def login_limited(response: Response) -> bool:
    """Whether the login says to come back later: the platform does that with a 400 (platform-api 1.1)."""
    return response.status == 400 and b"rate limit exceeded" in response.body.lower()
