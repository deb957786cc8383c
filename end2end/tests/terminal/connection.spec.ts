// The connection line: its text while the connection is cut, and a quiet return.
import { CUT, expect, test } from '../../fixtures/test.ts';

test.describe('the connection is cut', () => {
  test.use({ noise: CUT });

  test('the line counts down to the next attempt and shows when it is back', async ({ sessions, websh }) => {
    const terminal = await sessions.create('cut off');
    const pid = await terminal.number('$$');
    await expect(terminal.connection).toContainText('connected');
    websh.proxy.sever();
    await expect(terminal.connection).toHaveAttribute('data-state', 'reconnecting');
    await expect(terminal.connection).toContainText(/reconnecting in [1-9]\d* s/);
    websh.proxy.restore();
    await expect(terminal.connection).toHaveAttribute('data-state', 'connected');
    await expect(terminal.connection).toContainText('connected');
    await expect(terminal.connection).not.toContainText('reconnecting');
    expect(await terminal.number('$$'), 'the same shell').toBe(pid);
    await sessions.close(terminal.session);
  });
});

// Without `noise`: a hello sent on a closed connection is written to the console.
test('nothing is sent on a connection that closes as soon as it is open', async ({ context, sessions }) => {
  const terminal = await sessions.create('ends at once');
  await context.addInitScript(() => {
    let ends = 3;
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // Runs before the page's own listener.
        this.addEventListener('open', () => {
          ends -= 1;
          document.documentElement.dataset['ended'] = String(3 - ends);
          if (ends >= 0) this.close();
        });
      }
    };
  });
  await terminal.page.reload();
  await terminal.ready();
  await expect(terminal.page.locator('html')).toHaveAttribute('data-ended', '4');
  await terminal.finish('echo here');
  await sessions.close(terminal.session);
});
