// How is the screen built, and where does it find the API while it is being written?

import react from '@vitejs/plugin-react';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** In mode "mock" the development server answers the HTTP contract itself; a build never contains it. */
function mockApi(): Plugin {
  return {
    name: 'odla-mock-api',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        if (!request.url?.startsWith('/api/')) return next();
        const mocks = await server.ssrLoadModule('/src/mocks/node.ts');
        await mocks.answer(request, response);
      });
    },
  };
}

/** Packs every asset once, as tightly as can be, so that the server has nothing to pack. */
function packed(): Plugin {
  const ways = [['.br', promisify(brotliCompress)], ['.gz', promisify(gzip)]] as const;
  return {
    name: 'odla-packed',
    apply: 'build',
    async writeBundle() {
      const folder = fileURLToPath(new URL('./dist/assets', import.meta.url));
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      for (const name of names) {
        const plain = await readFile(join(folder, name));
        for (const [ending, pack] of ways) await writeFile(join(folder, name + ending), await pack(plain));
      }
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), packed(), ...(mode === 'mock' ? [mockApi()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: mode === 'mock' ? {} : { proxy: { '/api': 'http://127.0.0.1:8350' } },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // The content security policy allows no data: fonts and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
}));
