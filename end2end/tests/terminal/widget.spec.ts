// The terminal view beyond its screen: mouse, clipboard, input methods, history, links and titles; and
// actions on ended sessions.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../../fixtures/test.ts';
import { TerminalPage } from '../../pages/terminal.ts';

const READER = fileURLToPath(new URL('../../programs/raw-reader.mjs', import.meta.url));

test('mouse reports reach the program that enabled them', async ({ sessions }) => {
  const terminal = await sessions.create('mouse');
  await terminal.run("printf '\\e[?1000h\\e[?1006h'; cat -v");
  const modes = async (): Promise<number> => Number(await terminal.screen.getAttribute('data-modes'));
  await expect.poll(async () => (await modes()) & 16, { message: 'presses are reported' }).toBe(16);
  const box = (await terminal.screen.boundingBox())!;
  await terminal.page.mouse.click(box.x + 6 + 9.03 * 10.5, box.y + 4 + 20 * 6.5);
  await terminal.page.keyboard.press('Enter');
  await terminal.shows('[<0;11;7M');
  await terminal.shows('[<0;11;7m');
  await terminal.page.mouse.wheel(0, 120);
  await terminal.page.keyboard.press('Enter');
  await terminal.shows('[<65;11;7M');
  await terminal.page.keyboard.press('Control+c');
  await terminal.finish("printf '\\e[?1000l\\e[?1006l'");
  await sessions.close(terminal.session);
});

test('copy omits trailing blanks and wrapping, paste arrives as typed', async ({ sessions, context, websh }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: websh.url });
  const terminal = await sessions.create('copy');
  // Nothing is typed while it prints, because the echo would mix with the output.
  await terminal.run("clear; printf 'alpha  \\nbeta\\n'; seq -s- 1 80");
  await terminal.shows(/-80\n.*[#$]$/m);
  const rows = terminal.page.getByTestId('row');
  const all = await terminal.lines();
  const a = all.findIndex((l) => l.startsWith('alpha'));
  const from = (await rows.nth(a).boundingBox())!;
  const to = (await rows.nth(a + 4).boundingBox())!;
  await terminal.page.mouse.move(from.x + 1, from.y + 10);
  await terminal.page.mouse.down();
  await terminal.page.mouse.move(to.x + 2, to.y + 10, { steps: 8 });
  await terminal.page.mouse.up();
  await terminal.page.keyboard.press('Control+Shift+c');
  const text = await terminal.page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('alpha\nbeta\n1-2-3');
  expect(text, 'a wrapped line is one line').toContain('40-41-42-43-44-45-46-47-48-49-50-51-52-53-54-55-56-57');
  expect(text.split('\n').length).toBeLessThanOrEqual(4);
  await terminal.page.evaluate(() => navigator.clipboard.writeText('echo pasted text\n'));
  await terminal.focus();
  await terminal.page.keyboard.press('Control+Shift+v');
  await terminal.shows(/echo pasted text/);
  await terminal.page.keyboard.press('Enter');
  await terminal.shows(/^pasted text$/m);
  await sessions.close(terminal.session);
});

