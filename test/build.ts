import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Brings `dist` up to date once before the tests: those of the command start it as users do, and threads run it in every test. */
export default function build(): void {
  const root = join(import.meta.dirname, '..')
  for (const args of [['node_modules/typescript/bin/tsc', '-b'], ['scripts/bundle.js']]) {
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  }
}
