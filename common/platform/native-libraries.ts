import type { Host } from './host.ts';

/** How the llama.cpp libraries are named in one of node-llama-cpp's folders. Every pattern matches a whole file name. */
export interface LibraryFileNames {
  readonly ggmlBase: RegExp;
  /** Its version is part of the name, as is the device of the package: `libggml.v0.5.0.so`, `libggml.cuda.v0.5.0.so`. */
  readonly ggml: RegExp;
  readonly llama: RegExp;
  readonly llamaCommon: RegExp;
  /** Backends that ggml loads by itself from a folder; the CPU has one for each kind of processor. */
  readonly backends: {
    readonly cpu: RegExp;
    readonly cuda: RegExp;
    readonly vulkan: RegExp;
    readonly metal: RegExp;
    readonly blas: RegExp;
  };
}

/**
 * Names as the packages of node-llama-cpp 3.21 and 3.22 have them (read from the packages of Linux, Windows
 * and macOS). On macOS the libraries end in `.dylib` but the backends, being modules, in `.so`.
 */
export function libraryFileNames(host: Host): LibraryFileNames {
  const prefix = host.platform === 'win32' ? '' : 'lib';
  const library = host.platform === 'win32' ? '.dll' : host.platform === 'darwin' ? '.dylib' : '.so';
  const module = host.platform === 'win32' ? '.dll' : '.so';
  const fixed = (name: string): RegExp => whole(`${prefix}${name}`, '', library);
  const versioned = (name: string): RegExp =>
    whole(`${prefix}${name}`, String.raw`(?:\.[a-z]+)?(?:\.v\d+(?:\.\d+)*)?`, library);
  const backend = (name: string, variants = ''): RegExp => whole(`${prefix}ggml-${name}`, variants, module);
  return {
    ggmlBase: fixed('ggml-base'),
    ggml: versioned('ggml'),
    llama: versioned('llama'),
    llamaCommon: fixed('llama-common'),
    backends: {
      cpu: backend('cpu', String.raw`(?:-[\w.]+)?`),
      cuda: backend('cuda'),
      vulkan: backend('vulkan'),
      metal: backend('metal'),
      blas: backend('blas'),
    },
  };
}

function whole(name: string, middle: string, extension: string): RegExp {
  return new RegExp(`^${name}${middle}${extension.replace('.', String.raw`\.`)}$`);
}

/** One of node-llama-cpp's prebuilt packages. */
export interface LlamaPackage {
  /** npm name, e.g. `@node-llama-cpp/linux-x64-vulkan`. */
  readonly name: string;
  /** Folder under the package's `bins/` that holds the libraries. */
  readonly binsFolder: string;
  readonly device: 'cuda' | 'vulkan' | 'metal' | 'cpu';
}

/**
 * The packages that can serve this machine, best device first; empty where none is made for it. Which of them
 * is installed and works is for the caller to find out. (musl Linux gets names too, and the libraries then do
 * not load: they are built for glibc.)
 */
export function llamaPackages(host: Host): readonly LlamaPackage[] {
  const entry = (folder: string, device: LlamaPackage['device'], packageName = folder): LlamaPackage => ({
    name: `@node-llama-cpp/${packageName}`,
    binsFolder: folder,
    device,
  });
  const system = host.platform === 'win32' ? 'win' : host.platform === 'darwin' ? 'mac' : host.platform;
  switch (`${system}-${host.arch}`) {
    case 'linux-x64':
    case 'win-x64': {
      const cpu = `${system}-x64`;
      return [entry(`${cpu}-cuda`, 'cuda'), entry(`${cpu}-vulkan`, 'vulkan'), entry(cpu, 'cpu')];
    }
    case 'linux-arm64':
    case 'win-arm64':
      return [entry(`${system}-arm64`, 'cpu')];
    case 'linux-arm':
      return [entry('linux-armv7l', 'cpu')];
    case 'linux-riscv64':
      return [entry('linux-riscv64', 'cpu')];
    case 'mac-arm64':
      return [entry('mac-arm64-metal', 'metal')];
    case 'mac-x64':
      return [entry('mac-x64', 'cpu')];
    default:
      return [];
  }
}

/** Only the npm names, in the same order. */
export function llamaPackageNames(host: Host): readonly string[] {
  return llamaPackages(host).map((each) => each.name);
}

/** The libraries that the packaged app carries, in one folder below `resources/bin`. */
export interface BundledLibraries {
  /** Named as node-llama-cpp names the folder of `base`, which looks for it there. */
  readonly folder: string;
  readonly base: LlamaPackage;
  /** Backends added from other packages. A machine without their driver runs as if they were not there. */
  readonly added: readonly { readonly from: LlamaPackage; readonly files: RegExp }[];
}

/**
 * What the packaged app of a platform carries; undefined where node-llama-cpp has no libraries for it. CUDA stays out: its
 * package alone is larger than the whole app, and Vulkan serves the same cards.
 *
 * The base is the plain package, whose addon loads whatever backend lies beside it and a driver is there for. The addon of the Vulkan package
 * links to the driver and does not load without one.
 */
export function bundledLibraries(host: Host): BundledLibraries | undefined {
  const packages = llamaPackages(host);
  const base = packages.find(({ device }) => device === 'cpu' || device === 'metal');
  if (base === undefined) return undefined;
  const vulkan = packages.find(({ device }) => device === 'vulkan');
  const added = vulkan === undefined ? [] : [{ from: vulkan, files: libraryFileNames(host).backends.vulkan }];
  return { folder: base.binsFolder, base, added };
}
