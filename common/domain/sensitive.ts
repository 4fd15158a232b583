/** What must not be taught, because a model repeats what it learned: keys and passwords, then what is about a person. */
export const sensitiveThings = [
  'private-key',
  'aws-key',
  'github-token',
  'gitlab-token',
  'slack-token',
  'api-key',
  'google-key',
  'payment-key',
  'hugging-face-token',
  'npm-token',
  'login-token',
  'address-password',
  'password',
  'e-mail',
  'card-number',
] as const;
export type SensitiveThing = (typeof sensitiveThings)[number];
