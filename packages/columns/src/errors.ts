/**
 * The one error class of the house. Its kind says who must act: the job's *author*, the *data*'s producer, whoever runs
 * the *environment*, or we (*internal*). Codes are stable; details are fields; each floor adds its own `at` line.
 *
 * This entry point loads nothing, so that `storage` can use it without Arrow.
 */
export type ErrorKind = 'author' | 'data' | 'environment' | 'internal'

export interface ErrorParts {
  /** Where it happened, innermost place first. */
  readonly at?: string | readonly string[]
  /** What was expected and the way out, one line each. */
  readonly help?: string | readonly string[]
  /** The facts behind the text, for programs. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

const BRAND = Symbol.for('fletching.error')

export class FletchingError extends Error {
  /** An error of another copy of this module is one too: a job may bring its own, beside that of the command. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value
  }

  readonly [BRAND] = true
  readonly kind: ErrorKind
  readonly code: string
  /** The first line without the code. */
  readonly what: string
  readonly at: readonly string[]
  readonly help: readonly string[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(kind: ErrorKind, code: string, what: string, parts: ErrorParts = {}) {
    const at = lines(parts.at).map(visible)
    const help = lines(parts.help).map(visible)
    const shown = visible(what)
    super(
      [`${code}: ${shown}`, ...at.map((place) => `  at ${place}`), ...help.map((line) => `  ${line}`)].join('\n'),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    )
    this.name = 'FletchingError'
    this.kind = kind
    this.code = code
    this.what = shown
    this.at = at
    this.help = help
    this.details = parts.details ?? {}
  }
}

/** The job or the command line must change. */
export function authorError(code: string, what: string, parts?: ErrorParts): FletchingError {
  return new FletchingError('author', code, what, parts)
}

/** The input must change. */
export function dataError(code: string, what: string, parts?: ErrorParts): FletchingError {
  return new FletchingError('data', code, what, parts)
}

/** Access, disk or network must change. */
export function environmentError(code: string, what: string, parts?: ErrorParts): FletchingError {
  return new FletchingError('environment', code, what, parts)
}

/** A bug of ours, or of a caller inside the house. */
export function internal(what: string, parts?: ErrorParts): FletchingError {
  return new FletchingError('internal', 'INTERNAL', what, parts)
}

/** The same error, its stack included, with one more place at the end; what is no FletchingError is returned as it is. */
export function addPlace(error: unknown, place: string): unknown {
  if (!(error instanceof FletchingError)) return error
  const { kind, code, what, at, help, details, cause } = error
  const placed = new FletchingError(kind, code, what, { at: [...at, place], help, details, cause })
  if (error.stack !== undefined) placed.stack = error.stack.replace(error.message, () => placed.message)
  return placed
}

/** Names of files and keys may hold anything: what would end a line or move a cursor stands as its escape. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    return control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function lines(text: string | readonly string[] | undefined): readonly string[] {
  if (text === undefined) return []
  return typeof text === 'string' ? [text] : text
}
