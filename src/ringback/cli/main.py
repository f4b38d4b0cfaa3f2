"""The `ringback` command: loads the one command that is wanted, and turns errors into exit codes.

Commands are imported when they are called: `ringback --help` must start in a blink.
"""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
from importlib import import_module

import click

from ringback import __version__
from ringback.core.errors import RingbackError

# command -> (module:attribute, one-line help); the help is here so that --help imports nothing.
COMMANDS = {
    "run": ("ringback.cli.run:run", "Simulate one interaction through a flow."),
    "action": ("ringback.cli.action:action", "Run, show and convert data actions."),
    "convert": ("ringback.cli.convert:convert", "Write a flow in another form."),
    "explain": ("ringback.cli.explain:explain", "Show every stage of an expression, template or path."),
    "timeouts": (
        "ringback.cli.timeouts:timeouts",
        "List the timeouts of data action steps, or set them in the file.",
    ),
    "world": ("ringback.cli.world:world", "Write a starter world.yaml for flows."),
    "schema": ("ringback.cli.schema:schema", "JSON Schema of documents, for editors."),
    "lint": ("ringback.cli.lint:lint", "Check flows, data actions and worlds."),
    "draw": ("ringback.cli.draw:draw", "Draw a flow: SVG, one HTML page, or Mermaid."),
    "plan": ("ringback.cli.plan:plan", "Show what would change in an organisation."),
    "apply": ("ringback.cli.apply:apply", "Make an organisation have what a project says."),
    "pull": ("ringback.cli.pull:pull", "Read an organisation into a project folder."),
    "contacts": ("ringback.cli.contacts:contacts", "Register contacts, start interactions, tell the CRM."),
    "listen": ("ringback.cli.listen:listen", "Receive webhooks: verify, print, forward."),
    "serve": ("ringback.cli.serve:serve", "Serve a local Platform API."),
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
ISSUES = "https://github.com/ringback/ringback/issues"


class LazyGroup(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands, in order of importance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import and give a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="ringback %(version)s")
def cli() -> None:
    """Run a Genesys Cloud contact centre's logic on your own machine."""


def main() -> None:
    """Entry point: 0 done, 1 findings or a bad document, 2 usage, 3 a remote refused, 70 our bug."""
    # Loading modules makes many objects and no garbage: with Python's own threshold a tenth of the start-up
    # time went into looking for some.
    gc.set_threshold(200_000, 20, 20)
    # At the end everything goes at once; looking for garbage once more took 15 ms.
    atexit.register(gc.freeze)
    _usable_streams()
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.ClickException as error:
        error.show()
        sys.exit(2)
    except RingbackError as error:
        click.echo(f"error: {_text(error)}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output is gone (`| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("RINGBACK_DEBUG"):
            raise
        sys.exit(_crash(error))


def _crash(error: Exception) -> int:
    """Say what happened, and the exit code: a full disk is not our bug."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
        return 2
    click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
    click.echo(f"  hint: this is a bug in ringback; set RINGBACK_DEBUG=1 and report it at {ISSUES}", err=True)
    return 70


def _usable_streams() -> None:
    """Output that a terminal cannot show is replaced, and output that nobody wants goes nowhere."""
    if sys.stdout is None or sys.stderr is None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - open until the end
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _text(error: RingbackError) -> str:
    text = str(error)
    return f"{text}\n  hint: {error.hint}" if error.hint and error.hint not in text else text
