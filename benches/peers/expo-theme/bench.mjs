// How many 640-byte themes a second the real plugin takes from bytes to both outputs, on one core, in CPU time.
// The theme is the one of `benches/theme.rs`, read from there so that both measure the same text.
import { readFileSync } from 'node:fs';
import { asset, document, evaluate } from './plugin.mjs';

const source = readFileSync(new URL('../../theme.rs', import.meta.url), 'utf8');
const bytes = Buffer.from(/const THEME: &str = r##"([^]*?)"##;/.exec(source)[1]);
if (bytes.length !== 640) throw new Error(`the theme has ${bytes.length} bytes`);

let written = 0;
function run(rounds) {
  const start = process.cpuUsage();
  for (let i = 0; i < rounds; i += 1) {
    const theme = evaluate(bytes);
    written += document(theme).length + asset(theme).length;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / rounds;
}

run(5_000);
const best = Math.min(...Array.from({ length: 7 }, () => run(5_000)));
console.log(`real plugin: ${best.toFixed(1)} µs of CPU time a theme, ${Math.round(1e6 / best)} a second (${written} characters)`);
