"""Runs `scim2 test` against the host that HOST_CREDENTIALS describes and holds its verdicts against known-gaps.txt.

A check that fails must be listed there by its title; one that is listed must still fail, so the list only shrinks.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

PASSED = "SUCCESS"
VERDICT = re.compile(r"^(SUCCESS|COMPLIANT|ACCEPTABLE|DEVIATION|ERROR|CRITICAL|SKIPPED) (.+)$")


def run(scim):
    """What the tester prints, line by line."""
    environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {scim['token']}", "NO_COLOR": "1"}
    command = [str(pathlib.Path(sys.executable).with_name("scim2")), "--url", scim["base_url"], "test"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    sys.stderr.write(finished.stderr)
    return finished.stdout.splitlines()


def known_gaps():
    """The titles in known-gaps.txt."""
    lines = pathlib.Path(__file__).with_name("known-gaps.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def main():
    """Exits with 1 on a new failure, on a gap that is closed but still listed, and when nothing was checked."""
    lines = run(json.loads(pathlib.Path(os.environ["HOST_CREDENTIALS"]).read_text())["scim"])
    verdicts = [match.groups() for line in lines if (match := VERDICT.match(line))]
    failed = {title for status, title in verdicts if status != PASSED}
    new, closed = failed - known_gaps(), known_gaps() - failed
    print("\n".join(lines) if new or not verdicts else f"known gaps: {sorted(failed) or 'none'}")
    for title in sorted(new):
        print(f"new failure: {title}")
    for title in sorted(closed):
        print(f"closed, take it off known-gaps.txt: {title}")
    count = sum(status == PASSED for status, _ in verdicts)
    print(f"scim2-tester: {count} passed, {len(verdicts) - count} failed")
    sys.exit(1 if new or closed or not verdicts else 0)


if __name__ == "__main__":
    main()
