// A server that cannot start sessions for a while, as during an upgrade of the session program.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { picture } from '../../fixtures/pictures.ts';
import { Server } from '../../fixtures/server.ts';
import { expect, test } from '../../fixtures/test.ts';
import { mistake } from '../../pages/members.ts';
import { SessionsPage } from '../../pages/sessions.ts';

test.use({ noise: /status of 409/ });

test('an offline server is reported in the dialog and by the API, and running sessions continue', async ({ context, page }) => {
  const directory = fs.mkdtempSync('/tmp/websh-e2e-program-');
  const program = path.join(directory, 'websh-session');
  fs.symlinkSync(process.env['WEBSH_SESSION_PROGRAM'] ?? '', program);
  const websh = await Server.start({ WEBSH_SESSION_PROGRAM: program });
  await websh.setUp();
  const cookie = await websh.signIn();
  await context.addCookies([{ ...cookie, url: websh.url }]);
  const sessions = new SessionsPage(page, websh.url);
  await sessions.open();
  const terminal = await sessions.create('there before');
  await page.bringToFront();
  // The dialog requests the servers when it opens; the server goes offline after the response.
  const loaded = page.waitForResponse((answer) => answer.url().endsWith('/api/pages/servers'));
  await page.getByTestId('new-session').click();
  await loaded;
  const dialog = page.getByTestId('new-session-dialog');
  const create = dialog.getByTestId('new-session-create');
  await dialog.getByTestId('new-session-name').fill('kept while it is away');
  await expect(create).toBeEnabled();

  // It goes offline while the dialog is open: the API reports it, and no typed text is lost.
  fs.unlinkSync(program);
  await create.click();
  await expect(mistake(dialog, 'new-session-server')).toContainText('is offline');
  await expect(dialog.getByTestId('new-session-name')).toHaveValue('kept while it is away');
  await expect(dialog.getByTestId('new-session-server').locator('option')).toHaveText([/\(offline\)$/]);
  await expect(create).toBeDisabled();
  await picture(page, 'server-offline');
  const { account } = await websh.firstAccount(cookie);
  const signedIn = `${cookie.name}=${cookie.value}`;
  const answer = await websh.request('/sessions', { server: 'local', account }, signedIn);
  expect([answer.status, (await answer.json()).error.code]).toEqual([409, 'server_offline']);
  await terminal.finish('echo what runs goes on');

  // A new dialog shows it offline from the start, and online once it is back.
  await dialog.getByTestId('new-session-cancel').click();
  await page.getByTestId('new-session').click();
  await expect(dialog.getByTestId('new-session-offline')).toContainText('is offline');
  await expect(create).toBeDisabled();
  await dialog.getByTestId('new-session-cancel').click();
  fs.symlinkSync(process.env['WEBSH_SESSION_PROGRAM'] ?? '', program);
  await page.getByTestId('new-session').click();
  await expect(dialog.getByTestId('new-session-offline')).toHaveCount(0);
  await dialog.getByTestId('new-session-cancel').click();
  const after = await sessions.create('there after');
  await after.finish('echo back');
  await context.close();
  expect(await websh.finish(), 'no process outlives its session').toEqual([]);
  fs.rmSync(directory, { recursive: true });
});
