// The command palette: everything by keyboard, found by a few letters.
import { picture } from '../fixtures/pictures.ts';
import { expect, MEMBER, test } from '../fixtures/test.ts';
import { MembersPage, mistake } from '../pages/members.ts';
import { SessionsPage } from '../pages/sessions.ts';

test('sessions, pages and colours by a few letters', async ({ sessions }) => {
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
  await page.keyboard.type('as the system');
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

test('in a terminal Ctrl+K stays the shell\'s; Ctrl+Shift+K renames and closes', async ({ sessions }) => {
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

test('a listed session is named, shared, kept and closed by a few letters', async ({ sessions }) => {
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

test('every page offers what it can do', async ({ fresh, page }) => {
  await fresh.setUp();
  await page.context().addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const sessions = new SessionsPage(page, fresh.url);
  await sessions.open();
  await sessions.create('to be dropped');
  const palette = page.getByTestId('palette');
  const call = async (letters: string): Promise<void> => {
    // A page that was only just sent does not answer to keys yet.
    await expect(page.getByTestId('open-palette')).toBeEnabled();
    await page.keyboard.press('Control+K');
    await expect(palette).toBeVisible();
    await page.keyboard.type(letters);
    await page.keyboard.press('Enter');
    await expect(palette).toBeHidden();
  };
  const members = new MembersPage(page, fresh.url);
  await members.open();
  await call('invite some');
  await expect(page.getByTestId('invite-dialog')).toBeVisible();

  await page.goto(`${fresh.url}/me`);
  await expect(page.getByTestId('password-save')).toBeEnabled();
  await call('new api');
  await expect(page.getByTestId('new-token-dialog')).toBeVisible();

  await page.goto(`${fresh.url}/settings`);
  await expect(page.getByTestId('settings-save')).toBeEnabled();
  await page.getByTestId('settings-timeout').fill('9');
  await call('save');
  await expect(mistake(page, 'settings-timeout')).toBeVisible();
  await page.getByTestId('settings-timeout').fill('61');
  await call('save');
  await expect(page.getByTestId('settings-saved')).toContainText('Saved');

  await page.goto(`${fresh.url}/audit`);
  await expect(page.getByTestId('audit')).toBeVisible();
  const download = page.waitForEvent('download');
  await call('export');
  expect((await download).suggestedFilename()).toMatch(/\.jsonl$/);

  await page.goto(`${fresh.url}/all`);
  await expect(page.getByTestId('all-page')).toHaveAttribute('data-live', 'true');
  await call('drop to be');
  await expect(page.getByTestId('drop-dialog')).toContainText('to be dropped of Ada Lovelace');
  await page.keyboard.press('Escape');
  await call('drop all');
  const all = page.getByTestId('drop-all-dialog');
  await all.getByTestId('drop-all-name').fill('websh');
  await all.getByTestId('drop-all-password').fill(MEMBER.password);
  await all.getByTestId('drop-all-confirm').click();
  await expect(all.getByTestId('drop-all-done')).toHaveText('1 session was dropped.');
});
