// How much script does the first page need before it stands? Measured on what was built, packed as it is sent.

import { readFileSync, readdirSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const MOST = 300_000;
const assets = new URL('../dist/assets/', import.meta.url).pathname;
const names = readdirSync(assets).filter((name) => name.endsWith('.js'));
const page = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8');

const first = [...page.matchAll(/assets\/([\w.-]+\.js)/g)].map((found) => found[1]);
// Fetched at once by every first visit: the management page and the texts of one language, the longer one.
first.push(...names.filter((name) => name.startsWith('management-')));
first.push(...names.filter((name) => /^(sv|en)-/.test(name)).sort((a, b) => size(b) - size(a)).slice(0, 1));

const needed = new Set();
const queue = [...first];
for (let name = queue.pop(); name; name = queue.pop()) {
  if (needed.has(name)) continue;
  needed.add(name);
  for (const [, other] of readFileSync(assets + name, 'utf8').matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) queue.push(other);
}

const sum = (pack) => [...needed].reduce((total, name) => total + pack(readFileSync(assets + name)).length, 0);
const [gzip, brotli] = [sum(gzipSync), sum(brotliCompressSync)];
console.log(`first page: ${needed.size} scripts, ${kilo(gzip)} kB as gzip, ${kilo(brotli)} kB as brotli (at most ${kilo(MOST)} kB)`);
if (first.length < 3 || gzip > MOST) {
  console.error(first.length < 3 ? 'the scripts of the first page were not found' : 'the first page needs too much script');
  process.exit(1);
}

function size(name) {
  return readFileSync(assets + name).length;
}

function kilo(bytes) {
  return (bytes / 1000).toFixed(1);
}
