// The settings page: its form and the accounts below it.
import { expect, type Locator, type Page } from '@playwright/test';

export class SettingsPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(): Promise<void> {
    await this.page.goto(`${this.url}/settings`);
    await expect(this.page.getByTestId('settings')).toBeVisible();
  }

  field(name: string): Locator {
    return this.page.getByTestId(`settings-${name}`);
  }

  /** The error beside a field. */
  mistake(name: string): Locator {
    return this.page.getByTestId(`settings-${name}-error`);
  }

  async save(): Promise<void> {
    await expect(this.page.getByTestId('settings-save')).toBeEnabled();
    await this.page.getByTestId('settings-save').click();
  }
}
