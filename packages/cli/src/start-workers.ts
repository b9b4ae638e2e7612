import { startWorkers, type WaitingWorkers } from '@fletching/engine/waiting-workers'
import { containerLimits } from './container-limits.ts'
import type { OptionValues } from './option-specs.ts'
import { runOptions } from './options.ts'

/** Starts the threads that a run asks for. What is wrong with an option is told when it is its turn. */
export function startWorkersFor(values: OptionValues): WaitingWorkers | undefined {
  try {
    return startWorkers(runOptions(values, containerLimits()))
  } catch {
    return undefined
  }
}
