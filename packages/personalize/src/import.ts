import { type Location, openStore, type Store } from '@fletching/storage'
import { formatSchema, schemaFor } from './avro-schema.ts'
import { type ClientOptions, openPersonalize, type Send } from './client.ts'
import type { Dataset, Domain } from './dataset.ts'
import { type Call, Creator } from './import/creator.ts'
import { assertGroupName, resourceName } from './import/names.ts'
import { assertSchema } from './import/schemas.ts'
import { countRecords, type ImportSource, isUnchanged, lookAtSource, readHeader } from './import/source.ts'
import { importOf, lookAround, type There } from './import/there.ts'
import { type ImportFacts, type ImportPlan, planImport } from './planner.ts'
import { describeDataset, describeGroup, describeJob } from './resources.ts'
import { Patience, type PatienceOptions, untilActive } from './wait.ts'

export type { Call } from './import/creator.ts'
export type { ImportSource } from './import/source.ts'
export type { ImportFacts, ImportPlan } from './planner.ts'

export interface ImportOptions extends ClientOptions, Omit<PatienceOptions, 'signal'> {
  /** A CSV in S3, or the folder that holds nothing else. */
  readonly from: Location
  readonly group: string
  readonly dataset: Dataset
  /** Of the role with which Personalize reads the CSV. */
  readonly roleArn: string
  /** Avro, as JSON. Default: that of a dataset which is there, and one for the header of the CSV if there is none. */
  readonly schema?: string | undefined
  /** Default: that of a group which is there, and `custom` if there is none. */
  readonly domain?: Domain | undefined
  /** Default `auto`. */
  readonly mode?: ImportFacts['mode'] | undefined
  /** Says what is known of the CSV; its records are counted otherwise. */
  readonly known?: ((source: ImportSource) => Promise<KnownOfSource>) | undefined
  /** Is given every request that would change something; none of them is made then, and nothing waited for. */
  readonly onDryCall?: ((call: Call) => void) | undefined
  readonly onPlan?: ((plan: ImportPlan) => void) | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
}

export type KnownOfSource = Partial<Pick<ImportFacts, 'holds' | 'records'>>

/** Where an import stands. */
export interface ImportProgress {
  /** As in `dataset group`. */
  readonly kind: string
  readonly name: string
  /** As Personalize says it; `NO PLACE` while it has as many import jobs as it takes. */
  readonly status: string
  /** Since the import began. */
  readonly passedMs: number
}

export interface Imported {
  readonly group: string
  readonly dataset: Dataset
  readonly job: string
  readonly jobArn: string
  readonly mode: ImportPlan['mode']
  /** Whether the job was there before. */
  readonly wasThere: boolean
  /** Whether the CSV was replaced while it was imported, so that nothing says which of the two Personalize has read. */
  readonly isReplaced: boolean
}

/**
 * Imports a CSV into a dataset: looks for the group, the dataset with its schema and the import job, makes what is missing, and waits until the
 * import is done. A second start with the same CSV goes on where the first one stopped. Gives undefined after a dry run.
 *
 * - Errors: IMPORT_FAILED, CREATE_FAILED (data), IMPORT_TIMEOUT, BEING_DELETED (environment), GROUP_DIFFERS, SCHEMA_DIFFERS, SCHEMA_REFUSED,
 *   BAD_RESOURCE_NAME (author), those of `lookAtSource`, `readHeader`, `planImport` and `personalizeFailure`.
 */
export async function importDataset(options: ImportOptions): Promise<Imported | undefined> {
  assertGroupName(options.group)
  const store = await openStore(options.from)
  const source = await lookAtSource(options.from, store)
  const { send, close } = await openPersonalize(options)
  try {
    return await new Import(options, { source, store, send }).run()
  } finally {
    close()
  }
}

/** What an import has at hand. */
interface Ends {
  readonly source: ImportSource
  readonly store: Store
  readonly send: Send
}

class Import {
  readonly #options: ImportOptions
  readonly #ends: Ends
  readonly #patience: Patience

