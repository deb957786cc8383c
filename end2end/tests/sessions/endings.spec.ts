// Ends of sessions: the reason is shown, and no process outlives its session.
import { processesOf, sessionProcess, survivors } from '../../fixtures/processes.ts';
import { expect, test } from '../../fixtures/test.ts';
import { picture } from '../../fixtures/pictures.ts';

test('exit 7 is shown in the page and in the list, after all output before it', async ({ sessions }) => {
  const terminal = await sessions.create('to exit');
  const { session } = terminal;
  await terminal.run('seq 1 5000; echo the last word; exit 7');
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'exited');
  await expect(terminal.endPage).toContainText('7');
  await expect(terminal.screen, 'all output is there').toContainText('the last word');
  await picture(terminal.page, 'exited');
  await expect(sessions.card(session)).toHaveCount(0);
  await sessions.showEnded();
  await expect(sessions.ended(session)).toHaveAttribute('data-reason', 'exited');
  await expect(sessions.ended(session)).toContainText('7');

  await terminal.page.reload();
  await expect(terminal.endPage, 'the same for a later client').toHaveAttribute('data-reason', 'exited');
  const other = await terminal.page.goto(terminal.page.url().replace(session, '01900000-0000-7000-8000-000000000000'));
  expect(other?.status()).toBeLessThan(500);
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'not_found');
});

/** Jobs that outlive an ordinary terminal. */
const JOBS = [
  'sleep 1001 &',
  'nohup sleep 1002 >/dev/null 2>&1 &',
  'setsid sleep 1003 </dev/null >/dev/null 2>&1 &',
  "(trap '' HUP TERM; while :; do sleep 1004; done) &",
  '( (sleep 1005 & ) & )',
  'env -i setsid --fork sleep 1006 </dev/null >/dev/null 2>&1',
  // Stopped only after exec: between fork and exec it is still a shell.
  'sleep 1007 & until grep -q sleep /proc/$!/comm; do :; done; kill -STOP $!',
];

test('closing leaves no process, no matter how a job detaches', async ({ sessions }) => {
  const terminal = await sessions.create('with jobs');
  for (const job of JOBS) await terminal.finish(job);
  const running = (): string[] =>
    processesOf(terminal.session)
      .filter((it) => it.name === 'sleep')
      .map((it) => it.state);
  await expect.poll(() => running().length).toBe(JOBS.length);
  expect(running()).toContain('T');
  const before = processesOf(terminal.session);
  await sessions.close(terminal.session);
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'closed');
  expect(survivors(before), 'processes after the close response').toEqual([]);
});

test('exit ends its background jobs', async ({ sessions }) => {
  const terminal = await sessions.create('exits with jobs');
  for (const job of JOBS.slice(0, 4)) await terminal.finish(job);
  const before = processesOf(terminal.session);
  await terminal.run('exit');
  // Bash warns once about stopped jobs; there are none.
  await expect(terminal.endPage).toHaveAttribute('data-reason', 'exited');
  expect(survivors(before)).toEqual([]);
});

test.describe('the session process is killed', () => {
  // Requests that a page sends before it learns of the end get this response.
  test.use({ noise: /status of 410 .*\/attach\b/ });

  test('the session is lost, and both pages show it', async ({ sessions }) => {
    const terminal = await sessions.create('to be lost');
    const { session } = terminal;
    await terminal.finish('echo the last word');
    const before = processesOf(session);
    process.kill(sessionProcess(session)?.pid ?? 0, 'SIGKILL');
    await expect(terminal.endPage).toHaveAttribute('data-reason', 'lost');
    await expect(terminal.endPage).toContainText('the session process crashed');
    await expect(terminal.connection).toHaveAttribute('data-state', 'ended');
    await expect(sessions.card(session)).toHaveCount(0);
    await sessions.showEnded();
    await expect(sessions.ended(session)).toHaveAttribute('data-reason', 'lost');
    await expect.poll(() => survivors(before), { message: 'what it had started' }).toEqual([]);

    await terminal.page.reload();
    await expect(terminal.endPage, 'a page opened later shows it too').toHaveAttribute('data-reason', 'lost');
  });
});

test('closing asks for confirmation and names the program in the foreground', async ({ sessions }) => {
  const terminal = await sessions.create('busy');
  await terminal.run('less /etc/passwd');
  await terminal.shows('root');
  const card = sessions.card(terminal.session);
  await expect(card).toContainText('less');
  await card.getByTestId('session-close').click();
  const dialog = sessions.page.getByTestId('close-dialog');
  await expect(dialog).toContainText('less');
  await dialog.getByTestId('close-cancel').click();
  await expect(card).toHaveCount(1);
  await sessions.close(terminal.session);
});
