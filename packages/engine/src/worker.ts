import { parentPort, workerData } from 'node:worker_threads'
import { serveCrew } from './serve-crew.ts'
import type { WorkerSetup } from './worker-messages.ts'

// Everything that can be tested on the main thread is in `serveCrew`.
if (parentPort !== null) serveCrew(parentPort, workerData as WorkerSetup)
