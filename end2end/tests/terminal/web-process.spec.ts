// The web process is killed and restarted; shells and pages continue.
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fs from 'node:fs';
import { picture } from '../../fixtures/pictures.ts';
import { processOf, processesOf, sessionProcess } from '../../fixtures/processes.ts';
import { CUT, expect, MEMBER, test } from '../../fixtures/test.ts';
import { SessionsPage } from '../../pages/sessions.ts';
import { SignInPage } from '../../pages/sign-in.ts';
import type { TerminalPage } from '../../pages/terminal.ts';

const NUMBERS = fileURLToPath(new URL('../../programs/numbers.mjs', import.meta.url));

async function newest(terminal: TerminalPage): Promise<number> {
  const numbers = [...(await terminal.text()).matchAll(/number (\d+) of many/g)];
  return Math.max(0, ...numbers.map((it) => Number(it[1])));
}

test.describe('the web process is killed', () => {
  test.use({ noise: CUT });

  test('twenty times while a program prints numbered lines', async ({ fresh, page }) => {
    test.setTimeout(300_000);
    await fresh.setUp();
    await page.goto(fresh.url);
    await new SignInPage(page).signIn(MEMBER);
    const sessions = new SessionsPage(page, fresh.url);
    const terminal = await sessions.create('numbers');
    const { session } = terminal;
    const stop = path.join(fresh.data, 'stop');
    await terminal.run(`'${process.execPath}' '${NUMBERS}' 20 ${stop}`);
    await terminal.shows(/number 5 of many/);
    const processes = processesOf(session);
    expect(processes.length).toBeGreaterThanOrEqual(3);
    const born = sessionProcess(session);

    for (let time = 1; time <= 20; time += 1) {
      const last = await newest(terminal);
      await fresh.kill();
      await expect(terminal.connection).toHaveAttribute('data-state', 'reconnecting');
      if (time === 1) await picture(terminal.page, 'killed');
      await fresh.launch();
      await terminal.ready(5_000);
      await expect.poll(() => newest(terminal), { timeout: 5_000 }).toBeGreaterThan(last);
    }
    expect(processes.filter((it) => processOf(it.pid)?.started !== it.started), 'the same processes').toEqual([]);
    expect(sessionProcess(session)).toMatchObject({ pid: born?.pid, started: born?.started });

    fs.writeFileSync(stop, '');
    await terminal.shows(/last number \d+/);
    const last = Number(/last number (\d+)/.exec(await terminal.text())?.[1]);
    expect(last).toBeGreaterThan(200);
    const history = await terminal.history();
    const numbers = history.flatMap((line) => /^number (\d+) of many$/.exec(line)?.[1] ?? []).map(Number);
    expect(numbers, 'history is complete without duplicates').toEqual(
      Array.from({ length: last }, (_, at) => at + 1),
    );
    await sessions.close(session);
  });

  test('stopped with SIGTERM: sockets close with 1012 and the page reconnects', async ({ fresh, page }) => {
    await fresh.setUp();
    await page.goto(fresh.url);
    await new SignInPage(page).signIn(MEMBER);
    const sessions = new SessionsPage(page, fresh.url);
    const terminal = await sessions.create('upgraded');
    const pid = await terminal.number('$$');
    expect(await fresh.terminate(), 'exit status of websh').toBe(0);
    await fresh.launch();
    await terminal.ready(10_000);
    expect(await terminal.number('$$')).toBe(pid);
    await sessions.close(terminal.session);
  });
});
