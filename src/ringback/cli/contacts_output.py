"""What the commands of the contact pipeline print."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import harmless

if TYPE_CHECKING:
    from ringback.cloud.pipeline_reader import ReadCounts
    from ringback.cloud.pipeline_store import PipelineStore
    from ringback.cloud.pipeline_workers import Pipeline

_EVERY = 0.5
STATES = (
    ("told", "started, webhook delivered"),
    ("started", "started"),
    ("undelivered", "started, webhook is a dead letter"),
    ("checked", "checked"),
    ("registered", "registered"),
    ("exists", "existed before"),
    ("read", "not registered yet"),
    ("stopped", "must not be reached"),
    ("broken", "given up"),
    ("rejected", "refused by the platform"),
)


class Progress:
    """One line on a terminal that says how far an import is; nothing anywhere else."""

    def __init__(self, pipeline: Pipeline, campaign: str) -> None:
        self._pipeline, self._campaign = pipeline, campaign
        self._shown = 0.0
        self._on = sys.stderr.isatty()
        self.read = 0
        self.reading = True

    def tick(self) -> None:
        """Show the line anew, a few times a second."""
        if not self._on or time.monotonic() - self._shown < _EVERY:
            return
        self._shown = time.monotonic()
        counts = self._pipeline.store.counts(self._pipeline.organisation, self._campaign)
        waiting = self._pipeline.outbox.pending()
        parts = [f"{self.read:,} rows read{' …' if self.reading else ''}"]
        parts += [f"{counts[state]:,} {state}" for state, _ in STATES if counts.get(state)]
        parts += [f"{waiting:,} webhooks waiting"] if waiting else []
        click.echo(f"\r\x1b[2K{' · '.join(parts)}"[:200], nl=False, err=True)

    def reads(self, counts: ReadCounts) -> None:
        """The file was read a little further."""
        self.read = counts.rows
        self.tick()

    def end(self) -> None:
        """Take the line away."""
        if self._on:
            click.echo("\r\x1b[2K", nl=False, err=True)


def summary(
    pipeline: Pipeline, store: PipelineStore, *, campaign: str, counts: ReadCounts, seconds: float
) -> dict[str, Any]:
    """Everything about an import, as JSON."""
    return {
        "campaign": campaign,
        "rows": counts.rows,
        "new": counts.new,
        "known": counts.known,
        "rejected": counts.rejected,
        "clashes_in_file": counts.clashes,
        "states": store.counts(pipeline.organisation, campaign),
        "steps": pipeline.meter.table(),
        "queue": dict(pipeline.depth()),
        "seconds": round(seconds, 3),
    }


def print_summary(found: Mapping[str, Any], *, rejects: str) -> None:
    """The closing table."""
    click.echo(
        f"{found['rows']:,} rows in {found['seconds']:,.1f} s: {found['new']:,} new contacts, "
        f"{found['known']:,} known to campaign {found['campaign']}, {found['rejected']:,} rejected"
    )
    if found["clashes_in_file"]:
        click.echo(f"{found['clashes_in_file']:,} rows have a number or address of an earlier row")
    states = found["states"]
    print_table(
        [["contacts", ""], *[[text, f"{states[name]:,}"] for name, text in STATES if states.get(name)]]
    )
    lines = [["step", "success", "failure", "retries", "p50 ms", "p95 ms", "p99 ms"]]
    for step, line in found["steps"].items():
        numbers = [f"{line[name]:,}" for name in ("success", "failure", "retry")]
        times = [f"{line[f'p{each}_ms']:,.0f}" if line[f"p{each}_ms"] else "-" for each in (50, 95, 99)]
        lines.append([step, *numbers, *times])
    if len(lines) > 1:
        print_table(lines)
    queue = found["queue"]
    click.echo("")
    click.echo(f"waiting: {queue['contacts']:,} contacts, {queue['webhooks']:,} webhooks")
    if queue["webhooks"]:
        click.echo("  sent by the next import, or by: ringback contacts webhooks retry")
    if rejects:
        click.echo(f"rejected rows with their reasons: {rejects}")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns, the first to the left, the others to the right; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    click.echo("")
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        cells = [f"{first[0]:{first[1]}}", *(f"{text:>{width}}" for text, width in others)]
        click.echo(harmless("  " + "  ".join(cells).rstrip()))


def lines_of(rows: Iterable[Sequence[str]]) -> None:
    """Rows in columns, all to the left, without a heading."""
    known = [list(row) for row in rows]
    widths = [max(len(row[column]) for row in known) for column in range(len(known[0]))] if known else []
    for row in known:
        cells = (f"{text:{width}}" for text, width in zip(row, widths, strict=True))
        click.echo(harmless("  ".join(cells).rstrip()))
