// Full-screen programs, wide characters and line drawing: after reattaching, the page shows the same screen as
// an independent emulator that received the same bytes.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { emulate, recorded } from '../../fixtures/emulator.ts';
import { picture } from '../../fixtures/pictures.ts';
import { allProcesses, processesOf, type Process } from '../../fixtures/processes.ts';
import { random } from '../../fixtures/random.ts';
import { expectSame } from '../../fixtures/screen.ts';
import { expect, test } from '../../fixtures/test.ts';
import { TerminalPage } from '../../pages/terminal.ts';

interface Program {
  title: string;
  /** Command for sh, with `$FILE` a text file. */
  command: string;
  /** Process name, to stop it while the screens are compared. */
  program: string;
  /** Text on its screen once it has started. */
  shows: string | RegExp;
  /** Keys pressed in a loop while tabs open and close. */
  keys: string[];
}

/** Number of detaches per program. */
const DETACHES = 8;

/** Maximum number of keys pressed in one tab, and the milliseconds within which it is closed. */
const [MOST_KEYS, LONGEST] = [6, 250];

const text = [
  'plain, then 日本語のテキスト, then 한국어, then 中文 and 🙂🚀 emoji',
  'combining: e\u0301 a\u030a o\u0308, and a tab\tafter it',
  ...Array.from({ length: 400 }, (_, at) => `line ${at + 1} 漢字 ${'.'.repeat(at % 60)}`),
].join('\n');

const programs: Program[] = [
  {
    title: 'vim',
    command: 'exec vim -u NONE -N --cmd "syntax on" --cmd "set ruler" "$FILE"',
    program: 'vim',
    shows: '中文 and 🙂🚀 emoji',
    keys: ['G', 'i', 'x', 'Escape', 'Control+b', 'v', 'j', 'l', 'Escape', 'g', 'g'],
  },
  {
    title: 'less',
    command: 'exec less "$FILE"',
    program: 'less',
    shows: '中文 and 🙂🚀 emoji',
    keys: ['Space', 'j', 'j', 'G', 'b', 'k'],
  },
  {
    title: 'htop',
    command: 'exec htop -d 5',
    program: 'htop',
    shows: 'Load average',
    keys: ['ArrowDown', 'ArrowDown', 'F5', 'ArrowUp'],
  },
  {
    title: 'a file of CJK, emoji and combining characters',
    command: 'head -n 12 "$FILE"; read -r line; printf "%s\\n" "$line"; exec cat',
    program: 'cat',
    shows: 'line 10 漢字',
    keys: ['a', 'b', 'Enter', 'c', 'd', 'Backspace', 'e', 'f'],
  },
  {
    title: 'DEC line drawing and colours',
    command: String.raw`printf '\033(0lqqwqqk\nx  x  x\ntqqnqqu\nmqqvqqj\033(B\n\033)0\016aqsa\017plain\n'
      printf '\033[38;5;208morange\033[48;5;19mon blue\033[0m \033[38;2;1;2;3m\033[48;2;200;210;220mtrue\033[0m \033[9mstruck\033[0m\n'
      printf '\033[5;10Hplaced\033[6 q'; exec cat`,
    program: 'cat',
    shows: '┌──┬──┐',
    keys: ['a', 'b', 'Backspace', 'c', 'd', 'e', 'f', 'Enter'],
  },
];

for (const program of programs) {
  test(`${program.title}: detached at random moments, the same screen when back`, async ({ sessions, websh, context }) => {
    const folder = fs.mkdtempSync(path.join(websh.data, 'program-'));
    const [file, tape, script] = ['text.txt', 'tape', 'program.sh'].map((name) => path.join(folder, name));
    fs.writeFileSync(file as string, text);
    fs.writeFileSync(script as string, `FILE='${file}'\nprintf '\\033[H\\033[2J'\n(${program.command})\ntrue\n`);

    let terminal = await sessions.create(`with ${program.title}`.slice(0, 60));
    const { session } = terminal;
    await terminal.run(`script -qf -c 'sh ${script}' ${tape}`);
    await terminal.shows(program.shows);
    if (program.title === 'vim') await picture(terminal.page, 'vim');

    const next = await random(test.info());
    let at = 0;
    for (let time = 1; time <= DETACHES; time += 1) {
      await terminal.focus();
      const { keyboard } = terminal.page;
      const keys = Array.from({ length: 1 + Math.floor(next() * MOST_KEYS) }, () => {
        at += 1;
        return program.keys[(at - 1) % program.keys.length] as string;
      });
      const pressing = (async () => {
        for (const key of keys) await keyboard.press(key);
      })().catch(() => undefined);
      // The tab closes before, during or after a key and the program's response to it.
      await after(next() * LONGEST);
      await terminal.page.close();
      await pressing;
      terminal = new TerminalPage(await context.newPage(), websh.url);
      await terminal.open(session);
    }
    // Keys of a closed tab may be lost; these may not.
    await terminal.focus();
    for (const key of program.keys) await terminal.page.keyboard.press(key);

    const processes = (): Process[] => processesOf(session).filter((it) => it.name === program.program);
    await expect.poll(() => processes().length, { message: `${program.program} still runs` }).toBe(1);
    const running = processes();
    process.kill(running[0]?.pid ?? 0, 'SIGSTOP');
    await expect.poll(() => allProcesses().find((it) => it.pid === running[0]?.pid)?.state).toBe('T');

    const [columns, rows] = await terminal.size();
    await expect(async () => {
      expectSame(await terminal.view(), await emulate(recorded(tape as string), columns, rows));
    }).toPass({ timeout: 10_000 });
    const before = await terminal.view();
    await terminal.page.reload();
    await terminal.ready();
    const fresh = await terminal.view();
    expect([fresh.hash, fresh.modes]).toEqual([before.hash, before.modes]);
    expectSame(fresh, before);
    await terminal.page.close();
    await sessions.close(session);
  });
}
