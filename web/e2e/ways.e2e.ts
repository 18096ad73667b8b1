// Can a person do the work: look, narrow, decide, undo, import, compare, and all of it from the keyboard?

import type { Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reset } from '../src/mocks/server';
import { type Visitor, axe, launch, serve, settled, visit } from './stage';

let browser: Browser;
let server: Server;
let base: string;
let visitor: Visitor;

beforeAll(async () => {
  ({ server, base } = await serve());
  browser = await launch();
  visitor = await visit(browser);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

beforeEach(() => {
  reset();
  visitor.complaints.length = 0;
});

async function open(path: string): Promise<Page> {
  await visitor.page.goto(base + path);
  await settled(visitor.page);
  return visitor.page;
}

const total = async (page: Page) => Number((await page.locator('h1').innerText()).replace(/\D/g, ''));

describe('a figure', () => {
  it('opens how do we know in a panel that has an address, and Escape takes it back', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: 'Hur vet vi? Kundkapital', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    expect(page.url()).toContain('figure=equity.total');
    await page.getByText(/20 av 55.565 rader/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('figure=');
  });
});

describe('the customers', () => {
  it('are narrowed by a filter that stands in the address and survives a reload', async () => {
    const page = await open('/customers?show=table');
    const all = await total(page);
    await page.getByText('Filtrera', { exact: true }).click();
    await page.getByLabel('Kolumn', { exact: true }).selectOption('stance');
    await page.getByLabel('Värde', { exact: true }).selectOption('stop');
    await page.getByRole('button', { name: 'Lägg till filter' }).click();
    await page.waitForURL(/where=stance%3Aeq%3Astop/);
    await page.getByText('i urvalet').waitFor();
    await page.reload();
    await settled(page);
    const some = await total(page);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    await page.getByRole('button', { name: /Ta bort filtret/ }).click();
    await page.waitForFunction((n) => Number(document.querySelector('h1')?.textContent?.replace(/\D/g, '')) === n, all);
  });

  it('are narrowed by a rectangle drawn in the picture', async () => {
    const page = await open('/customers');
    const all = await total(page);
    const box = await page.locator('.brush').boundingBox();
    if (!box) throw new Error('no picture');
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/where=value%3Age/);
    await page.getByText('i urvalet').waitFor();
    expect(await total(page)).toBeLessThan(all);
  });

  it('are sorted by a heading and opened by the keyboard', async () => {
    const page = await open('/customers?show=table');
    await page.getByRole('button', { name: /^Vinst, 12 mån, kr/ }).click();
    await page.waitForURL(/sort=-profit_12m/);
    await page.locator('th[aria-sort="descending"]').waitFor();
    await page.locator('.customers tbody a').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/customers\/K\d+/);
  });

  it('scroll through thousands with few rows drawn', async () => {
    const page = await open('/customers?show=table');
    const region = page.locator('.tablebox.customers');
    for (let n = 0; n < 12; n++) {
      await region.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(150);
    }
    const last = await page.locator('.customers tbody tr[aria-rowindex]').last().getAttribute('aria-rowindex');
    expect(Number(last)).toBeGreaterThan(800);
    expect(await page.locator('.customers tbody tr[aria-rowindex]').count()).toBeLessThan(70);
  });

  it('are kept as a view with a name', async () => {
    const page = await open('/customers?show=table&where=stance%3Aeq%3Agrow');
    await page.getByText('Sparade vyer', { exact: true }).click();
    await page.getByLabel('Namn på vyn').fill('De vi odlar');
    await page.getByRole('button', { name: 'Spara vyn' }).click();
    const link = page.getByRole('link', { name: 'De vi odlar' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toContain('where=stance%3Aeq%3Agrow');
  });
});

describe('a decision', () => {
  it('takes a reason and the loyalty line, and can be undone', async () => {
    const page = await open('/portfolio?stance=grow');
    await page.getByRole('checkbox', { name: /^Välj [A-ZÅÄÖ]/ }).nth(1).check();
    await page.getByRole('button', { name: 'Besluta', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Besluta', exact: true });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('Skäl').fill('Vill köpa mer, enligt säljaren.');
    await dialog.getByLabel('Jag vet inte').check();
    await send.click();
    await page.getByRole('status').getByText('Odla: beslutat för 1.').waitFor();
    await page.getByText('Vill köpa mer, enligt säljaren.').waitFor();
    await page.locator('.toast').getByRole('button', { name: 'Ångra' }).click();
    await page.getByText('Beslutet är ångrat').waitFor();
    await page.locator('.diaryentry').getByText('Ångrat').waitFor();
  });

  it('to stop with private persons waits until each of them has been looked at', async () => {
    const page = await open('/portfolio?stance=stop');
    const persons = page.locator('tr', { hasText: 'privatperson' });
    await persons.nth(0).getByRole('checkbox').check();
    await persons.nth(1).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Besluta om 2' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Skäl').fill('Köper inte längre.');
    await dialog.getByLabel('Jag vet inte').check();
    const send = dialog.getByRole('button', { name: 'Besluta om 2 kunder' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByRole('button', { name: 'Jag har prövat kunden' }).click();
    await dialog.getByRole('button', { name: 'Jag har prövat kunden' }).click();
    expect(await send.getAttribute('aria-disabled')).toBeNull();
    await send.click();
    await page.getByText('Sluta odla: beslutat för 2.').waitFor();
  });
});

describe('reallocation', () => {
  it('answers along the line by keys, by dragging and by the box, and the address remembers', async () => {
    const page = await open('/reallocation');
    const handle = page.getByRole('slider', { name: 'Pengar i planen' });
    const before = Number(await handle.getAttribute('aria-valuenow'));
    await handle.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/money=\d+/);
    expect(Number(await handle.getAttribute('aria-valuenow'))).toBeLessThan(before);
    const room = await page.locator('.grab').boundingBox();
    if (!room) throw new Error('nothing to drag in');
    await page.mouse.move(room.x + room.width * 0.7, room.y + room.height / 2);
    await page.mouse.down();
    await page.mouse.move(room.x + room.width * 0.8, room.y + room.height / 2, { steps: 4 });
    await page.mouse.up();
    expect(Number(await handle.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
    const box = page.getByLabel('Pengar om året, kr');
    await box.fill('mycket');
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    await box.fill('-5');
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    await box.fill('2 400 000');
    await page.waitForURL(/money=2400000/);
    await box.fill('1000');
    await page.getByText('Det räcker inte.').waitFor();
    await page.getByRole('button', { name: 'Tillbaka till förslaget' }).click();
    await page.waitForURL((url) => !url.search.includes('money'));
  });

  it('keeps locks and limits in the address', async () => {
    const page = await open('/reallocation');
    await page.getByLabel(/^Vad får göras med/).first().selectOption('Låst');
    await page.waitForURL(/lock=/);
    await page.getByLabel(/^Mest för/).first().fill('500000');
    await page.waitForURL(/process=/);
    await page.reload();
    await settled(page);
    expect(await page.getByLabel(/^Vad får göras med/).first().inputValue()).toBe('lock');
    expect(await page.getByLabel(/^Mest för/).first().inputValue()).toBe('500000');
  });

  it('becomes a decision with who, when and the loyalty line, and the diary holds it', async () => {
    const page = await open('/reallocation');
    const moves = page.locator('.moverows input');
    await moves.last().uncheck();
    await page.getByRole('button', { name: 'Gör till beslut' }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Besluta', exact: true });
    expect(await dialog.getByLabel('Vad det betyder för lojaliteten').inputValue()).toContain('Enligt analysen');
    await dialog.getByLabel('Skäl').fill('Billigare och mer lojalitet.');
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('Vem gör det').fill('Åsa Öberg');
    await dialog.getByLabel('Senast').fill('2099-09-01');
    await send.click();
    await page.getByText(/^Beslutat: /).waitFor();
    await page.getByRole('link', { name: 'Beslut', exact: true }).click();
    await page.getByText('Billigare och mer lojalitet.').waitFor();
    await page.getByText(/Åsa Öberg gör det senast/).waitFor();
    await page.locator('.diaryentry').getByRole('button', { name: 'Ångra' }).click();
    await page.locator('.diaryentry').getByText('Ångrat').waitFor();
  });
});

describe('an import', () => {
  it('goes from the file through the mapping to done, with the first rows changing on the way', async () => {
    const page = await open('/import');
    await page.locator('input[type=file]').setInputFiles({ name: 'kunder.csv', mimeType: 'text/csv', buffer: Buffer.from('Kundnr;Namn\n1;A') });
    await page.waitForURL(/\/import\/u1/);
    await page.getByText('Anna Ström').waitFor();
    await page.getByText('kolumner till som filen inte har').first().click();
    await page.getByLabel('region').selectOption('Ort');
    await page.getByRole('cell', { name: 'Kiruna' }).waitFor();
    await page.getByRole('button', { name: 'Läs in', exact: true }).click();
    await page.getByText('Klart. Starta en analys').waitFor();
    await page.getByRole('link', { name: 'Till importerna' }).click();
    await page.getByRole('button', { name: 'Ångra importen' }).click();
    await page.getByText('Importen är ångrad').waitFor();
  });
});

describe('the keyboard', () => {
  it('skips to the content first', async () => {
    const page = await open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Hoppa till innehållet');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  it('reaches every link and button of the management page, and each shows where it is', async () => {
    const page = await open('/');
    const wanted = await page.locator('a[href]:visible, button:visible, summary:visible').count();
    const seen = new Set<string>();
    for (let n = 0; n < wanted + 12; n++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null;
        if (!element || element === document.body) return null;
        const style = getComputedStyle(element);
        return { outline: style.outlineStyle, name: `${element.tagName} ${element.textContent?.trim()} ${element.getAttribute('aria-label') ?? ''} ${element.getAttribute('href') ?? ''}` };
      });
      if (!at) break;
      expect(at.outline, at.name).not.toBe('none');
      seen.add(at.name);
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it('finds a page, a figure and a customer by Ctrl K', async () => {
    const page = await open('/');
    await page.keyboard.press('Control+k');
    const box = page.getByRole('combobox');
    await box.fill('drivkr');
    await page.getByRole('option', { name: /Drivkrafter/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/drivers/);
    await page.keyboard.press('Control+k');
    await box.fill('Fransson');
    await page.getByRole('option', { name: /Stefan Fransson/ }).first().click();
    await page.waitForURL(/\/customers\/K/);
    await page.keyboard.press('Control+k');
    await box.fill('kundkapital');
    await page.getByRole('option', { name: /^Kundkapital/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/figure=equity/);
  });
});

describe('the reader', () => {
  it('changes language and keeps the address', async () => {
    const page = await open('/customers?show=table&where=stance%3Aeq%3Agrow');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: /in the selection/ }).waitFor();
    expect(page.url()).toContain('where=stance%3Aeq%3Agrow');
    await page.getByRole('button', { name: 'Svenska' }).click();
    await page.getByRole('heading', { level: 1, name: /i urvalet/ }).waitFor();
  });

  it('signs out, in again, and comes back to the same address', async () => {
    const page = await open('/drivers');
    reset({ signedIn: false });
    await page.goto(`${base}/drivers?table=drivers.map`);
    await page.waitForURL(/sign-in/);
    await page.getByLabel('E-post').fill('maria@rodbo.example');
    await page.getByLabel('Lösenord').fill('wrong');
    await page.getByRole('button', { name: 'Logga in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Lösenord').fill('right enough');
    await page.getByRole('button', { name: 'Logga in', exact: true }).click();
    await page.waitForURL(/\/drivers\?table=drivers\.map/);
  });

  it('sees an older run on every page until he goes back to the latest', async () => {
    const page = await open('/runs');
    await page.getByRole('button', { name: 'Visa', exact: true }).click();
    await page.waitForURL(/run=71c02b9e4f10/);
    await page.getByRole('link', { name: 'Drivkrafter' }).click();
    await page.waitForURL(/\/drivers\?run=71c02b9e4f10/);
    await page.getByRole('button', { name: 'Till den senaste' }).click();
    await page.waitForURL((url) => !url.search.includes('run='));
  });

  it('chooses dark by hand, and it stays', async () => {
    const page = await open('/');
    await page.getByText('Maria L.', { exact: true }).click();
    await page.getByLabel('Mörkt').check();
    await page.reload();
    await settled(page);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.evaluate(() => localStorage.removeItem('odla.theme'));
  });
});

describe('a trial', () => {
  it('is planned from an activity, sized while it is written, drawn once and then stands', async () => {
    const page = await open('/activities/AKT01');
    await page.getByRole('link', { name: 'Planera försöket' }).first().click();
    await page.waitForURL(/\/new-trial\?activity=AKT01/);
    await page.getByLabel('Minsta effekt värd att veta, procentenheter').fill('0,5');
    await page.getByText('För få kunder.').waitFor();
    await page.getByLabel('Minsta effekt värd att veta, procentenheter').fill('5');
    await page.getByText('Det räcker.').waitFor();
    await page.getByText(/Att få läsa när som helst skulle kräva/).waitFor();
    await page.getByRole('button', { name: 'Granska och lotta' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Slumpen delar kunderna nu.').waitFor();
    expect(await axe(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Lotta nu' }).click();
    await page.waitForURL(/\/trials\/akt01-/);
    await page.getByText('Står fast sedan lottningen').waitFor();
    await page.goto(`${base}/trials`);
    await settled(page);
    await page.getByRole('heading', { level: 1, name: /2 försök pågår/ }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it('says what is missing before it can be drawn, also from the keyboard', async () => {
    const page = await open('/new-trial');
    await page.getByLabel('Fråga').fill('Hjälper det?');
    await page.getByRole('button', { name: 'Granska och lotta' }).press('Enter');
    await page.getByText('Välj en aktivitet.').first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('stands in the diary also when it showed nothing', async () => {
    const page = await open('/trials');
    const diary = page.getByRole('table');
    await diary.getByRole('row', { name: /Ger nyhetsbrevet fler köp/ }).getByText('Ingen effekt').waitFor();
    await diary.getByRole('link', { name: /gåva/ }).click();
    await page.getByRole('link', { name: 'Hämta grupperna' }).waitFor();
  });
});

describe('claims', () => {
  it('are narrowed by verdict, and the address says so', async () => {
    const page = await open('/claims');
    const all = await page.locator('.claims > li').count();
    await page.getByRole('button', { name: /^Håller här/ }).click();
    await page.waitForURL(/verdict=supported/);
    const held = await page.locator('.claims > li').count();
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(all);
    await page.reload();
    await settled(page);
    expect(await page.locator('.claims > li').count()).toBe(held);
  });
});

describe('an activity', () => {
  it('gives its figures its name, in the report and when they are laid open, never its key', async () => {
    const page = await open('/reports/effects?figure=activity.AKT01.gain');
    const panel = page.getByRole('dialog');
    await panel.getByRole('heading', { name: 'Vinst per kund: Uppföljningssamtal efter köp' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Värdestyrka: Uppföljningssamtal efter köp').waitFor();
    expect(await page.locator('.figure .name', { hasText: 'AKT0' }).count()).toBe(0);
  });

  it('keeps long names within the picture also on a phone', async () => {
    const phone = await visit(browser, { width: 390, height: 844 });
    await phone.page.goto(`${base}/activities`);
    await settled(phone.page);
    const outside = await phone.page.evaluate(() =>
      [...document.querySelectorAll('.picture text')].filter((text) => {
        const frame = text.closest('svg')?.getBoundingClientRect();
        const box = text.getBoundingClientRect();
        return frame && box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1);
      }).map((text) => text.textContent),
    );
    expect(outside).toEqual([]);
    await phone.context.close();
  });
});

describe('on paper', () => {
  it('the page stands alone, four figures in a row, nothing to press, grades filled', async () => {
    const page = await open('/');
    await page.setViewportSize({ width: 700, height: 990 });
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(() => ({
      columns: getComputedStyle(document.querySelector('.strip') as Element).gridTemplateColumns.split(' ').length,
      pressed: [...document.querySelectorAll<HTMLElement>('button, .ask, nav.side, .button')].filter((one) => one.offsetParent !== null).map((one) => one.textContent),
      company: (document.querySelector('.company') as HTMLElement).offsetParent !== null,
      wider: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
    }));
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(seen).toEqual({ columns: 4, pressed: [], company: true, wider: 0 });
  });
});
