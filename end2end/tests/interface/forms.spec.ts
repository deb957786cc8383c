// Forms for members and accounts: errors appear beside their fields, and no typed text is lost.
import type { Page } from '@playwright/test';
import { expect, MEMBER, test } from '../../fixtures/test.ts';
import type { Server } from '../../fixtures/server.ts';
import { MembersPage, mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';

/** Opens a page as the first superuser and returns the cookie. */
async function superuser(page: Page, server: Server, path: string): Promise<string> {
  await server.setUp();
  const cookie = await server.signIn();
  await page.context().addCookies([{ ...cookie, url: server.url }]);
  await page.goto(server.url + path);
  return `${cookie.name}=${cookie.value}`;
}

test.describe('invalid input is refused', () => {
  test.use({ noise: /status of 4(09|22)/ });

  test('profile name and password', async ({ fresh, page }) => {
    const cookie = await superuser(page, fresh, '/me');
    const { id } = (await (await fetch(`${fresh.url}/api/v1/me`, { headers: { cookie } })).json()) as { id: string };
    const name = page.getByTestId('me-name');
    const long = 'Ada '.repeat(30).trim();
    for (const [typed, sentence] of [
      ['   ', 'Enter a name.'],
      [long, 'A name can have at most 64 characters.'],
    ] as const) {
      await name.fill(typed);
      await page.getByTestId('me-name-save').click();
      await expect(mistake(page, 'me-name')).toHaveText(sentence);
      await expect(name).toHaveValue(typed);
      await expect(name).toHaveAttribute('aria-invalid', 'true');
    }
    const renamed = await fresh.request(`/members/${id}`, { name: long }, cookie, 'PATCH');
    expect([renamed.status, (await renamed.json()).error]).toMatchObject([422, { code: 'invalid_name', field: 'name' }]);
    await name.fill('Countess of Lovelace');
    await page.getByTestId('me-name-save').click();
    await expect(page.getByTestId('me-name-saved')).toHaveText('Saved.');

    const [current, next] = [page.getByTestId('password-current'), page.getByTestId('password-new')];
    for (const [old, other, field, sentence] of [
      ['', 'a good long password', 'current', 'Enter your current password.'],
      [MEMBER.password, 'short', 'new', 'Use at least 12 characters.'],
      ['not the password', 'a good long password', 'current', 'Incorrect current password.'],
    ] as const) {
      await current.fill(old);
      await next.fill(other);
      await page.getByTestId('password-save').click();
      await expect(mistake(page, `password-${field}`)).toHaveText(sentence);
      await expect(current).toHaveValue(old);
      await expect(next).toHaveValue(other);
    }
    const refused = async (body: object): Promise<unknown> => {
      const answer = await fresh.request('/me/password', body, cookie);
      const { error } = await answer.json();
      return [answer.status, error.code, error.field];
    };
    expect(await refused({ current: 'not the password', new: 'a good long password' })).toEqual([422, 'wrong_password', 'current']);
    expect(await refused({ current: MEMBER.password, new: 'short' })).toEqual([422, 'invalid_password', 'new']);
    await current.fill(MEMBER.password);
    await page.getByTestId('password-save').click();
    await expect(page.getByTestId('password-saved')).toBeVisible();
    await expect(current).toHaveValue('');
  });

  test('invitation, pages of its link and of a password link, token', async ({ browser, fresh, page }) => {
    await superuser(page, fresh, '/members');
    const members = new MembersPage(page, fresh.url);
    await members.open();
    const dialog = page.getByTestId('invite-dialog');
    await page.getByTestId('invite').click();
    await dialog.getByTestId('invite-email').fill(MEMBER.email);
    await dialog.getByTestId('invite-confirm').click();
    await expect(mistake(dialog, 'invite-email')).toHaveText('A member with this email address already exists.');
    await expect(dialog.getByTestId('invite-email')).toHaveValue(MEMBER.email);
    await expect(dialog.getByTestId('invite-email')).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog.getByTestId('invite-error')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();

    const context = await browser.newContext();
    const theirs = await context.newPage();
    await theirs.goto(await members.invite('grace@example.org', 'Staff'));
    const [name, password] = [theirs.getByTestId('accept-name'), theirs.getByTestId('accept-password')];
    const submit = theirs.getByTestId('accept-submit');
    const good = 'a good long password';
    const long = 'Grace '.repeat(20).trim();
    await expect(submit).toBeEnabled();
    for (const [called, secret, field, sentence] of [
      ['', good, 'name', 'Enter a name.'],
      ['Grace', 'short', 'password', 'Use at least 12 characters.'],
      [long, good, 'name', 'A name can have at most 64 characters.'],
    ] as const) {
      await name.fill(called);
      await password.fill(secret);
      await submit.click();
      await expect(mistake(theirs, `accept-${field}`)).toHaveText(sentence);
      await expect(name).toHaveValue(called);
      await expect(password).toHaveValue(secret);
      await expect(theirs.getByTestId(`accept-${field}`)).toBeFocused();
      await expect(theirs.getByTestId('accept-error')).toHaveCount(0);
    }
    await name.fill('Grace Hopper');
    await submit.click();
    await expect(theirs.getByTestId('new-session')).toBeEnabled();

    await members.open();
    await members.row('grace@example.org').getByTestId('member-reset').click();
    await theirs.goto(await members.link(page.getByTestId('link-dialog')));
    await expect(submit).toBeEnabled();
    await expect(name).toHaveCount(0);
    await password.fill('short');
    await submit.click();
    await expect(mistake(theirs, 'accept-password')).toHaveText('Use at least 12 characters.');
    await expect(password).toHaveValue('short');
    await context.close();

    await page.goto(`${fresh.url}/me`);
    await expect(page.getByTestId('password-save')).toBeEnabled();
    await page.getByTestId('new-token').click();
    const fresher = page.getByTestId('new-token-dialog');
    for (const [called, sentence] of [
      ['  ', 'Enter a name for the token.'],
      [long, 'A name can have at most 64 characters.'],
    ] as const) {
      await fresher.getByTestId('token-name').fill(called);
      await fresher.getByTestId('token-days').fill('7');
      await fresher.getByTestId('token-confirm').click();
      await expect(mistake(fresher, 'token-name')).toHaveText(sentence);
      await expect(fresher.getByTestId('token-name')).toHaveValue(called);
      await expect(fresher.getByTestId('token-days')).toHaveValue('7');
      await expect(fresher.getByTestId('token-error')).toHaveCount(0);
    }
  });

  test('session name', async ({ fresh, page }) => {
    await superuser(page, fresh, '/');
    const sessions = new SessionsPage(page, fresh.url);
    await sessions.open();
    const long = 'n'.repeat(65);
    await page.getByTestId('new-session').click();
    const dialog = page.getByTestId('new-session-dialog');
    const name = dialog.getByTestId('new-session-name');
    await name.fill(long);
    await dialog.getByTestId('new-session-create').click();
    await expect(mistake(dialog, 'new-session-name')).toHaveText('A name can have at most 64 characters.');
    await expect(name).toHaveValue(long);
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog.getByTestId('new-session-error')).toHaveCount(0);
    await dialog.getByTestId('new-session-cancel').click();

    const terminal = await sessions.create('work');
    await terminal.focus();
    await terminal.page.keyboard.press('Control+Shift+K');
    await terminal.page.keyboard.type('rename');
    await terminal.page.keyboard.press('Enter');
    const rename = terminal.page.getByTestId('rename-dialog');
    const other = rename.getByTestId('rename-name');
    await expect(other).toHaveValue('work');
    await expect(other).toBeFocused();
    for (const [typed, sentence] of [
      ['  ', 'Enter a name.'],
      [long, 'A name can have at most 64 characters.'],
      ['turned \u202e around', 'A name cannot contain control characters.'],
    ] as const) {
      await other.fill(typed);
      await rename.getByTestId('rename-confirm').click();
      await expect(mistake(rename, 'rename-name')).toHaveText(sentence);
      await expect(other).toHaveValue(typed);
    }
    await expect(rename.getByTestId('rename-error')).toHaveCount(0);
    await rename.getByTestId('rename-cancel').click();
    await sessions.close(terminal.session);
  });

  test('dropping sessions', async ({ fresh, page }) => {
    await superuser(page, fresh, '/');
    const sessions = new SessionsPage(page, fresh.url);
    await sessions.open();
    await sessions.create('stays');
    await page.goto(`${fresh.url}/all`);
    await expect(page.getByTestId('all-page')).toHaveAttribute('data-live', 'true');
    const row = page.getByTestId('all-row');
    await expect(row).toHaveCount(1);
    await row.getByTestId('all-drop').click();
    const one = page.getByTestId('drop-dialog');
    for (const [why, sentence] of [
      ['r'.repeat(201), 'A reason can have at most 200 characters.'],
      ['turned \u202e around', 'A reason cannot contain control characters.'],
    ] as const) {
      await one.getByTestId('drop-reason').fill(why);
      await one.getByTestId('drop-confirm').click();
      await expect(mistake(one, 'drop-reason')).toHaveText(sentence);
      await expect(one.getByTestId('drop-reason')).toHaveValue(why);
      await expect(one.getByTestId('drop-failures')).toHaveCount(0);
    }
    await one.getByTestId('drop-cancel').click();

    await page.getByTestId('drop-all').click();
    const all = page.getByTestId('drop-all-dialog');
    const name = all.getByTestId('drop-all-name');
    const password = all.getByTestId('drop-all-password');
    const reason = all.getByTestId('drop-all-reason');
    for (const [workspace, secret, why, field, sentence] of [
      ['another', MEMBER.password, '', 'name', 'The name does not match. Enter the name of the workspace.'],
      ['websh', 'not the password', '', 'password', 'Incorrect password.'],
      ['websh', MEMBER.password, 'r'.repeat(201), 'reason', 'A reason can have at most 200 characters.'],
    ] as const) {
      await name.fill(workspace);
      await password.fill(secret);
      await reason.fill(why);
      await all.getByTestId('drop-all-confirm').click();
      await expect(mistake(all, `drop-all-${field}`)).toHaveText(sentence);
      await expect(name).toHaveValue(workspace);
      await expect(password).toHaveValue(secret);
      await expect(reason).toHaveValue(why);
      await expect(all.getByTestId('drop-all-error')).toHaveCount(0);
    }
    await expect(row).toHaveCount(1);
    await reason.fill('');
    await all.getByTestId('drop-all-confirm').click();
    await expect(all.getByTestId('drop-all-done')).toHaveText('1 session was dropped.');
    await expect(password).toHaveValue('');
  });

  test('accounts are granted where websh runs as root; elsewhere the settings explain why not', async ({ fresh, page }) => {
    const cookie = await superuser(page, fresh, '/settings');
    if (process.getuid?.() !== 0) {
      await expect(page.getByTestId('grants-none')).toContainText('the account that websh runs as');
      await expect(page.getByTestId('grant-account')).toHaveCount(0);
      return;
    }
    const [account, to] = [page.getByTestId('grant-account'), page.getByTestId('grant-to')];
    const grant = page.getByTestId('grant-add');
    const chosen = (of: typeof account) => of.locator('option:checked');
    await expect(page.getByTestId('grant')).toHaveCount(1);

    await expect(grant).toBeEnabled();
    await to.selectOption({ label: 'All members' });
    await grant.click();
    await expect(mistake(page, 'grant-account')).toHaveText('Choose an account.');
    await expect(chosen(to)).toHaveText('All members');
    await account.selectOption('root');
    await grant.click();
    await expect(mistake(page, 'grant-to')).toHaveText('root can be granted only to a member, not to a role.');
    await expect(page.getByTestId('grant-root')).toBeVisible();
    await expect(account).toHaveValue('root');
    await expect(account).not.toHaveAttribute('aria-invalid', 'true');
    await to.selectOption('');
    await grant.click();
    await expect(mistake(page, 'grant-to')).toHaveText('Choose a member or a role.');
    await to.selectOption({ label: `${MEMBER.name} (${MEMBER.email})` });
    await grant.click();
    await expect(mistake(page, 'grant-to')).toHaveText('This account is already granted to this member or role.');
    await expect(account).toHaveValue('root');
    await expect(page.getByTestId('grant')).toHaveCount(1);

    for (const [body, status, error] of [
      [{ account: 'root', to: { role: 'member' } }, 422, { code: 'invalid_to', field: 'to' }],
      [{ account: 'nobody-of-this-name', to: { role: 'member' } }, 422, { code: 'unknown_account', field: 'account' }],
    ] as const) {
      const answer = await fresh.request('/servers/local/grants', body, cookie);
      expect([answer.status, (await answer.json()).error]).toMatchObject([status, error]);
    }
  });
});
