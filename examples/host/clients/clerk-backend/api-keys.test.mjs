import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClerkClient } from '@clerk/backend';
import { clerk, credentials, freshUser, refusal } from './host.mjs';

test('a created key comes with its secret, once', async () => {
  const subject = freshUser();
  const key = await clerk.apiKeys.create({
    name: 'Continuous integration',
    subject,
    description: 'builds',
    scopes: ['builds:read'],
    claims: { team: 'core' },
    createdBy: subject,
    secondsUntilExpiration: 3600,
  });
  assert.match(key.id, /^ak_[0-9a-f]{32}$/);
  assert.match(key.secret, /^ak_/);
  assert.deepEqual(
    [key.name, key.subject, key.description, key.createdBy],
    ['Continuous integration', subject, 'builds', subject],
  );
  assert.deepEqual([key.scopes, key.claims], [['builds:read'], { team: 'core' }]);
  assert.deepEqual([key.revoked, key.expired, key.revocationReason, key.lastUsedAt], [false, false, null, null]);
  assert.equal(key.expiration - key.createdAt, 3_600_000);

  const read = await clerk.apiKeys.get(key.id);
  assert.equal(read.secret, undefined);
  assert.deepEqual({ ...read, secret: key.secret }, { ...key });
});

test('keys are listed by subject, newest first, page by page', async () => {
  const subject = freshUser();
  for (const name of ['first', 'second', 'third']) await clerk.apiKeys.create({ name, subject });
  const names = async (params) => {
    const page = await clerk.apiKeys.list({ subject, ...params });
    assert.equal(page.totalCount, 3);
    return page.data.map((key) => key.name);
  };
  assert.deepEqual(await names({}), ['third', 'second', 'first']);
  assert.deepEqual(await names({ limit: 2 }), ['third', 'second']);
  assert.deepEqual(await names({ limit: 2, offset: 2 }), ['first']);
});

test('a revoked key is left out of lists unless asked for', async () => {
  const subject = freshUser();
  const key = await clerk.apiKeys.create({ name: 'short-lived', subject });
  await clerk.apiKeys.revoke({ apiKeyId: key.id });
  assert.equal((await clerk.apiKeys.list({ subject })).totalCount, 0);
  assert.equal((await clerk.apiKeys.list({ subject, includeInvalid: true })).totalCount, 1);
});

test('an update changes what it names', async () => {
  const subject = freshUser();
  const key = await clerk.apiKeys.create({ name: 'updated', subject, scopes: ['a:read'], description: 'old' });
  const updated = await clerk.apiKeys.update({
    apiKeyId: key.id,
    subject,
    description: 'new',
    claims: { plan: 'pro' },
    secondsUntilExpiration: 60,
  });
  assert.deepEqual([updated.description, updated.claims, updated.scopes], ['new', { plan: 'pro' }, ['a:read']]);
  assert.ok(updated.expiration > updated.updatedAt);
  const unlimited = await clerk.apiKeys.update({ apiKeyId: key.id, subject, secondsUntilExpiration: null });
  assert.equal(unlimited.expiration, null);
});

test('a valid secret is verified and the use is seen', async () => {
  const key = await clerk.apiKeys.create({ name: 'verified', subject: freshUser() });
  const verified = await clerk.apiKeys.verify(key.secret);
  assert.equal(verified.id, key.id);
  assert.equal(verified.secret, undefined);
  const used = await clerk.apiKeys.get(key.id);
  assert.ok(used.lastUsedAt > 0 && used.lastUsedAt % 60_000 === 0, 'to the minute');
});

test('malformed and unknown secrets are refused alike', async () => {
  const key = await clerk.apiKeys.create({ name: 'deleted', subject: freshUser() });
  await clerk.apiKeys.delete(key.id);
  const malformed = await refusal(clerk.apiKeys.verify('ak_nonsense'));
  const unknown = await refusal(clerk.apiKeys.verify(key.secret));
  assert.deepEqual(malformed, unknown);
  assert.equal(malformed.status, 404);
});

