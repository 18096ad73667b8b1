// Which types has the HTTP contract? Made from the document that the server checks in.

import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const document = JSON.parse(readFileSync(new URL('../../crates/server/openapi.json', import.meta.url), 'utf8'));
// We name what we ask by method and address; names of operations would only have to be unique.
for (const path of Object.values(document.paths)) for (const operation of Object.values(path)) delete operation.operationId;

const head = '/**\n * Made by `npm run api` from crates/server/openapi.json. Not to be edited.\n */\n\n';
writeFileSync(new URL('../src/api/schema.d.ts', import.meta.url), head + astToString(await openapiTS(document)));
