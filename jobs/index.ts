import type { Job } from '@fletching/job'

/** The jobs that come with the command, by name, each loaded when it is asked for. */
export const builtInJobs: Readonly<Record<string, () => Promise<Job>>> = {
  'segment-logs-to-parquet': async () => (await import('./segment-logs-to-parquet/job.ts')).default,
  'segment-to-personalize': async () => (await import('./segment-to-personalize/job.ts')).default,
  'segment-ecommerce-to-personalize': async () => (await import('./segment-ecommerce-to-personalize/job.ts')).default,
  'segment-users-to-personalize': async () => (await import('./segment-users-to-personalize/job.ts')).default,
  'segment-items-to-personalize': async () => (await import('./segment-items-to-personalize/job.ts')).default,
}
