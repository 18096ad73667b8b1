// Which way may one folder look at another, and what else is refused?

import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Everything a folder may not import: the direction is ui <- parts <- features <- routes <- app. */
const folders = ['app', 'routes', 'features', 'parts', 'charts', 'ui', 'api', 'i18n', 'lib', 'mocks'];

function only(folder, allowed, extra = []) {
  const refused = folders.filter((other) => other !== folder && !allowed.includes(other));
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...refused.map((other) => ({
              group: [`@/${other}/*`, `**/${other}/*`],
              message: `${folder}/ may not import ${other}/ (see web/README.md).`,
            })),
            ...extra,
          ],
        },
      ],
    },
  };
}

const noOtherFeature = {
  group: ['../*'],
  message: 'A feature imports no other feature; what two share belongs in parts/, ui/ or lib/.',
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts', 'public', 'e2e/pictures'] },
  ...tseslint.configs.recommended,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat['recommended-latest'],
  {
    rules: {
      // TanStack Table and Virtual return functions that the React compiler cannot memoize; we do not use the compiler.
      'react-hooks/incompatible-library': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['**/*.mjs', 'e2e/**'], rules: { 'no-console': 'off' } },
  only('lib', []),
  only('i18n', ['lib']),
  only('ui', ['lib'], [{ group: ['@tanstack/react-router', 'react-i18next', 'i18next'], message: 'ui/ knows no router and no text.' }]),
  only('charts', ['lib', 'ui'], [{ group: ['@tanstack/react-router', 'react-i18next', 'i18next'], message: 'charts/ take arrays and give pictures.' }]),
  only('api', ['lib', 'i18n']),
  only('parts', ['ui', 'charts', 'api', 'i18n', 'lib']),
  only('features', ['parts', 'ui', 'charts', 'api', 'i18n', 'lib'], [noOtherFeature, { group: ['@/features/*'], message: noOtherFeature.message }]),
  only('routes', ['features', 'parts', 'ui', 'charts', 'api', 'i18n', 'lib']),
  only('app', ['routes', 'features', 'parts', 'ui', 'charts', 'api', 'i18n', 'lib']),
  only('mocks', ['api', 'lib']),
);
