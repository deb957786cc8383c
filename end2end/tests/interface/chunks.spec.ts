// Chunks of the page's program that fail to load: the network is down for a moment, or websh was updated while
// the page was open.
import { expect, MEMBER, test } from '../../fixtures/test.ts';

const gone = { status: 404, contentType: 'text/html', body: 'nothing here' };

test.use({ noise: /404|MIME type|split module|WebAssembly/ });

test('a failed chunk shows an error and loads on retry', async ({ sessions }) => {
  const terminal = await sessions.create('a part is missing');
  const { page } = sessions;
  await page.bringToFront();
  await sessions.open();
  const card = sessions.card(terminal.session);
  await page.route(/\/split_rest\.wasm$/, (route) => route.fulfill(gone), { times: 1 });
  await card.getByTestId('share').click();
  await expect(page.getByTestId('not-loaded')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('not-loaded')).toHaveCount(0);
  await card.getByTestId('share').click();
  await expect(page.getByTestId('share-dialog')).toBeVisible();
});

test('closing a session needs no further chunk', async ({ sessions }) => {
  const terminal = await sessions.create('closed without a chunk');
  const { page } = sessions;
  await page.bringToFront();
  await sessions.open();
  await page.route(/\/split_rest\.wasm$/, (route) => route.fulfill(gone));
  await sessions.close(terminal.session);
  await expect(page.getByTestId('not-loaded')).toHaveCount(0);
});

test('a page whose chunk is gone reloads', async ({ sessions }) => {
  const { page } = sessions;
  await page.route(/\/split_rest\.wasm$/, (route) => route.fulfill(gone), { times: 1 });
  await page.evaluate(() => Object.assign(window, { old: true }));
  await page.getByTestId('who').click();
  await expect(page).toHaveURL(/\/me$/);
  await expect.poll(() => page.evaluate(() => 'old' in window)).toBe(false);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('text typed before the chunk of a page has loaded is kept', async ({ fresh, page }) => {
  await fresh.setUp();
  let come = (): void => {};
  const held = new Promise<void>((resolve) => (come = resolve));
  await page.route(/\/split_entrance\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${fresh.url}/sign-in`, { waitUntil: 'commit' });
  await page.getByTestId('sign-in-email').pressSequentially(MEMBER.email);
  await page.getByTestId('sign-in-password').pressSequentially(MEMBER.password);
  await expect(page.getByTestId('sign-in-submit')).toBeDisabled();
  come();
  await page.getByTestId('sign-in-submit').click();
  await expect(page).toHaveURL(`${fresh.url}/`);
});
