/**
 * The borders between the processes (ARCHITECTURE.md). `scripts/check-the-checks.ts` plants a violation of each rule in a copy and
 * demands that it is found, because a wrong pattern here fails silently.
 *
 * Resolved paths are matched, so `#engine/x.ts` and `../engine/x.ts` are the same to these rules.
 */
const tests = '\\.test\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one file, or hide a third. Types vanish at run time and may.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'common-imports-none',
      severity: 'error',
      from: { path: '^common/', pathNot: tests },
      to: { path: '^(engine|main|preload|renderer|scripts|tests|bench)/' },
    },
    {
      name: 'common-without-node',
      comment:
        'common also runs in the window (but for common/platform, where Node meets the machine). Builtins are matched by kind: a pattern for "node:*" misses node:fs/promises.',
      severity: 'error',
      from: { path: '^common/', pathNot: [tests, '^common/platform/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'main-imports-common-only',
      severity: 'error',
      from: { path: '^main/', pathNot: tests },
      to: { path: '^(engine|preload|renderer|scripts|tests|bench)/' },
    },
    {
      name: 'renderer-imports-common-only',
      comment: 'The window has no Node: it reaches main through the contract.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: { path: '^(engine|main|preload|scripts|tests|bench)/' },
    },
    {
      name: 'preload-imports-contract-only',
      severity: 'error',
      from: { path: '^preload/' },
      to: { path: '^(common/(?!contract/)|engine/|main/|renderer/|scripts/|tests/|bench/)' },
    },
    {
      name: 'electron-in-its-shell-only',
      comment: 'Everything behind the window runs under plain Node too.',
      severity: 'error',
      from: { pathNot: ['^main/app/electron', '^preload/', '^(tests|scripts|bench)/'] },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'features-are-apart',
      comment: 'One folder a wizard step: what two share belongs to a service.',
      severity: 'error',
      from: { path: '^main/features/([^/]+)/', pathNot: tests },
      to: { path: '^main/features/([^/]+)/', pathNot: '^main/features/$1/' },
    },
    {
      name: 'services-below-features',
      severity: 'error',
      from: { path: '^main/(services|store)/', pathNot: tests },
      to: { path: '^main/(features|app)/' },
    },
    {
      name: 'engine-imports-common-only',
      severity: 'error',
      from: { path: '^engine/', pathNot: tests },
      to: { path: '^(main|preload|renderer|scripts|tests|bench)/' },
    },
    {
      name: 'engine-takes-types-of-the-contract',
      comment:
        'Outside engine/host the engine is a library: it may name the shapes of the contract, not parse with it.',
      severity: 'error',
      from: { path: '^engine/(?!host/)', pathNot: tests },
      to: { path: '^common/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engine-wire-in-host-only',
      severity: 'error',
      from: { path: '^engine/(?!host/)', pathNot: tests },
      to: { path: '^common/wire/' },
    },
    {
      name: 'engine-without-network-and-database',
      severity: 'error',
      from: { path: '^engine/', pathNot: tests },
      to: { path: '(^|node_modules/)(node:)?(https?|http2|net|tls|dgram|better-sqlite3|ollama|sqlite)(/|$)' },
    },
    {
      name: 'sources-without-tests',
      severity: 'error',
      from: { path: '^(common|engine|main|bench)/', pathNot: tests },
      to: { path: [tests, '^tests/'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-packages-in-the-app',
      severity: 'error',
      comment: 'Electron is the runtime itself: packaging brings it.',
      from: { path: '^(common|engine|main|preload)/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/electron/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.cache|out|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
