// Members join by a link, have the rights of their role, and lose access the moment they are deactivated.
import type { Browser, Page } from '@playwright/test';
import { consoleErrors, expect, MEMBER, test } from '../../fixtures/test.ts';
import { MailServer } from '../../fixtures/mail.ts';
import { picture } from '../../fixtures/pictures.ts';
import { Server } from '../../fixtures/server.ts';
import { accept, MembersPage, mistake } from '../../pages/members.ts';
import { SignInPage } from '../../pages/sign-in.ts';

const GRACE = { email: 'grace@example.org', name: 'Grace Hopper', password: 'a ship in port is safe' };

/** The first superuser on the members page. */
async function superuser(page: Page, server: Server): Promise<MembersPage> {
  await server.setUp();
  const cookie = await server.signIn();
  await page.context().addCookies([{ ...cookie, url: server.url }]);
  const members = new MembersPage(page, server.url);
  await members.open();
  return members;
}

/** A second person's browser. */
async function elsewhere(browser: Browser, noise?: RegExp): Promise<[Page, string[]]> {
  const context = await browser.newContext();
  const errors = consoleErrors(context, noise);
  return [await context.newPage(), errors];
}

test('a member is invited, joins, is promoted, and is deactivated', async ({ browser, fresh, page }) => {
  const members = await superuser(page, fresh);
  const link = await members.invite(GRACE.email, 'Member');
  await expect(members.waiting(GRACE.email)).toContainText('Invited by Ada Lovelace as a member');

  const [theirs, errors] = await elsewhere(browser, /status of 401/);
  await accept(theirs, link, GRACE);
  await expect(theirs.getByTestId('who')).toHaveText(GRACE.name);
  for (const place of ['nav-members', 'nav-settings', 'nav-audit']) {
    await expect(theirs.getByTestId(place)).toHaveCount(0);
  }
  for (const path of ['/members', '/audit']) {
    await theirs.goto(fresh.url + path);
    await expect(theirs.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  }

  await members.open();
  await expect(members.waiting(GRACE.email)).toHaveCount(0);
  const row = members.row(GRACE.email);
  await expect(row).toHaveAttribute('data-role', 'member');

  await test.step('the link worked once', async () => {
    const [late, lateHeard] = await elsewhere(browser, /status of 410/);
    await late.goto(link);
    await expect(late.getByTestId('invite-over')).toBeVisible();
    await late.context().close();
    expect(lateHeard).toEqual([]);
  });

  await test.step('a role change needs confirmation and can be cancelled', async () => {
    await row.getByTestId('member-role').selectOption({ label: 'Superuser' });
    await page.getByTestId('confirm-dialog').getByTestId('confirm-cancel').click();
    await expect(row.getByTestId('member-role')).toHaveValue('Member');
    await row.getByTestId('member-role').selectOption({ label: 'Superuser' });
    await members.confirm();
    await expect(row).toHaveAttribute('data-role', 'superuser');
    await theirs.goto(fresh.url);
    await expect(theirs.getByTestId('nav-members')).toBeVisible();
  });

  await test.step('a password link lets them choose another one', async () => {
    await row.getByTestId('member-reset').click();
    const reset = await members.link(page.getByTestId('link-dialog'));
    await theirs.goto(reset);
    await theirs.getByTestId('accept-password').fill('another long password');
    await theirs.getByTestId('accept-submit').click();
    await expect(theirs.getByTestId('who')).toHaveText(GRACE.name);
  });

  await row.getByTestId('member-turn').click();
  await members.confirm();
  await expect(row).toHaveAttribute('data-active', 'false');
  // Their open pages show it without a reload, and no other page opens.
  await expect(theirs).toHaveURL(/\/sign-in/);
  await theirs.goto(`${fresh.url}/members`);
  await expect(theirs).toHaveURL(/\/sign-in/);
  await new SignInPage(theirs).signIn({ ...GRACE, password: 'another long password' });
  await expect(theirs.getByTestId('sign-in-error')).toBeVisible();
  await theirs.context().close();
  expect(errors).toEqual([]);
});

test('an invitation shows errors beside its field and can be withdrawn', async ({ fresh, page }) => {
  const members = await superuser(page, fresh);
  await page.getByTestId('invite').click();
  const dialog = page.getByTestId('invite-dialog');
  await expect(dialog.getByTestId('invite-mail'), 'there is no mail server').toBeDisabled();
  await expect(dialog).toContainText('Email is not set up (smtp_url and mail_from in the configuration)');
  await dialog.getByTestId('invite-role').selectOption({ label: 'Staff' });
  await dialog.getByTestId('invite-email').fill('grace');
  await dialog.getByTestId('invite-confirm').click();
  await expect(mistake(dialog, 'invite-email')).toHaveText('Enter a valid email address.');
  await expect(dialog.getByTestId('invite-email')).toHaveValue('grace');
  await expect(dialog.getByTestId('invite-role').locator('option:checked')).toHaveText('Staff');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await members.invite(GRACE.email, 'Staff');
  await members.waiting(GRACE.email).getByTestId('withdraw').click();
  await expect(members.waiting(GRACE.email)).toHaveCount(0);
});

test('a member invited by email joins with its link', async ({ browser }) => {
  const mail = await MailServer.start();
  const websh = await Server.start({ WEBSH_SMTP_URL: mail.url, WEBSH_MAIL_FROM: 'websh <websh@example.org>' });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const members = await superuser(page, websh);
  await page.getByTestId('invite').click();
  const dialog = page.getByTestId('invite-dialog');
  await dialog.getByTestId('invite-email').fill(GRACE.email);
  await dialog.getByTestId('invite-mail').check();
  await picture(page, 'invite-by-mail');
  await dialog.getByTestId('invite-confirm').click();
  await expect(dialog.getByTestId('link-text')).toContainText(`being emailed to ${GRACE.email}`);
  const link = await members.link(dialog);
  await expect(members.waiting(GRACE.email)).toBeVisible();
  await expect.poll(() => mail.to(GRACE.email).length).toBe(1);
  expect(mail.to(GRACE.email)[0]?.text).toContain(link);
  const [theirs, errors] = await elsewhere(browser);
  await accept(theirs, link, GRACE);
  await expect(theirs.getByTestId('who')).toHaveText(GRACE.name);
  await members.open();
  await expect(members.row(GRACE.email)).toHaveAttribute('data-role', 'member');
  await theirs.context().close();
  await context.close();
  expect(errors).toEqual([]);
  expect(await websh.finish()).toEqual([]);
  await mail.stop();
});

test('a token is displayed once, and a device can be signed out', async ({ browser, fresh, page }) => {
  await superuser(page, fresh);
  const [other, errors] = await elsewhere(browser);
  await other.goto(`${fresh.url}/sign-in`);
  await new SignInPage(other).signIn(MEMBER);
  await expect(other.getByTestId('new-session')).toBeEnabled();

  await page.getByTestId('who').click();
  await page.getByTestId('new-token').click();
  const dialog = page.getByTestId('new-token-dialog');
  await dialog.getByTestId('token-name').fill('laptop');
  await dialog.getByTestId('token-days').fill('366');
  await dialog.getByTestId('token-confirm').click();
  await expect(mistake(dialog, 'token-days')).toHaveText('Choose a lifetime of 1 to 365 days.');
  await expect(dialog.getByTestId('token-name')).toHaveValue('laptop');
  await dialog.getByTestId('token-days').fill('7');
  await dialog.getByTestId('token-confirm').click();
  const secret = await dialog.getByTestId('token-secret').inputValue();
  await dialog.getByTestId('token-done').click();
  expect(await page.content()).not.toContain(secret);
  const me = async (): Promise<number> => {
    const answer = await fetch(`${fresh.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
    return answer.status;
  };
  expect(await me()).toBe(200);
  await page.getByTestId('token').getByTestId('token-remove').click();
  await page.getByTestId('confirm-dialog').getByTestId('confirm-confirm').click();
  await expect(page.getByTestId('token')).toHaveCount(0);
  expect(await me()).toBe(401);

  await page.getByTestId('devices-end-others').click();
  await expect(page.getByTestId('device')).toHaveCount(1);
  await expect(other).toHaveURL(/\/sign-in/);
  await other.context().close();
  expect(errors).toEqual([]);
});
