// Input arrives exactly once and in order, no matter what happens to the connection.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture } from '../../fixtures/pictures.ts';
import { random } from '../../fixtures/random.ts';
import { CUT, expect, test } from '../../fixtures/test.ts';

const READER = fileURLToPath(new URL('../../programs/raw-reader.mjs', import.meta.url));
const KEYS = 10_000;

/** Numbers that reveal any lost, doubled or moved key: 0000 0001 0002 … */
const typed = Array.from({ length: KEYS / 5 }, (_, at) => `${String(at).padStart(4, '0')} `).join('');

test.use({ noise: CUT });

test('10,000 numbered keystrokes with the connection cut at random', async ({ sessions, websh }) => {
  test.setTimeout(600_000);
  const file = path.join(websh.data, 'keys');
  const terminal = await sessions.create('keystrokes');
  await terminal.run(`'${process.execPath}' '${READER}' ${file}`);
  await terminal.shows('reader is ready');

  const next = await random(test.info());
  let cuts = 0;
  await terminal.focus();
  for (const key of typed) {
    await terminal.page.keyboard.press(key === ' ' ? 'Space' : key);
    if (next() < 0.004) {
      websh.proxy.cut();
      cuts += 1;
    }
  }
  expect(cuts).toBeGreaterThan(10);
  const read = (): string => fs.readFileSync(file, 'latin1');
  await expect.poll(() => read().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(KEYS);
  expect(read(), `${cuts} cuts`).toBe(typed);
  await terminal.ready();
  await sessions.close(terminal.session);
});

test('input typed while disconnected is sent once after reconnecting', async ({ sessions, websh }) => {
  const file = path.join(websh.data, 'ahead');
  const terminal = await sessions.create('typed ahead');
  await terminal.run(`'${process.execPath}' '${READER}' ${file}`);
  await terminal.shows('reader is ready');
  websh.proxy.sever();
  await expect(terminal.connection).toHaveAttribute('data-state', 'reconnecting');
  await terminal.focus();
  await terminal.page.keyboard.type('typed ahead');
  expect(fs.readFileSync(file, 'latin1')).toBe('');
  await picture(terminal.page, 'typed-ahead');
  websh.proxy.restore();
  await expect.poll(() => fs.readFileSync(file, 'latin1'), { timeout: 20_000 }).toBe('typed ahead');
  await sessions.close(terminal.session);
});

/** Longer than one message (64 KiB) and than the unacknowledged window, with both kinds of line endings. */
const pasted = Array.from({ length: 8000 }, (_, at) => `line ${at} of 日本語 and é${at % 2 ? '\r\n' : '\n'}\ttabbed`).join('\n');

for (const { title, mode, cuts } of [
  { title: 'as typed, where the program did not ask for more', mode: 'l', cuts: 0 },
  { title: 'in brackets, where the program asked for them', mode: 'h', cuts: 0 },
  { title: 'in brackets with the connection cut', mode: 'h', cuts: 3 },
]) {
  test(`a large paste of many lines arrives once and in order: ${title}`, async ({ sessions, websh, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: websh.url });
    const file = path.join(websh.data, `pasted-${mode}-${cuts}`);
    const read = (): Buffer => fs.readFileSync(file);
    const terminal = await sessions.create('pasted');
    await terminal.run(`printf '\\e[?2004${mode}'; '${process.execPath}' '${READER}' ${file}`);
    await terminal.shows('reader is ready');
    const lines = pasted.replaceAll(/\r?\n/g, '\r');
    const expected = mode === 'h' ? `\x1b[200~${lines}\x1b[201~` : lines;
    const length = Buffer.byteLength(expected);
    expect(length).toBeGreaterThan(256 * 1024);

    await terminal.page.evaluate((text) => navigator.clipboard.writeText(text), pasted);
    await terminal.focus();
    await terminal.page.keyboard.press('Control+Shift+v');
    for (let cut = 1; cut <= cuts; cut += 1) {
      await expect.poll(() => read().length).toBeGreaterThan((length / (cuts + 2)) * cut);
      websh.proxy.cut();
    }
    // Typed after it: everything pasted arrives before this.
    await terminal.page.keyboard.type('END');
    await expect.poll(() => read().subarray(-3).toString(), { timeout: 60_000 }).toBe('END');
    // Compared in pieces to keep the failure report short.
    const [got, whole] = [read(), Buffer.from(`${expected}END`)];
    const wrong = got.findIndex((byte, at) => byte !== whole[at]);
    const there = JSON.stringify(got.subarray(wrong, wrong + 40).toString());
    expect(wrong, `wrong from byte ${wrong}: ${there}`).toBe(-1);
    expect(got.length).toBe(whole.length);
    await terminal.ready();
    await sessions.close(terminal.session);
  });
}
