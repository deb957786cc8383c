// Pages of other origins and broken clients get nothing.
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../../fixtures/test.ts';

const SOCKET = '/api/v1/socket';

/** Opens the socket from a page, sends `first`, and returns the close code. */
async function closeCode(page: import('@playwright/test').Page, url: string, first: string): Promise<number> {
  return page.evaluate(
    ([url, first]) =>
      new Promise<number>((done) => {
        const socket = new WebSocket(url as string, 'websh.v1');
        socket.onclose = (event) => done(event.code);
        socket.onopen = () => {
          if (first === 'text') socket.send('hello');
          if (first === 'garbage') socket.send(new Uint8Array([255, 255, 255, 255]));
          if (first === 'empty') socket.send(new Uint8Array());
          if (first === 'big') socket.send(new Uint8Array(65 * 1024));
          // ClientMessage.input { number: 1, text: "x" } before any hello.
          if (first === 'input') socket.send(new Uint8Array([0x12, 5, 8, 1, 0x12, 1, 0x78]));
          // ClientMessage.hello { version: 1, ticket: "no", client: 16 bytes }.
          if (first === 'ticket') socket.send(new Uint8Array([0x0a, 24, 8, 1, 0x12, 2, 0x6e, 0x6f, 0x1a, 16, ...Array<number>(16).fill(7)]));
        };
      }),
    [url.replace('http', 'ws') + SOCKET, first],
  );
}

test('a broken or unknown client is closed with a specific code', async ({ sessions, websh }) => {
  const codes: Record<string, number> = {};
  for (const first of ['text', 'garbage', 'empty', 'big', 'input', 'ticket']) {
    codes[first] = await closeCode(sessions.page, websh.url, first);
  }
  expect(codes).toEqual({ text: 4400, garbage: 4400, empty: 4400, big: 1009, input: 4400, ticket: 1012 });
});

test.describe('on another origin', () => {
  // Chromium reports each refused socket and request.
  test.use({ noise: /WebSocket connection to|Failed to load resource|CORS policy/ });

  test('a page can neither open a socket nor change state with the cookie', async ({ sessions, websh, context }) => {
    const terminal = await sessions.create('a target');
    const evil = http.createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html');
      answer.end('<!doctype html><title>elsewhere</title>');
    });
    await new Promise<void>((ready) => evil.listen(0, '127.0.0.1', ready));
    const { port } = evil.address() as AddressInfo;
    for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
      const page = await context.newPage();
      await page.goto(origin);
      expect(await closeCode(page, websh.url, 'text'), 'refused before it opens').toBe(1006);
      const changed = await page.evaluate(
        async ([url, session]) => {
          const call = { method: 'DELETE', credentials: 'include' } as const;
          const form = { method: 'POST', credentials: 'include', mode: 'no-cors', body: 'x' } as const;
          const answers = await Promise.allSettled([
            fetch(`${url}/api/v1/sessions/${session}`, call),
            fetch(`${url}/api/v1/logout`, form),
          ]);
          return answers.map((it) => (it.status === 'fulfilled' ? it.value.type : 'refused'));
        },
        [websh.url, terminal.session],
      );
      expect(changed).toEqual(['refused', 'refused']);
      await page.close();
    }
    evil.close();
    await terminal.finish('echo still here');
    await sessions.page.reload();
    await expect(sessions.card(terminal.session)).toHaveCount(1);
    await sessions.close(terminal.session);
  });
});

test('every kind of response carries the security headers', async ({ sessions, websh }) => {
  for (const path of ['/', '/sign-in', '/nothing-here', '/api/v1/me', '/api/v1/nothing', '/healthz', '/pkg/websh.js']) {
    const answer = await sessions.page.request.get(websh.url + path);
    const headers = answer.headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain('unsafe-inline');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('no-referrer');
    expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
    expect(headers['access-control-allow-origin'], path).toBeUndefined();
  }
});

test('signing out removes the terminal from the page and keeps the shell', async ({ fresh, browser }) => {
  await fresh.setUp();
  const cookie = await fresh.signIn();
  const context = await browser.newContext();
  await context.addCookies([{ ...cookie, url: fresh.url }]);
  const { SessionsPage } = await import('../../pages/sessions.ts');
  const sessions = new SessionsPage(await context.newPage(), fresh.url);
  await sessions.open();
  const terminal = await sessions.create('signed out');
  await terminal.finish('echo a secret');
  const answer = await fresh.request('/logout', {}, `${cookie.name}=${cookie.value}`);
  expect(answer.status).toBe(204);
  await expect(terminal.screen).toHaveCount(0, { timeout: 10_000 });
  await expect(terminal.page.locator('body')).not.toContainText('a secret');
  await context.close();

  const again = await browser.newContext();
  await again.addCookies([{ ...(await fresh.signIn()), url: fresh.url }]);
  const back = new SessionsPage(await again.newPage(), fresh.url);
  await back.open();
  const terminalAgain = await back.connect(terminal.session);
  await terminalAgain.shows('a secret');
  await back.close(terminal.session);
  await again.close();
});
