// Verifications a second of Better Auth's api-key plugin and of our host, each on SQLite, under the same load in one run.
// Better Auth runs three times: with the database as better-sqlite3 opens it, with a write-ahead log that is synced at
// every commit as ours is, and with one that is not. Ours runs twice: with every verification stored before it is
// answered, and with a loss bound, within which a crash may lose some, as it may with a log that is not synced.
//
//   node bench.mjs PATH-OF-HOST PATH-OF-LOAD [CONNECTIONS] [SECONDS] [ROUNDS] [KEYS]
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const [host, load, connections = '16', seconds = '5', rounds = '3', count = '1000'] = process.argv.slice(2);
if (!load) throw new Error('expected PATH-OF-HOST PATH-OF-LOAD');

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
const running = [];

/** Starts a server, and waits for the first line of its output that `ready` finds its port in. */
async function start(command, args, ready) {
  const server = spawn(command, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(server);
  for await (const line of createInterface({ input: server.stdout })) {
    const found = line.match(ready);
    if (found) {
      server.stdout.resume();
      return { pid: server.pid, address: `127.0.0.1:${found[1]}` };
    }
  }
  throw new Error(`${command} ended before it was ready`);
}

/** Writes a file for the load: one verification of each key. */
function verifications(name, path, field, keys) {
  const file = join(folder, `${name}.requests`);
  const lines = keys.map((key) => `POST ${path} ${JSON.stringify({ [field]: key })}`);
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return file;
}

async function betterAuth(name, ...synchronous) {
  const keys = join(folder, `${name}.keys`);
  const args = ['server.mjs', join(folder, `${name}.sqlite`), keys, count, ...synchronous];
  const server = await start(process.execPath, args, /^(\d+)$/);
  const requests = verifications(name, '/verify', 'key', readFileSync(keys, 'utf8').split('\n'));
  return { name, ...server, requests, bearer: [] };
}

async function ours(name, ...options) {
  const credentials = join(folder, `${name}.json`);
  const database = `sqlite:${join(folder, `${name}.sqlite`)}`;
  const args = ['--addr', '127.0.0.1:0', '--database', database, '--no-demo', '--credentials', credentials, ...options];
  const server = await start(host, args, /http:\/\/127\.0\.0\.1:(\d+)\/overview/);
  const bearer = JSON.parse(readFileSync(credentials, 'utf8')).secret_key;
  const secrets = [];
  for (let made = 0; made < Number(count); made += 1) {
    const body = JSON.stringify({ name: `key ${made}`, subject: 'user_2xhFjEI5X2qWRvtV13BzSj8H6Dk' });
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const created = await fetch(`http://${server.address}/api_keys`, { method: 'POST', headers, body });
    secrets.push((await created.json()).secret);
  }
  return { name, ...server, requests: verifications(name, '/api_keys/verify', 'secret', secrets), bearer: [bearer] };
}

/** CPU time of a process so far, in seconds: all its threads, user and system (Linux counts hundredths). */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure({ pid, address, requests, bearer }) {
  const before = cpu(pid);
  const args = [address, requests, connections, seconds, ...bearer];
  const { stdout } = await promisify(execFile)(load, args);
  const { answers, p50_us, p99_us } = JSON.parse(stdout);
  // The load runs a tenth longer than it counts.
  const share = (cpu(pid) - before) / (Number(seconds) * 1.1);
  const rate = answers / Number(seconds);
  return { rate: Math.round(rate), p50_us, p99_us, cpu_share: Number(share.toFixed(2)), cpu_us: Math.round((share / rate) * 1e6) };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const servers = [
    await betterAuth('better-auth'),
    await betterAuth('better-auth-wal-full', 'FULL'),
    await betterAuth('better-auth-wal-normal', 'NORMAL'),
    await ours('ours'),
    await ours('ours-loss-bound', '--usage-loss-bound', '10000'),
  ];
  const measured = servers.map(() => []);
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [at, server] of servers.entries()) measured[at].push(await measure(server));
  }
  const medians = measured.map((runs) =>
    Object.fromEntries(Object.keys(runs[0]).map((figure) => [figure, median(runs.map((run) => run[figure]))])),
  );
  console.log(`${connections} connections, ${count} keys, ${availableParallelism()} cores, medians of ${rounds} x ${seconds} s`);
  console.table(Object.fromEntries(servers.map(({ name }, at) => [name, medians[at]])));
  for (const [mine, own] of medians.entries()) {
    if (!servers[mine].name.startsWith('ours')) continue;
    for (const [at, theirs] of medians.entries()) {
      if (servers[at].name.startsWith('ours')) continue;
      const [rate, cpu] = [own.rate / theirs.rate, theirs.cpu_us / own.cpu_us].map((ratio) => ratio.toFixed(1));
      console.log(`${servers[mine].name} to ${servers[at].name}: ${rate} x the verifications a second, 1/${cpu} of the CPU time each`);
    }
  }
} finally {
  for (const server of running) server.kill();
  rmSync(folder, { recursive: true, force: true });
}
