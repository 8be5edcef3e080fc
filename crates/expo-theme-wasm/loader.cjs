const { readFileSync } = require('node:fs');
module.exports = path => {
  const module = new WebAssembly.Module(readFileSync(path));
  const { memory, theme_alloc, theme_check, theme_free } = new WebAssembly.Instance(module).exports;
  const check = (theme, profile = 'strict') => {
    const room = theme_alloc(theme.length) >>> 0;
    new Uint8Array(memory.buffer, room, theme.length).set(theme);
    const answer = theme_check(room, theme.length, profile === 'compat' ? 0 : 1) >>> 0;
    const size = new DataView(memory.buffer).getUint32(answer, true);
    const json = new TextDecoder().decode(new Uint8Array(memory.buffer, answer + 4, size));
    theme_free(answer, size + 4);
    return JSON.parse(json);
  };
  return { check, memory };
};
