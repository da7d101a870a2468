"""``python -m shiftwatch fail-on-shift``: for schedulers that call a command."""

import argparse
import sys
from typing import List, NoReturn, Optional

from ._client import Client
from ._rest import ApiError, ShiftFound

NOTHING_FOUND, FAILED, SHIFT_FOUND = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse would end with 2, which is that of a shift.
        self.print_usage(sys.stderr)
        self.exit(FAILED, f"error: {message}\n")


def main(arguments: Optional[List[str]] = None) -> int:
    """:returns: 0 where nothing shifted, 2 where something did, 1 where it could not be asked"""
    parser = _Parser(prog="python -m shiftwatch")
    commands = parser.add_subparsers(dest="command", required=True)
    fail = commands.add_parser(
        "fail-on-shift",
        help="exit with 2 where a model's newest windows have shifted",
        description="Exit code: 0 nothing shifted, 2 something did, 1 it could not be asked.",
    )
    fail.add_argument("--url", required=True, help="of the service, such as http://localhost:8080")
    fail.add_argument("--model", required=True)
    fail.add_argument("--since", help="windows that begin then or later (ISO 8601); default: the newest that closed and the newest with labels")
    fail.add_argument("--on", default="any", help="verdicts that count, separated by commas (default: any)")
    fail.add_argument("--token", help="with the scope read (default: SHIFTWATCH_TOKEN)")
    asked = parser.parse_args(arguments)
    try:
        client = Client(asked.url, token=asked.token)
        untold = client.fail_on_shift(model=asked.model, since=asked.since, on=tuple(asked.on.split(",")))
    except ShiftFound as found:
        print(found)
        return SHIFT_FOUND
    except (ApiError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    if [row["start"] for row in untold] == [""]:
        print(f"{asked.model}: nothing is known yet, as no window was judged (--on any,undetermined fails then)")
    elif untold:
        print(f"{asked.model}: no shift was found, but nothing is said of {len(untold)} (--on any,undetermined fails then):")
        for row in untold:
            print(f"  version {row['version']}{' ' + row['segment'] if row['segment'] else ''}, {row['start']}: {row['summary']}")
    else:
        print(f"{asked.model}: nothing has shifted")
    return NOTHING_FOUND


if __name__ == "__main__":
    sys.exit(main())
