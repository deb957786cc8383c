// Sharing: the owner's dialog and the guest's form.
import { expect, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { TerminalPage } from './terminal.ts';

/** Link and password of a new share. */
export interface Secrets {
  url: string;
  password: string;
}

export interface ShareOptions {
  minutes?: number;
  readOnly?: boolean;
  guests?: number;
}

export class ShareDialog {
  constructor(readonly page: Page) {}

  get dialog(): Locator {
    return this.page.getByTestId('share-dialog');
  }

  get rows(): Locator {
    return this.dialog.getByTestId('share-row');
  }

  /** Opens the dialog by the Share button of a card or a terminal. */
  async open(within: Locator | Page = this.page): Promise<void> {
    await within.getByTestId('share').click();
    await expect(this.dialog.getByTestId('share-create')).toBeEnabled();
  }

  /** Creates a link and returns the secrets that the dialog displays. */
  async create({ minutes = 30, readOnly = false, guests = 20 }: ShareOptions = {}): Promise<Secrets> {
    await this.dialog.getByTestId('share-minutes').fill(String(minutes));
    await this.dialog.getByTestId('share-read-only').setChecked(readOnly);
    await this.dialog.getByTestId('share-max-guests').fill(String(guests));
    await this.dialog.getByTestId('share-create').click();
    return this.secrets();
  }

  async secrets(): Promise<Secrets> {
    const [url, password] = [this.dialog.getByTestId('share-url'), this.dialog.getByTestId('share-password')];
    await expect(url).toHaveValue(/\/join#.+/);
    return { url: await url.inputValue(), password: await password.inputValue() };
  }

  /** Goes back from the secrets to the form, confirming that they were noted. */
  async back(): Promise<void> {
    await this.dialog.getByTestId('share-back').click();
    await this.dialog.getByTestId('share-back').click();
    await expect(this.dialog.getByTestId('share-create')).toBeEnabled();
  }

  async close(): Promise<void> {
    await this.dialog.getByTestId('share-close').click();
    await expect(this.dialog).toBeHidden();
  }
}

export class GuestPage extends TerminalPage {
  get mode(): Locator {
    return this.page.getByTestId('guest-mode');
  }

  async leaves(): Promise<void> {
    await this.page.context().close();
  }
}

/** Follows a link up to the form, in a new browser context or a given one. */
export async function follow(
  browser: Browser | BrowserContext,
  url: string,
  like: BrowserContextOptions = {},
): Promise<Page> {
  const page = await ('newContext' in browser ? await browser.newContext(like) : browser).newPage();
  await page.goto(url);
  await expect(page.getByTestId('join-submit')).toBeEnabled();
  return page;
}

/** Joins by a link, its password and a name. */
export async function join(
  browser: Browser,
  { url, password }: Secrets,
  name: string,
  like: BrowserContextOptions = {},
): Promise<GuestPage> {
  const page = await follow(browser, url, like);
  await page.getByTestId('join-name').fill(name);
  await page.getByTestId('join-password').fill(password);
  await page.getByTestId('join-submit').click();
  const guest = new GuestPage(page, new URL(url).origin);
  await guest.ready();
  return guest;
}
