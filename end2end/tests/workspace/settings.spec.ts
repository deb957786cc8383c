// The settings show errors beside each field and keep typed text; saved values take effect, and the audit log
// names the member.
import type { Page } from '@playwright/test';
import { expect, test } from '../../fixtures/test.ts';
import type { Server } from '../../fixtures/server.ts';
import { SettingsPage } from '../../pages/settings.ts';

async function superuser(page: Page, server: Server): Promise<SettingsPage> {
  await server.setUp();
  const cookie = await server.signIn();
  await page.context().addCookies([{ ...cookie, url: server.url }]);
  const settings = new SettingsPage(page, server.url);
  await settings.open();
  return settings;
}

test('every invalid value has its own message, and no typed text is lost', async ({ fresh, page }) => {
  const settings = await superuser(page, fresh);
  const bad: [string, string, string][] = [
    ['name', ' ', 'Enter a name.'],
    ['timeout', '9', 'Enter a whole number from 10 to 1440.'],
    ['kept', '366', 'Enter a whole number from 1 to 365.'],
    ['per-user', 'many', 'Enter a whole number from 1 to 1000.'],
    ['per-token', '0', 'Enter a whole number from 1 to 1000.'],
    ['in-all', '100001', 'Enter a whole number from 1 to 100000.'],
    ['creates', '1.5', 'Enter a whole number from 1 to 600.'],
    ['history', '-1', 'Enter a whole number from 1 to 1024.'],
  ];
  for (const [field, text] of bad) await settings.field(field).fill(text);
  await settings.field('attach-policy').selectOption({ index: 1 });
  await settings.save();
  for (const [field, text, sentence] of bad) {
    await expect(settings.mistake(field)).toHaveText(sentence);
    await expect(settings.field(field)).toHaveValue(text);
    await expect(settings.field(field)).toHaveAttribute('aria-invalid', 'true');
  }
  await expect(settings.field('name'), 'the first of them has the keyboard').toBeFocused();
  await expect(settings.field('attach-policy').locator('option:checked')).toHaveText(/^Ask/);

  for (const timeout of ['1441', '10.5', '', '1e2']) {
    await settings.field('timeout').fill(timeout);
    await settings.save();
    await expect(settings.mistake('timeout')).toBeVisible();
    await expect(settings.field('timeout')).toHaveValue(timeout);
  }
  await page.reload();
  await expect(settings.field('timeout'), 'nothing of it was saved').toHaveValue('60');
});

test('saved values take effect, and the audit log names the member', async ({ fresh, page }) => {
  const settings = await superuser(page, fresh);
  await expect(page.getByTestId('settings-changed')).toContainText('Default settings');
  await settings.field('name').fill('Analytical engines');
  await settings.field('timeout').fill('1440');
  await settings.save();
  await expect(page.getByTestId('settings-saved')).toContainText('Saved.');
  await expect(page.getByTestId('settings-changed')).toContainText('Last changed by Ada Lovelace');
  await settings.field('timeout').fill('10');
  await settings.save();
  await expect(page.getByTestId('settings-saved')).toContainText('5 more minutes');
  await page.reload();
  await expect(settings.field('name')).toHaveValue('Analytical engines');
  await expect(settings.field('timeout')).toHaveValue('10');

  await page.getByTestId('nav-audit').click();
  const entries = page.getByTestId('audit-entry');
  await expect(entries.first()).toContainText('Ada Lovelace changed the settings');
  await page.getByTestId('audit-action').selectOption({ label: 'Settings' });
  await expect(page).toHaveURL(/action=settings/);
  await expect(entries).toHaveCount(2);
  await page.getByTestId('audit-q').fill('nobody of this name');
  await page.getByTestId('audit-narrow').click();
  await expect(page.getByTestId('audit-none')).toBeVisible();
  const link = await page.getByTestId('audit-export').getAttribute('href');
  expect(link).toMatch(/^\/api\/v1\/audit\/export\?q=nobody%20of%20this%20name&action=settings&member=[0-9a-f-]{36}$/);
});

test('the current usage of sessions is shown beside the timeout', async ({ fresh, page }) => {
  await superuser(page, fresh);
  const note = page.getByTestId('settings-usage');
  await expect(note).toContainText('A longer timeout keeps idle sessions in memory longer.');
  await expect(note).toContainText('No sessions are running.');
  const cookie = await fresh.signIn();
  const place = await fresh.firstAccount(cookie);
  const answer = await fresh.request('/sessions', place, `${cookie.name}=${cookie.value}`);
  expect(answer.status).toBe(201);
  const held = async (): Promise<string | null> => {
    await page.reload();
    return note.textContent();
  };
  // Usage was sampled a moment ago, perhaps before this session started.
  const sentence = /1 running session uses [1-9][\d.]* [KM]B\. No client is attached\.$/;
  await expect.poll(held).toMatch(sentence);
});
