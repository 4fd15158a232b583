/** Where Ollama listens when nothing else is said. */
const usualPort = 11434;

/**
 * The address to reach Ollama at, from the value of `OLLAMA_HOST`, read as Ollama's own programs read it: `host`,
 * `host:port`, `:port`, `[v6]:port`, `http(s)://…`, with or without a path. A server told to listen on every interface
 * (0.0.0.0, ::) is reached over loopback. Unset, empty, or with an impossible port: the usual one. No slash at the end.
 */
export function ollamaAddress(value: string | undefined): string {
  const text = (value ?? '').trim().replaceAll(/^["']+|["']+$/g, '');
  const [, scheme = 'http', rest = ''] = /^(?:(https?):\/\/)?(.*)$/is.exec(text) ?? [];
  const isExplicit = /^https?:\/\//i.test(text);
  const defaultPort = !isExplicit ? usualPort : scheme.toLowerCase() === 'https' ? 443 : 80;
  const [authority = '', ...path] = rest.split('/');
  const { host, port } = splitAuthority(authority);
  const where = connectable(host === '' ? '127.0.0.1' : host);
  const suffix = path.join('/').replace(/\/+$/, '');
  return `${scheme.toLowerCase()}://${where}:${validPort(port) ?? defaultPort}${suffix === '' ? '' : `/${suffix}`}`;
}

/** True where the server runs on this machine, so that its files can be read. */
export function isLoopback(address: string): boolean {
  const host = new URL(address).hostname;
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function splitAuthority(authority: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(authority);
  if (bracketed !== null) return { host: `[${bracketed[1]}]`, port: bracketed[2] };
  const parts = authority.split(':');
  // More than one colon without brackets is an IPv6 address without a port.
  if (parts.length > 2) return { host: `[${authority}]`, port: undefined };
  return { host: parts[0] ?? '', port: parts[1] };
}

function connectable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return /^\[[0:]+\]$/.test(host) ? '[::1]' : host;
}

function validPort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port > 0 && port <= 65_535 ? port : undefined;
}
