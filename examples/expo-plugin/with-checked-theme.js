// An Expo config plugin: stops `expo prebuild` at a bad theme, with line and column, before native folders are touched.
// It stands before `@clerk/expo` in app.json and takes the same `theme`; EXPO_THEME names a binary that is not on the path.
const { spawnSync } = require('node:child_process');

let warned = false; // Expo evaluates the configuration about five times.

module.exports = function withCheckedTheme(config, { theme }) {
  const words = ['check', theme];
  if (config.userInterfaceStyle) words.push('--interface-style', config.userInterfaceStyle);
  const cwd = config._internal?.projectRoot ?? process.cwd();
  const run = spawnSync(process.env.EXPO_THEME ?? 'expo-theme', words, { cwd, encoding: 'utf8' });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`the theme is refused\n${run.stderr}`);
  if (run.stderr && !warned) console.warn(run.stderr);
  warned = true;
  return config;
};
