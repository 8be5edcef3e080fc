// CPU time of SCIM packages of npm on the user, the filters and the PATCH of `benches/scim.json`, beside ours, whose
// table comes from standard input:
//
//   cargo bench -q -p benches --bench scim_peers | node bench.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { filter, parse } from 'scim2-parse-filter';
import { patchBodyValidation, scimPatch } from 'scim-patch';
import SCIMMY from 'scimmy';

const { user, filters, patch } = JSON.parse(readFileSync(new URL('../../scim.json', import.meta.url), 'utf8'));

/** Nanoseconds of our CPU time, by path. */
const ours = new Map(
  [...readFileSync(0, 'utf8').matchAll(/^\| (.+) \| ours \| (\d+) \|/gm)].map(([, path, ns]) => [path, Number(ns)]),
);

/** Nanoseconds of this process's CPU time for one call: garbage collection and compilation are part of it. */
async function round(calls, call) {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i += 1) {
    const promise = call();
    if (promise instanceof Promise) await promise;
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) / calls) * 1e3;
}

/** The least of some rounds, after some that aren't counted. */
async function measure(path, name, call, calls = 1_000) {
  let least = Infinity;
  for (let i = 0; i < 120; i += 1) {
    const took = await round(calls, call);
    if (i >= 20) least = Math.min(least, took);
  }
  const ratio = ours.has(path) ? (least / ours.get(path)).toFixed(1) : '';
  console.log(`| ${path} | ${name} | ${least.toFixed(0)} | ${ratio} |`);
}

const parsed = filters.map((text) => filter(parse(text)));
assert(parsed.every((matches) => matches(user)));

SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser);
const held = new SCIMMY.Schemas.User(user, 'out');
const scimmyFilters = filters.map((text) => new SCIMMY.Types.Filter(text));
const matched = (at) => scimmyFilters[at].match([held]).length === 1;
// A path behind a URN finds nothing.
assert.deepEqual(filters.filter((_, at) => !matched(at)), [filters[4]]);

// A truth value as text is refused, and so is a value path that selects nothing.
const scimmyPatch = structuredClone(patch);
scimmyPatch.Operations[0].value = false;
scimmyPatch.Operations[3].path = 'phoneNumbers[type eq "mobile"].value';
const patched = await new SCIMMY.Messages.PatchOp(scimmyPatch).apply(held);
assert.equal(patched.title, undefined);
assert.equal(patched.emails[0].value, 'new@example.com');

function scimPatched(resource, mutateDocument) {
  patchBodyValidation(patch);
  return scimPatch(resource, patch.Operations, { mutateDocument, treatMissingAsAdd: true });
}
assert.equal(scimPatched(user, false).phoneNumbers.length, 3);
assert.equal(user.phoneNumbers.length, 2);

console.log(`Node ${process.versions.node}\n| path | package | ns of CPU time | times ours |\n|---|---|---|---|`);
for (const [path, ns] of ours) console.log(`| ${path} | ours | ${ns} | 1 |`);
await measure('parse 7 filters', 'scim2-parse-filter', () => filters.forEach(parse));
await measure('parse 7 filters', 'scimmy', () => filters.forEach((text) => new SCIMMY.Types.Filter(text)), 200);
await measure('evaluate 7 filters', 'scim2-parse-filter', () => parsed.every((matches) => matches(user)));
await measure('evaluate 7 filters', 'scimmy', () => filters.forEach((_, at) => matched(at)), 200);
await measure('PATCH of 6 operations', 'scim-patch', () => scimPatched(user, false));
// The user stays as it was patched last: what is left are the six operations without a copy of it.
const changed = structuredClone(user);
await measure('PATCH of 6 operations', 'scim-patch, in place', () => scimPatched(changed, true));
await measure('PATCH of 6 operations', 'scimmy', () => new SCIMMY.Messages.PatchOp(scimmyPatch).apply(held), 50);
