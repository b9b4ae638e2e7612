import { environmentError } from '@fletching/columns/errors'

/**
 * An answer of S3 that says what it must say. One that does not, under status 200, is no answer of S3's: something in between may have answered in
 * its place, and whether the request was followed is not known.
 *
 * - `lacking`: what the answer lacks; undefined for one that is whole.
 * - `tries`: how often it is asked; 1 for what must not be repeated.
 * - Errors: S3_FAILED (environment) names the request; those of `ask`.
 */
export async function wholeAnswer<T>(
  { request, place, tries }: { readonly request: string; readonly place: string; readonly tries: number },
  ask: () => Promise<T>,
  lacking: (answer: T) => string | undefined,
): Promise<T> {
  for (let count = 1; ; count++) {
    const answer = await ask()
    const what = lacking(answer)
    if (what === undefined) return answer
    if (count === tries) throw notOfS3(request, what, place)
  }
}

/** Tries of a request that may be repeated. */
export const ANSWER_TRIES = 2

export function lackingETag({ ETag }: { readonly ETag?: string | undefined }): string | undefined {
  // An empty one would be a condition that holds for no object, or for every one.
  return ETag === undefined || ETag === '' ? 'an ETag' : undefined
}

function notOfS3(request: string, what: string, place: string) {
  return environmentError('S3_FAILED', `S3 answered ${request} without ${what}`, {
    at: place,
    help: 'run again; if it stays so, something between here and S3 may answer in its place',
  })
}
