"""Runs the probe of scim-sanity in its strict mode against the host that HOST_CREDENTIALS describes.

Without a warning, and with as many checks as this version has; those of agents, which the host knows nothing of, are
skipped. The host runs with --scim-accommodating: the probe insists that a PATCH of a group answers 200 and that a
group takes a member that is not there.
"""

import contextlib
import io
import json
import os
import pathlib
import sys

from scim_sanity.probe.runner import run_probe

PASSED = 28
SKIPPED = {"Agent CRUD Lifecycle", "AgenticApplication CRUD Lifecycle", "Agent Rapid Lifecycle"}


def main():
    """Exits with 1 if a check fails, warns or is left out."""
    scim = json.loads(pathlib.Path(os.environ["HOST_CREDENTIALS"]).read_text())["scim"]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run_probe(scim["base_url"], token=scim["token"], json_output=True, accept_side_effects=True)
    results = json.loads(printed.getvalue())["results"]
    passed = sum(result["status"] == "pass" for result in results)
    skipped = {result["name"] for result in results if result["status"] == "skip"}
    failed = [result for result in results if result["status"] not in ("pass", "skip")]
    for result in failed:
        print(f"{result['status']}: {result['name']}: {result.get('message')}")
    if skipped != SKIPPED:
        print(f"skipped {sorted(skipped)} instead of {sorted(SKIPPED)}")
    print(f"scim-sanity: {passed} passed, {len(failed)} failed")
    sys.exit(1 if failed or skipped != SKIPPED or passed != PASSED else 0)


if __name__ == "__main__":
    main()
