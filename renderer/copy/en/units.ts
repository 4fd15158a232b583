/** How amounts are said. Numbers come with the language's own separators. */
export const units = {
  bytes: ['bytes', 'kB', 'MB', 'GB', 'TB'],
  amount: (value: string, unit: string) => `${value} ${unit}`,
  seconds: (seconds: number) => `${seconds} s`,
  minutes: (minutes: number) => `${minutes} min`,
  minutesAndSeconds: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
  hours: (hours: number) => `${hours} h`,
  hoursAndMinutes: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  percent: (whole: number) => `${whole}%`,
  today: (time: string) => `Today, ${time}`,
  yesterday: (time: string) => `Yesterday, ${time}`,
  runs: (count: string, isOne: boolean) => (isOne ? `${count} run` : `${count} runs`),
  tokens: (count: string, isOne: boolean) => (isOne ? `${count} token` : `${count} tokens`),
} as const;
