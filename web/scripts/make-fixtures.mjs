// What does the mock server serve? Real output of the program, made small.
//
//   node scripts/make-fixtures.mjs PROGRAM HOME
//
// HOME holds an analyzed example company. Everything written is a pure function of what the program prints.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [program, home] = process.argv.slice(2);
if (!program || !home) throw new Error('usage: node scripts/make-fixtures.mjs PROGRAM HOME');
const root = new URL('../..', import.meta.url).pathname;
const target = new URL('../src/mocks/fixtures/', import.meta.url).pathname;
const WORDS = ['overview', 'value', 'profit', 'link', 'drivers', 'portfolio', 'activities', 'effects', 'timing', 'claims', 'incidents', 'loyalty', 'deals'];
/** Pages that the menu of the mock does not name. */
const BESIDE = ['delivery', 'opening_hours'];
const CUSTOMERS = 600;
const EVERY = 8;

mkdirSync(target, { recursive: true });
for (const lang of ['sv', 'en']) {
  const say = catalogue(lang);
  const reports = {};
  for (const word of WORDS) reports[word] = report(odla('show', word === 'overview' ? 'management' : word, '--lang', lang), say);
  keep(`reports.${lang}.json`, reports);
  // What may be chosen is printed as the API sends it.
  const beside = Object.fromEntries(BESIDE.map((word) => [word, report(odla('show', word, '--lang', lang), say)]));
  keep(`choices.${lang}.json`, { allocation: odla('reallocate', '--lang', lang), ...beside });
  keep(`methods.${lang}.json`, methods(lang));
  keep(`words.${lang}.json`, words(say));
}
keep('glossary.json', glossary());
keep('rows.json', { 'equity.total': rows('equity.total'), 'cost_to_serve.12m': rows('cost_to_serve.12m'), 'link.say_do': rows('link.say_do') });
keep('customers.json', customers());

function odla(...words) {
  return JSON.parse(execFileSync(program, ['--home', home, '--json', ...words], { maxBuffer: 1e9 }).toString());
}

function keep(name, data) {
  writeFileSync(join(target, name), JSON.stringify(data) + '\n');
}

function catalogue(lang) {
  const all = {};
  const folder = join(root, 'i18n', lang);
  for (const file of readdirSync(folder)) {
    const part = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [section, entries] of Object.entries(part)) all[section] = { ...all[section], ...entries };
  }
  const word = (section, key) => all[section]?.[key] ?? key;
  const sentence = (said) =>
    forms(word('sentences', said.key), said.params ?? {}).replace(/\{(\w+)(?::(\w+))?\}/g, (hole, name, kind) => {
      const value = said.params?.[name];
      if (value === undefined) return hole;
      return typeof value === 'number' ? number(value, kind ?? 'points', lang) : word('words', String(value));
    });
  return { lang, word, sentence, all };
}

/** `{n?one:other}`: which of two forms stands beside a number. */
function forms(template, params) {
  return template.replace(/\{(\w+)\?([^:}]*):([^}]*)\}/g, (_, name, one, other) => (params[name] === 1 ? one : other));
}

