// @ts-check

/** What `--size` and `--runs` come to. */

const UNITS = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 }

/** The size that the tests run: enough to go through every program once. */
export const smoke = { name: 'smoke', bytes: 1_000_000, runs: 1, shapes: ['one-plain', 'many-gzip'] }

/**
 * A size from its name.
 *
 * @param {string} text `smoke`, or a size such as `1GiB` or `200MB`
 * @returns {{ name: string, bytes: number, runs: number, shapes: readonly string[] | undefined }}
 */
export function sizeOf(text) {
  if (text === smoke.name) return smoke
  const [, number, unit] = /^(\d+(?:\.\d+)?)(MB|GB|MiB|GiB)$/.exec(text) ?? []
  const bytes = Math.round(Number(number) * UNITS[/** @type {keyof typeof UNITS} */ (unit)])
  if (bytes >= smoke.bytes) return { name: text, bytes, runs: 5, shapes: undefined }
  throw new Error(`--size got "${text}"; expected smoke, or 1MB at least, as in 200MB or 1GiB`)
}
