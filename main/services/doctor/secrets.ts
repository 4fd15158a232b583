import type { SensitiveThing } from '#common/domain/sensitive.ts';

/** Something in a text that must not be taught, because a model repeats what it learned. */
export interface Sensitive {
  readonly kind: 'secret' | 'personal-data';
  readonly thing: SensitiveThing;
  /** In words: "an AWS access key". */
  readonly what: string;
}

interface Pattern extends Sensitive {
  readonly pattern: RegExp;
  /** A second look at what matched, against false alarms. */
  readonly holds?: (match: RegExpExecArray) => boolean;
}

/**
 * Keys are recognised by the prefixes their issuers gave them for this purpose. Passwords and addresses are
 * recognised by their surroundings, and only where they do not look like placeholders: a false alarm in every
 * second data set would teach people to ignore the real one.
 */
const patterns: readonly Pattern[] = [
  secret('private-key', 'a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/=:]/g),
  secret('aws-key', 'an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, notExample),
  secret('github-token', 'a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b/g),
  secret('gitlab-token', 'a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/g),
  secret('slack-token', 'a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{20,}/g),
  secret('api-key', 'an API key', /\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{24,}/g, looksRandom),
  secret('google-key', 'a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/g),
  secret('payment-key', 'a payment key', /\b[sr]k_live_[0-9A-Za-z]{16,}/g),
  secret('hugging-face-token', 'a Hugging Face token', /\bhf_[A-Za-z0-9]{34}\b/g),
  secret('npm-token', 'an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g),
  secret('login-token', 'a login token (JWT)', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g),
  secret(
    'address-password',
    'a password in an address',
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{1,64}:([^\s/@]{3,64})@[\w.-]+/gi,
    realPassword,
  ),
  secret(
    'password',
    'a password or key',
    /\b(?:password|passwd|pwd|passwort|secret(?:[_-]?key)?|api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)["']?\s*[:=]\s*(?:"([^"\n]{8,128})"|'([^'\n]{8,128})'|([^\s"'`;,()<>{}[\]]{8,128}))/gi,
    realPassword,
  ),
  {
    kind: 'personal-data',
    thing: 'e-mail',
    what: 'an e-mail address',
    pattern: /\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})\b/g,
    holds: realAddress,
  },
  {
    kind: 'personal-data',
    thing: 'card-number',
    what: 'a payment card number',
    pattern: /(?<![\d.-])(?:\d{4}[ -]){3}\d{4}(?![\d.-])/g,
    holds: ([digits]) => luhn(digits.replace(/\D/g, '')),
  },
];

/** All kinds of sensitive content in a text, each once. */
export function findSensitive(text: string): readonly Sensitive[] {
  return patterns.filter(({ pattern, holds }) => {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      if (holds === undefined || holds(match)) return true;
    }
    return false;
  });
}

/** The text with everything sensitive of one kind behind a placeholder that says what stood there. */
export function hideSensitive(text: string, kind: Sensitive['kind']): string {
  let hidden = text;
  for (const { pattern, holds, what, kind: found } of patterns) {
    if (found !== kind) continue;
    hidden = hidden.replace(pattern, (...groups: unknown[]) => {
      // After the groups come the offset and the whole text.
      const match = groups.slice(
        0,
        groups.findIndex((each) => typeof each === 'number'),
      ) as string[];
      const placeholder = `[${what.replace(/^an? /, '')} removed]`;
      return holds === undefined || holds(match as unknown as RegExpExecArray) ? placeholder : (match[0] ?? '');
    });
  }
  return hidden;
}

function secret(thing: SensitiveThing, what: string, pattern: RegExp, holds?: Pattern['holds']): Pattern {
  return { kind: 'secret', thing, what, pattern, ...(holds === undefined ? {} : { holds }) };
}

const placeholder =
  /example|sample|placeholder|dummy|changeme|change_me|your|my[_-]?(?:secret|pass|key|token|api)|xxx|\*\*\*|\.\.\.|<|>|\$\{|\{\{|%s|redacted|hidden|secret|passw|token|hunter2|letmein|12345678|abcdef|qwert|test|foobar|none|null|undefined|process\.env|os\.environ|getenv|input\(|config|settings|\bself\.|\bthis\./i;

function notExample([text]: RegExpExecArray): boolean {
  return !/EXAMPLE|XXXX|1234567890/.test(text);
}

/** Random keys mix cases and digits; names such as `sk-learn-based-classification-example` do not. */
function looksRandom([text]: RegExpExecArray): boolean {
  return /\d/.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && !placeholder.test(text);
}

function realPassword(match: RegExpExecArray): boolean {
  const value = match.slice(1).find((group) => group !== undefined) ?? '';
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9\s._-]/].filter((kind) => kind.test(value)).length;
  return !/\s/.test(value) && !placeholder.test(value) && kinds >= 3 && new Set(value).size >= 6;
}

const publicNames =
  /^(?:info|support|contact|hello|help|sales|admin|no-?reply|office|mail|service|team|user|name|me|you|someone|john|jane|alice|bob|test|email|git)$/i;
const exampleDomains =
  /(?:^|\.)(?:example|test|invalid|localhost|local|domain|email|company|yourdomain|mydomain|acme|foo|bar|contoso)(?:\.[a-z]+)*$/i;

/** Not the addresses of companies' desks, and not those that documentation is full of. */
function realAddress([address, domain]: RegExpExecArray): boolean {
  const name = address.slice(0, address.indexOf('@'));
  return (
    !publicNames.test(name) &&
    !exampleDomains.test(domain ?? '') &&
    !/\.(?:png|jpg|svg|js|ts|py|css|html)$/i.test(address)
  );
}

function luhn(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
