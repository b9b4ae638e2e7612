// @ts-check
// A contest on one machine: every engine does the same job over the same files, a process each, in turns. See benchmarks/README.md.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chartOf } from './chart.js'
import { peersFolder, root } from './engine.js'
import { inputsOf, shapes } from './inputs.js'
import { machine } from './machine.js'
import { measure, warm } from './measure.js'
import { sizeOf, smoke } from './sizes.js'
import { tableOf } from './table.js'

/**
 * @template {import('./engine.js').Engine} Engine
 * @typedef {object} Contest
 * @property {string} name what the files of a saved run are called
 * @property {string} script by which npm runs it
 * @property {() => readonly Engine[]} engines who takes part, once the peers are installed
 * @property {(folder: string, set: import('./inputs.js').SetName) => Promise<Prepared<Engine>>} prepare what is known of a set before anybody reads it
 */

/**
 * @template {import('./engine.js').Engine} Engine
 * @typedef {object} Prepared
 * @property {{ readonly rows: number, readonly table: string }} rows that must come out, and their digest; saved as it is
 * @property {string} [schema] the file of a schema that every engine is given
 * @property {(engine: Engine, out: string) => Promise<void>} check throws when what an engine wrote is not that
 */

/**
 * Runs the contest as the arguments of the process say, and prints its figures.
 *
 * - Errors: an engine that fails, or writes anything else than it must, ends the contest with its name.
 *
 * @template {import('./engine.js').Engine} Engine
 * @param {Contest<Engine>} contest
 */
export async function contest({ name, script, engines, prepare }) {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '1GiB' },
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      shapes: { type: 'string' },
      engines: { type: 'string', default: '' },
      data: { type: 'string', default: join(root, 'data/bench') },
      save: { type: 'boolean', default: false },
      'save-to': { type: 'string' },
    },
  })
  const size = sizeOf(values.size)
  const runs = whole('runs', values.runs ?? String(size.runs), 1)
  const seed = whole('seed', values.seed, 0)
  const shapeNames = values.shapes?.split(',') ?? size.shapes ?? shapes.map(({ name }) => name)
  for (const name of shapeNames) {
    if (!shapes.some((shape) => shape.name === name))
      throw new Error(`--shapes got "${name}"; expected some of ${shapes.map((shape) => shape.name).join(', ')}`)
  }
  // The small size never installs anything: it takes who is there.
  if (size !== smoke && !existsSync(join(peersFolder, 'node_modules'))) {
    console.log('installing the peers in benchmarks/peers')
    execFileSync('npm', ['ci'], { cwd: peersFolder, stdio: 'inherit' })
  }
  const contestants = among(engines(), values.engines)

  const { folder, made } = await inputsOf({ data: values.data, seed, size })
  const where = machine()
  const caption = `${where.cpu}, ${where.cores} cores, Node ${where.node}, ${where.commit}; size ${size.name}, seed ${seed}, runs of each: ${runs}`
  console.log(`${caption}; load ${where.load.toFixed(1)} at the start`)
  console.log(contestants.map(({ name, version }) => `${name}: ${version}`).join('; '))

  // Its own, should two run at once.
  const out = join(values.data, `out-${process.pid}`)
  const measured = []
  for (const shape of shapes.filter(({ name }) => shapeNames.includes(name))) {
    const { bytes, lines } = made[shape.set]
    const { rows, schema, check } = await prepare(folder, shape.set)
    const results = contestants.map(({ name, ours, version, table }) => ({
      name,
      ours,
      version,
      table,
      samples: samples(),
    }))
    const input = join(folder, shape.name)
    warm(input)
    for (let run = 0; run < runs; run++) {
      for (const [index, engine] of contestants.entries()) {
        results[index].samples.push(await measure(engine, { input, out, schema }, check))
      }
    }
    const files = readdirSync(input).length
    const says = files === 1 ? shape.says : `${files} ${shape.says}`
    const result = { shape: shape.name, says, bytes, lines, rows, results }
    measured.push(result)
    console.log(
      `\n${says}: ${(bytes / 1e6).toFixed(0)} MB, ${lines} lines, ${rows.rows} rows, digest ${rows.table}, the same from all`,
    )
    console.log(tableOf(result))
  }

  if (values.save || values['save-to'] !== undefined) {
    const target = values['save-to'] ?? join(root, 'benchmarks/runs', new Date().toISOString().slice(0, 10))
    mkdirSync(target, { recursive: true })
    const command = `npm run ${script} -- ${process.argv.slice(2).join(' ')}`
    writeFileSync(
      join(target, `${name}.json`),
      `${JSON.stringify({ command, at: new Date().toISOString(), machine: where, size: size.name, seed, runs, measured }, null, 2)}\n`,
    )
    writeFileSync(join(target, `${name}.svg`), chartOf(measured, caption))
    console.log(`\nevery figure is in ${join(target, `${name}.json`)}`)
  }
}

/**
 * The engines that are asked for and there; a whole name stands for itself alone, a part of one for all that have it.
 *
 * @template {import('./engine.js').Engine} Engine
 * @param {readonly Engine[]} engines
 * @param {string} names
 */
function among(engines, names) {
  const parts = names.split(',').map((part) => part.trim())
  const wholes = new Set(engines.map(({ name }) => name))
  const asked = engines.filter(({ name }) =>
    parts.some((part) => (wholes.has(part) ? name === part : name.includes(part))),
  )
  for (const { name, missing } of asked) if (missing !== undefined) console.log(`${name} is left out: ${missing}`)
  const contestants = asked.filter(({ missing }) => missing === undefined)
  if (contestants.length === 0) throw new Error(`--engines got "${names}", which leaves no engine`)
  return contestants
}

/** @returns {import('./measure.js').Sample[]} */
function samples() {
  return []
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 */
function whole(name, text, least) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= least) return number
  throw new Error(`--${name} got "${text}"; expected a whole number from ${least}`)
}
