// The command palette: everything by keyboard, found by a few letters.
import { picture } from '../fixtures/pictures.ts';
import { expect, test } from '../fixtures/test.ts';

test('sessions, pages and colours by a few letters', async ({ sessions }) => {
  const terminal = await sessions.create('prod-web-debug');
  const { page } = sessions;
  await page.bringToFront();
  await expect(sessions.card(terminal.session)).toBeVisible();
  const palette = page.getByTestId('palette');
  const commands = palette.getByTestId('command');
  await page.keyboard.press('Control+K');
  await expect(palette.getByTestId('palette-field')).toBeFocused();
  await expect(commands.filter({ hasText: 'prod-web-debug' })).toBeVisible();
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
