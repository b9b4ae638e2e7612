#!/usr/bin/env node
// @ts-check
// Everything that events hold, from files to a table, next to other engines on the same machine. See benchmarks/README.md.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '@duckdb/node-api'
import { contest } from '../contest/contest.js'
import { noted } from '../contest/note.js'
import { check } from './check.js'
import { engines } from './engines.js'
import { expectedOf } from './expected.js'
import { schemaOf } from './schema.js'

await contest({
  name: 'wide-job',
  script: 'bench:wide',
  engines,
  prepare: async (folder, set) => {
    const { file, fields } = schemaOf(folder, set)
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
    const expected = await noted(
      join(folder, `${set}.wide-job.json`),
      `1, hashes of DuckDB ${version()}, ${hash}`,
      () => expectedOf(folder, set, fields),
    )
    const { rows, values, table } = expected
    return {
      rows: { rows, values, table },
      schema: file,
      check: (engine, out) => check(engine, out, fields, expected),
    }
  },
})
