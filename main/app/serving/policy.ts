/** Headers of everything that a window is given, in Electron and in a browser alike. */
const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
} as const;

/**
 * With the page's policy: nothing from elsewhere, nothing inline. `socket` is the one address beside the page's own that it may talk
 * to, because not every browser counts a WebSocket as 'self'.
 */
export function windowHeaders(socket?: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${socket === undefined ? '' : ` ${socket}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...headers, 'content-security-policy': policy.join('; ') };
}
