// The module in Node: WASM=path node --test test.cjs
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { test } = require('node:test');

const { check, memory } = require('./loader.cjs')(process.env.WASM);
const cases = JSON.parse(readFileSync(`${__dirname}/../expo-theme/tests/cases/themes.json`, 'utf8'));

const bytes = ({ theme, theme_base64, nested_arrays: arrays, nested_objects: objects }) => {
  if (arrays) return Buffer.from(`{"x":${'['.repeat(arrays)}${']'.repeat(arrays)}}`);
  if (objects) return Buffer.from(`{"x":${'{"a":'.repeat(objects)}1${'}'.repeat(objects)}}`);
  return theme_base64 === undefined ? Buffer.from(theme) : Buffer.from(theme_base64, 'base64');
};

test('every case has the verdict and the texts of the native crate', () => {
  assert.ok(cases.length > 100);
  for (const expected of cases) {
    const found = check(bytes(expected), 'compat');
    assert.equal(found.accepted, expected.accepted, expected.id);
    if (expected.plist !== undefined) assert.equal(found.plist, expected.plist, expected.id);
    if (expected.asset !== undefined) assert.equal(found.asset, expected.asset, expected.id);
    if (expected.plist_refused !== undefined) assert.equal(found.plist, null, expected.id);
    const codes = check(bytes(expected)).diagnostics.filter(d => d.severity === 'error').map(d => d.code);
    assert.deepEqual([...new Set(codes)].sort(), [...expected.strict].sort(), expected.id);
  }
});

test('diagnostics have their place', () => {
  const [found] = check(Buffer.from('{\n  "colors": {"primary": "#63f"}\n}')).diagnostics;
  assert.deepEqual([found.code, found.position.line, found.position.column], ['bad-colour', 2, 25]);
});

test('nothing is left in memory', () => {
  const large = Buffer.from(`{"colors":{"primary":"${'x'.repeat(100_000)}"}}`);
  check(large);
  const before = memory.buffer.byteLength;
  for (let i = 0; i < 500; i++) check(large);
  assert.equal(memory.buffer.byteLength, before);
});

test('an empty file is an answer, not a trap', () => {
  assert.equal(check(Buffer.alloc(0)).diagnostics[0].code, 'json-syntax');
});
