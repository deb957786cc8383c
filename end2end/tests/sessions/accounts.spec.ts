// Choosing the account of a new session by keyboard. The available accounts depend on the machine, so the response is
// replaced.
import { picture } from '../../fixtures/pictures.ts';
import { expect, test } from '../../fixtures/test.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const SERVER = {
  id: 'local',
  name: 'workhorse',
  online: true,
  accounts: ['ada', 'build', 'deploy'],
  unusable: [{ account: 'backup', reason: 'Its home is not there.' }],
  by_grant: true,
};

test('an account is found by typing and by arrows, an unusable one gives its reason, the last choice is kept', async ({ sessions, websh, cookie }) => {
  const { page } = sessions;
  const { account } = await websh.firstAccount(cookie);
  const chosen: string[] = [];
  await page.route('**/api/pages/servers', (route) => route.fulfill({ json: [SERVER] }));
  await page.route('**/api/pages/create', async (route) => {
    const body = route.request().postDataJSON() as { new: { account: string } };
    chosen.push(body.new.account);
    body.new.account = account;
    await route.continue({ postData: JSON.stringify(body) });
  });
  await page.getByTestId('new-session').click();
  const dialog = page.getByTestId('new-session-dialog');
  const field = dialog.getByTestId('new-session-account');
  const accounts = dialog.getByTestId('account');
  await expect(accounts).toHaveText(SERVER.accounts);
  const useless = dialog.getByRole('option', { name: 'backup' });
  await expect(useless).toHaveAttribute('aria-disabled', 'true');
  await expect(useless).toContainText('Its home is not there.');

  await field.focus();
  for (const [key, expected] of [
    // The choice made before the replaced response arrived.
    ['ArrowUp', 'ada'],
    ['ArrowUp', 'ada'],
    ['ArrowDown', 'build'],
    ['ArrowDown', 'deploy'],
    ['ArrowDown', 'deploy'],
    ['ArrowUp', 'build'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(field).toHaveAttribute('aria-activedescendant', `account-${expected}`);
    await expect(dialog.locator('[data-testid="account"][aria-selected="true"]')).toHaveText(expected);
  }
  await picture(page, 'accounts');
  await page.keyboard.type('bck');
  await expect(accounts, 'an unusable account is never chosen').toHaveCount(0);
  await expect(useless).toBeVisible();
  await expect(field).toHaveAttribute('aria-activedescendant', 'account-build');
  await field.fill('zz');
  await expect(dialog).toContainText('No accounts match.');
  await field.fill('dp');
  await expect(accounts).toHaveText(['deploy']);
  await expect(field).toHaveAttribute('aria-activedescendant', 'account-deploy');
  const opened = page.context().waitForEvent('page');
  await page.keyboard.press('Enter');
  const terminal = new TerminalPage(await opened, websh.url);
  await terminal.ready();
  expect(chosen).toEqual(['deploy']);

  await page.bringToFront();
  await expect(dialog).toBeHidden();
  await page.getByTestId('new-session').click();
  await expect(field).toHaveAttribute('aria-activedescendant', 'account-deploy');
  await expect(accounts.filter({ hasText: 'deploy' })).toHaveAttribute('aria-selected', 'true');
  await dialog.getByTestId('new-session-cancel').click();
  await sessions.close(terminal.session);
});
