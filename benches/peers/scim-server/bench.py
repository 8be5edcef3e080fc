"""The host over loopback beside scim2-server's application, under the same requests in one run.

    python bench.py PATH-OF-HOST PATH-OF-LOAD [CONNECTIONS] [ROUNDS] [REQUESTS]
"""

import copy
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).parent
SAMPLE = json.loads((HERE / "../../scim.json").read_text())["user"]
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MEMBERS = 2_000
# So many groups share the removals of a round.
GROUPS = 4
TICKS = os.sysconf("SC_CLK_TCK")


def user(name):
    """The sample as a client sends it, under another name."""
    sent = copy.deepcopy({key: value for key, value in SAMPLE.items() if key not in ("id", "meta")})
    sent["userName"] = sent["emails"][0]["value"] = f"{name}@example.com"
    sent["externalId"] = name
    sent["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"].pop("manager")
    return sent


class Server:
    """A running server, with users and with groups that all of them are members of."""

    def __init__(self, name, command, ready, token=None):
        self.name, self.token, self.is_ours = name, token, name.startswith("ours")
        self.process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = next(filter(None, (re.search(ready, line) for line in self.process.stdout)), None)
        if found is None:
            raise SystemExit(f"{name} ended before it was ready")
        self.address = f"127.0.0.1:{found[1]}"

    def fill(self, base, groups):
        """Creates what the requests are about."""
        self.base = base
        self.users = [self.create("Users", user(f"user-{at}")) for at in range(MEMBERS)]
        members = [{"value": user} for user in self.users]
        new = [{"schemas": [GROUP], "displayName": f"group {at}", "members": members} for at in range(groups)]
        self.groups = [self.create("Groups", group) for group in new]

    def create(self, kind, body):
        connection = http.client.HTTPConnection(self.address)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json"}
        connection.request("POST", f"{self.base}/{kind}", json.dumps(body), headers)
        answer = connection.getresponse()
        created = json.loads(answer.read())
        if answer.status != 201:
            raise SystemExit(f"{self.name}: {answer.status} {created}")
        return created["id"]

    def cpu(self):
        """CPU time so far, in seconds: all threads, user and system."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().split(") ")[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def patch(path, operation):
    return f"PATCH {path} {json.dumps({'schemas': [PATCH], 'Operations': [operation]})}"


def find(server, turn, count):
    names = (f"user-{at * 7 % MEMBERS}@example.com" for at in range(count))
    filters = (urllib.parse.quote(f'userName eq "{name}"') for name in names)
    return [f"GET {server.base}/Users?filter={text}" for text in filters]


def deactivate(server, turn, count):
    operation = {"op": "replace", "path": "active", "value": turn % 2 == 1}
    return [patch(f"{server.base}/Users/{server.users[at % MEMBERS]}", operation) for at in range(count)]


def remove(server, turn, count):
    groups = server.groups[turn * GROUPS:(turn + 1) * GROUPS]
    pairs = ((groups[at % GROUPS], server.users[at // GROUPS * 3 % MEMBERS]) for at in range(count))
    operation = lambda member: {"op": "remove", "path": f'members[value eq "{member}"]'}
    return [patch(f"{server.base}/Groups/{group}", operation(member)) for group, member in pairs]


def create(server, turn, count):
    return [f"POST {server.base}/Users {json.dumps(user(f'new-{turn}-{at}'))}" for at in range(count)]


# What is asked, and what part of it the others are asked: they take a quarter of a second for each removal.
WORK = {
    f"filter by userName, one of {MEMBERS:,}": (find, 1),
    "PATCH active": (deactivate, 1),
    f"remove one of {MEMBERS:,} members": (remove, 40),
    "POST a user of 1.5 KB": (create, 1),
}


def measure(server, load, requests, connections, folder):
    """Requests a second, and CPU time of the server for each in microseconds."""
    if server.name == "scim2-server":
        # It opens a connection for each request, and no more than five may wait to be accepted.
        connections = str(min(int(connections), 4))
    file = folder / "requests"
    file.write_text("\n".join(requests))
    before = server.cpu()
    command = [load, server.address, str(file), connections, "once", server.token]
    ended = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if ended["answers"] != len(requests):
        raise SystemExit(f"{server.name} answered {ended['answers']} of {len(requests)} requests")
    return ended["answers"] / ended["seconds"], (server.cpu() - before) / len(requests) * 1e6


def main():
    host, load, *rest = sys.argv[1:]
    connections, rounds, count = (rest + ["16", "3", "3000"][len(rest):])[:3]
    rounds, count = int(rounds), int(count)
    scripts = pathlib.Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        credentials = folder / "credentials.json"
        servers = []

        def ours(name, database):
            options = ["--addr", "127.0.0.1:0", "--database", database, "--no-demo", "--credentials", str(credentials)]
            server = Server(name, [host, *options], r"http://127\.0\.0\.1:(\d+)/overview")
            servers.append(server)
            server.token = json.loads(credentials.read_text())["scim"]["token"]

        try:
            ours("ours", f"sqlite:{folder / 'host.sqlite'}")
            ours("ours, in memory", "memory:")
            command = [str(scripts / "scim2-server"), "--port", str(free_port()), "--bearer-token", "token"]
            servers.append(Server("scim2-server", command, r"http://127\.0\.0\.1:(\d+)/v2", "token"))
            command = [sys.executable, "serve.py", "token"]
            servers.append(Server("scim2-server behind waitress", command, r"port (\d+)", "token"))
            for server in servers:
                server.fill("/scim/v2" if server.is_ours else "/v2", rounds * GROUPS)
            print(f"{connections} connections, {count} requests, {os.cpu_count()} cores, medians of {rounds} rounds")
            print("| request | server | a second | times | CPU of each, µs | times |\n|---|---|---|---|---|---|")
            for name, (requests, part) in WORK.items():
                runs = [[] for _ in servers]
                for turn in range(rounds):
                    for server, run in zip(servers, runs):
                        lines = requests(server, turn, count if server.is_ours else count // part)
                        run.append(measure(server, load, lines, connections, folder))
                medians = [[statistics.median(figures) for figures in zip(*run)] for run in runs]
                for server, (rate, cpu) in zip(servers, medians):
                    ratios = medians[0][0] / rate, cpu / medians[0][1]
                    print(f"| {name} | {server.name} | {rate:.0f} | {ratios[0]:.1f} | {cpu:.0f} | {ratios[1]:.1f} |")
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
