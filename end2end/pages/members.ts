// The members page: members, invitations and the actions on them.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from './sign-in.ts';

export class MembersPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(): Promise<void> {
    await this.page.goto(`${this.url}/members`);
    await expect(this.page.getByTestId('invite')).toBeEnabled();
  }

  row(email: string): Locator {
    return this.page.getByTestId('member').and(this.page.locator(`[data-email="${email}"]`));
  }

  waiting(email: string): Locator {
    return this.page.getByTestId('waiting').and(this.page.locator(`[data-email="${email}"]`));
  }

  /** Creates an invitation and returns its link. */
  async invite(email: string, role: string): Promise<string> {
    await this.page.getByTestId('invite').click();
    const dialog = this.page.getByTestId('invite-dialog');
    await dialog.getByTestId('invite-email').fill(email);
    await dialog.getByTestId('invite-role').selectOption({ label: role });
    await dialog.getByTestId('invite-confirm').click();
    return this.link(dialog);
  }

  /** Returns the link that a dialog displays once. */
  async link(dialog: Locator): Promise<string> {
    const link = await dialog.getByTestId('link').inputValue();
    await dialog.getByTestId('link-done').click();
    await expect(dialog).toBeHidden();
    return link;
  }

  /** Confirms the open confirmation dialog. */
  async confirm(): Promise<void> {
    await this.page.getByTestId('confirm-dialog').getByTestId('confirm-confirm').click();
    await expect(this.page.getByTestId('confirm-dialog')).toBeHidden();
  }
}

/** The error beside a field. */
export function mistake(within: Locator | Page, field: string): Locator {
  return within.getByTestId(`${field}-error`);
}

/** Follows the link of an invitation and sets name and password. */
export async function accept(page: Page, link: string, person: Person): Promise<void> {
  await page.goto(link);
  await expect(page.getByTestId('accept-email')).toHaveValue(person.email);
  await page.getByTestId('accept-name').fill(person.name);
  await page.getByTestId('accept-password').fill(person.password);
  await page.getByTestId('accept-submit').click();
  await expect(page.getByTestId('new-session')).toBeEnabled();
}
