import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** File and folder names are snake_case, as in the Go originals. */
const snakeCaseFiles = {
  meta: { type: 'suggestion', schema: [], messages: { name: 'File name "{{name}}" is not snake_case.' } },
  create: (context) => ({
    Program(node) {
      const name = context.filename.split('/').pop();
      if (!/^[a-z0-9_]+(\.test)?\.ts$/.test(name))
        context.report({ node, messageId: 'name', data: { name } });
    },
  }),
};

export default tseslint.config(
  { ignores: ['dist/', '.data/', 'node_modules/', 'test/lint/fixtures/', '*.js', '*.cjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    plugins: { local: { rules: { 'snake-case-files': snakeCaseFiles } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'local/snake-case-files': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Ports are often satisfied by values that happen to be synchronous.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only config/ reads the environment: add a key to config/schema.ts and pass its value in.',
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['config/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // sinon.assert and chai's property assertions trip over these two.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
