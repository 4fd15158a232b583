/**
 * Where a download may lead. It begins at the address of the catalogue, over https (plain http only to this computer itself),
 * and follows redirects only to the same host or, for Hugging Face, to its own servers for large files.
 */
const huggingFace = ['huggingface.co', 'hf.co'];

export function isAllowedStart(url: URL): boolean {
  return isPlain(url) && (url.protocol === 'https:' || isHere(url));
}

export function isAllowedHop(origin: URL, next: URL): boolean {
  if (!isPlain(next)) return false;
  if (isHere(origin)) return isHere(next);
  if (next.protocol !== 'https:') return false;
  if (next.host === origin.host) return true;
  return isOf(huggingFace, origin) && isOf(huggingFace, next) && next.port === '';
}

/** Names and passwords in an address would be sent to whoever it names. */
function isPlain({ username, password }: URL): boolean {
  return username === '' && password === '';
}

function isHere({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function isOf(hosts: readonly string[], { hostname }: URL): boolean {
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}
