// Sharing by link and password: watching, typing together, and every way a share ends.
import { devices, type Locator } from '@playwright/test';
import { MailServer } from '../../fixtures/mail.ts';
import { picture } from '../../fixtures/pictures.ts';
import { Server } from '../../fixtures/server.ts';
import { endShare } from '../../fixtures/session-socket.ts';
import { expect, test } from '../../fixtures/test.ts';
import { mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SettingsPage } from '../../pages/settings.ts';
import { follow, GuestPage, join, ShareDialog } from '../../pages/sharing.ts';

const PHONE = { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } };

test('Share: a phone joins by link and password, types once allowed, and the owner takes the keyboard back', async ({
  sessions,
  context,
  browser,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const owner = await sessions.create('incident 42');
  await owner.finish('echo before anybody came');
  const card = sessions.card(owner.session);
  const dialog = new ShareDialog(sessions.page);
  await dialog.open(card);
  const minutes = (part = ''): Locator => dialog.dialog.getByTestId(`share-minutes${part}`);
  await minutes().fill('4');
  await expect(minutes('-error')).toBeVisible();
  await minutes('-slider').fill('45');
  await expect(minutes()).toHaveValue('45');
  await expect(minutes('-until')).toContainText(/Ends at \d\d:\d\d/);
  await picture(sessions.page, 'share-form');
  const secrets = await dialog.create({ minutes: 45, readOnly: true });

  await expect(dialog.dialog.getByTestId('share-password')).toHaveAttribute('type', 'password');
  await sessions.page.keyboard.press('Escape');
  await expect(dialog.dialog.getByTestId('share-uncopied'), 'nothing was copied yet').toBeVisible();
  await dialog.dialog.getByTestId('share-copy-both').click();
  await expect(dialog.dialog.getByTestId('share-copied')).toContainText('copied');
  const copied = await sessions.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(secrets.url);
  expect(copied).toContain(secrets.password);
  await dialog.dialog.getByTestId('share-scan').click();
  await expect(dialog.dialog.getByTestId('qr')).toBeVisible();
  await picture(sessions.page, 'share-fresh');
  await dialog.dialog.getByTestId('share-back').click();
  expect(await sessions.page.content(), 'secrets are shown once').not.toContain(secrets.password);

  const guest = await join(browser, secrets, 'Grace', PHONE);
  expect(new URL(guest.page.url()).hash, 'the token leaves the address bar').toBe('');
  await guest.shows('before anybody came');
  await expect(guest.page.getByTestId('guest-owner')).toContainText('Ada Lovelace');
  await expect(guest.mode).toHaveAttribute('data-mode', 'read-only');
  await expect(guest.page.getByTestId('guest-left')).toContainText('ends in');
  await owner.finish('seq 1 3000');
  await guest.shows('3000');
  await owner.run('vim -nN -u NONE -i NONE notes');
  await guest.shows('[New]');
  await owner.page.keyboard.type('iseen as it is typed');
  await guest.shows('seen as it is typed');
  await expect.poll(async () => (await guest.hash()) === (await owner.hash()), 'the same screen').toBe(true);
  await owner.page.keyboard.press('Escape');
  await owner.page.keyboard.type(':q!\n');
  await owner.shows(/[#$]$/m);
  await guest.run('echo not typed');
  await expect(guest.connection).toContainText('read-only');
  await picture(guest.page, 'guest-phone');
  await expect(owner.page.getByTestId('share-guests')).toHaveText('1');
  await expect(card.getByTestId('share-guests')).toHaveText('1');
  await expect(dialog.rows.getByTestId('share-guest')).toContainText('Grace');
  await picture(sessions.page, 'share-list');

  await dialog.rows.getByTestId('share-row-read-only').click();
  await expect(guest.mode).toHaveAttribute('data-mode', 'may-type');
  await guest.page.getByTestId('baton-ask').click();
  await expect(owner.page.getByTestId('baton-request')).toContainText('Grace');
  await picture(owner.page, 'guest-asks');
  await owner.focus();
  await owner.page.keyboard.press('Control+Shift+G');
  await expect(guest.mode).toHaveAttribute('data-mode', 'driving');
  await expect(card.getByTestId('session-state')).toHaveText('Grace drives');
  const inCard = card.getByTestId('card-participant');
  await expect(inCard).toHaveText([/Grace.*guest.*driving/, /Ada Lovelace.*watching/]);
  const hues = async (people: Locator): Promise<(string | null)[]> =>
    Promise.all((await people.locator('.color-dot').all()).map((it) => it.getAttribute('data-hue')));
  await owner.page.getByTestId('participants-list').locator('summary').click();
  expect((await hues(owner.page.getByTestId('participant'))).sort(), 'the colours of the terminal').toEqual(
    (await hues(inCard)).sort(),
  );
  await owner.page.getByTestId('participants-list').locator('summary').click();
  await guest.page.keyboard.type('#');
  await expect(inCard.first()).toContainText('typing');
  await picture(sessions.page, 'card-participants');
  await expect(inCard.first()).toContainText('driving');
  await guest.page.keyboard.press('Backspace');
  await guest.finish('echo typed by a guest');
  await owner.shows('typed by a guest');
  await expect(owner.page.getByTestId('participants-list').locator('summary'), 'not in the terminal').toBeFocused();
  await owner.page.keyboard.press('Control+Shift+D');
  await expect(guest.mode).toHaveAttribute('data-mode', 'may-type');
  await owner.finish('echo typed by the owner');
  await guest.shows('typed by the owner');
  await owner.page.getByTestId('participants-list').locator('summary').click();
  await owner.page.getByTestId('participant').filter({ hasText: 'Grace' }).getByTestId('baton-lend').click();
  await expect(guest.page.getByTestId('participants-driver')).toContainText(/You drive until \d\d:\d\d/);
  await expect(owner.page.getByTestId('participants-driver')).toContainText(/Grace drives until \d\d:\d\d/);
  await owner.page.getByTestId('baton-take').click();
  await expect(guest.page.getByTestId('participants-driver')).toContainText('Ada Lovelace drives');
  await dialog.rows.getByTestId('share-row-read-only').click();
  await expect(guest.mode).toHaveAttribute('data-mode', 'read-only');
  expect(await owner.text()).not.toContain('not typed');

  await guest.page.getByTestId('guest-leave').click();
  await expect(guest.endPage).toHaveAttribute('data-reason', 'share_left');
  await dialog.rows.getByTestId('receipt').locator('summary').click();
  await expect(dialog.rows.getByTestId('receipt-guest')).toContainText('Grace');
  await expect(dialog.rows.getByTestId('receipt-keys')).toContainText('keys');
  await picture(sessions.page, 'share-receipt');
  await guest.leaves();
  await dialog.close();
  await sessions.close(owner.session);
});

test('Share: revoking disconnects one guest and keeps the other and the shell; one is removed; a new link works', async ({
  sessions,
  browser,
}) => {
  const owner = await sessions.create('two guests');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const first = await dialog.create();
  await dialog.back();
  const second = await dialog.create({ readOnly: true });
  await dialog.back();
  const grace = await join(browser, first, 'Grace');
  const joe = await join(browser, second, 'Joe');
  await expect(dialog.rows).toHaveCount(2);
  await picture(joe.page, 'guest');

  const row = dialog.rows.filter({ hasText: 'Grace' });
  await row.getByTestId('share-revoke').click();
  await expect(grace.endPage).toHaveAttribute('data-reason', 'share_revoked');
  await picture(grace.page, 'guest-revoked');
  await expect(joe.connection).toHaveAttribute('data-state', 'connected');
  const over = dialog.rows.and(owner.page.locator('[data-state="revoked"]'));
  await expect(over).toHaveCount(1);
  await grace.page.goto(first.url);
  await grace.page.getByTestId('join-name').fill('Grace');
  await grace.page.getByTestId('join-password').fill(first.password);
  await grace.page.getByTestId('join-submit').click();
  await expect(grace.page.getByTestId('join-error'), 'what was revoked is as unknown as any').toHaveAttribute(
    'data-code',
    'share_denied',
  );

  await over.getByTestId('share-renew').click();
  const renewed = await dialog.secrets();
  expect(renewed.url).not.toBe(first.url);
  expect(renewed.password).not.toBe(first.password);
  await dialog.back();
  const again = await join(browser, renewed, 'Grace again', { viewport: { width: 1280, height: 800 } });
  await dialog.rows.getByTestId('share-guest').filter({ hasText: 'Joe' }).getByTestId('guest-remove').click();
  await expect(joe.endPage).toHaveAttribute('data-reason', 'share_removed');
  await dialog.close();

  await owner.finish('echo the shell goes on');
  await again.shows('the shell goes on');
  await owner.run('vim -nN -u NONE -i NONE --cmd "syntax on" answer.c');
  await again.shows('[New]');
  await owner.page.keyboard.type('i#include <stdio.h>\n\nint main(void) {\n  printf("%d\\n", 6 * 7); /* 42 */\n}');
  await again.shows('6 * 7');
  await picture(again.page, 'shared');
  await owner.page.keyboard.press('Escape');
  await owner.page.keyboard.type(':q!\n');
  await owner.shows(/[#$]$/m);
  await owner.run('exit');
  await expect(again.endPage).toHaveAttribute('data-reason', 'session_ended');
  await sessions.showEnded();
  const ended = sessions.ended(owner.session);
  await expect(ended.getByTestId('session-receipt')).toHaveText('3 guests');
  await ended.getByTestId('session-receipt').click();
  const receipt = sessions.page.getByTestId('receipt-dialog');
  await expect(receipt.getByTestId('receipt')).toHaveCount(3);
  const [renewedShare, secondShare, firstShare] = await receipt.getByTestId('receipt-guest').all();
  await expect(renewedShare as Locator).toContainText(/Grace again.*127\.0\.0\.1.*, \d+ (s|min).*nothing.*session ended/);
  await expect(secondShare as Locator).toContainText(/Joe.*removed/);
  await expect(firstShare as Locator).toContainText(/Grace.*revoked/);
  await picture(sessions.page, 'ended-receipt');
  await receipt.getByTestId('receipt-close').click();
  await expect(receipt).toBeHidden();
  for (const guest of [grace, joe, again]) await guest.leaves();
});

test('Share: a guest who closes the page leaves the list and comes back to a free slot', async ({
  sessions,
  browser,
}) => {
  const owner = await sessions.create('come and go');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create({ guests: 1 });
  await dialog.back();
  const grace = await join(browser, secrets, 'Grace');
  const here = dialog.rows.getByTestId('share-here');
  await expect(here).toHaveText('1 of 1 connected');
  const context = grace.page.context();
  await grace.page.close();
  const receipt = dialog.rows.getByTestId('receipt');
  await expect(receipt, 'the connection closed without a notice').toBeVisible({ timeout: 30_000 });
  await receipt.locator('summary').click();
  await expect(receipt.getByTestId('receipt-guest')).toContainText('Grace');
  await expect(here).toBeHidden();

  const joe = await join(browser, secrets, 'Joe');
  await expect(here).toHaveText('1 of 1 connected');
  await expect(dialog.rows.getByTestId('share-guest')).toContainText('Joe');
  await joe.page.getByTestId('guest-leave').click();
  await expect(joe.endPage).toHaveAttribute('data-reason', 'share_left');
  const page = await context.newPage();
  await page.goto(new URL('/join', secrets.url).href);
  const again = new GuestPage(page, new URL(secrets.url).origin);
  await again.ready();
  await expect(here).toHaveText('1 of 1 connected');
  await expect(dialog.rows.getByTestId('share-guest')).toContainText('Grace');
  for (const guest of [again, joe]) await guest.leaves();
  await dialog.close();
  await sessions.close(owner.session);
});

test('Share: a wrong password reveals nothing, and a link preview consumes nothing', async ({ sessions, browser, websh }) => {
  const owner = await sessions.create('kept to itself');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create({ guests: 1 });
  await dialog.back();
  await dialog.close();

  const preview = await (await fetch(secrets.url)).text();
  expect(preview).not.toContain('kept to itself');
  const refusal = async (url: string): Promise<string> => {
    const page = await follow(browser, url);
    expect(await page.content()).not.toMatch(/kept to itself|Ada Lovelace/);
    await page.getByTestId('join-name').fill('Mallory');
    await page.getByTestId('join-password').fill('not-the-password');
    await page.getByTestId('join-submit').click();
    const said = page.getByTestId('join-error');
    await expect(said).toHaveAttribute('data-code', 'share_denied');
    const text = await said.innerText();
    await picture(page, 'join');
    await page.context().close();
    return text;
  };
  expect(await refusal(secrets.url)).toBe(await refusal(`${websh.url}/join#${'a'.repeat(26)}`));
  const warning = owner.page.getByTestId('wrong-passwords');
  await expect(warning).toContainText('1 wrong password was entered');
  await picture(owner.page, 'wrong-passwords');
  await refusal(secrets.url);
  await expect(warning).toContainText('2 wrong passwords');
  const card = sessions.card(owner.session);
  await expect(card.getByTestId('session-wrong-passwords')).toContainText('2 wrong passwords');
  await owner.page.getByTestId('wrong-passwords-look').click();
  await expect(dialog.rows.getByTestId('share-remarks')).toContainText('2 wrong passwords were entered');
  await expect(warning, 'the list was read').toHaveCount(0);
  await dialog.close();
  await card.getByTestId('session-shares').click();
  const fromCard = new ShareDialog(sessions.page);
  await expect(fromCard.rows.getByTestId('share-remarks')).toContainText('2 wrong passwords were entered');
  await fromCard.close();
  const guest = await join(browser, secrets, 'Grace');
  await guest.page.reload();
  await guest.ready();
  await guest.leaves();
  await sessions.close(owner.session);
});

test('Share: both sides are warned, the guest is disconnected on time, and the shell continues', async ({
  sessions,
  browser,
  websh,
}) => {
  const owner = await sessions.create('by the minute');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  const secrets = await dialog.create();
  await dialog.back();
  const share = (await dialog.rows.getAttribute('data-share')) ?? '';
  await dialog.close();
  const guest = await join(browser, secrets, 'Grace');
  await endShare(websh.data, owner.session, share, 58);
  await expect(guest.page.getByTestId('share-ending')).toBeVisible();
  await expect(owner.page.getByTestId('share-ending')).toBeVisible();
  await picture(guest.page, 'share-ending');
  await endShare(websh.data, owner.session, share, 1);
  await expect(guest.endPage).toHaveAttribute('data-reason', 'share_expired');
  await picture(guest.page, 'guest-expired');
  await owner.finish('echo the shell goes on');
  expect(await guest.text()).not.toContain('the shell goes on');
  await guest.leaves();
  await sessions.close(owner.session);
});

test('Share: the workspace limits duration and mode, and can disable sharing', async ({ fresh, browser }) => {
  await fresh.setUp();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const sessions = new SessionsPage(await context.newPage(), fresh.url);
  await sessions.open();
  const owner = await sessions.create('governed');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  await expect(dialog.dialog.getByTestId('share-read-only')).not.toBeChecked();
  await expect(dialog.dialog.getByTestId('share-minutes')).toHaveValue('30');
  await dialog.create();
  await dialog.back();
  await dialog.close();
  const settings = new SettingsPage(await context.newPage(), fresh.url);
  await settings.open();
  await settings.page.getByTestId('settings-share-minutes').fill('60');
  await settings.page.getByTestId('settings-share-read-only').selectOption({ label: 'Always read-only' });
  await settings.save();
  await expect(settings.page.getByTestId('settings-saved')).toContainText('Saved');

  await owner.page.bringToFront();
  await dialog.open();
  await expect(dialog.dialog.getByTestId('share-read-only')).toBeChecked();
  await expect(dialog.dialog.getByTestId('share-read-only')).toBeDisabled();
  await dialog.dialog.getByTestId('share-minutes').fill('61');
  await dialog.dialog.getByTestId('share-create').click();
  await expect(dialog.dialog.getByTestId('share-fresh')).toHaveCount(0);
  await dialog.rows.getByTestId('share-extend').click();
  await dialog.rows.getByTestId('share-extend-minutes').fill('61');
  await dialog.rows.getByTestId('share-extend-set').click();
  await expect(mistake(dialog.rows, 'share-extend-minutes')).toContainText('from 5 to 60');
  await dialog.dialog.getByTestId('share-by-mail').click();
  await expect(dialog.dialog.getByTestId('no-mail')).toContainText('smtp_url');
  await dialog.close();

  await settings.page.getByTestId('settings-sharing').uncheck();
  await settings.save();
  await expect(settings.page.getByTestId('settings-saved')).toContainText('Saved');
  await owner.page.getByTestId('share').click();
  await expect(dialog.dialog.getByTestId('share-disabled')).toBeVisible();
  await context.close();
});

test('Share: several addresses are invited by email, each with its own link, and a guest joins', async ({
  browser,
}) => {
  const mail = await MailServer.start();
  const websh = await Server.start({ WEBSH_SMTP_URL: mail.url, WEBSH_MAIL_FROM: 'websh <websh@example.org>' });
  await websh.setUp();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await context.addCookies([{ ...(await websh.signIn()), url: websh.url }]);
  const sessions = new SessionsPage(await context.newPage(), websh.url);
  await sessions.open();
  const owner = await sessions.create('prod-web-debug');
  const dialog = new ShareDialog(owner.page);
  await dialog.open();
  await dialog.dialog.getByTestId('share-by-mail').click();
  const field = dialog.dialog.getByTestId('invite-emails');
  const list = 'Grace Hopper <grace@example.org>, joe@example.org\nnobody@example.org; not-one';
  await owner.page.evaluate((text) => navigator.clipboard.writeText(text), list);
  await field.focus();
  await owner.page.keyboard.press('Control+V');
  const chips = dialog.dialog.getByTestId('chip');
  await expect(chips).toHaveCount(4);
  await dialog.dialog.getByTestId('invite-send').click();
  await expect(dialog.dialog.getByTestId('invite-failure')).toContainText('not-one is not a valid email address');
  await picture(owner.page, 'share-mail');
  await chips.and(owner.page.locator('[data-bad="true"]')).getByRole('button').click();
  await dialog.dialog.getByTestId('invite-send').click();
  const results = dialog.dialog.getByTestId('invite-results');
  await expect(results.locator('[data-status="queued"]')).toHaveCount(3);
  const row = (email: string): Locator =>
    dialog.rows.filter({ has: owner.page.getByTestId('share-name').getByText(email, { exact: true }) });
  const said = (email: string): Locator => results.getByTestId('invite-result').filter({ hasText: email });
  await expect(said('grace@example.org')).toContainText('was sent');
  await expect(said('nobody@example.org')).toContainText('was not sent');
  await expect(row('grace@example.org').getByTestId('share-remarks')).toContainText('was sent');
  await expect(row('joe@example.org').getByTestId('share-remarks')).toContainText('was sent');
  await expect(row('nobody@example.org')).toHaveAttribute('data-state', 'void');
  await expect(row('nobody@example.org').getByTestId('share-remarks')).toContainText('was not sent');
  await picture(owner.page, 'share-mailed');

  expect(mail.received.flatMap((it) => it.to).sort()).toEqual(['grace@example.org', 'joe@example.org']);
  const [sent] = mail.to('grace@example.org');
  const url = /^Open\s+(\S+)$/m.exec(sent?.text ?? '')?.[1] ?? '';
  const password = /^Password\s+(\S+)$/m.exec(sent?.text ?? '')?.[1] ?? '';
  expect(url).toMatch(new RegExp(`^${websh.url}/join#.{20,}$`));
  expect(sent?.head).not.toContain(new URL(url).hash.slice(1));
  expect(sent?.head).not.toContain(password);
  expect(mail.to('joe@example.org')[0]?.text).not.toContain(password);

  const grace = await join(browser, { url, password }, 'Grace');
  await expect(grace.page.getByTestId('guest-owner')).toContainText('Ada Lovelace');
  await expect(row('grace@example.org').getByTestId('share-guest')).toContainText('Grace');
  await row('joe@example.org').getByTestId('share-revoke').click();
  await expect(row('joe@example.org')).toHaveAttribute('data-state', 'revoked');
  await dialog.close();
  await owner.finish('echo seen by mail');
  await grace.shows('seen by mail');
  await grace.leaves();
  await context.close();
  expect(await websh.finish(), 'no process outlives its session').toEqual([]);
  await mail.stop();
});