function number(value, unit, lang) {
  const plain = (v, digits) => v.toLocaleString(lang === 'sv' ? 'sv-SE' : 'en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (unit === 'share') return `${plain(value * 100, Math.abs(value) < 0.01 && value !== 0 ? 2 : 1)}\u00a0%`;
  if (unit === 'share_points') return `${value > 0 ? '+' : ''}${plain(value * 100, 1)}\u00a0${lang === 'sv' ? 'pe' : 'pp'}`;
  if (unit === 'count') return plain(value, 0);
  if (unit.startsWith('money')) {
    const millions = Math.abs(value) >= 999_500;
    const figure = millions ? plain(value / 1e6, Math.abs(value) < 1e8 ? 2 : 1) : plain(value, Math.abs(value) < 10 && value !== 0 ? 2 : 0);
    return lang === 'sv' ? `${figure}\u00a0${millions ? 'mkr' : 'kr'}` : `SEK\u00a0${figure}${millions ? '\u00a0m' : ''}`;
  }
  return plain(value, 2);
}

function cell(value, column, say) {
  if (value === 'none' || value === null) return '–';
  if ('number' in value) return value.number === null ? '–' : number(value.number, column.unit, say.lang);
  if ('range' in value) return value.range.map((end) => number(end, column.unit, say.lang)).join(' – ');
  if ('text' in value) return value.text;
  if ('key' in value) return say.word('words', value.key);
  return say.sentence(value.said);
}

function report(page, say) {
  const tables = page.tables.map((table) => {
    const kept = table.rows.slice(0, 60);
    return {
      ...table,
      rows: kept,
      numeric: table.columns.map((column) => column.unit !== 'text'),
      cells: kept.map((row) => row.map((value, at) => cell(value, table.columns[at], say))),
    };
  });
  return { ...page, tables };
}

function methods(lang) {
  const folder = join(root, 'docs', 'methods');
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith(`.${lang}.md`))
      .map((file) => {
        const markdown = readFileSync(join(folder, file), 'utf8');
        return [basename(file, `.${lang}.md`), { title: /^# (.*)$/m.exec(markdown)?.[1] ?? file, markdown }];
      }),
  );
}

function words(say) {
  const kept = Object.entries(say.all.words ?? {}).filter(([key]) => /^(stance|reason|lever)\.|^(contract|free|both|ended|grow|refine|stop)$/.test(key));
  return Object.fromEntries(kept);
}

function glossary() {
  const items = [];
  let group = '';
  for (const line of readFileSync(join(root, 'GLOSSARY.md'), 'utf8').split('\n')) {
    if (line.startsWith('## ')) group = line.slice(3);
    const cells = line.split('|').map((part) => part.trim());
    if (cells.length >= 5 && cells[1] && !/^-+$|^term$/.test(cells[1]) && group)
      items.push({ term: cells[1].replaceAll('`', ''), en: cells[1].replaceAll('`', '').replaceAll('_', ' '), means: cells[2].replaceAll('`', ''), sv: cells[3], group });
  }
  return items;
}

function rows(key) {
  const all = JSON.parse(execFileSync(program, ['--home', home, 'rows', key, '--format', 'json'], { maxBuffer: 1e9 }).toString());
  const columns = Object.keys(all[0] ?? {});
  return { columns, rows: all.slice(0, 120).map((row) => columns.map((column) => clean(row[column], column))), total: all.length };
}

/** The folder of whoever made the fixtures is nobody's business. */
function clean(value, column) {
  return column === '_source' && typeof value === 'string' ? basename(value) : value;
}

function customers() {
  const kept = [];
  for (let at = 1; kept.length < CUSTOMERS; at += EVERY) {
    const id = `K${String(at).padStart(7, '0')}`;
    let view;
    try {
      view = odla('customer', id);
    } catch {
      if (at > 100_000) break;
      continue;
    }
    const customer = plain(view.customer);
    kept.push({ customer, scores: view.scores, events: kept.length < 24 ? view.events.slice(-70).map(event) : [], satisfaction: satisfaction(view.events) });
  }
  return kept;
}

function satisfaction(events) {
  const said = events.filter((event) => event.table === 'answers' && event.row.question === 'satisfaction' && event.row.survey === 'relation');
  return said.at(-1)?.row.value ?? null;
}

function event({ on, table, row }) {
  return { on, table, row: Object.fromEntries(Object.entries(plain(row)).filter(([, value]) => value !== null)) };
}

/** Without what differs from one import to the next. */
function plain(row) {
  const left = Object.entries(row).filter(([key]) => !['_import_id', '_imported_at', '_row_hash'].includes(key));
  return Object.fromEntries(left.map(([key, value]) => [key, clean(value, key)]));
}
