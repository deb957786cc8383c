// Lifetime of a session: it survives every reconnect and ends at its timeout.
import { expectSame } from '../../fixtures/screen.ts';
import { picture } from '../../fixtures/pictures.ts';
import { processesOf, survivors } from '../../fixtures/processes.ts';
import { configure } from '../../fixtures/session-socket.ts';
import { CUT, expect, MEMBER, test } from '../../fixtures/test.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SignInPage } from '../../pages/sign-in.ts';
import { TerminalPage } from '../../pages/terminal.ts';

/** A short timeout in seconds; its warning appears after half of it. */
const SHORT = 24;

test.describe('Reconnect stability', () => {
  test.use({ noise: CUT });

  test('the same session with its whole buffer, from any page that comes back', async ({ sessions, websh, cookie, browser }) => {
    const terminal = await sessions.create('comes back');
    const { session } = terminal;
    await terminal.finish('seq 1 500');
    const shell = await terminal.number('$$');
    const before = await terminal.view();
    const history = await terminal.history();

    websh.proxy.sever();
    await expect(terminal.connection).toHaveAttribute('data-state', 'reconnecting');
    websh.proxy.restore();
    await terminal.ready();
    expectSame(await terminal.view(), before);

    await terminal.page.close();
    const elsewhere = await browser.newContext();
    await elsewhere.addCookies([{ ...cookie, url: websh.url }]);
    const back = new TerminalPage(await elsewhere.newPage(), websh.url);
    await back.open(session);
    expect(await back.history()).toEqual(history);
    expectSame(await back.view(), before);
    expect(await back.number('$$'), 'the same shell').toBe(shell);
    await elsewhere.close();
    await expect(sessions.card(session)).toHaveCount(1);
    await sessions.close(session);
  });
});

test.describe('TTL enforcement', () => {
  test('warns in time, is kept by a click, then expires when left alone', async ({ sessions, websh, cookie }) => {
    const terminal = await sessions.create('left alone');
    const { session } = terminal;
    await terminal.finish("printf 'remember me\\n'; sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 &");
    const processes = processesOf(session);
    await configure(websh.data, session, { timeout: SHORT });
    const warning = terminal.page.getByTestId('expiry');
    await expect(warning).toBeVisible();
    await picture(terminal.page, 'expiring');
    await terminal.page.getByTestId('keep').click();
    await expect(warning).toBeHidden();

    await configure(websh.data, session, { timeout: 2 });
    await expect(terminal.endPage).toHaveAttribute('data-reason', 'expired');
    await picture(terminal.page, 'expired');
    await expect.poll(() => survivors(processes), { message: 'nothing of it is left' }).toEqual([]);
    await expect(sessions.card(session)).toHaveCount(0);
    await sessions.showEnded();
    await expect(sessions.ended(session)).toContainText(/expired/i);

    await terminal.page.reload();
    await expect(terminal.endPage, 'the connection line shows it while reconnecting').toHaveAttribute('data-reason', 'expired');
    const answer = await fetch(`${websh.url}/api/v1/sessions/${session}`, {
      headers: { cookie: `${cookie.name}=${cookie.value}` },
    });
    expect([answer.status, (await answer.json()).error.code]).toEqual([410, 'expired']);
  });

  test('Keep on the card dismisses the warning in the terminal', async ({ sessions, websh, cookie }) => {
    const terminal = await sessions.create('kept by its card');
    const { session } = terminal;
    const expires = async (): Promise<number> => {
      const headers = { cookie: `${cookie.name}=${cookie.value}` };
      const answer = await fetch(`${websh.url}/api/v1/sessions/${session}`, { headers });
      return Date.parse((await answer.json()).expires_at);
    };
    await sessions.page.bringToFront();
    const card = sessions.card(session);
    await expect(card.getByTestId('session-connect')).toBeVisible();
    await expect(card.getByTestId('session-expiry'), 'no warning long before the end').toHaveCount(0);
    await configure(websh.data, session, { timeout: 40 });
    await expect(card.getByTestId('session-expiry')).toContainText('Idle: expires in');
    await expect(terminal.page.getByTestId('expiry')).toBeVisible({ timeout: 40_000 });
    const before = await expires();
    await card.getByTestId('session-keep').click();
    await expect(terminal.page.getByTestId('expiry')).toBeHidden();
    await expect.poll(expires).toBeGreaterThan(before);
    await configure(websh.data, session, { timeout: 3600 });
    await expect(card.getByTestId('session-expiry')).toHaveCount(0);
    await sessions.close(session);
  });

  test('the timeout runs while the web process is down', async ({ fresh, page }) => {
    await fresh.setUp();
    await page.goto(fresh.url);
    await new SignInPage(page).signIn(MEMBER);
    const terminal = await new SessionsPage(page, fresh.url).create('nobody watches');
    const { session } = terminal;
    const processes = processesOf(session);
    await terminal.page.close();
    await page.goto('about:blank');
    await fresh.kill();
    await configure(fresh.data, session, { timeout: 2 });
    await expect.poll(() => survivors(processes)).toEqual([]);
    await fresh.launch();
    await page.goto(`${fresh.url}/sessions/${session}`);
    await expect(page.getByTestId('end-page')).toHaveAttribute('data-reason', 'expired');
  });
});
