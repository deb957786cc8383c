// Guests who type: for how long, while the owner is away, and under which name.
import { picture } from '../../fixtures/pictures.ts';
import { endShare } from '../../fixtures/session-socket.ts';
import { expect, test } from '../../fixtures/test.ts';
import { mistake } from '../../pages/members.ts';
import { follow, GuestPage, join, ShareDialog } from '../../pages/sharing.ts';

const COLLEAGUE = { email: 'katherine@example.org', name: 'Katherine Johnson', password: 'orbits by hand and head' };

/** Seconds that the baton is lent for in place of the five minutes on the page. */
const LOAN = 6;

/** Guests become read-only after the owner has been away for a minute; a loaded machine may notice later. */
const AWAY = 90_000;

test('Share: a lent baton returns when its time is up', async ({ sessions, context, browser }) => {
  // 300 seconds on the wire become LOAN: field 6 of `Baton`, a varint of two bytes as before.
  await context.addInitScript((seconds) => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data): void {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined;
      const message = bytes ?? (data instanceof ArrayBuffer ? new Uint8Array(data) : undefined);
      const tail = message?.slice(-3).join();
      if (message?.[0] !== 0x4a || tail !== '48,172,2') return send.call(this, data);
      send.call(this, Uint8Array.from([...message.slice(0, -2), 0x80 + seconds, 0]));
    };
  }, LOAN);
  const owner = await sessions.create('lent');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create();
  await dialog.back();
  await dialog.close();
  const guest = await join(browser, secrets, 'Grace');
  await expect(guest.page.getByTestId('participants-driver')).toContainText('Ada Lovelace drives');
  await owner.page.getByTestId('participants-list').locator('summary').click();
  await owner.page.getByTestId('participant').filter({ hasText: 'Grace' }).getByTestId('baton-lend').click();
  await expect(guest.page.getByTestId('participants-driver')).toContainText(/You drive until \d\d:\d\d/);
  await expect(guest.page.getByTestId('participants-driver'), 'nobody took it back').toContainText('Ada Lovelace drives');
  await expect(guest.mode).toHaveAttribute('data-mode', 'may-type');
  await guest.run('echo not any more');
  await owner.finish('echo the owner types again');
  await guest.shows('the owner types again');
  expect(await owner.text()).not.toContain('not any more');
  await guest.leaves();
  await sessions.close(owner.session);
});

test('Share: the warning offers Extend, and both sides show the new end', async ({ sessions, browser, websh }) => {
  const owner = await sessions.create('put off');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create({ minutes: 5 });
  await dialog.back();
  const share = (await dialog.rows.getAttribute('data-share')) ?? '';
  await dialog.close();
  const guest = await join(browser, secrets, 'Grace');
  await endShare(websh.data, owner.session, share, 55);
  await expect(guest.page.getByTestId('share-ending')).toContainText('Your access ends');
  await expect(guest.page.getByTestId('share-ending-extend'), 'a guest has none').toHaveCount(0);
  await owner.page.getByTestId('share-ending-extend').click();
  await dialog.rows.getByTestId('share-extend').click();
  await dialog.rows.getByTestId('share-extend-minutes').fill('181');
  await dialog.rows.getByTestId('share-extend-set').click();
  await expect(mistake(dialog.rows, 'share-extend-minutes')).toBeVisible();
  await dialog.rows.getByTestId('share-extend-minutes').fill('120');
  await dialog.rows.getByTestId('share-extend-set').click();
  await expect(dialog.rows.getByTestId('share-extend-set')).toHaveCount(0);
  for (const page of [guest.page, owner.page]) await expect(page.getByTestId('share-ending')).toHaveCount(0);
  await expect(guest.page.getByTestId('guest-left')).toContainText(/ends in (2 h|1(19|20) min)/);
  await dialog.close();
  await owner.finish('echo still together');
  await guest.shows('still together');
  await guest.leaves();
  await sessions.close(owner.session);
});

test('Share: guests are read-only while the owner is away for a minute or more', async ({ sessions, browser }) => {
  test.slow();
  const owner = await sessions.create('left behind');
  const { session } = owner;
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create();
  await dialog.back();
  await dialog.close();
  const guest = await join(browser, secrets, 'Grace');
  await expect(guest.mode).toHaveAttribute('data-mode', 'may-type');
  await owner.page.close();
  await guest.finish('echo alone for a moment');
  await expect(guest.mode).toHaveAttribute('data-mode', 'driving');
  await expect(guest.mode).toHaveAttribute('data-mode', 'owner-away', { timeout: AWAY });
  await expect(guest.mode).toContainText('while Ada Lovelace is away');
  await guest.run('echo not typed');
  await expect(guest.connection).toContainText(/away/);
  await picture(guest.page, 'guest-owner-away');

  const back = await sessions.connect(session);
  await back.shows('alone for a moment');
  await expect(guest.mode).toHaveAttribute('data-mode', 'may-type');
  await back.finish('echo back again');
  await guest.shows('back again');
  expect(await back.text()).not.toContain('not typed');
  await guest.leaves();
  await sessions.close(session);
});

test('Share: a signed-in member joins under their own name', async ({ sessions, browser, websh }) => {
  await websh.add(COLLEAGUE, 'member');
  const owner = await sessions.create('among colleagues');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create({ readOnly: true });
  await dialog.back();
  const context = await browser.newContext();
  await context.addCookies([{ ...(await websh.signIn(COLLEAGUE)), url: websh.url }]);
  const page = await follow(context, secrets.url);
  await expect(page.getByTestId('join-as')).toContainText('Joining as Katherine Johnson');
  await expect(page.getByTestId('join-name'), 'there is no other name to choose').toHaveCount(0);
  await picture(page, 'join-as-member');
  await page.getByTestId('join-password').fill(secrets.password);
  await page.getByTestId('join-submit').click();
  const guest = new GuestPage(page, websh.url);
  await guest.ready();
  await expect(guest.mode).toHaveAttribute('data-mode', 'read-only');
  await expect(dialog.rows.getByTestId('share-guest')).toContainText('Katherine Johnson');
  await dialog.close();
  await owner.finish('echo seen by a colleague');
  await guest.shows('seen by a colleague');
  await guest.page.getByTestId('guest-leave').click();
  await expect(guest.endPage).toHaveAttribute('data-reason', 'share_left');
  // They are still signed in, and do not own the session.
  await page.goto(websh.url);
  await expect(page.getByTestId('who')).toContainText('Katherine Johnson');
  await expect(page.getByTestId('session-card')).toHaveCount(0);
  await context.close();
  await sessions.close(owner.session);
});