  constructor(options: ImportOptions, ends: Ends) {
    this.#options = options
    this.#ends = ends
    this.#patience = new Patience(options)
  }

  async run(): Promise<Imported | undefined> {
    const { group, dataset: type, schema, domain, mode = 'auto', onDryCall, onPlan } = this.#options
    const { source, send } = this.#ends
    if (schema !== undefined) assertSchema(schema, type, domain ?? 'custom')
    const there = await lookAround(send, { group, type, schema, domain })
    const { current, nextNumber } = importOf(there.jobs, { group, type, content: source.digest, mode })
    if (current !== undefined) return onDryCall === undefined ? this.#finish(current, true) : undefined
    const plan = await this.#plan(there, mode)
    onPlan?.(plan)
    const datasetArn = await this.#dataset(there)
    const job = await this.#creator().job({
      name: (number) => resourceName(group, type, source.digest, number),
      firstNumber: nextNumber,
      datasetArn,
      dataLocation: source.location,
      roleArn: this.#options.roleArn,
      mode: plan.mode,
    })
    return onDryCall === undefined ? this.#finish({ ...job, mode: plan.mode }, false) : undefined
  }

  async #plan(there: There, mode: ImportFacts['mode']): Promise<ImportPlan> {
    const { dataset, known } = this.#options
    const { source, store } = this.#ends
    const { holds, records } = (await known?.(source)) ?? {}
    return planImport({
      dataset,
      mode,
      bytes: source.bytes,
      records: records ?? (await countRecords(source, store)),
      holds,
      hasImport: there.jobs.some(({ status }) => status === 'ACTIVE'),
    })
  }

  /** The ARN of the dataset, which is ready for an import. */
  async #dataset(there: There): Promise<string> {
    const { group, dataset: type } = this.#options
    const { send } = this.#ends
    const domain = this.#options.domain ?? there.group?.domain ?? 'custom'
    const creator = this.#creator()
    const schemaArn =
      there.dataset?.schemaArn ?? (await creator.schema(group, type, await this.#schema(domain), domain))
    const groupArn = there.group?.arn ?? (await creator.group(group, domain))
    await this.#untilActive('dataset group', group, () => describeGroup(send, groupArn, group))
    const datasetArn = there.dataset?.arn ?? (await creator.dataset(group, type, groupArn, schemaArn))
    await this.#untilActive('dataset', type, () => describeDataset(send, datasetArn, type))
    return datasetArn
  }

  /** The text of the schema for a dataset that is made. */
  async #schema(domain: Domain): Promise<string> {
    const { dataset, schema } = this.#options
    const { source, store } = this.#ends
    const columns = async () => (await readHeader(source, dataset, store)).map((name) => ({ name }))
    const text = schema ?? formatSchema(schemaFor(dataset, domain, await columns()))
    assertSchema(text, dataset, domain)
    return text
  }

  async #finish(
    job: { readonly name: string; readonly arn: string; readonly mode: ImportPlan['mode'] },
    wasThere: boolean,
  ): Promise<Imported> {
    const { group, dataset, from } = this.#options
    const { source, store, send } = this.#ends
    const { name, arn, mode } = job
    await this.#untilActive('dataset import job', name, () => describeJob(send, arn, name))
    const isReplaced = !(await isUnchanged(source, from, store))
    return { group, dataset, job: name, jobArn: arn, mode, wasThere, isReplaced }
  }

  async #untilActive(kind: string, name: string, look: Parameters<typeof untilActive>[0]['look']): Promise<void> {
    if (this.#options.onDryCall !== undefined) return
    const onLook = (status: string) => this.#tell(kind, name, status)
    await untilActive({ kind, name, look, onLook }, this.#patience)
  }

  #creator(): Creator {
    return new Creator({
      send: this.#ends.send,
      patience: this.#patience,
      onDryCall: this.#options.onDryCall,
      onNoPlace: (kind, name) => this.#tell(kind, name, 'NO PLACE'),
    })
  }

  #tell(kind: string, name: string, status: string): void {
    this.#options.onProgress?.({ kind, name, status, passedMs: this.#patience.passedMs })
  }
}
