#!/usr/bin/env node
// @ts-check
// The main job from files to files, next to other engines on the same machine. See benchmarks/README.md.
import { join } from 'node:path'
import { contest } from '../contest/contest.js'
import { noted } from '../contest/note.js'
import { check } from './check.js'
import { engines } from './engines.js'
import { expectedOf } from './expected.js'

await contest({
  name: 'main-job',
  script: 'bench',
  engines,
  prepare: async (folder, set) => {
    const rows = await noted(join(folder, `${set}.main-job.json`), '1', () => expectedOf(folder, set))
    return { rows, check: (engine, out) => check(engine, out, rows) }
  },
})
