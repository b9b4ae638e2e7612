import type { Account, Resource } from './account.ts'
import { refused } from './refusal.ts'

type Input = Resource['input']

/** Does what an operation is asked for, in one step, and gives the answer. */
export const operations: Readonly<Record<string, (account: Account, input: Input) => object>> = {
  CreateSchema(account, input) {
    const { name, schema } = checked(input, 'name')
    let fields: unknown
    try {
      fields = (JSON.parse(String(schema)) as { readonly fields?: unknown }).fields
    } catch {
      // Told below.
    }
    if (!Array.isArray(fields)) refused('InvalidInputException', 'Input schema is not valid.')
    return { schemaArn: account.add('schema', String(name), String(name), input).arn }
  },
  ListSchemas(account, input) {
    const { items, next } = account.page(account.ofKind('schema'), input)
    return {
      schemas: items.map((item) => ({ name: item.name, schemaArn: item.arn, ...times, ...domainOf(item) })),
      ...next,
    }
  },
  DescribeSchema(account, { schemaArn }) {
    const item = account.get('schema', schemaArn)
    return { schema: { name: item.name, schemaArn: item.arn, schema: item.input.schema, ...times, ...domainOf(item) } }
  },
  CreateDatasetGroup(account, input) {
    const { name, domain } = checked(input, 'name')
    const { arn } = account.add('dataset-group', String(name), String(name), input)
    return { datasetGroupArn: arn, ...(domain === undefined ? {} : { domain }) }
  },
  ListDatasetGroups(account, input) {
    const { items, next } = account.page(account.ofKind('dataset-group'), input)
    return { datasetGroups: items.map((item) => groupOf(account, item)), ...next }
  },
  DescribeDatasetGroup(account, { datasetGroupArn }) {
    return { datasetGroup: groupOf(account, account.get('dataset-group', datasetGroupArn)) }
  },
  CreateDataset(account, input) {
    const { name, schemaArn, datasetGroupArn, datasetType } = checked(input, 'name')
    const group = account.get('dataset-group', datasetGroupArn)
    const schema = account.get('schema', schemaArn)
    if (account.statusOf(group) !== 'ACTIVE') refused('ResourceInUseException', `${group.arn} is not ACTIVE.`)
    if (schema.input.domain !== group.input.domain) {
      refused('InvalidInputException', 'The domain of the schema is not that of the dataset group.')
    }
    const type = String(datasetType).toUpperCase()
    if (!['INTERACTIONS', 'ITEMS', 'USERS'].includes(type))
      refused('InvalidInputException', `${type} is no dataset type.`)
    return { datasetArn: account.add('dataset', String(name), `${group.name}/${type}`, input).arn }
  },
  ListDatasets(account, input) {
    const { datasetGroupArn } = input
    if (datasetGroupArn !== undefined) account.get('dataset-group', datasetGroupArn)
    const all = account
      .ofKind('dataset')
      .filter((item) => datasetGroupArn === undefined || item.input.datasetGroupArn === datasetGroupArn)
    const { items, next } = account.page(all, input)
    return { datasets: items.map((item) => datasetSummary(account, item)), ...next }
  },
  DescribeDataset(account, { datasetArn }) {
    return { dataset: datasetOf(account, account.get('dataset', datasetArn)) }
  },
  CreateDatasetImportJob(account, input) {
    const { jobName, datasetArn, dataSource, roleArn, importMode } = checked(input, 'jobName')
    const dataset = account.get('dataset', datasetArn)
    if (account.statusOf(dataset) !== 'ACTIVE') refused('ResourceInUseException', `${dataset.arn} is not ACTIVE.`)
    const { dataLocation } = dataSource as { readonly dataLocation?: string }
    if (!/^s3:\/\/.{1,251}$/.test(dataLocation ?? '')) refused('InvalidInputException', 'Invalid Data location.')
    if (!/^arn:aws:iam::\d{12}:role\/[\w+=,.@\-/]+$/.test(String(roleArn))) {
      refused('InvalidInputException', `Invalid ARN: ${String(roleArn)}`)
    }
    const jobs = account.ofKind('dataset-import-job')
    if (
      importMode === 'INCREMENTAL' &&
      !jobs.some((job) => job.input.datasetArn === datasetArn && account.statusOf(job) === 'ACTIVE')
    ) {
      refused('InvalidInputException', 'The first import into a dataset must be FULL.')
    }
    if (jobs.filter((job) => /^CREATE (PENDING|IN_PROGRESS)$/.test(account.statusOf(job))).length >= PENDING_JOBS_MAX) {
      refused('LimitExceededException', `More than ${PENDING_JOBS_MAX} resources with PENDING or IN_PROGRESS status`)
    }
    return { datasetImportJobArn: account.add('dataset-import-job', String(jobName), String(jobName), input).arn }
  },
  ListDatasetImportJobs(account, input) {
    const { datasetArn } = input
    if (datasetArn !== undefined) account.get('dataset', datasetArn)
    const all = account
      .ofKind('dataset-import-job')
      .filter((item) => datasetArn === undefined || item.input.datasetArn === datasetArn)
    const { items, next } = account.page(all, input)
    return { datasetImportJobs: items.map((item) => jobSummary(account, item)), ...next }
  },
  DescribeDatasetImportJob(account, { datasetImportJobArn }) {
    return { datasetImportJob: jobOf(account, account.get('dataset-import-job', datasetImportJobArn)) }
  },
}

