import type { Domain as ApiDomain, ImportMode } from '@aws-sdk/client-personalize'
import { environmentError } from '@fletching/columns/errors'
import type { Send } from './client.ts'
import type { Dataset, Domain } from './dataset.ts'

/** Something that is there, with how it stands. */
export interface Found {
  readonly arn: string
  readonly name: string
  readonly status: string
  readonly failureReason: string | undefined
}

export interface FoundGroup extends Found {
  readonly domain: Domain
}

export interface FoundDataset extends Found {
  readonly schemaArn: string
}

export interface FoundJob extends Found {
  readonly mode: ImportMode
  /** In milliseconds since 1970. */
  readonly created: number
}

/** A domain as Personalize has it; it has none for what is custom. */
export function apiDomain(domain: Domain): { readonly domain?: ApiDomain } {
  if (domain === 'custom') return {}
  return { domain: domain === 'ecommerce' ? 'ECOMMERCE' : 'VIDEO_ON_DEMAND' }
}

function domainOf(domain: ApiDomain | undefined): Domain {
  return domain === undefined ? 'custom' : domain === 'ECOMMERCE' ? 'ecommerce' : 'video-on-demand'
}

/** A schema of that name: Personalize gives it by its ARN alone, so that all are looked through. */
export async function findSchema(send: Send, name: string): Promise<string | undefined> {
  const schemas = everyPage((nextToken) =>
    send('ListSchemas', `schema ${name}`, async (api, options) => {
      const { schemas = [], nextToken: next } = await api.listSchemas({ ...pageAfter(nextToken) }, options)
      return { items: schemas, next }
    }),
  )
  for await (const schema of schemas) if (schema.name === name) return needed(schema.schemaArn, 'ListSchemas')
  return undefined
}

export async function schemaText(send: Send, arn: string): Promise<string> {
  const { schema } = await send('DescribeSchema', arn, (api, options) =>
    api.describeSchema({ schemaArn: arn }, options),
  )
  return needed(schema?.schema, 'DescribeSchema')
}

export async function findGroup(send: Send, name: string): Promise<FoundGroup | undefined> {
  const groups = everyPage((nextToken) =>
    send('ListDatasetGroups', `dataset group ${name}`, async (api, options) => {
      const { datasetGroups = [], nextToken: next } = await api.listDatasetGroups({ ...pageAfter(nextToken) }, options)
      return { items: datasetGroups, next }
    }),
  )
  for await (const group of groups) {
    if (group.name !== name) continue
    const arn = needed(group.datasetGroupArn, 'ListDatasetGroups')
    const { status = '', failureReason, domain } = group
    return { arn, name, status, failureReason, domain: domainOf(domain) }
  }
  return undefined
}

export async function describeGroup(send: Send, arn: string, name: string): Promise<Found> {
  return send('DescribeDatasetGroup', `dataset group ${name}`, async (api, options) => {
    const { datasetGroup } = await api.describeDatasetGroup({ datasetGroupArn: arn }, options)
    const { status, failureReason } = needed(datasetGroup, 'DescribeDatasetGroup')
    return { arn, name, status: needed(status, 'DescribeDatasetGroup'), failureReason }
  })
}

/** The dataset of a type, of which a group has one at most, whatever its name. */
export async function findDataset(send: Send, groupArn: string, type: Dataset): Promise<FoundDataset | undefined> {
  const datasets = everyPage((nextToken) =>
    send('ListDatasets', `the datasets of ${groupArn}`, async (api, options) => {
      const input = { datasetGroupArn: groupArn, ...pageAfter(nextToken) }
      const { datasets = [], nextToken: next } = await api.listDatasets(input, options)
      return { items: datasets, next }
    }),
  )
  for await (const { datasetType, datasetArn, name } of datasets) {
    if (datasetType?.toLowerCase() !== type) continue
    return describeDataset(send, needed(datasetArn, 'ListDatasets'), needed(name, 'ListDatasets'))
  }
  return undefined
}

export async function describeDataset(send: Send, arn: string, name: string): Promise<FoundDataset> {
  return send('DescribeDataset', `dataset ${name}`, async (api, options) => {
    const { dataset } = await api.describeDataset({ datasetArn: arn }, options)
    const { status, schemaArn } = needed(dataset, 'DescribeDataset')
    return {
      arn,
      name,
      status: needed(status, 'DescribeDataset'),
      schemaArn: needed(schemaArn, 'DescribeDataset'),
      failureReason: undefined,
    }
  })
}

/** Every import of a dataset. */
export async function listJobs(send: Send, datasetArn: string): Promise<FoundJob[]> {
  const jobs: FoundJob[] = []
  const summaries = everyPage((nextToken) =>
    send('ListDatasetImportJobs', `the imports of ${datasetArn}`, async (api, options) => {
      const input = { datasetArn, ...pageAfter(nextToken) }
      const { datasetImportJobs = [], nextToken: next } = await api.listDatasetImportJobs(input, options)
      return { items: datasetImportJobs, next }
    }),
  )
  for await (const job of summaries) {
    const { status = '', failureReason, creationDateTime, importMode = 'FULL' } = job
    const arn = needed(job.datasetImportJobArn, 'ListDatasetImportJobs')
    const name = needed(job.jobName, 'ListDatasetImportJobs')
    const created = creationDateTime?.getTime() ?? 0
    jobs.push({ arn, name, status, failureReason, created, mode: importMode })
  }
  return jobs
}

export async function describeJob(send: Send, arn: string, name: string): Promise<Found> {
  return send('DescribeDatasetImportJob', `dataset import job ${name}`, async (api, options) => {
    const { datasetImportJob } = await api.describeDatasetImportJob({ datasetImportJobArn: arn }, options)
    const { status, failureReason } = needed(datasetImportJob, 'DescribeDatasetImportJob')
    return { arn, name, status: needed(status, 'DescribeDatasetImportJob'), failureReason }
  })
}

/** Asks for page after page, until there is no more. */
async function* everyPage<T>(
  page: (nextToken: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): AsyncGenerator<T> {
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    yield* items
    token = next
  } while (token !== undefined)
}

function pageAfter(nextToken: string | undefined): { readonly maxResults: number; readonly nextToken?: string } {
  return { maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) }
}

/** What every answer of Personalize has, although its model does not say so. */
export function needed<T>(value: T | undefined, operation: string): T {
  if (value !== undefined) return value
  throw environmentError('PERSONALIZE_FAILED', `the answer to ${operation} lacks what every answer has`, {
    help: 'run it again; if it stays so, something between here and AWS may answer in its place',
  })
}
