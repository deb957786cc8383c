// The sessions page: listing, creating and closing sessions.
import { expect, type Locator, type Page } from '@playwright/test';
import { TerminalPage } from './terminal.ts';

export class SessionsPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(): Promise<void> {
    await this.page.goto(this.url);
    await expect(this.page.getByTestId('new-session')).toBeEnabled();
  }

  card(session: string): Locator {
    return this.page.getByTestId('session-card').and(this.page.locator(`[data-session="${session}"]`));
  }

  ended(session: string): Locator {
    return this.page.getByTestId('ended-session').and(this.page.locator(`[data-session="${session}"]`));
  }

  /** Creates a session through the dialog; its terminal opens in a new tab. Waits for the prompt. */
  async create(name: string, policy = ''): Promise<TerminalPage> {
    await this.page.getByTestId('new-session').click();
    const dialog = this.page.getByTestId('new-session-dialog');
    await expect(dialog).toBeVisible();
    await dialog.getByTestId('new-session-name').fill(name);
    await dialog.getByTestId('new-session-policy').selectOption(policy);
    const opened = this.page.context().waitForEvent('page');
    await dialog.getByTestId('new-session-create').click();
    const terminal = new TerminalPage(await opened, this.url);
    await terminal.ready();
    await terminal.shows(/[#$]$/m);
    return terminal;
  }

  /** Attaches through the card's link, in a new tab. */
  async connect(session: string): Promise<TerminalPage> {
    const opened = this.page.context().waitForEvent('page');
    await this.card(session).getByTestId('session-connect').click();
    const terminal = new TerminalPage(await opened, this.url);
    await terminal.ready();
    return terminal;
  }

  async close(session: string): Promise<void> {
    await this.card(session).getByTestId('session-close').click();
    await this.page.getByTestId('close-dialog').getByTestId('close-confirm').click();
    await expect(this.card(session)).toHaveCount(0);
  }

  async showEnded(): Promise<void> {
    await this.page.getByTestId('show-ended').click();
  }
}
