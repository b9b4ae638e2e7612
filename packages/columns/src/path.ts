import { authorError } from './errors.ts'

/** The names from the root to a value, as in `['properties', 'sku']`. */
export type Path = readonly string[]

/**
 * Reads a dotted path. A name that holds a dot, a blank or a backtick stands in backticks, a backtick in it doubled.
 *
 * - Errors: BAD_PATH (author) for an empty name, an open backtick, or text after a closing one.
 * - Source: AWS Glue's ApplyMapping, whose paths these are.
 *
 * @example
 * ```ts
 * assert.deepEqual(parsePath('traits.`Invited User?`'), ['traits', 'Invited User?'])
 * ```
 */
export function parsePath(text: string): Path {
  const names: string[] = []
  let at = 0
  while (true) {
    if (text[at] === '`') {
      let name = ''
      at++
      while (true) {
        if (at >= text.length) throw badPath(text, 'a backtick is not closed')
        if (text[at] !== '`') name += text[at++]
        else if (text[at + 1] === '`') {
          name += '`'
          at += 2
        } else break
      }
      at++
      if (at < text.length && text[at] !== '.') throw badPath(text, `expected "." after the backtick at ${at}`)
      names.push(name)
    } else {
      const dot = text.indexOf('.', at)
      const end = dot < 0 ? text.length : dot
      names.push(text.slice(at, end))
      at = end
    }
    if (names[names.length - 1] === '') throw badPath(text, 'it holds an empty name')
    if (at >= text.length) return names
    at++
  }
}

/** The text that `parsePath` reads back as `path`. */
export function formatPath(path: Path): string {
  return path.map((name) => (/^[^.`\s]+$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)).join('.')
}

function badPath(text: string, why: string) {
  return authorError('BAD_PATH', `"${text}" is not a path: ${why}`, {
    help: 'expected names with dots between, as in properties.sku; a name with a dot in it stands in backticks',
  })
}
