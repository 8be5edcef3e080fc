// The host under test, as the file that `--credentials` writes describes it; HOST_CREDENTIALS names that file.
import { readFileSync } from 'node:fs';
import { createClerkClient } from '@clerk/backend';

export const credentials = JSON.parse(readFileSync(process.env.HOST_CREDENTIALS, 'utf8'));

export const clerk = createClerkClient({ secretKey: credentials.secret_key, apiUrl: credentials.base_url });

/** The error that a call of the client ends in. */
export async function refusal(call) {
  try {
    await call;
  } catch (error) {
    return { status: error.status, code: error.errors?.[0]?.code };
  }
  throw new Error('the call was not refused');
}

/** A subject of its own for each test, so that tests share no keys. */
export function freshUser() {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return 'user_' + Array.from({ length: 27 }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
}