test('the middle button pastes the selection once, as a paste', async ({ sessions, websh }) => {
  const file = path.join(websh.data, 'middle-click');
  const got = (): string => (fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '');
  const terminal = await sessions.create('middle button');
  await terminal.run(`printf '\\e[?2004h'; '${process.execPath}' '${READER}' ${file}`);
  await terminal.shows('reader is ready');
  const row = terminal.page.getByTestId('row').filter({ hasText: 'reader is ready' });
  const box = (await row.boundingBox())!;
  await terminal.page.mouse.dblclick(box.x + 20, box.y + box.height / 2);
  await terminal.page.mouse.click(box.x + 300, box.y + box.height * 5, { button: 'middle' });
  await expect.poll(got).toContain('reader');
  await terminal.page.keyboard.press('Enter');
  await expect.poll(got).toContain('\r');
  expect(got()).toMatch(/^\x1b\[200~reader ?\x1b\[201~\r$/);
  await sessions.close(terminal.session);

  const clicks = path.join(websh.data, 'middle-click-of-a-program');
  const reports = (): string => (fs.existsSync(clicks) ? fs.readFileSync(clicks, 'latin1') : '');
  const program = await sessions.create('a program has the mouse');
  await program.run(`printf '\\e[?1000h\\e[?1006h'; '${process.execPath}' '${READER}' ${clicks}`);
  await program.shows('reader is ready');
  const screen = (await program.screen.boundingBox())!;
  await program.page.mouse.click(screen.x + 300, screen.y + 200, { button: 'middle' });
  await program.page.keyboard.press('q');
  await expect.poll(reports).toContain('q');
  expect(reports(), 'a click, no paste').toMatch(/^\x1b\[<1;\d+;\d+M\x1b\[<1;\d+;\d+mq$/);
  await sessions.close(program.session);
});

test('a program may write the clipboard and never read it', async ({ sessions, context, websh }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: websh.url });
  const terminal = await sessions.create('osc 52');
  await terminal.page.evaluate(() => navigator.clipboard.writeText('a secret'));
  await terminal.focus();
  const file = path.join(websh.data, 'osc-52');
  // The reply to the device attributes query follows any reply to the earlier query.
  await terminal.run(
    `printf '\\e]52;c;?\\a\\e]52;c;%s\\a\\e]52;c;?\\a\\e[c' "$(printf 'grüße, 世界' | base64)"; '${process.execPath}' '${READER}' ${file}`,
  );
  await terminal.shows('reader is ready');
  await expect.poll(() => terminal.page.evaluate(() => navigator.clipboard.readText())).toBe('grüße, 世界');
  await expect(terminal.page.getByTestId('connection')).toContainText('A program copied text to your clipboard.');
  await terminal.page.keyboard.press('q');
  const got = (): string => (fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '');
  await expect.poll(got).toContain('q');
  expect(got()).toMatch(/^\x1b\[\?[0-9;]+cq$/);
  await sessions.close(terminal.session);
});

test('an input method sends composed text when composition ends', async ({ sessions }) => {
  const terminal = await sessions.create('ime');
  await terminal.run('cat');
  await terminal.focus();
  const cdp = await terminal.page.context().newCDPSession(terminal.page);
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await cdp.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
  await expect(terminal.page.getByTestId('preedit')).toHaveText('にほ');
  expect(await terminal.text()).not.toContain('に');
  await cdp.send('Input.insertText', { text: '日本' });
  await terminal.shows('日本');
  await expect(terminal.page.getByTestId('preedit')).toHaveText('');
  await terminal.page.keyboard.press('Enter');
  await expect.poll(async () => (await terminal.text()).split('日本').length).toBe(3);
  await terminal.page.keyboard.press('Control+c');
  await sessions.close(terminal.session);
});

test('history by wheel and keys, and a mark when new output arrives below', async ({ sessions, websh }) => {
  const terminal = await sessions.create('scroll');
  await terminal.finish('seq 1 2000');
  const box = (await terminal.screen.boundingBox())!;
  await terminal.page.mouse.move(box.x + 200, box.y + 200);
  await terminal.page.mouse.wheel(0, -3000);
  await expect.poll(async () => (await terminal.lines()).some((l) => l === '1850')).toBe(true);
  await expect(terminal.page.locator('[data-testid="row"][data-missing]')).toHaveCount(0);
  const first = await terminal.screen.getAttribute('data-first');
  await terminal.page.keyboard.press('Shift+PageUp');
  expect(Number(await terminal.screen.getAttribute('data-first'))).toBeLessThan(Number(first));
  await terminal.page.keyboard.press('Shift+End');
  await terminal.shows(/2000/);
  const gate = path.join(websh.data, 'gate');
  await terminal.run(`mkfifo ${gate}; cat ${gate}; seq 1 100`);
  await terminal.shows(/seq 1 100/);
  const bottom = Number(await terminal.screen.getAttribute('data-first'));
  await terminal.page.mouse.wheel(0, -1000);
  await expect.poll(async () => Number(await terminal.screen.getAttribute('data-first'))).toBeLessThan(bottom);
  await expect.poll(() => fs.existsSync(gate)).toBe(true);
  await fs.promises.writeFile(gate, '');
  await expect(terminal.page.getByTestId('new-output')).toBeVisible();
  await terminal.page.getByTestId('new-output').click();
  await terminal.shows(/^100$/m);
  await expect(terminal.page.getByTestId('new-output')).toHaveCount(0);
  await sessions.close(terminal.session);
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true });

  test('a swipe scrolls through history and back', async ({ sessions }) => {
    const terminal = await sessions.create('by finger');
    await terminal.finish('clear; seq 1 2000');
    const first = (): Promise<number> => terminal.screen.getAttribute('data-first').then(Number);
    const bottom = await first();
    const box = (await terminal.screen.boundingBox())!;
    const finger = await terminal.page.context().newCDPSession(terminal.page);
    // From one relative height to another.
    const swipe = async (from: number, to: number): Promise<void> => {
      const at = (part: number) => [{ x: box.x + box.width / 2, y: box.y + box.height * part }];
      await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) });
      for (let step = 1; step <= 10; step += 1) {
        const touchPoints = at(from + ((to - from) * step) / 10);
        await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
      }
      await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    for (let time = 0; (await first()) > bottom - 100; time += 1) {
      expect(time, 'swipes').toBeLessThan(30);
      const before = await first();
      await swipe(0.1, 0.9);
      await expect.poll(first).toBeLessThan(before);
    }
    await expect(terminal.page.locator('[data-testid="row"][data-missing]')).toHaveCount(0);
    // Scrolling continues with momentum, so rows read now may come from different moments.
    const inOrder = async (): Promise<boolean> => {
      const numbers = (await terminal.lines()).map(Number);
      return numbers.every((number, at) => number === (numbers[0] as number) + at);
    };
    await expect.poll(inOrder).toBe(true);
    for (let time = 0; (await first()) < bottom; time += 1) {
      expect(time, 'swipes back').toBeLessThan(60);
      await swipe(0.9, 0.1);
    }
    await terminal.shows(/^2000$/m);
    await terminal.finish('echo still typing');
    await sessions.close(terminal.session);
  });
});

