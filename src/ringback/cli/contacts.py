"""`ringback contacts`: register external contacts, check them, start interactions, tell the CRM; durably."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.contacts_options import (
    STEPS,
    database,
    database_options,
    format_option,
    opened,
    organisation,
    organisation_options,
    secrets,
    work_options,
)
from ringback.cli.options import guarded, harmless

if TYPE_CHECKING:
    from ringback.cli.contacts_options import Work
    from ringback.cloud.pipeline_reader import Source


@click.group()
def contacts() -> None:
    """Register contacts, check them, start interactions, tell the CRM."""


@contacts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map", "mapping", multiple=True, metavar="'CSV COLUMN=FIELD'", help="Which column gives a field."
)
@click.option("--default-country", metavar="CC", help="Of numbers in national notation, e.g. US.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Rejected rows: .csv, else JSON lines."
)
@click.option("--resume", is_flag=True, help="Go on with an import; take up what stopped or broke.")
@click.option("--dry-run", is_flag=True, help="Say what exists and what would clash; write nothing.")
@click.option("--until", type=click.Choice(STEPS), default="start", show_default=True, help="The last step.")
@click.option("--bulk/--no-bulk", default=None, help="Several contacts in a call; default from 1,000 on.")
@click.option("--workers", type=click.IntRange(1, 64), default=8, show_default=True, help="Threads.")
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Serve /metrics on this machine.")
@click.option(
    "--metrics-file", type=click.Path(path_type=Path), metavar="FILE", help="Write metrics at the end."
)
@work_options
@guarded
def import_file(file: Path, **options: Any) -> int:
    """Take the contacts of a CSV or JSON lines file through the pipeline."""
    from ringback.cloud.pipeline_reader import Source
    from ringback.contacts.columns import parse_mapping

    source = Source(file, parse_mapping(options["mapping"]), _country(options["default_country"]))
    if unused := source.unused():
        click.echo(harmless(f"columns that give nothing: {', '.join(unused)}"), err=True)
    if options["dry_run"]:
        return _preview(source, options)
    with opened(options, until=options["until"], bulk=options["bulk"], workers=options["workers"]) as work:
        return _import(work, source, options=options)


def _country(code: str | None) -> str | None:
    from ringback.contacts.numbers import is_region
    from ringback.core.errors import UsageError

    if code and not is_region(code.upper()):
        raise UsageError(f"--default-country {code!r} is no country", hint="two letters, such as US or DE")
    return code.upper() if code else None


def _import(work: Work, source: Source, *, options: dict[str, Any]) -> int:
    from ringback.cli.contacts_output import Progress, print_summary, summary
    from ringback.cloud import pipeline_reader as reader

    wanted, store = work.wanted, work.store
    began = time.monotonic()
    fingerprint = reader.begin_import(store, source, wanted=wanted, resume=options["resume"])
    if options["resume"]:
        store.resume(wanted.organisation, wanted.campaign, until=wanted.until, webhook=wanted.webhook)
    rejects, counts = reader.Rejects(options["rejects"]), reader.ReadCounts()
    progress = Progress(work.pipeline, wanted.campaign)
    try:
        with _metrics(work, options), work.pipeline.working():
            counts = reader.read_in(store, source, wanted=wanted, rejects=rejects, tick=progress.reads)
            progress.read, progress.reading = counts.rows, False
            work.pipeline.wait(webhooks=options["webhook_wait"], tick=progress.tick)
        counts.rejected += reader.write_refused(store, source, wanted=wanted, rejects=rejects)
        reader.end_import(store, wanted, fingerprint=fingerprint)
        rejects.close()
    except KeyboardInterrupt:
        progress.end()
        click.echo("interrupted: nothing is lost, go on with --resume", err=True)
        return 130
    finally:
        rejects.abandon()
        progress.end()
    found = summary(
        work.pipeline, store, campaign=wanted.campaign, counts=counts, seconds=time.monotonic() - began
    )
    if options["output_format"] == "json":
        click.echo(json.dumps(found, indent=2))
    else:
        print_summary(found, rejects=str(options["rejects"] or "") if counts.rejected else "")
    return _code(found)


def _code(found: dict[str, Any]) -> int:
    """1 when a row was rejected, given up, or its webhook is a dead letter."""
    bad = found["rejected"] + sum(found["states"].get(name, 0) for name in ("broken", "undelivered"))
    return 1 if bad else 0


@contextmanager
def _metrics(work: Work, options: dict[str, Any]) -> Iterator[None]:
    port, path = options.get("metrics_port"), options.get("metrics_file")
    if not port and not path:
        yield
        return
    from ringback.cloud import pipeline_metrics as metrics

    registry = metrics.registry_of(work.pipeline.meter, work.pipeline.depth)
    end = metrics.serve(registry, port) if port else lambda: None
    try:
        yield
    finally:
        end()
        if path:
            metrics.write(registry, path)


def _preview(source: Source, options: dict[str, Any]) -> int:
    from ringback.cloud.pipeline_platform import platform_of
    from ringback.cloud.pipeline_preview import Preview

    counts: dict[str, int] = {"new": 0, "exists": 0, "rejected": 0, "clashing": 0}
    told = []
    with organisation(options["profile"], options["base_url"]) as cloud:
        look = Preview(platform_of(cloud, options["form"]))
        for item in source.items():
            found = look.of(item)
            counts[found.result] += 1
            counts["clashing"] += bool(found.clashes)
            if found.result != "new" or found.clashes:
                if options["output_format"] == "json":
                    told.append(found.to_dict())
                else:
                    _print_finding(found)
    if options["output_format"] == "json":
        click.echo(json.dumps({"counts": counts, "rows": told}, indent=2, ensure_ascii=False))
    else:
        named = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        click.echo(f"{named}; nothing was written")
    return 1 if counts["rejected"] else 0


def _print_finding(found: Any) -> None:
    about = {"exists": "exists and would stay as it is", "new": "new", "rejected": "rejected"}
    click.echo(harmless(f"line {found.line}: {found.external_id or '-'} {about[found.result]}"))
    for name in found.differs:
        click.echo(f"  {name} is another one there")
    for text in (*found.clashes, *found.reasons):
        click.echo(harmless(f"  {text}"))


@contacts.command("register")
@click.argument("file", type=click.File(encoding="utf-8"))
@work_options
@guarded
def register(file: Any, **options: Any) -> int:
    """Register one contact: a JSON file, or - for standard input."""
    return _one(_payload(file.read()), options, until="register")


@contacts.command("start")
@click.argument("contact", metavar="ID")
@click.option("--message", default="", metavar="TEXT", help="The first message.")
@work_options
@guarded
def start(contact: str, *, message: str, **options: Any) -> int:
    """Check a registered contact and start an interaction with it, once in a campaign."""
    from ringback.cloud.client import quoted
    from ringback.cloud.pipeline_platform import CONTACTS
    from ringback.contacts.native import from_native
    from ringback.contacts.payload import FIELDS

    with organisation(options["profile"], options["base_url"]) as cloud:
        body = cloud.get(f"{CONTACTS}/{quoted(contact)}").json
    plain = {name: value for name, value in body.items() if name in FIELDS}
    payload = plain if "externalContactId" in plain else from_native(body).to_dict()
    more = {"initialMessage": message} if message else {}
    return _one({**payload, **more}, options, until="start", contact_id=str(body["id"]))


def _payload(text: str) -> Any:
    from ringback.core.errors import UsageError

    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"the contact is no JSON: {error}") from None


def _one(body: Any, options: dict[str, Any], *, until: str, contact_id: str = "") -> int:
    """Take one contact through the pipeline and print what became of it."""
    from ringback.cloud.pipeline_reader import new_row
    from ringback.cloud.pipeline_tables import CHECK
    from ringback.contacts import parse_contact

    payload = parse_contact(body).to_dict()
    with opened(options, until=until, bulk=False, workers=1) as work:
        wanted, store = work.wanted, work.store
        begun = {"state": "exists", "step": CHECK, "contact_id": contact_id} if contact_id else {}
        row = new_row(payload, wanted, source="command line", line=0, **begun)
        if not store.add([row]):
            only = row["external_id"]
            store.resume(
                wanted.organisation, wanted.campaign, until=wanted.until, webhook=wanted.webhook, only=only
            )
        with work.pipeline.working():
            work.pipeline.wait(webhooks=options["webhook_wait"], only=row["external_id"])
        found = [each for each in store.find(row["external_id"]) if each.campaign == wanted.campaign]
    return _print_row(found[-1], options["output_format"])


def _print_row(row: Any, output_format: str) -> int:
    if output_format == "json":
        known = {"status": row.state, "id": row.contact_id, "externalContactId": row.external_id}
        known |= {"conversationId": row.conversation_id, "channel": row.channel, "reason": row.reason}
        click.echo(json.dumps({name: value for name, value in known.items() if value}, indent=2))
    else:
        about = [f"conversation {row.conversation_id} over {row.channel}"] if row.conversation_id else []
        about += [row.reason] if row.reason else []
        click.echo(
            harmless(f"{row.external_id} {row.state} ({row.contact_id or '-'}){': ' if about else ''}")
            + harmless("; ".join(about))
        )
    return 1 if row.state in ("broken", "rejected", "stopped", "undelivered") else 0


@contacts.command("check")
@click.argument("contact", metavar="ID")
@organisation_options
@format_option
@guarded
def check(contact: str, *, profile: str | None, base_url: str, output_format: str) -> int:
    """Say whether a registered contact may be reached, by external id or id."""
    from ringback.cloud.pipeline_platform import Platform

    with organisation(profile, base_url) as cloud:
        found = Platform(cloud).check(contact)
        for _ in range(20):
            if not found.validating:
                break
            time.sleep(0.25)
            found = Platform(cloud).check(contact)
    if output_format == "json":
        known = {"validationStatus": found.status or "unknown", "validationFailureReason": found.reason}
        click.echo(json.dumps(known | {"channelAvailability": dict(found.availability)}, indent=2))
    else:
        click.echo(
            harmless(f"{contact}: {found.status or 'unknown'}{f' ({found.reason})' if found.reason else ''}")
        )
        for name, said in found.availability.items():
            click.echo(harmless(f"  {name}: {said}"))
    return 0 if found.status != "failed" and (found.channel or not found.availability) else 1


@contacts.command("audit")
@click.argument("contact", metavar="ID")
@database_options
@format_option
@guarded
def audit(contact: str, *, url: str | None, output_format: str) -> int:
    """Print everything that was done with a contact, and whether the trail is whole."""
    from ringback.cloud.pipeline_audit import trails_of
    from ringback.core.errors import UsageError

    store = database(url)
    try:
        found = trails_of(store, contact)
    finally:
        store.close()
    if not found:
        raise UsageError(
            f"no contact {contact} in this database", hint="give its external id or id, and --db"
        )
    if output_format == "json":
        click.echo(json.dumps([trail.to_dict() for trail in found], indent=2, ensure_ascii=False))
    else:
        for trail in found:
            for line in trail.lines():
                click.echo(harmless(line))
    return 0 if all(trail.broken_at is None for trail in found) else 1


@contacts.group("webhooks")
def webhooks() -> None:
    """Deliveries to webhooks: what waits, what is dead, and sending it again."""


@webhooks.command("list")
@click.option("--state", type=click.Choice(["pending", "dead", "delivered", "all"]), default="all")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="How many.")
@database_options
@organisation_options
@format_option
@guarded
def list_webhooks(*, state: str, most: int, **options: Any) -> int:
    """List deliveries, the newest first."""
    from ringback.cli.contacts_output import lines_of
    from ringback.cloud.pipeline_platform import organisation_of
    from ringback.cloud.pipeline_webhooks import Outbox

    states = ("pending", "dead", "delivered") if state == "all" else (state,)
    with organisation(options["profile"], options["base_url"]) as cloud:
        store = database(options["url"])
        try:
            found = Outbox(store, organisation_of(cloud)).listed(states=states, most=most)
        finally:
            store.close()
    if options["output_format"] == "json":
        click.echo(json.dumps([each.to_dict() for each in found], indent=2))
    else:
        lines_of(
            [
                each.webhook_id,
                each.state,
                f"{each.tries} {'try' if each.tries == 1 else 'tries'}",
                each.external_id,
                each.reason,
            ]
            for each in found
        )
        click.echo(f"{len(found)} deliveries")
    return 0


@webhooks.command("retry")
@click.argument("ids", nargs=-1, metavar="[WEBHOOK_ID]…")
@click.option("--wait", default=60.0, show_default=True, type=click.FloatRange(0), help="Seconds.")
@database_options
@organisation_options
@guarded
def retry_webhooks(ids: tuple[str, ...], *, wait: float, **options: Any) -> int:
    """Send dead letters again, and what waits for its next try now: the named ones, or all."""
    from ringback.cloud.pipeline_platform import organisation_of
    from ringback.cloud.pipeline_webhooks import Outbox

    with organisation(options["profile"], options["base_url"]) as cloud:
        store = database(options["url"])
        outbox = Outbox(store, organisation_of(cloud), secrets=secrets())
        try:
            again = outbox.retry(ids)
            until = time.monotonic() + wait
            while outbox.pending() and time.monotonic() < until:
                if not outbox.send_one():
                    time.sleep(0.1)
            left, dead = outbox.pending(), len(outbox.listed(states=("dead",), most=1_000_000))
        finally:
            outbox.close()
            store.close()
    click.echo(f"{again} sent again; {left} still wait, {dead} are dead letters")
    return 1 if left or dead else 0
