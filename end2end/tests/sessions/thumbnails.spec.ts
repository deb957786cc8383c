// Thumbnails: cards show their screens live, and only while visible.
import { picture } from '../../fixtures/pictures.ts';
import { expect, test } from '../../fixtures/test.ts';

test('a card shows its screen as it changes, with colours, and stops when out of sight', async ({ sessions }) => {
  const terminal = await sessions.create('to look at');
  await terminal.finish("clear; printf '\\e[31mred words\\e[0m on the screen\\n'");
  await sessions.page.bringToFront();
  const card = sessions.card(terminal.session);
  const thumbnail = card.getByTestId('thumbnail');
  await expect(thumbnail).toHaveAttribute('data-live', 'true');
  await expect(thumbnail).toContainText('red words on the screen');
  const colour = (text: string): Promise<string> =>
    thumbnail.getByText(text, { exact: true }).evaluate((it) => getComputedStyle(it).color);
  expect(await colour('red words')).not.toBe(await thumbnail.evaluate((it) => getComputedStyle(it).color));
  await picture(sessions.page, 'thumbnails');

  await terminal.page.bringToFront();
  await terminal.finish('echo a later line');
  await sessions.page.bringToFront();
  await expect(thumbnail).toContainText('a later line');
  await expect(card, 'a preview is not an attachment').toHaveAttribute('data-state', 'here');

  await sessions.page.evaluate(() => (document.body.style.paddingTop = '300vh'));
  await expect(thumbnail).toHaveAttribute('data-live', 'false');
  await sessions.page.evaluate(() => (document.body.style.paddingTop = ''));
  await expect(thumbnail).toHaveAttribute('data-live', 'true');
  await sessions.close(terminal.session);
});
