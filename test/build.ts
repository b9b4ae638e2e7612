import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Brings `dist` up to date once before the tests: those of the command start it as users do, and threads run it in every test. */
export default function build(): void {
  const root = join(import.meta.dirname, '..')
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: root, stdio: 'inherit' })
}
