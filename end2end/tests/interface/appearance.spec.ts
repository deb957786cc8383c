// Every page on desktop and phone, in light and dark: it fits, is accessible, and a screenshot is taken for review.
import { devices, type Page } from '@playwright/test';
import { expectAccessible, violations } from '../../fixtures/accessibility.ts';
import { consoleErrors, expect, test } from '../../fixtures/test.ts';
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
  test(`every page fits and is accessible: ${name}`, async ({ browser, fresh }) => {
    test.slow();
    const context = await browser.newContext(view);
    const errors = consoleErrors(context, /status of (401|404|409|410)/);
    const page = await context.newPage();
    const check = async (what: string, at: Page = page): Promise<void> => {
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

    // Signed out.
    await page.goto(fresh.setUpLink);
    await expect(page.getByTestId('setup-submit')).toBeEnabled();
    await check('setup');
    await fresh.setUp();
    await go('/sign-in', 'sign-in-submit');
    await check('sign-in');
    await page.getByTestId('sign-in-email').fill('nobody');
    await page.getByTestId('sign-in-submit').click();
    await check('sign-in-mistake');
    await go(`/join#${'a'.repeat(26)}`, 'join-submit');
    await check('join');
    await go(`/invite#${'a'.repeat(26)}`, 'invite-over');
    await check('invite-over');

    // Own sessions.
    const cookie = await fresh.signIn();
    await context.addCookies([{ ...cookie, url: fresh.url }]);
    const sessions = new SessionsPage(page, fresh.url);
    await sessions.open();
    await check('no-sessions');
    const terminal = await sessions.create(`on a ${name}`);
    await terminal.finish("ls --color=always /; printf '\\e[32mgreen \\e[1;34mblue \\e[0;7minverse\\e[0m 日本語 🙂\\n'");
    await check('terminal', terminal.page);
    const overflow = await terminal.page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      document.documentElement.scrollHeight - window.innerHeight,
    ]);
    expect(Math.max(...overflow), 'the terminal page does not scroll').toBeLessThanOrEqual(0);
    const other = await sessions.create('another', 'single');
    await page.bringToFront();
    const card = sessions.card(terminal.session);
    await expect(card).toBeVisible();
    await check('sessions');
    await page.getByTestId('new-session').click();
    await expect(page.getByTestId('new-session-dialog')).toBeVisible();
    await check('new-session');
    await leave('new-session-dialog');
    await page.getByTestId('open-palette').click();
    await expect(page.getByTestId('palette')).toBeVisible();
    await check('palette');
    await leave('palette');
    await card.getByTestId('session-rename').click();
    await expect(page.getByTestId('rename-dialog')).toBeVisible();
    await check('rename');
    await leave('rename-dialog');
    await card.getByTestId('session-close').click();
    await expect(page.getByTestId('close-dialog')).toBeVisible();
    await check('close');
    await leave('close-dialog');

    // Sharing, for owner and guest.
    const share = new ShareDialog(page);
    await share.open(card);
    await check('share');
    const secrets = await share.create();
    await check('share-fresh');
    await share.back();
    const link = await follow(browser, secrets.url, view);
    await link.getByTestId('join-name').fill('Grace');
    await link.getByTestId('join-password').fill(secrets.password);
    await link.getByTestId('join-submit').click();
    const guest = new GuestPage(link, fresh.url);
    await guest.ready();
    await check('guest', link);
    await expect(share.rows.getByTestId('share-guest')).toContainText('Grace');
    await check('shares');
    await share.rows.getByTestId('share-revoke').click();
    await expect(guest.endPage).toBeVisible();
    await check('guest-over', link);
    await guest.leaves();
    await share.rows.getByTestId('receipt').locator('summary').click();
    await expect(share.rows.getByTestId('receipt-guest')).toContainText('Grace');
    await check('receipt');
    await share.close();

    // Attached elsewhere.
    const second = new TerminalPage(await context.newPage(), fresh.url);
    await second.page.goto(`${fresh.url}/sessions/${other.session}`);
    await expect(second.endPage).toHaveAttribute('data-reason', 'attached_elsewhere');
    await check('in-use', second.page);
    await second.page.getByTestId('take-over').click();
    await expect(other.endPage).toHaveAttribute('data-reason', 'taken_over');
    await check('taken-over', other.page);
    await other.page.getByTestId('take-back').click();
    await other.ready();
    await second.page.close();
    await page.bringToFront();

    // Ended sessions.
    await sessions.close(other.session);
    await expect(other.endPage).toHaveAttribute('data-reason', 'closed');
    await check('session-over', other.page);
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
      await check(`session-${reason}`, other.page);
    }
    await other.page.goto(`${fresh.url}/sessions/00000000-0000-7000-8000-000000000000`);
    await expect(other.endPage).toHaveAttribute('data-reason', 'not_found');
    await check('session-not-found', other.page);
    await other.page.close();
    await page.bringToFront();
    await sessions.showEnded();
    await expect(page.getByTestId('ended-session')).toHaveCount(4);
    await check('ended');
    await go('/me', 'me-name-save');
    await check('me');
    await page.getByTestId('new-token').click();
    await page.getByTestId('token-confirm').click();
    await expect(mistake(page, 'token-name')).toBeVisible();
    await check('new-token-mistake');
    await page.getByTestId('token-name').fill('laptop');
    await page.getByTestId('token-confirm').click();
    await expect(page.getByTestId('token-secret')).toBeVisible();
    await check('token-fresh');
    await page.getByTestId('token-done').click();
    await page.getByTestId('token-remove').click();
    await expect(page.getByTestId('confirm-dialog')).toBeVisible();
    await check('confirm');
    await leave('confirm-dialog');

    // Pages of a superuser.
    await go('/all', 'all-drop');
    await check('all');
    await page.getByTestId('all-drop').click();
    await expect(page.getByTestId('drop-dialog')).toBeVisible();
    await check('drop');
    await leave('drop-dialog');
    await page.getByTestId('drop-all').click();
    await expect(page.getByTestId('drop-all-dialog')).toBeVisible();
    await check('drop-all');
    await leave('drop-all-dialog');
    await go('/members', 'invite');
    await check('members');
    await page.getByTestId('invite').click();
    await expect(page.getByTestId('invite-dialog')).toBeVisible();
    await check('invite');
    await page.getByTestId('invite-email').fill('grace@example.org');
    await page.getByTestId('invite-confirm').click();
    await expect(page.getByTestId('link')).toBeVisible();
    await check('invite-link');
    const members = new MembersPage(page, fresh.url);
    const invitation = await members.link(page.getByTestId('invite-dialog'));
    await expect(members.waiting('grace@example.org')).toBeVisible();
    await check('members-waiting');
    await go('/settings', 'settings-save');
    await check('settings');
    await page.getByTestId('settings-timeout').fill('9');
    await page.getByTestId('settings-save').click();
    await expect(mistake(page, 'settings-timeout')).toBeVisible();
    await check('settings-mistake');
    await go('/audit', 'audit-entry');
    await check('audit');
    await page.goto(`${fresh.url}/nowhere`);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await check('nowhere');
    await context.clearCookies();
    await page.goto(invitation);
    await expect(page.getByTestId('accept-submit')).toBeEnabled();
    await check('accept');
    await context.close();
    expect(errors, 'the console has no errors').toEqual([]);
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
