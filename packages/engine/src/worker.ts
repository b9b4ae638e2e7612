import { parentPort } from 'node:worker_threads'
import { serveCrew } from './serve-crew.ts'
import type { WorkerSetup } from './worker-messages.ts'

const port = parentPort
// Everything that can be tested on the main thread is in `serveCrew`.
port?.once('message', (setup: WorkerSetup) => serveCrew(port, setup))
