// Staff and superusers see all sessions, drop one with a reason, and drop all after typing the workspace's name
// and their password; members see none of it.
import { processesOf } from '../../fixtures/processes.ts';
import { picture } from '../../fixtures/pictures.ts';
import { MEMBER } from '../../fixtures/server.ts';
import { expect, test } from '../../fixtures/test.ts';
import { mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const STAFF = { email: 'grace@example.org', name: 'Grace Hopper', password: 'a compiler is a tool' };
const OTHER = { email: 'linus@example.org', name: 'Linus', password: 'an ordinary member here' };
const OVERSEER = { email: 'margaret@example.org', name: 'Margaret Hamilton', password: 'priority displays' };

test('Drop: staff end a session, it disappears at once, its owner sees by whom and why', async ({ sessions, websh, browser }) => {
  await websh.add(STAFF, 'staff');
  const terminal = await sessions.create('runs away');
  await terminal.run('sleep 1000 & setsid sleep 1001 &');
  await expect.poll(() => processesOf(terminal.session).filter((it) => it.name === 'sleep').length).toBe(2);

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const staff = await websh.signIn(STAFF);
  await context.addCookies([{ ...staff, url: websh.url }]);
  const page = await context.newPage();
  const home = new SessionsPage(page, websh.url);
  await home.open();
  await page.getByTestId('show-all').click();
  const row = page.getByTestId('all-row').and(page.locator(`[data-session="${terminal.session}"]`));
  await expect(row).toContainText('runs away');
  await expect(row).toContainText('Ada Lovelace');
  await expect(page.getByTestId('all-watch'), 'only a superuser may look').toHaveCount(0);
  await expect(page.getByTestId('drop-all')).toHaveCount(0);
  await page.getByTestId('all-search').fill('nothing is called that');
  await expect(row).toHaveCount(0);
  await page.getByTestId('all-search').fill('runs away');
  await expect(row).toHaveCount(1);
  await picture(page, 'all-sessions');

  await row.getByTestId('all-drop').click();
  const dialog = page.getByTestId('drop-dialog');
  await expect(dialog).toContainText('runs away');
  // The number depends on the time of the last report.
  await expect(dialog.getByTestId('drop-lost')).toHaveText(/^\d+ process(es)?, [\d.]+ [KM]?B of memory, 1 attached, last used /);
  await dialog.getByTestId('drop-reason').fill('it took the whole machine');
  await picture(page, 'drop-one');
  const before = processesOf(terminal.session);
  await dialog.getByTestId('drop-confirm').click();
  await expect(row).toHaveCount(0);
  await expect(dialog).toBeHidden();
  expect(processesOf(terminal.session), `of ${before.length}`).toEqual([]);

  await expect(terminal.endPage).toHaveAttribute('data-reason', 'dropped');
  await expect(terminal.endPage).toContainText('Grace Hopper dropped this session: it took the whole machine');
  await expect(sessions.card(terminal.session)).toHaveCount(0);
  await terminal.page.reload();
  await expect(terminal.endPage, 'the same for a later client').toContainText('it took the whole machine');
  await sessions.showEnded();
  await expect(sessions.ended(terminal.session)).toHaveAttribute('data-reason', 'dropped');
  await context.close();
});

test('a member cannot open the list of all sessions, even by its URL', async ({ websh, browser }) => {
  await websh.add(OTHER, 'member');
  const context = await browser.newContext();
  await context.addCookies([{ ...(await websh.signIn(OTHER)), url: websh.url }]);
  const page = await context.newPage();
  await new SessionsPage(page, websh.url).open();
  await expect(page.getByTestId('show-all')).toHaveCount(0);
  await page.goto(`${websh.url}/all`);
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  await expect(page.getByTestId('all-page')).toHaveCount(0);
  await context.close();
});

test('a superuser watches: the owner sees who, and nothing typed arrives', async ({ sessions, websh, browser }) => {
  await websh.add(OVERSEER, 'superuser');
  const terminal = await sessions.create('looked into');
  await terminal.finish('echo on the screen');
  const context = await browser.newContext({ viewport: { width: 900, height: 500 } });
  await context.addCookies([{ ...(await websh.signIn(OVERSEER)), url: websh.url }]);
  const page = await context.newPage();
  await page.goto(`${websh.url}/all`);
  await expect(page.getByTestId('all-page')).toHaveAttribute('data-live', 'true');
  const opened = context.waitForEvent('page');
  const row = page.getByTestId('all-row').and(page.locator(`[data-session="${terminal.session}"]`));
  await row.getByTestId('all-watch').click();
  const watching = new TerminalPage(await opened, websh.url);
  await watching.ready();
  await watching.shows('on the screen');
  await expect(watching.page.getByTestId('overseer')).toContainText('Ada Lovelace can see this');
  await expect(terminal.page.getByTestId('overseer')).toContainText('Margaret Hamilton (superuser) is watching');
  await picture(terminal.page, 'overseen');
  await watching.run('echo not typed');
  await terminal.finish('echo still mine');
  expect(await terminal.text()).not.toContain('not typed');
  await context.close();
  await expect(terminal.page.getByTestId('overseer')).toHaveCount(0);
  await sessions.close(terminal.session);
});

test('sessions that could not be dropped are listed with reasons', async ({ fresh, browser }) => {
  await fresh.setUp();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const sessions = new SessionsPage(await context.newPage(), fresh.url);
  await sessions.open();
  const { session } = await sessions.create('stuck');
  const page = await context.newPage();
  await page.goto(`${fresh.url}/all`);
  await expect(page.getByTestId('all-row')).toHaveCount(1);

  // No process survives SIGKILL on demand, so the response about survivors is replaced.
  const left = { id: session, name: 'stuck', error: 'session_unreachable', message: 'The session is not responding. Try again in a moment.' };
  await page.route('**/admin/sessions/drop-all', (route) => route.fulfill({ json: { results: [left] } }));
  await page.getByTestId('drop-all').click();
  const dialog = page.getByTestId('drop-all-dialog');
  await dialog.getByTestId('drop-all-name').fill('websh');
  await dialog.getByTestId('drop-all-password').fill(MEMBER.password);
  await dialog.getByTestId('drop-all-confirm').click();
  await expect(dialog.getByTestId('drop-all-failures')).toContainText('stuck: The session is not responding. Try again in a moment.');
  await expect(dialog.getByTestId('drop-all-done')).toHaveText('0 sessions were dropped.');
  await dialog.getByTestId('drop-all-cancel').click();
  await expect(page.getByTestId('all-row')).toHaveCount(1);
  await context.close();
});

test('Drop: several are selected; dropping all requires the name and the password', async ({ fresh, browser }) => {
  await fresh.setUp();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const sessions = new SessionsPage(await context.newPage(), fresh.url);
  await sessions.open();
  for (const name of ['one', 'two', 'three', 'four']) await sessions.create(name);

  const page = await context.newPage();
  await page.goto(`${fresh.url}/all`);
  const rows = page.getByTestId('all-row');
  await expect(rows).toHaveCount(4);
  await expect(page.getByTestId('all-page')).toHaveAttribute('data-live', 'true');
  for (const name of ['one', 'two']) await page.getByLabel(`Select ${name}`, { exact: true }).check();
  await expect(page.getByTestId('chosen')).toContainText('2 of 4');
  await page.getByTestId('drop-chosen').click();
  await page.getByTestId('drop-dialog').getByTestId('drop-confirm').click();
  await expect(rows).toHaveCount(2);

  await page.getByTestId('drop-all').click();
  const dialog = page.getByTestId('drop-all-dialog');
  await dialog.getByTestId('drop-all-name').fill('websh');
  await dialog.getByTestId('drop-all-password').fill('not the password');
  await dialog.getByTestId('drop-all-confirm').click();
  await expect(mistake(dialog, 'drop-all-password')).toBeVisible();
  await expect(rows).toHaveCount(2);
  const keep = dialog.getByTestId('drop-all-keep-own');
  await keep.check();
  await expect(dialog).toContainText('Drop all 2 sessions except yours?');
  await dialog.getByTestId('drop-all-password').fill(MEMBER.password);
  await dialog.getByTestId('drop-all-confirm').click();
  await expect(dialog.getByTestId('drop-all-done')).toHaveText('0 sessions were dropped.');
  await dialog.getByTestId('drop-all-cancel').click();
  await expect(rows).toHaveCount(2);
  await page.getByTestId('drop-all').click();
  await expect(keep, 'never preselected').not.toBeChecked();
  await dialog.getByTestId('drop-all-name').fill('websh');
  await dialog.getByTestId('drop-all-password').fill(MEMBER.password);
  await picture(page, 'drop-all');
  await dialog.getByTestId('drop-all-confirm').click();
  await expect(dialog.getByTestId('drop-all-done')).toContainText('2');
  await expect(rows).toHaveCount(0);
  await context.close();
});
