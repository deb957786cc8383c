// The connection line: its text while the connection is cut, and a quiet return.
import { picture } from '../../fixtures/pictures.ts';
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

  test('a proxy that does not forward WebSockets is named after the second failure', async ({ context, sessions }) => {
    const terminal = await sessions.create('behind a proxy');
    // An address that answers without an upgrade, as such a proxy does.
    await context.addInitScript(() => {
      window.WebSocket = class extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super('forwarded' in document.documentElement.dataset ? url : `${url}/blocked`, protocols);
        }
      };
    });
    await terminal.page.reload();
    await expect(terminal.connection).toContainText('The proxy does not forward WebSockets');
    await picture(terminal.page, 'no-websockets');
    await terminal.page.evaluate(() => void (document.documentElement.dataset['forwarded'] = ''));
    await terminal.ready();
    await expect(terminal.connection).not.toContainText('WebSockets');
    await terminal.finish('echo here');
    await sessions.close(terminal.session);
  });
});

// Without `noise`: a hello sent on a closed connection is written to the console.
test('a connection that closes as soon as it is open, for any reason, is opened again and nothing is sent on it', async ({ context, sessions }) => {
  const terminal = await sessions.create('ends at once');
  await context.addInitScript(() => {
    // Two without a code; then as if the session were over, which the server denies.
    const codes = [undefined, undefined, 4410, 4408, 1000];
    let opened = 0;
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // Runs before the page's own listener.
        this.addEventListener('open', () => {
          opened += 1;
          document.documentElement.dataset['opened'] = String(opened);
          if (opened <= codes.length) this.close(codes[opened - 1]);
        });
      }
    };
  });
  await terminal.page.reload();
  await terminal.ready();
  await expect(terminal.page.locator('html')).toHaveAttribute('data-opened', '6');
  await terminal.finish('echo here');
  await sessions.close(terminal.session);
});
