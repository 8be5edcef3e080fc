import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clerk } from './host.mjs';

test('monthly, annual-only and both are told apart by null, not by zero', async () => {
  const { data: plans, totalCount } = await clerk.billing.getPlanList();
  assert.equal(plans.length, totalCount);
  const shapes = plans.filter((plan) => !plan.isDefault).map((plan) => [plan.fee === null, plan.annualFee === null]);
  const has = (fee, annualFee) => shapes.some((shape) => shape[0] === fee && shape[1] === annualFee);
  assert.ok(has(false, true), 'a plan that is sold monthly only');
  assert.ok(has(false, false), 'a plan that is sold both ways');
  assert.ok(has(true, false), 'a plan that is sold annually only');
});

test('money is whole minor units and a formatted text', async () => {
  const { data: plans } = await clerk.billing.getPlanList();
  for (const money of plans.flatMap((plan) => [plan.fee, plan.annualFee, plan.annualMonthlyFee]).filter(Boolean)) {
    assert.ok(Number.isInteger(money.amount));
    assert.equal(money.amountFormatted, (money.amount / 100).toFixed(2));
    assert.deepEqual([money.currency, money.currencySymbol], ['USD', '$']);
  }
});
