// The connection line: what it says while the connection is cut, and that coming back is quiet.
import { CUT, expect, test } from '../../fixtures/test.ts';

test.describe('the connection is cut', () => {
  test.use({ noise: CUT });

  test('the line counts the seconds to the next try, and says when it is back', async ({ sessions, websh }) => {
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

// Without `noise`: a hello that is said on a connection that is over is written to the console.
test('nothing is said on a connection that ends as soon as it is open', async ({ context, sessions }) => {
  const terminal = await sessions.create('ends at once');
  await context.addInitScript(() => {
    let ends = 3;
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // The first to hear of it.
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
