// The command palette: every action by keyboard, found by a few letters.
import type { Page } from '@playwright/test';
import { picture } from '../../fixtures/pictures.ts';
import { expect, MEMBER, test } from '../../fixtures/test.ts';
import { MembersPage, mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';

/** Runs the first command that these letters find. */
async function call(page: Page, letters: string): Promise<void> {
  // A page that has just been sent does not handle keys yet.
  await expect(page.getByTestId('open-palette')).toBeEnabled();
  await page.keyboard.press('Control+K');
  await expect(page.getByTestId('palette')).toBeVisible();
  await page.keyboard.type(letters);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('palette')).toBeHidden();
}

test('sessions, pages and themes by a few letters', async ({ sessions }) => {
  const terminal = await sessions.create('prod-web-debug');
  const { page } = sessions;
  await page.bringToFront();
  await expect(sessions.card(terminal.session)).toBeVisible();
  const palette = page.getByTestId('palette');
  const commands = palette.getByTestId('command');
  await page.keyboard.press('Control+K');
  await expect(palette.getByTestId('palette-field')).toBeFocused();
  const openers = page.locator('[data-word="session"]');
  await expect(commands.and(openers).filter({ hasText: 'prod-web-debug' })).toBeVisible();
  await picture(page, 'palette');
  await page.keyboard.type('pwd');
  await expect(commands.first()).toContainText('prod-web-debug');
  await expect(commands.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();

  await page.keyboard.press('Control+K');
  await page.keyboard.type('dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('theme system');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');

  await page.keyboard.press('Control+K');
  await page.keyboard.type('new ses');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('new-session-dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('ended');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/show=ended$/);
  await sessions.open();
  await sessions.close(terminal.session);
});

test('in a terminal Ctrl+K goes to the shell; Ctrl+Shift+K renames and closes', async ({ sessions }) => {
  const terminal = await sessions.create('to rename');
  const { page } = terminal;
  const palette = page.getByTestId('palette');
  await terminal.focus();
  await page.keyboard.type('echo abcdef');
  for (let at = 0; at < 3; at += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Enter');
  await terminal.shows(/^abc$/m);
  await expect(palette).toBeHidden();

  await page.keyboard.press('Control+Shift+K');
  await expect(palette).toBeVisible();
  await page.keyboard.type('rename');
  await page.keyboard.press('Enter');
  await page.getByTestId('rename-name').fill('renamed');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('terminal-name')).toHaveText('renamed');
  await expect(sessions.card(terminal.session)).toContainText('renamed');
  await terminal.finish('echo the keyboard is the shell\\\'s again');

  await page.keyboard.press('Control+Shift+K');
  for (const place of ['All sessions', 'Members', 'Workspace settings', 'Audit log']) {
    await expect(palette.getByTestId('command').filter({ hasText: place }), 'for a superuser').toBeVisible();
  }
  await page.keyboard.type('close this');
  await page.keyboard.press('Enter');
  await page.getByTestId('close-confirm').click();
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'closed');
});

test('a listed session is renamed, shared, kept and closed by a few letters', async ({ sessions }) => {
  const terminal = await sessions.create('one of the list');
  const { page } = sessions;
  await page.bringToFront();
  const call = async (letters: string): Promise<void> => {
    await page.keyboard.press('Control+K');
    await page.keyboard.type(letters);
    await page.keyboard.press('Enter');
  };
  await call('share one of');
  await expect(page.getByTestId('share-dialog')).toContainText('Share one of the list');
  await page.getByTestId('share-close').click();
  await call('rename one of');
  await page.getByTestId('rename-name').fill('another name');
  await page.keyboard.press('Enter');
  await expect(sessions.card(terminal.session).getByTestId('session-name')).toHaveText('another name');
  const kept = page.waitForResponse((answer) => answer.url().endsWith(`/sessions/${terminal.session}/keep`));
  await call('keep another');
  expect((await kept).status()).toBe(204);
  await call('close another');
  await expect(page.getByTestId('close-dialog')).toContainText('Close another name?');
  await page.getByTestId('close-confirm').click();
  await expect(sessions.card(terminal.session)).toHaveCount(0);
});

test('every page lists its commands', async ({ fresh, page }) => {
  await fresh.setUp();
  await page.context().addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const sessions = new SessionsPage(page, fresh.url);
  await sessions.open();
  await sessions.create('to be dropped');
  const members = new MembersPage(page, fresh.url);
  await members.open();
  await call(page, 'invite mem');
  await expect(page.getByTestId('invite-dialog')).toBeVisible();

  await page.goto(`${fresh.url}/me`);
  await expect(page.getByTestId('password-save')).toBeEnabled();
  await call(page, 'new api');
  await expect(page.getByTestId('new-token-dialog')).toBeVisible();

  await page.goto(`${fresh.url}/settings`);
  await expect(page.getByTestId('settings-save')).toBeEnabled();
  await page.getByTestId('settings-timeout').fill('9');
  await call(page, 'save');
  await expect(mistake(page, 'settings-timeout')).toBeVisible();
  await page.getByTestId('settings-timeout').fill('61');
  await call(page, 'save');
  await expect(page.getByTestId('settings-saved')).toContainText('Saved');

  await page.goto(`${fresh.url}/audit`);
  await expect(page.getByTestId('audit')).toBeVisible();
  await call(page, 'show: members');
  await expect(page).toHaveURL(/action=member$/);
  await expect(page.getByTestId('audit-action').locator('option:checked')).toHaveText('Members');
  const download = page.waitForEvent('download');
  await call(page, 'export');
  expect((await download).suggestedFilename()).toMatch(/\.jsonl$/);

  await page.goto(`${fresh.url}/all`);
  await expect(page.getByTestId('all-page')).toHaveAttribute('data-live', 'true');
  const rows = page.getByTestId('all-row');
  const chosen = (field: string) => page.getByTestId(field).locator('option:checked');
  await call(page, 'idle for 8 h');
  await expect(chosen('all-idle')).toHaveText('Idle for 8 h');
  await expect(rows).toHaveCount(0);
  await call(page, 'any idle time');
  await expect(rows).toHaveCount(1);
  await call(page, 'detached');
  await expect(chosen('all-attached')).toHaveText('Detached');
  await expect(rows).toHaveCount(0);
  await call(page, 'attached or not');
  await expect(rows).toHaveCount(1);
  await call(page, 'by name');
  await expect(chosen('all-sort')).toHaveText('By name');
  await call(page, 'search all');
  await expect(page.getByTestId('all-search')).toBeFocused();
  const opened = page.context().waitForEvent('page');
  await call(page, 'watch to be');
  await expect(await opened).toHaveURL(/watch=1$/);
  await (await opened).close();
  await rows.getByTestId('tick').check();
  await call(page, 'drop the selected');
  await expect(page.getByTestId('drop-dialog')).toContainText('to be dropped of Ada Lovelace');
  await page.keyboard.press('Escape');
  await call(page, 'drop to be');
  await expect(page.getByTestId('drop-dialog')).toContainText('to be dropped of Ada Lovelace');
  await page.keyboard.press('Escape');
  await call(page, 'drop all');
  const all = page.getByTestId('drop-all-dialog');
  await all.getByTestId('drop-all-name').fill('websh');
  await all.getByTestId('drop-all-password').fill(MEMBER.password);
  await all.getByTestId('drop-all-confirm').click();
  await expect(all.getByTestId('drop-all-done')).toHaveText('1 session was dropped.');
});

test('commands for one item of a list are found by its name', async ({ fresh, page }) => {
  await fresh.setUp();
  const grace = { email: 'grace@example.org', name: 'Grace Hopper', password: 'a ship in port is safe' };
  await fresh.add(grace, 'member');
  await page.context().addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const members = new MembersPage(page, fresh.url);
  await members.open();
  const row = members.row(grace.email);
  await call(page, 'make grace hopper a superuser');
  await members.confirm();
  await expect(row).toHaveAttribute('data-role', 'superuser');
  await call(page, 'make grace hopper staff');
  await members.confirm();
  await expect(row).toHaveAttribute('data-role', 'staff');
  await call(page, 'reset password of grace');
  expect(await members.link(page.getByTestId('link-dialog'))).toContain('/invite#');
  await expect(members.waiting(grace.email)).toBeVisible();
  await call(page, 'revoke the link for grace');
  await expect(members.waiting(grace.email)).toHaveCount(0);
  await call(page, 'deactivate grace');
  await members.confirm();
  await expect(row).toHaveAttribute('data-active', 'false');
  await call(page, 'reactivate grace hopper');
  await members.confirm();
  await expect(row).toHaveAttribute('data-active', 'true');

  // Two more sign-ins, the one of the set-up and this one; then one more.
  const devices = page.getByTestId('device');
  await fresh.signIn();
  await page.goto(`${fresh.url}/me`);
  await expect(page.getByTestId('password-save')).toBeEnabled();
  await expect(devices).toHaveCount(3);
  await call(page, 'sign out all other');
  await expect(devices).toHaveCount(1);
  await fresh.signIn();
  await page.reload();
  await expect(devices).toHaveCount(2);
  const other = devices.and(page.locator('[data-current="false"]')).locator('.item-name');
  await expect(page.getByTestId('device-end')).toBeEnabled();
  await call(page, `sign out ${await other.textContent()} from`);
  await expect(devices).toHaveCount(1);
  await call(page, 'new api');
  const dialog = page.getByTestId('new-token-dialog');
  await dialog.getByTestId('token-name').fill('laptop');
  await dialog.getByTestId('token-confirm').click();
  await dialog.getByTestId('token-done').click();
  await expect(page.getByTestId('token')).toHaveCount(1);
  await call(page, 'remove api token laptop');
  await members.confirm();
  await expect(page.getByTestId('token')).toHaveCount(0);

  // Grants matter only where websh runs as root.
  if (process.getuid?.() !== 0) return;
  await page.goto(`${fresh.url}/settings`);
  await expect(page.getByTestId('grant-add')).toBeEnabled();
  await call(page, 'grant an account');
  await expect(page.getByTestId('grant-account')).toBeFocused();
  await expect(page.getByTestId('grant')).toHaveCount(1);
  await call(page, 'revoke root');
  await members.confirm();
  await expect(page.getByTestId('grant')).toHaveCount(0);
});
