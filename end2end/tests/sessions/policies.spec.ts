// Attach policies: the result for the owner's second client, and the driver among several clients.
import { picture } from '../../fixtures/pictures.ts';
import { expect, test } from '../../fixtures/test.ts';
import { TerminalPage } from '../../pages/terminal.ts';

test('Attach policy: one client; the second sees who is attached, may watch, may take over', async ({ sessions, websh, cookie, browser }) => {
  const first = await sessions.create('only one', 'single');
  await first.finish('echo typed by the first');
  const context = await browser.newContext();
  await context.addCookies([{ ...cookie, url: websh.url }]);
  const second = new TerminalPage(await context.newPage(), websh.url);
  await second.page.goto(`${websh.url}/sessions/${first.session}`);
  await expect(second.endPage).toHaveAttribute('data-reason', 'attached_elsewhere');
  await expect(second.endPage).toContainText('Ada Lovelace');
  await picture(second.page, 'in-use');
  await first.finish('echo still the first');

  await second.page.getByTestId('watch').click();
  await second.ready();
  await second.shows('still the first');
  await second.run('echo not typed');
  await expect(second.connection).toContainText('keys are not sent');
  await first.finish('echo after the watcher typed');
  expect(await first.text()).not.toContain('not typed');

  await second.page.reload();
  await second.page.getByTestId('take-over').click();
  await second.ready();
  await second.finish('echo typed by the second');
  await expect(first.endPage).toHaveAttribute('data-reason', 'taken_over');
  await expect(first.endPage).toContainText('Taken over by Ada Lovelace');
  await context.close();
  await sessions.close(first.session);
});

test('Attach policy: changes to it and to the name on the card apply at once', async ({ sessions, websh, cookie, browser }) => {
  const first = await sessions.create('hands over');
  const card = sessions.card(first.session);
  await expect(card.getByTestId('session-policy')).toBeHidden();
  await sessions.page.bringToFront();
  await card.getByTestId('session-rename').click();
  const dialog = sessions.page.getByTestId('rename-dialog');
  await expect(dialog.getByTestId('rename-name')).toHaveValue('hands over');
  await dialog.getByTestId('rename-name').fill('with confirmation');
  await dialog.getByTestId('rename-policy').selectOption({ label: 'Ask before taking over' });
  await picture(sessions.page, 'name-and-clients');
  await dialog.getByTestId('rename-confirm').click();
  await expect(dialog).toBeHidden();
  await expect(card.getByTestId('session-name')).toHaveText('with confirmation');
  await expect(card.getByTestId('session-policy')).toHaveText('one client');

  const context = await browser.newContext();
  await context.addCookies([{ ...cookie, url: websh.url }]);
  const second = new TerminalPage(await context.newPage(), websh.url);
  await second.page.goto(`${websh.url}/sessions/${first.session}`);
  await expect(second.endPage).toHaveAttribute('data-reason', 'attached_elsewhere');
  await first.finish('echo still the first');
  await context.close();
  await sessions.close(first.session);
});

test('Attach policy: several clients; one drives, the other requests, is granted, and takes over', async ({ sessions, websh, cookie, browser }) => {
  const first = await sessions.create('together', 'multi');
  await expect(sessions.card(first.session).getByTestId('session-policy')).toHaveText('several clients');
  const context = await browser.newContext({ viewport: { width: 700, height: 420 } });
  await context.addCookies([{ ...cookie, url: websh.url }]);
  const second = new TerminalPage(await context.newPage(), websh.url);
  await second.open(first.session);
  const [here, there] = [first.page.getByTestId('participants'), second.page.getByTestId('participants')];
  await expect(here).toHaveAttribute('data-driving', 'true');
  await expect(there).toHaveAttribute('data-driving', 'false');

  const size = await first.size();
  expect(await second.size(), 'a watcher never reflows').toEqual(size);
  const width = Number(await second.screen.getAttribute('data-cell-width'));
  expect(width * (size[0] ?? 0), 'the whole list is read').toBeLessThanOrEqual(700);
  await second.run('echo not typed');
  await expect(second.connection).toContainText('Ada Lovelace drives');

  await second.page.keyboard.press('Control+Shift+A');
  await expect(first.page.getByTestId('baton-request')).toContainText('asks to drive');
  await picture(first.page, 'baton-request');
  await picture(second.page, 'asking');
  await first.page.getByTestId('baton-refuse').click();
  await expect(second.connection).toContainText('declined your request');
  await second.page.getByTestId('baton-ask').click();
  await expect(first.page.getByTestId('baton-grant')).toBeVisible();
  await first.focus();
  await first.page.keyboard.press('Control+Shift+G');
  await expect(there).toHaveAttribute('data-driving', 'true');
  await second.finish('echo typed by the second');
  await first.shows('typed by the second');
  await expect.poll(() => second.size(), 'the size follows the driver').not.toEqual(size);
  expect(await first.text()).not.toContain('not typed');

  await first.page.getByTestId('baton-take').click();
  await expect(here).toHaveAttribute('data-driving', 'true');
  await first.finish('echo typed by the first');
  await expect.poll(() => first.size()).toEqual(size);
  await context.close();
  await expect(here, 'alone again').toHaveCount(0);
  await sessions.close(first.session);
});
