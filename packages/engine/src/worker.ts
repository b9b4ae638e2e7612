import { parentPort } from 'node:worker_threads'
import type { InflateSetup } from './inflate-ahead.ts'
import { serveContent } from './serve-content.ts'
import { serveCrew } from './serve-crew.ts'
import type { WorkerSetup } from './worker-messages.ts'

const port = parentPort
// Everything that can be tested on the main thread is in `serveCrew` and `serveContent`.
port?.once('message', (setup: WorkerSetup | InflateSetup) =>
  setup.kind === 'scan' ? serveCrew(port, setup) : serveContent(port, setup),
)
