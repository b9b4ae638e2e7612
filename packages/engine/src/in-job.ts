import { addPlace, FletchingError } from '@fletching/columns/errors'

/** Does work of a job; an error has the job as its last place, which what the plan finds has already. */
export async function inJob<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isThere = error instanceof FletchingError && error.at.at(-1)?.endsWith(`job ${name}`) === true
    throw isThere ? error : addPlace(error, `job ${name}`)
  }
}
