import { parentPort, workerData } from 'node:worker_threads'
import type { InflateSetup } from './inflate-ahead.ts'
import { serveContent } from './serve-content.ts'

// Everything that can be tested on the main thread is in `serveContent`.
if (parentPort !== null) serveContent(parentPort, workerData as InflateSetup)
