// Lists of sessions: as long as they are, up to date while they are looked at, and no burden otherwise.
import { picture } from '../fixtures/pictures.ts';
import { expect, test } from '../fixtures/test.ts';
import { SessionsPage } from '../pages/sessions.ts';
import { TerminalPage } from '../pages/terminal.ts';

test('lists of any length show all there is, and keep what they show', async ({ context, page, fresh: many }) => {
  test.slow();
  await many.setUp();
  const cookie = await many.signIn();
  await many.allowMany(cookie);
  await context.addCookies([{ ...cookie, url: many.url }]);
  const sessions = new SessionsPage(page, many.url);
  await sessions.open();
  const account = await page.evaluate(async () => {
    const servers = await (await fetch('/api/v1/servers')).json();
    return servers[0].accounts[0] as string;
  });
  const create = async (name: string): Promise<string> => {
    const asked = { server: 'local', account, name };
    const answer = await many.request('/sessions', asked, `${cookie.name}=${cookie.value}`);
    expect(answer.status).toBe(201);
    return (await answer.json()).id as string;
  };
  const oldest = await create('the oldest');
  for (let at = 0; at < 59; at += 1) await create(`another ${at}`);

  const cards = page.getByTestId('session-card');
  await page.reload();
  await expect(cards).toHaveCount(50);
  await expect(sessions.card(oldest)).toHaveCount(0);
  await page.getByTestId('more').click();
  await expect(cards).toHaveCount(60);
  await expect(sessions.card(oldest)).toBeVisible();
  await expect(page.getByTestId('more')).toHaveCount(0);
  const newest = await create('the newest');
  await expect(cards.first()).toHaveAttribute('data-session', newest);
  await expect(cards).toHaveCount(61);
  await sessions.close(oldest);
  await expect(cards).toHaveCount(60);

  // The same for those that have ended.
  await page.evaluate(async () => {
    for (;;) {
      const list = await (await fetch('/api/v1/sessions?limit=100')).json();
      const left = (list.items as { id: string; name: string }[]).filter((it) => it.name !== 'the newest');
      if (left.length === 0) return;
      await Promise.all(left.map((it) => fetch(`/api/v1/sessions/${it.id}`, { method: 'DELETE' })));
    }
  });
  await sessions.showEnded();
  const ended = page.getByTestId('ended-session');
  await expect(ended).toHaveCount(50);
  await page.getByTestId('more').click();
  await expect(ended).toHaveCount(60);
  await page.evaluate((id) => fetch(`/api/v1/sessions/${id}`, { method: 'DELETE' }), newest);
  await expect(ended).toHaveCount(61);
});

test('a list that is not looked at holds no connection, and is up to date when it is', async ({ sessions, websh }) => {
  const { page } = sessions;
  const terminal = await sessions.create('seen');
  const list = page.getByTestId('sessions');
  await expect(list).toHaveAttribute('data-live', 'true');
  const look = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await look('hidden');
  await expect(list).toHaveAttribute('data-live', 'false');
  const other = new SessionsPage(await page.context().newPage(), websh.url);
  await other.open();
  const meanwhile = await other.create('made meanwhile');
  await expect(other.card(meanwhile.session)).toBeVisible();
  await expect(sessions.card(meanwhile.session)).toHaveCount(0);
  await look('visible');
  await expect(sessions.card(meanwhile.session)).toBeVisible();
  await expect(list).toHaveAttribute('data-live', 'true');
  await sessions.close(meanwhile.session);
  await sessions.close(terminal.session);
});

test.describe('limits', () => {
  test.use({ noise: /status of 429/ });

  test('at the limit the dialog shows my sessions; one is closed from it, and the new one starts', async ({ context, page, fresh }) => {
    await fresh.setUp();
    const cookie = await fresh.signIn();
    await fresh.configure(cookie, { max_sessions_per_user: 2 });
    await context.addCookies([{ ...cookie, url: fresh.url }]);
    const sessions = new SessionsPage(page, fresh.url);
    await sessions.open();
    const [first, second] = [await sessions.create('first'), await sessions.create('second')];
    await page.bringToFront();

    await page.getByTestId('new-session').click();
    const dialog = page.getByTestId('new-session-dialog');
    await dialog.getByTestId('new-session-name').fill('third');
    await dialog.getByTestId('new-session-create').click();
    const inTheWay = dialog.getByTestId('limit-session');
    await expect(inTheWay).toHaveCount(2);
    await expect(dialog.getByTestId('new-session-error')).toHaveText(
      'You have as many sessions as you may have. Close one first.',
    );
    await expect(dialog.getByTestId('new-session-error')).toHaveAttribute('data-code', 'session_limit');
    await expect(dialog.getByTestId('new-session-name')).toHaveValue('third');
    await picture(page, 'limit');

    const opened = context.waitForEvent('page');
    await inTheWay.and(page.locator(`[data-session="${first.session}"]`)).getByTestId('limit-close').click();
    const third = new TerminalPage(await opened, fresh.url);
    await third.ready();
    await expect(third.page.getByTestId('terminal-name')).toHaveText('third');
    await expect(first.endPage).toHaveAttribute('data-reason', 'closed');
    await expect(page.getByTestId('session-card')).toHaveCount(2);
    await expect(sessions.card(second.session)).toBeVisible();
    await expect(sessions.card(third.session)).toBeVisible();
  });
});
