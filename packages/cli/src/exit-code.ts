import { type ErrorKind, FletchingError } from '@fletching/columns/errors'

const BY_KIND: Record<ErrorKind, number> = { author: 2, data: 3, environment: 4, internal: 70 }

/** The exit code says who must act; anything that is not an error of ours is a bug of ours. */
export function exitCode(error: unknown): number {
  return error instanceof FletchingError ? BY_KIND[error.kind] : BY_KIND.internal
}

/** The text of an error for a person; a stack only for bugs. */
export function errorText(error: unknown): string {
  if (error instanceof FletchingError)
    return error.kind === 'internal' ? `${error.message}\n${stackOf(error)}` : error.message
  return `INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function stackOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+/.test(line))
    .slice(0, 8)
    .join('\n')
}
