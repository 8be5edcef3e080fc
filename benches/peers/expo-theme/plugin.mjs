// The theme step of the published plugin, as values: text in, verdict and both outputs out.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { validateThemeJson } = require('@clerk/expo/app.plugin.js')._testing;
const plist = require('@expo/plist').default;

/** What the plugin does with the bytes of a theme; throws where it throws. */
export function evaluate(bytes) {
  const theme = JSON.parse(bytes.toString('utf8'));
  validateThemeJson(theme);
  return theme;
}

export const asset = theme => JSON.stringify(theme, null, 2) + '\n';
export const document = theme => plist.build({ ClerkTheme: theme });

/** Runs `step` and returns what it warned of beside its result or error. */
export function listen(step) {
  const warnings = [];
  const warn = console.warn;
  console.warn = text => warnings.push(text);
  try {
    return { value: step(), warnings };
  } catch (error) {
    return { error, warnings };
  } finally {
    console.warn = warn;
  }
}
