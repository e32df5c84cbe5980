"""The group of all commands, and how they end when something is wrong."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from bundling.certify import versions
from bundling.cli.options import line_of
from bundling.errors import BundlingError, InputError

FAULT, USAGE, INTERRUPTED = 1, 2, 130


class _Group(click.Group):
    """A group whose commands tell what is wrong with the input in lines, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            for fault in error.faults:
                click.echo(f"error: {fault}", err=True)
            ctx.exit(FAULT)
        except BundlingError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(FAULT)
        except OSError as error:
            click.echo(f"error: {line_of(error)}", err=True)
            ctx.exit(FAULT)
        except KeyboardInterrupt:
            click.echo("stopped before there was anything to write", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(versions()["bundling"], prog_name="bundling")
def main() -> None:
    """Optimise regional freight: hubs, city rounds, charging, charging sites."""
    _speak_utf8()


def _speak_utf8() -> None:
    """Never die on a console that lacks a character: it shows a question mark instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
