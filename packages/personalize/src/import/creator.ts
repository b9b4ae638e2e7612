import type { ImportMode } from '@aws-sdk/client-personalize'
import { isAlreadyThere, isInUse, isLimit } from '../api-errors.ts'
import type { Operation, Send } from '../client.ts'
import type { Dataset, Domain } from '../dataset.ts'
import { apiDomain, findDataset, findGroup, findSchema, listJobs, needed } from '../resources.ts'
import type { Patience } from '../wait.ts'
import { datasetName, resourceName } from './names.ts'
import { canonicalSchema } from './schemas.ts'

/** A request that changes something. */
export interface Call {
  readonly call: Operation
  readonly input: object
}

export interface CreatorOptions {
  readonly send: Send
  readonly patience: Patience
  /** Is given every request instead of Personalize. */
  readonly onDryCall: ((call: Call) => void) | undefined
  readonly onNoPlace: (kind: string, name: string) => void
}

export interface JobRequest {
  readonly name: (number: number) => string
  readonly firstNumber: number
  readonly datasetArn: string
  readonly dataLocation: string
  readonly roleArn: string
  readonly mode: ImportMode
}

/**
 * Makes what an import needs. What has been made meanwhile, by another start or by a request whose answer was lost, is taken as if it had been
 * made here.
 */
export class Creator {
  readonly #options: CreatorOptions

  constructor(options: CreatorOptions) {
    this.#options = options
  }

  /** A schema cannot be changed, so that its name goes by what it says. */
  async schema(group: string, type: Dataset, schema: string, domain: Domain): Promise<string> {
    const { send } = this.#options
    const name = resourceName(group, type, `${canonicalSchema(schema)}\n${domain}`)
    const found = await findSchema(send, name)
    if (found !== undefined) return found
    const input = { name, schema, ...apiDomain(domain) }
    return this.#create('CreateSchema', `schema ${name}`, input, {
      request: () =>
        send(
          'CreateSchema',
          `schema ${name}`,
          async (api, options) => (await api.createSchema(input, options)).schemaArn,
        ),
      find: () => findSchema(send, name),
    })
  }

  async group(name: string, domain: Domain): Promise<string> {
    const { send } = this.#options
    const input = { name, ...apiDomain(domain) }
    const subject = `dataset group ${name}`
    return this.#create('CreateDatasetGroup', subject, input, {
      request: () =>
        send(
          'CreateDatasetGroup',
          subject,
          async (api, options) => (await api.createDatasetGroup(input, options)).datasetGroupArn,
        ),
      find: async () => (await findGroup(send, name))?.arn,
    })
  }

  async dataset(group: string, type: Dataset, datasetGroupArn: string, schemaArn: string): Promise<string> {
    const { send } = this.#options
    const name = datasetName(group, type)
    const input = { name, schemaArn, datasetGroupArn, datasetType: capitalized(type) }
    const subject = `dataset ${name}`
    return this.#create('CreateDataset', subject, input, {
      request: () =>
        send('CreateDataset', subject, async (api, options) => (await api.createDataset(input, options)).datasetArn),
      find: async () => (await findDataset(send, datasetGroupArn, type))?.arn,
    })
  }

  /** Waits while Personalize has as many import jobs as it takes. */
  async job(request: JobRequest): Promise<{ readonly name: string; readonly arn: string }> {
    const { send, patience, onNoPlace } = this.#options
    const { datasetArn, dataLocation, roleArn, mode } = request
    for (let number = request.firstNumber; ; ) {
      const name = request.name(number)
      const input = { jobName: name, datasetArn, dataSource: { dataLocation }, roleArn, importMode: mode }
      const subject = `dataset import job ${name}`
      try {
        const arn = await this.#create('CreateDatasetImportJob', subject, input, {
          request: () =>
            send(
              'CreateDatasetImportJob',
              subject,
              async (api, options) => (await api.createDatasetImportJob(input, options)).datasetImportJobArn,
            ),
          find: async () => (await listJobs(send, datasetArn)).find((job) => job.name === name)?.arn,
        })
        return { name, arn }
      } catch (error) {
        if (isAlreadyThere(error) && number < NUMBER_MAX) {
          // Of a dataset of that name that was deleted since.
          number++
        } else if (isLimit(error) || isInUse(error)) {
          onNoPlace('dataset import job', name)
          await patience.wait(`${subject}, for which there is no place yet`)
        } else {
          throw error
        }
      }
    }
  }

  async #create(
    call: Operation,
    subject: string,
    input: object,
    {
      request,
      find,
    }: { readonly request: () => Promise<string | undefined>; readonly find: () => Promise<string | undefined> },
  ): Promise<string> {
    const { onDryCall, patience } = this.#options
    if (onDryCall !== undefined) {
      onDryCall({ call, input })
      return `ARN of ${subject}`
    }
    try {
      return needed(await request(), call)
    } catch (error) {
      if (!isAlreadyThere(error)) throw error
      // A list may not yet show what has just been made.
      for (let look = 1; look <= LOOKS_MAX; look++) {
        const made = await find()
        if (made !== undefined) return made
        await patience.wait(subject)
      }
      throw error
    }
  }
}

const LOOKS_MAX = 5
const NUMBER_MAX = 999

function capitalized(type: Dataset): string {
  return `${type[0].toUpperCase()}${type.slice(1)}`
}
