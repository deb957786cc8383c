// Pages before sign-in: set-up of the first superuser, and sign-in itself.
import { expect, type Page } from '@playwright/test';

export interface Person {
  email: string;
  name: string;
  password: string;
}

export class SignInPage {
  constructor(readonly page: Page) {}

  /** Follows the one-time link and creates the first superuser. */
  async setUp(link: string, person: Person): Promise<void> {
    await this.page.goto(link);
    await this.page.getByTestId('setup-email').fill(person.email);
    await this.page.getByTestId('setup-name').fill(person.name);
    await this.page.getByTestId('setup-password').fill(person.password);
    await this.page.getByTestId('setup-submit').click();
    await expect(this.page.getByTestId('setup-submit')).toHaveCount(0);
  }

  async signIn(person: Person): Promise<void> {
    await this.page.getByTestId('sign-in-email').fill(person.email);
    await this.page.getByTestId('sign-in-password').fill(person.password);
    await this.page.getByTestId('sign-in-submit').click();
  }
}
