// Two clients of one session: one drives, and both pages show which.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture } from '../../fixtures/pictures.ts';
import { expectSame } from '../../fixtures/screen.ts';
import { expect, test } from '../../fixtures/test.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const READER = fileURLToPath(new URL('../../programs/raw-reader.mjs', import.meta.url));

test('handoff: the second client takes over, the first is notified and can take back', async ({ sessions, websh, cookie, browser }) => {
  const here = await sessions.create('handed over');
  await here.finish('echo typed here');

  const elsewhere = await browser.newContext({ viewport: { width: 900, height: 600 } });
  await elsewhere.addCookies([{ ...cookie, url: websh.url }]);
  const there = new TerminalPage(await elsewhere.newPage(), websh.url);
  await there.open(here.session);
  await there.shows('typed here');
  await expect(here.endPage).toHaveAttribute('data-reason', 'taken_over');
  await expect(here.endPage).toContainText('Ada Lovelace');
  await picture(here.page, 'handed-over');
  await expect(sessions.card(here.session)).toHaveAttribute('data-state', 'elsewhere');

  await there.finish('echo typed there');
  const view = await there.view();
  await here.page.getByTestId('take-back').click();
  await here.ready();
  await here.shows('typed there');
  await expect(there.endPage).toHaveAttribute('data-reason', 'taken_over');
  const size = await here.size();
  expect(size, 'the screen has the size of the driver').not.toEqual([view.columns, view.rows.length]);

  const fresh = await here.view();
  await here.page.reload();
  await here.ready();
  expectSame(await here.view(), fresh);
  await elsewhere.close();
  await sessions.close(here.session);
});

test('handoff while typing and pasting: nothing is mixed, nothing is applied twice', async ({ sessions, websh, cookie, browser }) => {
  const file = path.join(websh.data, 'two-clients');
  const first = await sessions.create('two clients');
  const { session } = first;
  await first.run(`'${process.execPath}' '${READER}' ${file}`);
  await first.shows('reader is ready');

  const elsewhere = await browser.newContext();
  await elsewhere.addCookies([{ ...cookie, url: websh.url }]);
  const second = new TerminalPage(await elsewhere.newPage(), websh.url);
  const clients = [first, second];
  const letters = ['abcdefghij', '0123456789'];
  for (let turn = 1; turn <= 6; turn += 1) {
    const [mine, theirs] = [turn % 2, (turn + 1) % 2];
    const [driver, other] = [clients[theirs] as TerminalPage, clients[mine] as TerminalPage];
    await driver.focus();
    const typing = driver.page.keyboard.type((letters[theirs] as string).repeat(20)).catch(() => undefined);
    await other.open(session);
    await typing;
    await expect(driver.endPage).toHaveAttribute('data-reason', 'taken_over');
  }
  const bytes = fs.readFileSync(file, 'latin1');
  // Each run of one client's input is a prefix of what it typed, complete and in order.
  for (const stretch of bytes.match(/[a-z]+|[0-9]+/g) ?? []) {
    const alphabet = /[a-z]/.test(stretch) ? letters[0] : letters[1];
    expect((alphabet as string).repeat(20).startsWith(stretch), stretch).toBe(true);
  }
  expect(bytes.length).toBeGreaterThan(0);
  await elsewhere.close();
  await sessions.close(session);
});
