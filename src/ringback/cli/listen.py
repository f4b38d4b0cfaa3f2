"""`ringback listen`: receive webhooks on this machine, verify them, print each event once, pass it on."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.contacts_options import SECRET_VARIABLE, secrets
from ringback.cli.options import guarded, harmless

if TYPE_CHECKING:
    from ringback.contacts.webhook import Received, Receiver

MAX_BODY = 1_000_000  # bytes; an event has a few hundred
_PASSED_ON = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature", "x-hub-signature-256")
_FORWARD_SECONDS = 8.0  # the sender gives up after ten


@click.command()
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--forward", default="", metavar="URL", help="Pass each event on, once.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@guarded
def listen(*, port: int, forward: str, output_format: str) -> int:
    """Receive webhooks on 127.0.0.1, signed with the secret in RINGBACK_WEBHOOK_SECRET."""
    from ringback.cloud.pipeline_webhooks import check_url
    from ringback.contacts.webhook import Receiver
    from ringback.core.errors import UsageError

    known = secrets()
    inbox = Inbox(
        Receiver(known) if known else None,
        forward=check_url(forward) if forward else "",
        as_json=output_format == "json",
    )
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(inbox))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}", hint="--port 0 takes a free one"
        ) from None
    click.echo(f"Listening at http://127.0.0.1:{server.server_address[1]}", err=True)
    if not known:
        click.echo(f"  no secret in {SECRET_VARIABLE}: signatures are NOT checked", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo(f"{inbox.events} events, {inbox.repeats} repeats, {inbox.refused} refused", err=True)
    finally:
        server.server_close()
    return 0


class Inbox:
    """What happens to a delivery.

    Args:
        receiver: verifies and tells repeats apart; None takes everything.
        forward: URL to pass events on to; "" for none.
        as_json: print the bodies as they came.
    """

    def __init__(self, receiver: Receiver | None, *, forward: str, as_json: bool) -> None:
        self._receiver, self._forward, self._as_json = receiver, forward, as_json
        self._lock = threading.Lock()
        self.events = self.repeats = self.refused = 0

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Handle one delivery; gives the status to answer with."""
        from ringback.core.signing import SignatureError

        if self._receiver is None:
            return self._handled(headers, body)
        # One at a time: two tries of one event that come together are one event.
        with self._lock:
            try:
                received = self._receiver.receive(headers, body, now=time.time())
            except SignatureError as error:
                self.refused += 1
                self._say(f"refused: {error.message}")
                return 401
            if received.repeated:
                self.repeats += 1
                self._say(f"repeat   {received.id}")
                return 200
            return self._handled(headers, body, received=received)

    def _handled(self, headers: Mapping[str, str], body: bytes, *, received: Received | None = None) -> int:
        status = self._passed_on(headers, body) if self._forward else 204
        if not 200 <= status < 300:
            self._say(f"not passed on ({status or 'no answer'}): the sender will try again")
            return 502
        self.events += 1
        self._print(body, received)
        if received is not None and self._receiver is not None:
            self._receiver.done(received)
        return 204

    def _passed_on(self, headers: Mapping[str, str], body: bytes) -> int:
        from ringback.cloud.network import Network
        from ringback.dataactions.transport import Request, TransportError

        kept = {name: value for name, value in headers.items() if name.lower() in _PASSED_ON}
        network = Network()
        try:
            return network.send(Request("POST", self._forward, kept, body, _FORWARD_SECONDS)).status
        except TransportError:
            return 0
        finally:
            network.close()

    def _print(self, body: bytes, received: Received | None) -> None:
        text = body.decode("utf-8", "replace")
        if self._as_json:
            click.echo(harmless(text))
        elif received is None:
            click.echo(harmless(f"event    unverified  {text}"))
        else:
            event = received.event
            named = ("event", "contact_id", "conversation_id", "timestamp")
            click.echo(
                harmless("  ".join(["verified", received.id, *(str(event.get(name, "-")) for name in named)]))
            )

    def _say(self, text: str) -> None:
        click.echo(harmless(text), err=True)


def _handler(inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # a sender that says nothing

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            known = length.isascii() and length.isdigit()
            if not known or len(length) > 9 or int(length) > MAX_BODY:
                self._answer(413 if known else 411)
                return
            self._answer(inbox.take(dict(self.headers.items()), self.rfile.read(int(length))))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's name
            """Say nothing: what came is printed by the inbox."""

    return Handler
