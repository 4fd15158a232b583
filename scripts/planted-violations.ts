/** What the forbidden imports import: harmless in itself. */
const targets = {
  'engine/planted-target.ts': 'export const planted = 1;\n',
  'main/planted-target.ts': 'export const planted = 1;\n',
};

interface Plant {
  readonly kind: string;
  /** Name of the check (scripts/check.ts) that must fail. */
  readonly check: string;
  /** Parts that must stand together on one line of its output. */
  readonly expected: readonly string[];
  /** Files to write, by path in the copy. */
  readonly files: Readonly<Record<string, string>>;
}

/** One deliberate violation of each kind. They exist only in the scratch copy that check-the-checks.ts makes. */
export const plants: readonly Plant[] = [
  typeError('common'),
  typeError('engine'),
  typeError('main'),
  typeError('tests'),
  {
    kind: 'Node in common',
    check: 'types: common',
    expected: ['common/planted-process.ts', 'process'],
    files: { 'common/planted-process.ts': 'export const planted = process.pid;\n' },
  },
  lint('any', 'main/planted-any.ts', 'export const planted: any = 1;\n', 'no-explicit-any'),
  lint('loose equality', 'engine/planted-equal.ts', 'export const planted = (a: string) => a == "1";\n', 'eqeqeq'),
  lint('engine in main', 'main/planted-fence.ts', "import '#engine/planted-target.ts';\n", 'no-restricted-imports'),
  lint('main in engine', 'engine/planted-fence.ts', "import '#main/planted-target.ts';\n", 'no-restricted-imports'),
  lint('engine in common', 'common/planted-fence.ts', "import '#engine/planted-target.ts';\n", 'no-restricted-imports'),
  lint('file system in common', 'common/planted-fs.ts', "import 'node:fs/promises';\n", 'no-restricted-imports'),
  {
    kind: 'format',
    check: 'format',
    expected: ['main/planted-format.ts'],
    files: { 'main/planted-format.ts': 'export const planted   =  "twice"\n' },
  },
  {
    kind: 'unused file',
    check: 'unused code',
    expected: ['main/planted-unused-file.ts'],
    files: { 'main/planted-unused-file.ts': 'export const planted = 1;\n' },
  },
  {
    kind: 'unused export',
    check: 'unused code',
    expected: ['plantedUnusedExport', 'common/planted-exports.ts'],
    files: {
      'common/planted-exports.ts': 'export const plantedUsed = 1;\nexport const plantedUnusedExport = 2;\n',
      'tests/unit/planted-exports.test.ts':
        "import { plantedUsed } from '#common/planted-exports.ts';\nexport default plantedUsed;\n",
    },
  },
  {
    kind: 'package that is not asked for',
    check: 'unused code',
    expected: ['left-pad'],
    files: { 'scripts/planted-unlisted.ts': "import 'left-pad';\n" },
  },
  {
    kind: 'cycle',
    check: 'borders',
    expected: ['no-cycles', 'engine/planted-cycle-a.ts'],
    files: {
      'engine/planted-cycle-a.ts': "import { b } from './planted-cycle-b.ts';\nexport const a = (): number => b();\n",
      'engine/planted-cycle-b.ts':
        "import { a } from '#engine/planted-cycle-a.ts';\nexport const b = (): number => a();\n",
    },
  },
  border('common-imports-none', 'common/planted-alias.ts', "import '#engine/planted-target.ts';\n"),
  border('common-imports-none', 'common/planted-main.ts', "import '../main/planted-target.ts';\n"),
  border('common-without-node', 'common/planted-fs.ts', "import 'node:fs/promises';\n"),
  border('main-imports-common-only', 'main/planted-alias.ts', "import '#engine/planted-target.ts';\n"),
  border('main-imports-common-only', 'main/planted-relative.ts', "import '../engine/planted-target.ts';\n"),
  border(
    'main-imports-common-only',
    'main/planted-type.ts',
    "import type { planted } from '#engine/planted-target.ts';\nexport type Planted = typeof planted;\n",
  ),
  border(
    'main-imports-common-only',
    'main/planted-dynamic.ts',
    "export default import('#engine/planted-target.ts');\n",
  ),
  border('renderer-imports-common-only', 'renderer/planted-alias.ts', "import '#main/planted-target.ts';\n"),
  border('renderer-imports-common-only', 'renderer/planted-relative.ts', "import '../engine/planted-target.ts';\n"),
  border('features-are-apart', 'main/features/planted-a/a.ts', "import '#main/features/planted-b/b.ts';\n", {
    'main/features/planted-b/b.ts': 'export const planted = 1;\n',
  }),
  border('services-below-features', 'main/services/planted.ts', "import '#main/features/planted-b/b.ts';\n"),
  border('engine-imports-common-only', 'engine/planted-alias.ts', "import '#main/planted-target.ts';\n"),
  border(
    'engine-takes-types-of-the-contract',
    'engine/train/planted-contract.ts',
    "import { quantTypes } from '#common/contract/engine.ts';\nexport default quantTypes;\n",
  ),
  border('engine-wire-in-host-only', 'engine/planted-wire.ts', "import '#common/wire/planted-wire.ts';\n", {
    'common/wire/planted-wire.ts': 'export const planted = 1;\n',
  }),
  border('engine-without-network-and-database', 'engine/planted-http.ts', "import 'node:http';\n"),
  border('engine-without-network-and-database', 'engine/planted-sqlite.ts', "import 'better-sqlite3';\n"),
  border('engine-without-network-and-database', 'engine/planted-ollama.ts', "import 'ollama';\n"),
  border('sources-without-tests', 'engine/planted-tests.ts', "import '../tests/planted-support.ts';\n", {
    'tests/planted-support.ts': 'export const planted = 1;\n',
  }),
  border('resolvable', 'engine/planted-nowhere.ts', "import '#common/planted-nowhere.ts';\n"),
  border('no-dev-packages-in-the-app', 'main/planted-dev.ts', "import 'fast-check';\n"),
];

/** What looks like a violation and is none: a rule that is too wide must not go unseen either. */
export const allowed: { readonly checks: readonly string[]; readonly files: Readonly<Record<string, string>> } = {
  checks: ['borders', 'lint'],
  files: {
    'main/planted-permitted.ts': "import { toFailure } from '#common/domain/errors.ts';\nexport default toFailure;\n",
    'engine/train/planted-permitted.ts':
      "import type { PreviewRow } from '#common/contract/engine.ts';\nexport type Planted = PreviewRow;\n",
    'engine/planted-permitted.test.ts':
      "import { planted } from './planted-target.ts';\nimport '#main/planted-permitted.ts';\nimport 'fast-check';\nexport default planted;\n",
  },
};

function typeError(project: string): Plant {
  const path = `${project}/planted-type-error.ts`;
  return {
    kind: `type error in ${project}`,
    check: `types: ${project}`,
    expected: [path.replace(`${project}/`, ''), 'TS2322'],
    files: { [path]: "export const planted: number = 'not a number';\n" },
  };
}

function lint(kind: string, path: string, text: string, rule: string): Plant {
  return { kind: `lint, ${kind} (${rule})`, check: 'lint', expected: [path, rule], files: { [path]: text } };
}

function border(rule: string, path: string, text: string, more: Readonly<Record<string, string>> = {}): Plant {
  return {
    kind: `border ${rule}, ${path}`,
    check: 'borders',
    expected: [rule, path],
    files: { ...targets, ...more, [path]: text },
  };
}
