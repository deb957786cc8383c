// The connection line: what it says while the connection is cut.
import { CUT, expect, test } from '../fixtures/test.ts';

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
