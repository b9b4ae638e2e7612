// @ts-check
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, platform, totalmem } from 'node:os'

/** The machine and the revision that figures belong to. */
export function machine() {
  return {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: platform(),
    load: loadavg()[0],
    node: process.versions.node,
    commit: commit(),
  }
}

/** The revision that is checked out, with a mark when files differ from it; without git there is none. */
function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}