test('a revoked key is never verified', async () => {
  const key = await clerk.apiKeys.create({ name: 'revoked', subject: freshUser() });
  const revoked = await clerk.apiKeys.revoke({ apiKeyId: key.id, revocationReason: 'left the team' });
  assert.deepEqual([revoked.revoked, revoked.revocationReason], [true, 'left the team']);
  assert.equal((await refusal(clerk.apiKeys.verify(key.secret))).status, 400);
});

test('a deleted key is gone', async () => {
  const key = await clerk.apiKeys.create({ name: 'gone', subject: freshUser() });
  const deleted = await clerk.apiKeys.delete(key.id);
  assert.deepEqual([deleted.id, deleted.deleted], [key.id, true]);
  assert.deepEqual(await refusal(clerk.apiKeys.get(key.id)), { status: 404, code: 'resource_not_found' });
});

test('a host that keeps secrets shows one again', async () => {
  const key = await clerk.apiKeys.create({ name: 'secret', subject: freshUser() });
  assert.deepEqual(await clerk.apiKeys.getSecret(key.id), { secret: key.secret });
});

test('an expired key is never verified', async () => {
  const key = await clerk.apiKeys.create({ name: 'expired', subject: freshUser(), secondsUntilExpiration: 0.001 });
  await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual(await refusal(clerk.apiKeys.verify(key.secret)), { status: 400, code: 'api_key_expired' });
  assert.equal((await clerk.apiKeys.get(key.id)).expired, true);
});

test('bad parameters are refused by name', async () => {
  const subject = freshUser();
  const key = await clerk.apiKeys.create({ name: 'good', subject });
  const long = 'x'.repeat(256);
  const invalid = { status: 422, code: 'form_param_value_invalid' };
  for (const [call, expected] of [
    [() => clerk.apiKeys.create({ subject }), { status: 422, code: 'form_param_missing' }],
    [() => clerk.apiKeys.create({ name: 'name' }), { status: 422, code: 'form_param_missing' }],
    [() => clerk.apiKeys.create({ name: 'x', subject }), invalid],
    [() => clerk.apiKeys.create({ name: 'name', subject: 'someone' }), invalid],
    [() => clerk.apiKeys.create({ name: 'name', subject, description: long }), invalid],
    [() => clerk.apiKeys.create({ name: 'name', subject, scopes: ['a b'] }), invalid],
    [() => clerk.apiKeys.create({ name: 'name', subject, secondsUntilExpiration: -1 }), invalid],
    [() => clerk.apiKeys.list({ subject: 'someone' }), invalid],
    [() => clerk.apiKeys.list({ subject, limit: 101 }), invalid],
    [() => clerk.apiKeys.update({ apiKeyId: key.id, subject, description: long }), invalid],
    [() => clerk.apiKeys.update({ apiKeyId: key.id, subject: 'someone' }), invalid],
    [() => clerk.apiKeys.revoke({ apiKeyId: key.id, revocationReason: long }), invalid],
    [() => clerk.apiKeys.verify(''), { status: 404, code: 'resource_not_found' }],
  ]) {
    assert.deepEqual(await refusal(call()), expected);
  }
  assert.equal((await clerk.apiKeys.list({ subject })).totalCount, 1, 'nothing was written');
});

test('calls for a key that is not there are refused alike', async () => {
  const apiKeyId = 'ak_' + '0'.repeat(32);
  for (const call of [
    () => clerk.apiKeys.get(apiKeyId),
    () => clerk.apiKeys.update({ apiKeyId, subject: freshUser(), description: 'new' }),
    () => clerk.apiKeys.revoke({ apiKeyId }),
    () => clerk.apiKeys.delete(apiKeyId),
    () => clerk.apiKeys.getSecret(apiKeyId),
    () => clerk.apiKeys.verify('ak_test_nonsense'),
  ]) {
    assert.deepEqual(await refusal(call()), { status: 404, code: 'resource_not_found' });
  }
});

test('a wrong secret key is refused', async () => {
  const stranger = createClerkClient({ secretKey: 'sk_test_wrong', apiUrl: credentials.base_url });
  assert.deepEqual(await refusal(stranger.apiKeys.get('ak_' + '0'.repeat(32))), {
    status: 401,
    code: 'clerk_key_invalid',
  });
});
