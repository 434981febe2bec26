/** What of a flag says whether it is typed and what it goes with; oclif's own satisfies it. */
type Flag = {char?: string; env?: string; exclusive?: readonly unknown[]}

/** Flags whose twins in the environment give way to those typed flags with which they do not go together: what is typed counts more. */
export function givingWay<F extends Record<string, Flag>>(flags: F, argv: string[]): F {
  const end = argv.indexOf('--')
  const typed = end < 0 ? argv : argv.slice(0, end)
  const isTyped = (name: string) =>
    typed.some((text) => text === `--${name}` || text.startsWith(`--${name}=`) || isShort(text, flags[name]?.char))
  const beaten = (name: string, flag: Flag) =>
    !isTyped(name) &&
    Object.entries(flags).some(
      ([other, {exclusive}]) => (exclusive?.includes(name) || flag.exclusive?.includes(other)) && isTyped(other),
    )
  const own = Object.entries(flags).map(([name, flag]) => [
    name,
    flag.env && beaten(name, flag) ? {...flag, env: undefined} : flag,
  ])
  return Object.fromEntries(own) as F
}

/** `-g`, `-gNAME` and, among those that take no value, `-yg`. */
const isShort = (text: string, char?: string) => char !== undefined && /^-[A-Za-z]/.test(text) && text.includes(char)
