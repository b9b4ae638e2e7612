import { parentPort, workerData } from 'node:worker_threads'
import { serveUnits } from './serve-units.ts'
import type { WorkerSetup } from './worker-messages.ts'

// Everything that can be tested on the main thread is in `serveUnits`.
if (parentPort !== null) serveUnits(parentPort, workerData as WorkerSetup)
