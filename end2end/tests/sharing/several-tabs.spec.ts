// Tabs of one browser that are guests of different sessions: each types into its own, also after a restart.
import { CUT, expect, MEMBER, test } from '../../fixtures/test.ts';
import { GuestPage, join, ShareDialog, type Secrets } from '../../pages/sharing.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SignInPage } from '../../pages/sign-in.ts';
import type { TerminalPage } from '../../pages/terminal.ts';

// The restart cuts connections; a revoked share is reported with status 410.
test.use({ noise: new RegExp(`${CUT.source}|status of (401|410)`) });

async function share(owner: TerminalPage): Promise<Secrets> {
  const dialog = new ShareDialog(owner.page);
  await owner.page.bringToFront();
  await dialog.open();
  const secrets = await dialog.create();
  await dialog.back();
  await dialog.close();
  return secrets;
}

/** Joins in another tab of the guest's browser. */
async function joinBeside(guest: GuestPage, { url, password }: Secrets): Promise<GuestPage> {
  const page = await guest.page.context().newPage();
  await page.goto(url);
  await page.getByTestId('join-name').fill('Grace');
  await page.getByTestId('join-password').fill(password);
  await page.getByTestId('join-submit').click();
  const beside = new GuestPage(page, new URL(url).origin);
  await beside.ready();
  return beside;
}

test('two shares in one browser: each tab types into its own session', async ({ fresh, page, browser }) => {
  test.slow();
  await fresh.setUp();
  await page.goto(fresh.url);
  await new SignInPage(page).signIn(MEMBER);
  const sessions = new SessionsPage(page, fresh.url);
  const x = await sessions.create('session x');
  await page.bringToFront();
  const y = await sessions.create('session y');
  const [linkX, linkY] = [await share(x), await share(y)];
  const guestX = await join(browser, linkX, 'Grace');
  const guestY = await joinBeside(guestX, linkY);
  expect(guestX.page.url()).toMatch(/\/join\?guest=[0-9a-f-]{36}$/);
  expect(guestY.page.url()).not.toBe(guestX.page.url());
  // Without a driver, typing drives.
  await x.page.close();
  await y.page.close();

  await fresh.kill();
  await expect(guestX.connection).toHaveAttribute('data-state', 'reconnecting');
  await fresh.launch();
  await guestX.ready();
  await guestY.ready();
  await guestX.finish('echo typed by tab x');
  await guestY.finish('echo typed by tab y');
  await guestX.page.reload();
  await guestX.ready();
  await guestX.shows('typed by tab x');
  expect(await guestX.text()).not.toContain('tab y');
  expect(await guestY.text()).not.toContain('tab x');
  for (const guest of [guestX, guestY]) await expect(guest.page.getByTestId('guest-owner')).toContainText('Ada Lovelace');
  await expect(guestX.page.getByTestId('terminal-name')).toHaveText('session x');
  await expect(guestY.page.getByTestId('terminal-name')).toHaveText('session y');

  // A page that names no guest reaches neither session.
  const unnamed = await guestX.page.context().newPage();
  await unnamed.goto(`${fresh.url}/join`);
  await expect(unnamed.getByTestId('end-page')).toHaveAttribute('data-reason', 'guest_not_named');

  // The end of one share leaves the other.
  await page.bringToFront();
  const dialog = new ShareDialog(page);
  await dialog.open(sessions.card(x.session));
  await dialog.rows.getByTestId('share-revoke').click();
  await expect(guestX.endPage).toHaveAttribute('data-reason', 'share_revoked');
  await guestX.page.reload();
  await expect(guestX.endPage).toHaveAttribute('data-reason', 'share_revoked');
  await guestY.finish('echo still here');
  await guestY.page.reload();
  await guestY.ready();
  await guestY.shows('still here');
  await guestY.page.getByTestId('guest-leave').click();
  await expect(guestY.endPage).toHaveAttribute('data-reason', 'share_left');
  await guestX.leaves();
});
