import { authorError } from '@fletching/columns/errors'

/** Whether a text has characters that mean something in a glob. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text)
}

/**
 * The pattern as a regular expression for whole names.
 *
 * `*` stands for any characters but `/`, `**` for any at all, `?` for one but `/`, `[a-c]` and `[!a-c]` for one of a set, `{a,b}` for one of
 * several patterns, and a backslash takes the meaning from the next character.
 *
 * - Errors: BAD_GLOB (author) for a bracket or brace that is not closed.
 * - Source: AWS Glue, "Include and exclude patterns".
 */
export function globPattern(glob: string): RegExp {
  let pattern = ''
  let braces = 0
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]
    if (char === '\\') pattern += literal(glob[++at] ?? '\\')
    else if (char === '*') {
      if (glob[at + 1] !== '*') pattern += '[^/]*'
      else {
        at++
        // `a/**/b` holds `a/b` too.
        if (glob[at + 1] === '/' && (at < 2 || glob[at - 2] === '/')) {
          pattern += '(?:.*/)?'
          at++
        } else pattern += '.*'
      }
    } else if (char === '?') pattern += '[^/]'
    else if (char === '[') {
      const end = glob.indexOf(']', at + 2)
      if (end < 0) throw badGlob(glob, 'a [ is not closed')
      const inside = glob.slice(at + 1, end)
      const isNegated = inside[0] === '!' || inside[0] === '^'
      const set = (isNegated ? inside.slice(1) : inside).replace(/[\\\]^]/g, '\\$&')
      pattern += `(?!/)[${isNegated ? '^' : ''}${set}]`
      at = end
    } else if (char === '{') {
      braces++
      pattern += '(?:'
    } else if (char === '}' && braces > 0) {
      braces--
      pattern += ')'
    } else if (char === ',' && braces > 0) pattern += '|'
    else pattern += literal(char)
  }
  if (braces > 0) throw badGlob(glob, 'a { is not closed')
  try {
    return new RegExp(`^${pattern}$`, 'su')
  } catch (cause) {
    throw authorError('BAD_GLOB', `"${glob}" is not a glob`, { help: 'expected * ** ? [a-c] {a,b}', cause })
  }
}

/** The folder that every name that matches lies in. */
export function globFolder(glob: string): string {
  return glob.slice(0, glob.lastIndexOf('/', glob.search(/[*?[{]/)) + 1)
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function badGlob(glob: string, why: string) {
  return authorError('BAD_GLOB', `"${glob}" is not a glob: ${why}`, { help: 'expected * ** ? [a-c] {a,b}' })
}
