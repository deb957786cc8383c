// Forms of members and their accounts: what can't be is said beside its field, and nothing typed is lost.
import type { Page } from '@playwright/test';
import { expect, MEMBER, test } from '../fixtures/test.ts';
import type { Server } from '../fixtures/server.ts';
import { mistake } from '../pages/members.ts';

/** Opens a page as the first superuser; the cookie. */
async function superuser(page: Page, server: Server, path: string): Promise<string> {
  await server.setUp();
  const cookie = await server.signIn();
  await page.context().addCookies([{ ...cookie, url: server.url }]);
  await page.goto(server.url + path);
  return `${cookie.name}=${cookie.value}`;
}

test.describe('what is refused', () => {
  test.use({ noise: /status of 4(09|22)/ });

  test('the own name and password', async ({ fresh, page }) => {
    const cookie = await superuser(page, fresh, '/me');
    const { id } = (await (await fetch(`${fresh.url}/api/v1/me`, { headers: { cookie } })).json()) as { id: string };
    const name = page.getByTestId('me-name');
    const long = 'Ada '.repeat(30).trim();
    for (const [typed, sentence] of [
      ['   ', 'Please enter the name that others will see.'],
      [long, "A name can't be longer than 64 characters."],
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
      ['', 'a good long password', 'current', 'Please enter the password that you have now.'],
      [MEMBER.password, 'short', 'new', 'A password has at least 12 characters.'],
      ['not the password', 'a good long password', 'current', 'This is not your current password.'],
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
      return [answer.status, (await answer.json()).error.code];
    };
    expect(await refused({ current: 'not the password', new: 'a good long password' })).toEqual([422, 'wrong_password']);
    expect(await refused({ current: MEMBER.password, new: 'short' })).toEqual([422, 'invalid_password']);
    await current.fill(MEMBER.password);
    await page.getByTestId('password-save').click();
    await expect(page.getByTestId('password-saved')).toBeVisible();
    await expect(current).toHaveValue('');
  });

  test('accounts are granted where websh is root, and elsewhere the settings say why not', async ({ fresh, page }) => {
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
    await expect(mistake(page, 'grant-account')).toHaveText('Please choose an account.');
    await expect(chosen(to)).toHaveText('All members');
    await account.selectOption('root');
    await grant.click();
    await expect(mistake(page, 'grant-to')).toHaveText('root is granted to a member by name, never to a role.');
    await expect(page.getByTestId('grant-root')).toBeVisible();
    await expect(account).toHaveValue('root');
    await expect(account).not.toHaveAttribute('aria-invalid', 'true');
    await to.selectOption('');
    await grant.click();
    await expect(mistake(page, 'grant-to')).toHaveText('Please choose to whom.');
    await to.selectOption({ label: `${MEMBER.name} (${MEMBER.email})` });
    await grant.click();
    await expect(page.getByTestId('grant-error')).toHaveText('This account is granted to them already.');
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
