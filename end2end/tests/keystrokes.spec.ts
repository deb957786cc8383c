// What is typed arrives: each key exactly once and in order, whatever happens to the connection.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture } from '../fixtures/pictures.ts';
import { CUT, expect, test } from '../fixtures/test.ts';

const READER = fileURLToPath(new URL('../programs/raw-reader.mjs', import.meta.url));
const KEYS = 10_000;

/** Numbers that can be told apart wherever one is lost, doubled or moved: 0000 0001 0002 … */
const typed = Array.from({ length: KEYS / 5 }, (_, at) => `${String(at).padStart(4, '0')} `).join('');

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test.use({ noise: CUT });

test('10,000 numbered keystrokes with the connection cut at random', async ({ sessions, websh }) => {
  test.setTimeout(600_000);
  const file = path.join(websh.data, 'keys');
  const terminal = await sessions.create('keystrokes');
  await terminal.run(`'${process.execPath}' '${READER}' ${file}`);
  await terminal.shows('reader is ready');

  const seed = Date.now() % 100_000;
  const next = random(seed);
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
  expect(read(), `seed ${seed}, ${cuts} cuts`).toBe(typed);
  await terminal.ready();
  await sessions.close(terminal.session);
});

test('typed while the connection is down: sent once when it is back', async ({ sessions, websh }) => {
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
