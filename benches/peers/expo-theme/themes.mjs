// Random themes: sound ones, ones with unusual keys and values, and bytes cut, doubled or changed.

/** Uniform numbers from a seed (xorshift32), so that a failure can be run again. */
function numbers(seed) {
  let state = seed >>> 0 || 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const KEYS = ['"primary"', '"background"', '"ring"', '"muted"', '"prim\\u0061ry"', '"Primary"', '"10"', '"9"', '"01"',
  '"4294967294"', '"4294967295"', '"-0"', '"__proto__"', '"toString"', '"length"', '""', '"a&<b"', '"é"', '"\\ud83d\\ude00"', '"\\ud800"'];
const SCALARS = ['"#6C47FF"', '"#6c47ff80"', '"#fff"', '"red"', '"#1122334"', '"#112233\\n"', '""', '" "', '"a\\tb"', '"a\\r\\nb"', '"\\u0000"', '"\\uffff"',
  '"\\udc00"', '"\\u0085]]>"', '"\u2028"', 'null', 'true', 'false', '0', '-0', '12', '12.0', '-7', '1.5', '0.1e1', '1e20', '1e21', '123456789012345678901234', '1e-7',
  '5e-324', '1e400', '-1e400', '9007199254740993', '0.000001', '123456.789e3', '1E+2'];
const BROKEN = ['NaN', '01', '+1', '.5', '1.', "'a'", '"\\x"', '"\t"', '/**/1', '"\\u12"', '-', 'undefined', '\ufeff1', '1,', '\u00a0 1'];

export function themes(count, seed) {
  const below = numbers(seed);
  const pick = list => list[below(list.length)];
  const blank = () => (below(8) ? '' : pick([' ', '\n', '\t', '\r\n']));
  const object = members => `{${members.map(([key, value]) => `${blank()}${key}${blank()}:${blank()}${value}${blank()}`).join(',')}}`;

  function value(depth) {
    const kind = below(depth > 3 ? 10 : 14);
    if (kind < 10) return below(60) ? pick(SCALARS) : pick(BROKEN);
    if (kind < 12) return `[${Array.from({ length: below(4) }, () => value(depth + 1)).join(',')}]`;
    return object(Array.from({ length: below(4) }, () => [pick(KEYS), value(depth + 1)]));
  }
  const palette = () => {
    if (!below(12)) return value(1);
    return object(Array.from({ length: below(5) }, () => [pick(KEYS), below(9) ? pick(SCALARS.slice(0, 2)) : value(2)]));
  };
  const design = () => object([['"fontFamily"', below(4) ? '"Inter"' : value(2)], ['"borderRadius"', below(4) ? '12' : value(2)]].slice(below(3)));
  const section = () => pick([['"colors"', palette()], ['"darkColors"', palette()], ['"design"', design()], [pick(KEYS), value(1)], ['"\\u0063olors"', palette()]]);
  const theme = () => (below(25) ? object(Array.from({ length: below(5) }, section)) : value(0));

  function spoilt(bytes) {
    const at = below(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    return Buffer.concat(pick([[head], [head, Buffer.from([below(256)]), tail], [head, tail.subarray(1)], [head, Buffer.from([0xed, 0xa0, 0x80]), tail]]));
  }
  return Array.from({ length: count }, () => {
    const bytes = Buffer.from(blank() + theme() + blank());
    return below(6) ? bytes : spoilt(bytes);
  });
}
