// Another member signs in in another tab: a page of the previous member has no further effect and offers to reload.
import { expect, MEMBER, test } from '../../fixtures/test.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SignInPage } from '../../pages/sign-in.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const OTHER = { email: 'grace@example.org', name: 'Grace Hopper', password: 'a compiler is a tool' };

// Chromium reports each refused request, and the streams that the test blocks.
test.use({ noise: /status of (401|404|409)|net::ERR_|MIME type/ });

test('a page of the previous member sends nothing and offers to reload', async ({ fresh, page, context }) => {
  await fresh.setUp();
  await fresh.add(OTHER, 'superuser');
  await page.goto(fresh.url);
  await new SignInPage(page).signIn(MEMBER);
  const sessions = new SessionsPage(page, fresh.url);
  const mine = await sessions.create('of the first member');
  const { session } = mine;

  // Tabs that are not notified of the end of their sign-in, as when their connection is down.
  const stale = await context.newPage();
  await stale.route('**/api/v1/events*', (route) => route.abort());
  await stale.goto(fresh.url);
  await expect(stale.getByTestId('new-session')).toBeEnabled();
  await stale.getByTestId('session-close').click();
  const closing = stale.getByTestId('close-dialog');
  await expect(closing).toBeVisible();
  const terminal = new TerminalPage(await context.newPage(), fresh.url);
  const proxied: { close: () => void }[] = [];
  let cut = false;
  await terminal.page.routeWebSocket(/\/api\/v1\/socket/, (socket) => {
    if (cut) return void socket.close({ code: 1012 });
    const server = socket.connectToServer();
    proxied.push({
      close: () => {
        void server.close({ code: 1000 });
        void socket.close({ code: 1012 });
      },
    });
  });
  await mine.page.close();
  await terminal.open(session);

  // The connection of the terminal is down while another member signs in.
  await terminal.page.route('**/attach', (route) => route.abort());
  cut = true;
  for (const socket of proxied) socket.close();
  await expect(terminal.connection).toHaveAttribute('data-state', 'reconnecting');
  await terminal.focus();
  await terminal.page.keyboard.type('echo typed while offline');
  await page.bringToFront();
  await page.getByTestId('sign-out').click();
  await new SignInPage(page).signIn(OTHER);
  await expect(page.getByTestId('who')).toHaveText(OTHER.name);

  cut = false;
  await terminal.page.unroute('**/attach');
  const notice = terminal.page.getByTestId('identity-changed');
  await expect(notice).toContainText('You are signed in as Grace Hopper in another tab.', { timeout: 20_000 });
  await terminal.page.keyboard.press('Escape');
  await expect(notice).toBeVisible();

  const dialog = stale.getByTestId('identity-changed');
  await expect(dialog).toContainText('You are signed in as Grace Hopper in another tab.');
  let sent = 0;
  stale.on('request', () => (sent += 1));
  // The notice is modal, so a person cannot press the button below it.
  await closing.getByTestId('close-confirm').evaluate((button: HTMLElement) => button.click());
  await expect(closing.getByTestId('close-error')).toContainText('You are signed in as Grace Hopper');
  expect(sent, 'the page sends nothing').toBe(0);
  expect(fresh.sessions(), 'the session still runs').toContain(session);
  await dialog.getByTestId('identity-reload').click();
  await expect(stale.getByTestId('who')).toHaveText(OTHER.name);
  await expect(stale.getByTestId('session-card')).toHaveCount(0);
  await expect(stale.getByTestId('identity-changed')).toHaveCount(0);

  // The other member is still signed in, and nothing was typed.
  await page.getByTestId('sign-out').click();
  await new SignInPage(page).signIn(MEMBER);
  await expect(page.getByTestId('new-session')).toBeEnabled();
  const back = new TerminalPage(await context.newPage(), fresh.url);
  await back.open(session);
  expect(await back.text()).not.toContain('typed while offline');
});
