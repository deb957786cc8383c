// The terminal page: a shell in a tab.
import { expect, type Locator, type Page } from '@playwright/test';
import { painted, type Screen } from '../fixtures/screen.ts';

/** Properties that two views of one session must share. */
export interface View extends Screen {
  hash: string;
  modes: string;
}

export class TerminalPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  get screen(): Locator {
    return this.page.getByTestId('terminal');
  }

  get connection(): Locator {
    return this.page.getByTestId('connection');
  }

  get endPage(): Locator {
    return this.page.getByTestId('end-page');
  }

  get session(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  async open(session: string): Promise<void> {
    await this.page.goto(`${this.url}/sessions/${session}`);
    await this.ready();
  }

  /** Waits until the page is connected and shows the screen. */
  async ready(timeout = 15_000): Promise<void> {
    await expect(this.connection).toHaveAttribute('data-state', 'connected', { timeout });
    await expect(this.screen).toHaveAttribute('data-hash', /[0-9a-f]/, { timeout });
  }

  /** The text of the visible rows, each without trailing blanks. */
  async lines(): Promise<string[]> {
    const texts = await this.page.getByTestId('row').allTextContents();
    return texts.map((text) => text.replaceAll('\u00a0', ' ').trimEnd());
  }

  async text(): Promise<string> {
    return (await this.lines()).join('\n');
  }

  async shows(what: string | RegExp, timeout = 15_000): Promise<void> {
    const matching = typeof what === 'string' ? expect.stringContaining(what) : expect.stringMatching(what);
    await expect.poll(() => this.text(), { timeout }).toEqual(matching);
  }

  async focus(): Promise<void> {
    await this.page.getByTestId('terminal-input').focus();
  }

  /** Types a line key by key and presses Enter. */
  async run(line: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Runs a line and waits until the prompt is back. */
  async finish(line: string): Promise<void> {
    const mark = `done-${Math.random().toString(36).slice(2, 8)}`;
    await this.run(line);
    await this.run(`echo ${mark.slice(0, 5)}''${mark.slice(5)}`);
    await this.shows(new RegExp(`^${mark}$`, 'm'));
  }

  /** Runs a line and returns the number it prints. */
  async number(expression: string): Promise<number> {
    const mark = `n${Math.random().toString(36).slice(2, 8)}`;
    await this.run(`echo ${mark.slice(0, 3)}''${mark.slice(3)}=${expression}=`);
    await this.shows(new RegExp(`^${mark}=(\\d+)=$`, 'm'));
    return Number(new RegExp(`^${mark}=(\\d+)=$`, 'm').exec(await this.text())?.[1]);
  }

  async hash(): Promise<string> {
    return (await this.screen.getAttribute('data-hash')) ?? '';
  }

  async view(): Promise<View> {
    const [hash, modes] = await this.screen.evaluate((it) => [it.dataset['hash'], it.dataset['modes']]);
    return { hash: hash ?? '', modes: modes ?? '', ...(await painted(this.page)) };
  }

  /** Returns every line, history first, read by scrolling down from the top. */
  async history(): Promise<string[]> {
    await this.focus();
    const top = Number(await this.screen.getAttribute('data-oldest'));
    await this.page.keyboard.press('Shift+Home');
    const first = (): Promise<number> => this.screen.getAttribute('data-first').then(Number);
    await expect.poll(first).toBe(top);
    const lines = new Map<number, string>();
    for (let before = -1; before !== (await first()); ) {
      before = await first();
      // A line that has not arrived yet is empty and marked.
      await expect(this.page.locator('[data-testid="row"][data-missing]')).toHaveCount(0);
      (await this.lines()).forEach((line, at) => lines.set(before + at, line));
      await this.page.keyboard.press('Shift+PageDown');
    }
    return [...lines.entries()].sort(([a], [b]) => a - b).map(([, line]) => line);
  }

  async size(): Promise<[number, number]> {
    const [columns, rows] = await this.screen.evaluate((it) => [it.dataset['columns'], it.dataset['rows']]);
    return [Number(columns), Number(rows)];
  }
}
