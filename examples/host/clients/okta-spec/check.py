"""Asks the host that HOST_CREDENTIALS describes what Okta's SCIM 2.0 specification test asks, and expects what it does.

Okta has integrators run that test before it lists them: 23 steps, of which 12 are calls with 52 assertions and 11 are
pauses between them. The calls are told in cases.json in our own form; the pauses are left out, since a change must be
visible when its answer is.

They run in a directory of their own, so that the one user in it is the one that the first page must show.
"""

import json
import os
import pathlib
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CALLS, ASSERTIONS = 12, 52
MISSING = object()

CHECKS = {
    "is": lambda found, wanted: type(found) is type(wanted) and found == wanted,
    "filled": lambda found: found is not MISSING and found not in (None, "", [], {}),
    "holds": lambda found, wanted: isinstance(found, list) and wanted in found,
    "number": lambda found: isinstance(found, int) and not isinstance(found, bool),
    "below": lambda found, limit: found < limit,
}


def filled_in(template, names):
    """The template with each `{name}` in its texts replaced."""
    if isinstance(template, dict):
        return {key: filled_in(value, names) for key, value in template.items()}
    if isinstance(template, list):
        return [filled_in(value, names) for value in template]
    if not isinstance(template, str):
        return template
    for name, value in names.items():
        template = template.replace("{" + name + "}", value)
    return template


def at(document, path):
    """What lies at `a.0.b`; MISSING if nothing does."""
    for step in path.split("."):
        if isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return MISSING
    return document


def send(method, url, headers, body=None):
    """The answer: its status, its body, and how long it took."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.read()
    milliseconds = (time.monotonic() - begun) * 1000
    try:
        return {"status": status, "body": json.loads(text), "milliseconds": milliseconds}
    except ValueError:
        return {"status": status, "body": text.decode(errors="replace"), "milliseconds": milliseconds}


class Directory:
    """A directory that is there for as long as the test runs."""

    def __init__(self, host, nonce):
        self.base = host["base_url"] + "/v1/directories"
        self.headers = {"Authorization": f"Bearer {host['secret_key']}", "Content-Type": "application/json"}
        self.new = {"enterprise_connection_id": f"ent_okta_spec_{nonce}", "provider": "okta"}

    def __enter__(self):
        created = send("POST", self.base, self.headers, self.new)
        if "api_key" not in created["body"]:
            sys.exit(f"no directory: {created}")
        self.directory = created["body"]
        return self.directory

    def __exit__(self, *_):
        send("DELETE", f"{self.base}/{self.directory['id']}", self.headers)


def ask(directory, call, names):
    """Sends a call as Okta does."""
    method, path = call["send"]
    token = call.get("authorization", f"Bearer {directory['api_key']}")
    headers = {"Authorization": token, "Accept": "application/scim+json", "User-Agent": "OKTA SCIM Integration"}
    if "body" in call:
        headers["Content-Type"] = "application/json"
    else:
        headers |= {"Accept-Charset": "utf-8", "Content-Type": "application/scim+json; charset=utf-8"}
    url = directory["endpoint_url"] + urllib.parse.quote(filled_in(path, names), safe="/?&=")
    return send(method, url, headers, filled_in(call.get("body"), names))


def run(directory, told, names):
    """What failed, and how many calls and assertions there were."""
    failures, assertions = [], 0
    for call in told["calls"]:
        answer = ask(directory, call, names)
        for path, check, *wanted in filled_in(call["expect"], names):
            assertions += 1
            found = at(answer, path)
            if not CHECKS[check](found, *wanted):
                found = "missing" if found is MISSING else json.dumps(found)
                failures.append(f"{call['about']}: {path} {check} {wanted}, but is {found}")
        names |= {name: str(at(answer["body"], path)) for name, path in call.get("keep", {}).items()}
    return failures, (len(told["calls"]), assertions)


def main():
    """Exits with 1 if an assertion fails, and if there are not as many as Okta has."""
    host = json.loads(pathlib.Path(os.environ["HOST_CREDENTIALS"]).read_text())
    told = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())
    nonce = secrets.token_hex(6)
    names = {"nonce": nonce} | filled_in(told["names"], {"nonce": nonce})
    with Directory(host, nonce) as directory:
        seeded = ask(directory, {"send": ["POST", "/Users"], "body": told["seed"]}, names)
        if seeded["status"] != 201:
            sys.exit(f"no user to begin with: {seeded}")
        failures, counts = run(directory, told, names)
    if counts != (CALLS, ASSERTIONS):
        failures.append(f"{counts} calls and assertions ran instead of {(CALLS, ASSERTIONS)}")
    print("\n".join(failures + [f"okta-spec: {counts[1]} assertions in {counts[0]} calls, {len(failures)} failed"]))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
