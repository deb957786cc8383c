// Invalid input is refused with one sentence that names the problem, and has no side effects.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runToEnd, Server } from '../../fixtures/server.ts';
import { expect, test } from '../../fixtures/test.ts';

interface Session {
  id: string;
  cols: number;
  rows: number;
}

test('a failed start prints one sentence', async ({ websh }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'websh-start-'));
  const file = path.join(folder, 'a-file');
  const configuration = path.join(folder, 'Leptos.toml');
  fs.writeFileSync(file, '');
  fs.writeFileSync(configuration, '[websh]\nscrolback = 5\n');
  const busy = new URL(websh.url).host;
  const data = { WEBSH_DATA_DIR: path.join(folder, 'data') };
  const cases: [string, string[], Record<string, string>, string][] = [
    ['a busy port', [], { ...data, WEBSH_LISTEN: busy }, busy],
    ['a data directory that is a file', [], { WEBSH_DATA_DIR: file, WEBSH_LISTEN: '127.0.0.1:0' }, file],
    ['an unknown key', ['--config', configuration], data, 'scrolback'],
    ['an unknown variable', [], { ...data, WEBSH_SCROLBACK: '5' }, 'WEBSH_SCROLBACK'],
    ['a public address without TLS', [], { ...data, WEBSH_LISTEN: '0.0.0.0:0' }, 'public_url'],
  ];
  for (const [what, args, settings, named] of cases) {
    const [code, errors] = await runToEnd(['serve', ...args], settings);
    expect(code, what).not.toBe(0);
    expect(errors, what).toContain(named);
    expect(errors.trim().split('\n'), `${what} is one sentence`).toHaveLength(1);
  }
  fs.rmSync(folder, { recursive: true });
});

test('a missing shell returns spawn_failed and leaves nothing behind', async () => {
  const server = await Server.start({ WEBSH_SHELL: '/nowhere/shell' });
  await server.setUp();
  const { name, value } = await server.signIn();
  const cookie = `${name}=${value}`;
  const [local] = (await (await fetch(`${server.url}/api/v1/servers`, { headers: { cookie } })).json()) as [
    { id: string; accounts: string[] },
  ];
  const answer = await server.request('/sessions', { server: local.id, account: local.accounts[0] }, cookie);
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ error: { code: 'spawn_failed' } });
  expect(server.sessions()).toEqual([]);
  const list = await (await fetch(`${server.url}/api/v1/sessions`, { headers: { cookie } })).json();
  expect(list).toMatchObject({ items: [] });
  expect(await server.finish()).toEqual([]);
});

test('sizes are clamped, invalid values are refused, a repeated create makes one session', async ({ websh, cookie }) => {
  const cookies = `${cookie.name}=${cookie.value}`;
  const [local] = (await (await fetch(`${websh.url}/api/v1/servers`, { headers: { cookie: cookies } })).json()) as [
    { id: string; accounts: string[] },
  ];
  const create = async (more: object): Promise<[number, Session & { error?: { code: string } }]> => {
    const answer = await websh.request('/sessions', { server: local.id, account: local.accounts[0], ...more }, cookies);
    return [answer.status, (await answer.json()) as Session & { error?: { code: string } }];
  };
  const made: string[] = [];
  for (const [cols, rows, clamped] of [
    [0, 0, [2, 2]],
    [1, 1, [2, 2]],
    [65535, 65535, [1000, 500]],
  ] as const) {
    const [status, session] = await create({ cols, rows });
    expect([status, session.cols, session.rows]).toEqual([201, ...clamped]);
    made.push(session.id);
  }
  for (const nonsense of [{ cols: -1 }, { cols: 65536 }, { cols: '80' }, { colour: 'red' }, { name: 7 }]) {
    const [status, answer] = await create(nonsense);
    expect([status, answer.error?.code], JSON.stringify(nonsense)).toEqual([400, 'bad_request']);
  }
  const repeated = { idempotency_key: 'one-repeated' };
  const answers = await Promise.all([create(repeated), create(repeated), create(repeated)]);
  expect(new Set(answers.map(([, session]) => session.id)).size).toBe(1);
  expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 201]);
  made.push(answers[0]?.[1].id ?? '');
  for (const session of made) {
    const answer = await fetch(`${websh.url}/api/v1/sessions/${session}`, {
      method: 'DELETE',
      headers: { cookie: cookies, origin: websh.url },
    });
    expect(answer.status).toBe(204);
  }
});
