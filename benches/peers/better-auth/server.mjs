// Better Auth with its api-key plugin on SQLite, behind the smallest HTTP server: `POST /verify {"key": …}`.
//
//   node server.mjs DATABASE KEYS_FILE COUNT [SYNCHRONOUS]
//
// With SYNCHRONOUS (FULL or NORMAL) the database has a write-ahead log; without, it is as better-sqlite3 opens it. Creates COUNT keys, writes them to KEYS_FILE, one a line, and then prints the port that it listens on.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import Database from 'better-sqlite3';

const [file, keysFile, count, synchronous] = process.argv.slice(2);

const database = new Database(file);
if (synchronous) {
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
}

const auth = betterAuth({
  database,
  secret: 'a secret of at least thirty-two characters',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
});

await (await getMigrations(auth.options)).runMigrations();
const { user } = await auth.api.signUpEmail({ body: { name: 'Peer', email: 'peer@example.com', password: 'long enough' } });
const keys = [];
for (let made = 0; made < Number(count); made += 1) {
  keys.push((await auth.api.createApiKey({ body: { name: `key ${made}`, userId: user.id } })).key);
}
writeFileSync(keysFile, keys.join('\n'), { mode: 0o600 });

// The plugin serves no verification over HTTP: a host calls it, as here.
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { key } = JSON.parse(Buffer.concat(chunks).toString());
    const verified = await auth.api.verifyApiKey({ body: { key } });
    const body = Buffer.from(JSON.stringify(verified));
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    response.writeHead(verified.valid ? 200 : 404, headers).end(body);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