const PENDING_JOBS_MAX = 5

function groupOf(account: Account, item: Resource) {
  return {
    name: item.name,
    datasetGroupArn: item.arn,
    status: account.statusOf(item),
    ...timesOf(item),
    ...domainOf(item),
  }
}

function datasetSummary(account: Account, item: Resource) {
  const datasetType = String(item.input.datasetType).toUpperCase()
  return { name: item.name, datasetArn: item.arn, datasetType, status: account.statusOf(item), ...timesOf(item) }
}

function datasetOf(account: Account, item: Resource) {
  const { datasetGroupArn, schemaArn } = item.input
  return { ...datasetSummary(account, item), datasetGroupArn, schemaArn }
}

function jobSummary(account: Account, item: Resource) {
  const status = account.statusOf(item)
  return {
    jobName: item.name,
    datasetImportJobArn: item.arn,
    status,
    importMode: item.input.importMode ?? 'FULL',
    ...timesOf(item),
    ...(status === 'CREATE FAILED' ? { failureReason: item.failureReason } : {}),
  }
}

function jobOf(account: Account, item: Resource) {
  const { datasetArn, dataSource, roleArn } = item.input
  return { ...jobSummary(account, item), datasetArn, dataSource, roleArn }
}

function domainOf({ input: { domain } }: Resource) {
  return domain === undefined ? {} : { domain }
}

const BEGIN = 1_750_000_000
const times = { creationDateTime: BEGIN, lastUpdatedDateTime: BEGIN }

/** Later for what was made later. */
function timesOf({ made }: Resource) {
  return { creationDateTime: BEGIN + made, lastUpdatedDateTime: BEGIN + made }
}

/** The input, with a name as the service takes it; its model in the SDK does not know patterns. */
function checked(input: Input, nameOf: 'name' | 'jobName'): Input {
  const name = String(input[nameOf])
  if (!/^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}$/.test(name)) {
    refused(
      'InvalidInputException',
      `1 validation error detected: Value '${name}' at '${nameOf}' failed to satisfy constraint`,
    )
  }
  const { domain, importMode } = input
  if (domain !== undefined && domain !== 'ECOMMERCE' && domain !== 'VIDEO_ON_DEMAND') {
    refused('InvalidInputException', `${String(domain)} is no domain`)
  }
  if (importMode !== undefined && importMode !== 'FULL' && importMode !== 'INCREMENTAL') {
    refused('InvalidInputException', `${String(importMode)} is no import mode`)
  }
  return input
}
