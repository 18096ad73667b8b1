// Have both languages the same keys, the same holes, and is every key used?

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const source = new URL('../src/', import.meta.url).pathname;
const sv = flat(JSON.parse(readFileSync(join(source, 'i18n/sv.json'), 'utf8')));
const en = flat(JSON.parse(readFileSync(join(source, 'i18n/en.json'), 'utf8')));
const faults = [];

for (const key of Object.keys(sv)) if (!(key in en)) faults.push(`en.json lacks ${key}`);
for (const key of Object.keys(en)) if (!(key in sv)) faults.push(`sv.json lacks ${key}`);
for (const key of Object.keys(sv)) {
  if (key in en && holes(sv[key]) !== holes(en[key])) faults.push(`${key}: the holes differ (${holes(sv[key])} | ${holes(en[key])})`);
  if (sv[key].trim() === '' || en[key]?.trim() === '') faults.push(`${key} is empty`);
}

const code = files(source).map((file) => readFileSync(file, 'utf8')).join('\n');
const made = [...code.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g)].map((found) => found[1]);
for (const key of Object.keys(sv)) {
  const plain = key.replace(/_(one|other)$/, '');
  const used = code.includes(`'${plain}'`) || code.includes(`"${plain}"`) || made.some((beginning) => key.startsWith(beginning));
  if (!used) faults.push(`${key} is used nowhere`);
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`${Object.keys(sv).length} texts, the same keys in Swedish and English`);

function flat(tree, path = '') {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) => {
      const at = path ? `${path}.${key}` : key;
      return typeof value === 'string' ? [[at, value]] : Object.entries(flat(value, at));
    }),
  );
}

function holes(text) {
  return [...text.matchAll(/\{\{(\w+)/g)].map((found) => found[1]).sort().join(',');
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'mocks' ? [] : files(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
