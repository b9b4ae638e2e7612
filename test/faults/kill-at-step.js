/**
 * Loaded before the command: counts what it does to files, and kills its own process at number FLETCHING_KILL_AT, before that is done, or
 * behind it with FLETCHING_KILL_WHEN=after. Every step goes to the file FLETCHING_KILL_LOG as a line, where there is one.
 */
import { appendFileSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { FLETCHING_KILL_AT, FLETCHING_KILL_WHEN, FLETCHING_KILL_LOG, FLETCHING_KILL_ROOT = '/' } = process.env
let count = 0

function counted(name, act, isMeant = () => true) {
  return async function step(...args) {
    if (!isMeant(...args)) return act.apply(this, args)
    count++
    if (FLETCHING_KILL_LOG !== undefined) appendFileSync(FLETCHING_KILL_LOG, `${name}\n`)
    const isHere = `${count}` === FLETCHING_KILL_AT
    if (isHere && FLETCHING_KILL_WHEN !== 'after') process.kill(process.pid, 'SIGKILL')
    try {
      return await act.apply(this, args)
    } finally {
      if (isHere) process.kill(process.pid, 'SIGKILL')
    }
  }
}

const isInside = (path) => `${path}`.startsWith(FLETCHING_KILL_ROOT)
const makes = (path, flags) => isInside(path) && `${flags}`.startsWith('w')

const handle = await promises.open(new URL(import.meta.url), 'r')
const prototype = Object.getPrototypeOf(handle)
await handle.close()
for (const name of ['write', 'sync']) prototype[name] = counted(name, prototype[name])
for (const name of ['rename', 'link', 'rm', 'mkdir', 'rmdir']) promises[name] = counted(name, promises[name], isInside)
promises.open = counted('create', promises.open, makes)
syncBuiltinESMExports()
