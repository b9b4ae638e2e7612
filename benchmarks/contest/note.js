// @ts-check
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/**
 * What a file of JSON says, or what `make` gives, which is then written there.
 *
 * What was noted under another version is made again. The file comes last, and in one step, so that work that was cut short leaves none.
 *
 * @template Noted
 * @param {string} file
 * @param {string} version
 * @param {() => Noted | Promise<Noted>} make
 * @returns {Promise<Noted>}
 */
export async function noted(file, version, make) {
  if (existsSync(file)) {
    const note = JSON.parse(readFileSync(file, 'utf8'))
    if (note.version === version) return note.noted
  }
  const made = await make()
  writeFileSync(`${file}.new`, JSON.stringify({ version, noted: made }, null, 2))
  renameSync(`${file}.new`, file)
  return made
}
