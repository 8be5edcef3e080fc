// Holds the binary, profile `compat`, to the real plugin on random themes: verdict, warnings, asset and property list.
// Usage: node differential.mjs PATH-OF-EXPO-THEME [COUNT] [SEED]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asset, document, evaluate, listen } from './plugin.mjs';
import { themes } from './themes.mjs';

const [binary, count = '2000', seed = '1'] = process.argv.slice(2);
if (!binary) throw new Error('which binary?');
const folder = mkdtempSync(join(tmpdir(), 'expo-theme-'));
const file = name => join(folder, name);

function ours(bytes) {
  writeFileSync(file('theme.json'), bytes);
  for (const name of ['a.json', 'a.plist']) rmSync(file(name), { force: true });
  const run = (...words) => spawnSync(binary, [...words, '--profile', 'compat', '--json'], { cwd: folder });
  const check = run('check', 'theme.json');
  run('build', 'theme.json', '--android', 'a.json');
  run('build', 'theme.json', '--ios', 'a.plist');
  const read = name => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined);
  const found = JSON.parse(check.stdout);
  const unknown = found.filter(each => each.code === 'unknown-key').length;
  return { accepted: check.status === 0, unknown, asset: read('a.json'), plist: read('a.plist') };
}

/** Whether the plist of the plugin can be read again at all; where it cannot, ours must be absent. */
const sound = text => !/(<\/key>|<key\/>)\s*(<key|<\/dict>)|<integer>[^<]*e/.test(text);

function theirs(bytes) {
  const { value, error, warnings } = listen(() => evaluate(bytes));
  const verdict = { accepted: !error, unknown: warnings.length };
  if (error) return verdict;
  const plist = listen(() => document(value)).value;
  return { ...verdict, asset: asset(value), plist: plist && sound(plist) ? plist : undefined };
}

/** The dictionary under the key alone: how Expo indents the file around it is Expo's business. */
const dictionary = text => text && /<key>ClerkTheme<\/key>\s*([^]*)<\/dict>\s*<\/plist>/.exec(text)[1].replace(/^\s+/gm, '').trim();

let accepted = 0;
for (const [index, bytes] of themes(Number(count), Number(seed)).entries()) {
  const [we, they] = [ours(bytes), theirs(bytes)].map(each => ({ ...each, plist: dictionary(each.plist) }));
  accepted += they.accepted ? 1 : 0;
  for (const part of ['accepted', 'unknown', 'asset', 'plist']) {
    if (we[part] === they[part]) continue;
    console.error(`theme ${index}: ${part} differs`, { theme: bytes.toString('latin1'), we, they });
    process.exitCode = 1;
    break;
  }
}
rmSync(folder, { recursive: true });
console.log(`${count} themes, ${accepted} accepted by the real plugin`);
