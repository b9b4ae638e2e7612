import { runCommandLine } from './command-line.ts'
import { tuneV8 } from './tune-v8.ts'

let code: number | undefined

process.once('exit', (given) => {
  // Codes above 128 are those of a second signal, which waits for nothing.
  if (code !== undefined || given > 128) return
  // Node would end with 0 and without a word, for instance when a job's module waits for what never comes.
  process.exitCode = 70
  process.stderr.write(
    'INTERNAL: the command ended although it was not done: it waited for what cannot come any more\n',
  )
})

const { env, stdout, stderr } = process
// The AWS SDK would write a warning about Node 20 to standard error. Other programs decide for themselves, so that no room below sets it.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
void runCommandLine(process.argv.slice(2), { env, stdout, stderr, onReading: tuneV8 }).then((ended) => {
  code = ended
  // After a signal, a read that hangs must not keep the process.
  process.exit(ended)
})