test('the shell is notified when the window is resized', async ({ sessions }) => {
  const terminal = await sessions.create('resized');
  const showsSize = async (): Promise<void> => {
    const [columns, rows] = await terminal.size();
    await terminal.run('echo size $(stty size) in all');
    await terminal.shows(`size ${rows} ${columns} in all`);
  };
  await showsSize();
  for (const viewport of [{ width: 800, height: 480 }, { width: 1500, height: 1000 }]) {
    const before = await terminal.size();
    await terminal.page.setViewportSize(viewport);
    await expect.poll(async () => (await terminal.size())[0]).not.toBe(before[0]);
    await expect.poll(async () => (await terminal.size())[1]).not.toBe(before[1]);
    await showsSize();
  }
  // The foreground program receives SIGWINCH at once.
  await terminal.run("trap 'echo now $(stty size) in all' WINCH; echo trap''ped; sleep 1000 & wait");
  await terminal.shows(/^trapped$/m);
  const before = await terminal.size();
  await terminal.page.setViewportSize({ width: 900, height: 600 });
  await expect.poll(() => terminal.size()).not.toEqual(before);
  const [columns, rows] = await terminal.size();
  await terminal.shows(`now ${rows} ${columns} in all`);
  await sessions.close(terminal.session);
});

test('links, title, bell and cursor shape', async ({ sessions }) => {
  const terminal = await sessions.create('links');
  await terminal.run("printf '\\e]8;;https://example.org/x\\e\\\\a link\\e]8;;\\e\\\\ \\e]0;my title\\a\\a\\e[5 q'; sleep 100");
  const link = terminal.page.locator('[data-testid="row"] a');
  await expect(link).toHaveAttribute('href', 'https://example.org/x');
  await expect(terminal.page).toHaveTitle('my title · links');
  await expect(terminal.screen).toHaveAttribute('data-bells', '1');
  await expect(terminal.screen).toHaveAttribute('data-cursor', /,11$/);
  await expect(sessions.card(terminal.session)).toContainText('my title');
  await terminal.page.keyboard.press('Control+c');
  await sessions.close(terminal.session);
});

test('a new session like one that ended', async ({ sessions }) => {
  const terminal = await sessions.create('again');
  await terminal.run('exit');
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'exited');
  await terminal.page.getByTestId('new-like-this').click();
  await expect(terminal.endPage).toHaveCount(0);
  await terminal.ready();
  await expect(terminal.page.getByTestId('terminal-name')).toHaveText('again');
  await sessions.close(terminal.session);
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'closed');
  await sessions.showEnded();
  const opened = sessions.page.context().waitForEvent('page');
  await sessions.page.getByTestId('new-like-this').first().click();
  const p = await opened;
  await expect(p.getByTestId('connection')).toHaveAttribute('data-state', 'connected');
  await sessions.page.getByTestId('show-active').click();
  await sessions.close(new URL(p.url()).pathname.split('/').at(-1)!);
});

test('a single-client session offers to watch or take over', async ({ sessions, websh, cookie, browser }) => {
  const terminal = await sessions.create('with confirmation');
  const { session } = terminal;
  const status = await terminal.page.evaluate(async (id) => {
    const answer = await fetch(`/api/v1/sessions/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ attach_policy: 'single' }),
    });
    return answer.status;
  }, session);
  expect(status).toBe(200);
  await terminal.finish('echo to be watched');

  const context = await browser.newContext({ viewport: { width: 700, height: 420 } });
  await context.addCookies([{ ...cookie, url: websh.url }]);
  const page = await context.newPage();
  await page.goto(`${websh.url}/sessions/${session}`);
  const other = new TerminalPage(page, websh.url);
  await expect(other.endPage).toHaveAttribute('data-reason', 'attached_elsewhere');
  await expect(page.getByTestId('taken-by')).toContainText('Ada Lovelace');
  await page.getByTestId('watch').click();
  await other.ready();
  await other.shows('to be watched');
  expect(await other.size(), 'watching changes no size').toEqual(await terminal.size());
  await other.focus();
  await page.keyboard.type('x');
  await expect(other.connection).toContainText('watching');
  await terminal.finish('echo still driving');
  await other.shows('still driving');
  expect(await other.hash()).toBe(await terminal.hash());

  await page.reload();
  await page.getByTestId('take-over').click();
  await other.ready();
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'taken_over');
  await other.finish('echo mine now');
  await context.close();
  await sessions.close(session);
});
