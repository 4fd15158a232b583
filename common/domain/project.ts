/** Where Tunesmith itself is published. The one place that names it. */
export const homepage = 'https://github.com/tunesmith-app/tunesmith';

/** What GitHub answers about the newest release that is neither a draft nor a preview. */
export const releasesFeed =
  homepage.replace('https://github.com/', 'https://api.github.com/repos/') + '/releases/latest';

/** `1.20.3`, without anything behind it. */
const versionPattern = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}

/** The page of one release. Made here, never taken from what a server says. */
export function releasePage(version: string): string {
  return `${homepage}/releases/tag/v${version}`;
}

export function isReleasePage(address: string): boolean {
  const start = releasePage('');
  return address.startsWith(start) && isVersion(address.slice(start.length));
}

/** True where `version` is later than `than`; both as `isVersion` wants them. A preview (`1.2.0-beta.1`) counts as earlier than its release. */
export function isNewer(version: string, than: string): boolean {
  const [base = '', preview] = than.split('-');
  const [a, b] = [version, base].map((each) => each.split('.').map(Number)) as [number[], number[]];
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return preview !== undefined;
}
