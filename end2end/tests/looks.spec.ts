// What the pages look like on a desk and on a phone, by day and by night, and what they leave out of
// the screen's edges; the pictures are there to be looked at.
import { devices } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { picture } from '../fixtures/pictures.ts';
import { SessionsPage } from '../pages/sessions.ts';
import { TerminalPage } from '../pages/terminal.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

const views = {
  'desktop-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': { ...pixel, colorScheme: 'light' },
  'phone-dark': { ...pixel, colorScheme: 'dark' },
} as const;

for (const [name, view] of Object.entries(views)) {
  test(`pages fit: ${name}`, async ({ browser, websh, cookie }) => {
    const context = await browser.newContext(view);
    const page = await context.newPage();
    const fits = async (what: string): Promise<void> => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${what} scrolls sideways`).toBeLessThanOrEqual(0);
      await picture(page, `${name}-${what}`);
    };
    await page.goto(`${websh.url}/sign-in`);
    await expect(page.getByTestId('sign-in-submit')).toBeVisible();
    await fits('sign-in');

    await context.addCookies([{ ...cookie, url: websh.url }]);
    const sessions = new SessionsPage(page, websh.url);
    await sessions.open();
    const terminal = await sessions.create(`on a ${name}`);
    await terminal.finish("ls --color=always /; printf '\\e[32mgreen \\e[1;34mblue \\e[0;7minverse\\e[0m 日本語 🙂\\n'");
    await picture(terminal.page, `${name}-terminal`);
    const overflow = await terminal.page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      document.documentElement.scrollHeight - window.innerHeight,
    ]);
    expect(Math.max(...overflow), 'the terminal page does not scroll').toBeLessThanOrEqual(0);
    await page.bringToFront();
    await expect(sessions.card(terminal.session)).toBeVisible();
    await fits('sessions');
    await page.getByTestId('new-session').click();
    await expect(page.getByTestId('new-session-dialog')).toBeVisible();
    await fits('new-session');
    await page.keyboard.press('Escape');
    await sessions.close(terminal.session);
    await context.close();
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
