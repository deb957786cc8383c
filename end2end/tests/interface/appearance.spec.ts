// Every page on a desk and on a phone, by day and by night: it fits, everybody can read and use it; the pictures are
// there to be looked at.
import { devices, type Page } from '@playwright/test';
import { expectAccessible, violations } from '../../fixtures/accessibility.ts';
import { complaints, expect, test } from '../../fixtures/test.ts';
import { picture } from '../../fixtures/pictures.ts';
import { sessionProcess } from '../../fixtures/processes.ts';
import { configure } from '../../fixtures/session-socket.ts';
import { MembersPage, mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { follow, GuestPage, ShareDialog } from '../../pages/sharing.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

const views = {
  'desktop-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': { ...pixel, colorScheme: 'light' },
  'phone-dark': { ...pixel, colorScheme: 'dark' },
} as const;

test('accessibility violations are found, in the page and in a modal dialog', async ({ page }) => {
  await page.setContent(`
    <style>* { font: 16px sans-serif } body { background: white; color: black } .row { display: flex }</style>
    <p style="color: #777">too pale</p> <p style="color: #767676">pale enough</p>
    <p style="color: rgb(0 0 0 / 50%)">half transparent</p> <p style="color: #949494; font-size: 24px">large</p>
    <div style="background: color-mix(in srgb, black 90%, white)"><span>dark on dark</span></div>
    <button style="width: 2rem; height: 2rem"></button> <button style="width: 2rem; height: 2rem" aria-label="named"></button>
    <div class="row"><button style="width: 1rem; height: 1rem; padding: 0" aria-label="small"></button><button>next</button></div>
    <input> <label>Labelled <input></label> <img src="data:,"> <p hidden style="color: white">hidden</p>
    <dialog>without a name <button></button></dialog>
  `);
  const rules = async (): Promise<string[]> => {
    const found = await violations(page);
    return [...new Set(found.map((it) => it.replace(/:.*/s, '')))].filter((rule) => rule !== 'region').sort();
  };
  const inPage = [
    'button-name',
    'color-contrast',
    'document-title',
    'html-has-lang',
    'image-alt',
    'label',
    'landmark-one-main',
    'page-has-heading-one',
    'target-size',
  ];
  expect(await rules()).toEqual(inPage);
  const pale = (await violations(page)).filter((it) => it.startsWith('color-contrast'));
  expect(pale.map((it) => it.replace(/.*>(?=\w)|<.*$/g, ''))).toEqual(['too pale', 'half transparent', 'dark on dark']);
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  expect(await rules()).toEqual(['aria-dialog-name', 'button-name']);
});

for (const [name, view] of Object.entries(views)) {
  test(`every page fits and is for everybody: ${name}`, async ({ browser, fresh }) => {
    test.slow();
    const context = await browser.newContext(view);
    const heard = complaints(context, /status of (401|404|409|410)/);
    const page = await context.newPage();
    const looks = async (what: string, at: Page = page): Promise<void> => {
      await expectAccessible(at, what);
      await picture(at, `${name}-${what}`);
    };
    const go = async (pathname: string, sign: string): Promise<void> => {
      await page.goto(`${fresh.url}${pathname}`);
      await expect(page.getByTestId(sign).first()).toBeVisible();
      await expect(page.getByTestId(sign).first()).toBeEnabled();
    };
    const leave = async (dialog: string): Promise<void> => {
      await page.keyboard.press('Escape');
      await expect(page.getByTestId(dialog)).toBeHidden();
    };

    // Whoever is nobody yet.
    await page.goto(fresh.setUpLink);
    await expect(page.getByTestId('setup-submit')).toBeEnabled();
    await looks('setup');
    await fresh.setUp();
    await go('/sign-in', 'sign-in-submit');
    await looks('sign-in');
    await page.getByTestId('sign-in-email').fill('nobody');
    await page.getByTestId('sign-in-submit').click();
    await looks('sign-in-mistake');
    await go(`/join#${'a'.repeat(26)}`, 'join-submit');
    await looks('join');
    await go(`/invite#${'a'.repeat(26)}`, 'invite-over');
    await looks('invite-over');

    // One's own.
    const cookie = await fresh.signIn();
    await context.addCookies([{ ...cookie, url: fresh.url }]);
    const sessions = new SessionsPage(page, fresh.url);
    await sessions.open();
    await looks('no-sessions');
    const terminal = await sessions.create(`on a ${name}`);
    await terminal.finish("ls --color=always /; printf '\\e[32mgreen \\e[1;34mblue \\e[0;7minverse\\e[0m 日本語 🙂\\n'");
    await looks('terminal', terminal.page);
    const overflow = await terminal.page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      document.documentElement.scrollHeight - window.innerHeight,
    ]);
    expect(Math.max(...overflow), 'the terminal page does not scroll').toBeLessThanOrEqual(0);
    const other = await sessions.create('another', 'single');
    await page.bringToFront();
    const card = sessions.card(terminal.session);
    await expect(card).toBeVisible();
    await looks('sessions');
    await page.getByTestId('new-session').click();
    await expect(page.getByTestId('new-session-dialog')).toBeVisible();
    await looks('new-session');
    await leave('new-session-dialog');
    await page.getByTestId('open-palette').click();
    await expect(page.getByTestId('palette')).toBeVisible();
    await looks('palette');
    await leave('palette');
    await card.getByTestId('session-rename').click();
    await expect(page.getByTestId('rename-dialog')).toBeVisible();
    await looks('rename');
    await leave('rename-dialog');
    await card.getByTestId('session-close').click();
    await expect(page.getByTestId('close-dialog')).toBeVisible();
    await looks('close');
    await leave('close-dialog');

    // Sharing, from both sides.
    const share = new ShareDialog(page);
    await share.open(card);
    await looks('share');
    const secrets = await share.create();
    await looks('share-fresh');
    await share.back();
    const link = await follow(browser, secrets.url, view);
    await link.getByTestId('join-name').fill('Grace');
    await link.getByTestId('join-password').fill(secrets.password);
    await link.getByTestId('join-submit').click();
    const guest = new GuestPage(link, fresh.url);
    await guest.ready();
    await looks('guest', link);
    await expect(share.rows.getByTestId('share-guest')).toContainText('Grace');
    await looks('shares');
    await share.rows.getByTestId('share-revoke').click();
    await expect(guest.endPage).toBeVisible();
    await looks('guest-over', link);
    await guest.leaves();
    await share.rows.getByTestId('receipt').locator('summary').click();
    await expect(share.rows.getByTestId('receipt-guest')).toContainText('Grace');
    await looks('receipt');
    await share.close();

    // Who else has it.
    const second = new TerminalPage(await context.newPage(), fresh.url);
    await second.page.goto(`${fresh.url}/sessions/${other.session}`);
    await expect(second.endPage).toHaveAttribute('data-reason', 'attached_elsewhere');
    await looks('in-use', second.page);
    await second.page.getByTestId('take-over').click();
    await expect(other.endPage).toHaveAttribute('data-reason', 'taken_over');
    await looks('taken-over', other.page);
    await other.page.getByTestId('take-back').click();
    await other.ready();
    await second.page.close();
    await page.bringToFront();

    // What is over.
    await sessions.close(other.session);
    await expect(other.endPage).toHaveAttribute('data-reason', 'closed');
    await looks('session-over', other.page);
    const ends: [string, () => Promise<unknown>][] = [
      ['exited', () => other.run('exit 7')],
      ['expired', () => configure(fresh.data, other.session, { timeout: 2 })],
      ['lost', async () => process.kill(sessionProcess(other.session)?.pid ?? NaN, 'SIGKILL')],
    ];
    for (const [reason, end] of ends) {
      await other.page.bringToFront();
      await other.page.getByTestId('new-like-this').click();
      await expect(other.endPage).toBeHidden();
      await other.ready();
      await end();
      await expect(other.endPage).toHaveAttribute('data-reason', reason);
      await looks(`session-${reason}`, other.page);
    }
    await other.page.goto(`${fresh.url}/sessions/00000000-0000-7000-8000-000000000000`);
    await expect(other.endPage).toHaveAttribute('data-reason', 'not_found');
    await looks('session-not-found', other.page);
    await other.page.close();
    await page.bringToFront();
    await sessions.showEnded();
    await expect(page.getByTestId('ended-session')).toHaveCount(4);
    await looks('ended');
    await go('/me', 'me-name-save');
    await looks('me');
    await page.getByTestId('new-token').click();
    await page.getByTestId('token-confirm').click();
    await expect(mistake(page, 'token-name')).toBeVisible();
    await looks('new-token-mistake');
    await page.getByTestId('token-name').fill('laptop');
    await page.getByTestId('token-confirm').click();
    await expect(page.getByTestId('token-secret')).toBeVisible();
    await looks('token-fresh');
    await page.getByTestId('token-done').click();
    await page.getByTestId('token-remove').click();
    await expect(page.getByTestId('confirm')).toBeVisible();
    await looks('confirm');
    await leave('confirm');

    // A superuser's.
    await go('/all', 'all-drop');
    await looks('all');
    await page.getByTestId('all-drop').click();
    await expect(page.getByTestId('drop-dialog')).toBeVisible();
    await looks('drop');
    await leave('drop-dialog');
    await page.getByTestId('drop-all').click();
    await expect(page.getByTestId('drop-all-dialog')).toBeVisible();
    await looks('drop-all');
    await leave('drop-all-dialog');
    await go('/members', 'invite');
    await looks('members');
    await page.getByTestId('invite').click();
    await expect(page.getByTestId('invite-dialog')).toBeVisible();
    await looks('invite');
    await page.getByTestId('invite-email').fill('grace@example.org');
    await page.getByTestId('invite-confirm').click();
    await expect(page.getByTestId('link')).toBeVisible();
    await looks('invite-link');
    const members = new MembersPage(page, fresh.url);
    const invitation = await members.link(page.getByTestId('invite-dialog'));
    await expect(members.waiting('grace@example.org')).toBeVisible();
    await looks('members-waiting');
    await go('/settings', 'settings-save');
    await looks('settings');
    await page.getByTestId('settings-timeout').fill('9');
    await page.getByTestId('settings-save').click();
    await expect(mistake(page, 'settings-timeout')).toBeVisible();
    await looks('settings-mistake');
    await go('/audit', 'audit-entry');
    await looks('audit');
    await page.goto(`${fresh.url}/nowhere`);
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
    await looks('nowhere');
    await context.clearCookies();
    await page.goto(invitation);
    await expect(page.getByTestId('accept-submit')).toBeEnabled();
    await looks('accept');
    await context.close();
    expect(heard, 'no page complains').toEqual([]);
  });
}

test.describe('on a phone', () => {
  test.use(pixel);

  test('the key bar has the keys that a phone lacks', async ({ sessions, websh }) => {
    const terminal = await sessions.create('from a phone');
    await terminal.run('cat -v');
    const bar = terminal.page.getByTestId('key-bar');
    await expect(bar).toBeVisible();
    await bar.getByRole('button', { name: 'Esc', exact: true }).tap();
    await bar.getByRole('button', { name: 'Tab', exact: true }).tap();
    await terminal.page.keyboard.press('Enter');
    await terminal.shows('^[');
    await bar.getByRole('button', { name: 'Ctrl', exact: true }).tap();
    await terminal.page.keyboard.type('c');
    await terminal.finish('echo back at the prompt');
    const other = new TerminalPage(await terminal.page.context().newPage(), websh.url);
    await other.open(terminal.session);
    await other.shows('back at the prompt');
    await other.page.close();
    await sessions.close(terminal.session);
  });
});
