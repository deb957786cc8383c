// From the set-up link to a shell, and the same shell after any number of reloads.
import { expect, MEMBER, test } from '../../fixtures/test.ts';
import { expectSame } from '../../fixtures/screen.ts';
import { picture } from '../../fixtures/pictures.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SignInPage } from '../../pages/sign-in.ts';
import { TerminalPage } from '../../pages/terminal.ts';

// A request sent just before signing out may be answered just after it.
test.use({ noise: /status of 401 .*\/api\/pages\/(sessions|servers)\b/ });

test('set-up link, first superuser, sign in, new session, 42', async ({ fresh, page }) => {
  const link = fresh.setUpLink;
  const signIn = new SignInPage(page);
  await signIn.setUp(link, MEMBER);
  await page.getByTestId('sign-out').click();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn.signIn(MEMBER);
  await expect(page).toHaveURL(`${fresh.url}/`);

  const sessions = new SessionsPage(page, fresh.url);
  const terminal = await sessions.create('first');
  await terminal.run('echo $((6*7))');
  await terminal.shows(/^42$/m);
  await picture(terminal.page, 'terminal');
  await expect(page.getByTestId('session-card')).toHaveCount(1);
  await picture(page, 'sessions');

  await test.step('the link works once', async () => {
    const again = await fresh.request('/setup', {
      token: new URL(link).hash.slice(1),
      email: 'eve@example.org',
      name: 'Eve',
      password: 'correct horse battery',
    });
    expect(again.status).toBe(404);
  });
  await sessions.close(terminal.session);
});

test('errors appear beside their fields, and no typed text is lost', async ({ fresh, page }) => {
  await page.goto(fresh.setUpLink);
  const field = (name: string) => page.getByTestId(`setup-${name}`);
  const wrong = (id: string) => page.getByTestId(`${id}-error`);
  await field('email').fill(MEMBER.email);
  await field('password').fill('short');
  await page.getByTestId('setup-submit').click();
  await expect(wrong('setup-name')).toBeVisible();
  await field('name').fill(MEMBER.name);
  await page.getByTestId('setup-submit').click();
  await expect(wrong('setup-password')).toBeVisible();
  await expect(field('password')).toBeFocused();
  await expect(field('email')).toHaveValue(MEMBER.email);
  await expect(field('name')).toHaveValue(MEMBER.name);
  await field('password').fill(MEMBER.password);
  await page.getByTestId('setup-submit').click();
  await expect(page).toHaveURL(`${fresh.url}/`);

  await page.getByTestId('sign-out').click();
  await expect(page.getByTestId('sign-in-email')).toBeFocused();
  await page.getByTestId('sign-in-email').fill(MEMBER.email);
  await page.getByTestId('sign-in-submit').click();
  await expect(wrong('sign-in-password')).toBeVisible();
  await page.getByTestId('sign-in-password').fill(MEMBER.password);
  await page.getByTestId('sign-in-submit').click();
  await expect(page).toHaveURL(`${fresh.url}/`);
});

test('fifty refreshes and a duplicated tab are one session with one screen', async ({ sessions, websh }) => {
  test.slow();
  const before = websh.sessions();
  const terminal = await sessions.create('refreshed');
  const { session } = terminal;
  const shell = await terminal.number('$$');
  // Mouse reports and another cursor shape, so that modes would be missed; nothing clears the screen.
  await terminal.run(
    String.raw`clear; seq 1 9; printf '\e[?1002h\e[?1006h\e[4 q\e[1;31mred \e[0;4;38;2;10;200;30mgreen\e[0m \e[7minverse\e[0m \e[48;5;19mblue\e[0m 日本 e\u0301\n'; echo $((6*7))`,
  );
  await terminal.shows(/^red green inverse blue 日本 e\u0301\n42\n.*[#$]$/m);
  await expect(terminal.screen).toHaveAttribute('data-cursor', /,2$/);
  const first = await terminal.view();
  const styles = first.rows.flatMap((row) => row.styles);
  expect(new Set(styles.map((style) => style.foreground)).size, 'colours of text').toBeGreaterThanOrEqual(3);
  expect(new Set(styles.map((style) => style.background)).size, 'colours behind it').toBeGreaterThanOrEqual(3);
  const same = async (other: TerminalPage, when: string): Promise<void> => {
    const view = await other.view();
    expect([view.hash, view.modes], when).toEqual([first.hash, first.modes]);
    await test.step(when, () => expectSame(view, first));
    await expect(other.screen, when).toHaveAttribute('data-cursor', /,2$/);
  };

  for (let load = 1; load <= 50; load += 1) {
    await terminal.page.reload();
    await terminal.ready();
    await same(terminal, `screen after refresh ${load}`);
  }

  const twin = new TerminalPage(await terminal.page.context().newPage(), websh.url);
  await twin.open(session);
  await same(twin, 'screen of the duplicated tab');

  expect(await twin.number('$$'), 'the same shell').toBe(shell);
  expect(websh.sessions().filter((it) => !before.includes(it))).toEqual([session]);
  await expect(sessions.card(session)).toHaveCount(1);
  await sessions.close(session);
});
