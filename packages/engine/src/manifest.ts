import { environmentError } from '@fletching/columns/errors'
import { joinLocation, type Location, type Store } from '@fletching/storage'
import type { ParsedJson } from './json-inputs.ts'
import { type Report, reportBytes } from './report.ts'
import { assertSameOutput, jsonOf, readRecord } from './state-record.ts'

/** What the last run left in the state folder: its report, and the output that the folder belongs to. */
export interface Manifest extends Report {
  readonly manifestVersion: 1
  /** The run that wrote it. */
  readonly run: string
  readonly output: string
  /** Of what the job makes of a line. */
  readonly jobHash: string
  /** Of the parameters, and of the options that change the result. */
  readonly paramsHash: string
}

/** A manifest as it was found. */
export interface FoundManifest {
  readonly manifest: Manifest
  /** Its whole address. */
  readonly name: string
  readonly etag: string | undefined
}

/** Where the manifest of a state folder is. */
export function manifestLocation(folder: Location): Location {
  return joinLocation(folder, 'manifest.json')
}

/**
 * The manifest of the last run of this job on this output.
 *
 * - Errors: STATE_MISMATCH (author) when the folder belongs to another output; BAD_MANIFEST (environment) when it cannot be
 *   read as one. Neither is taken for "no run yet", since the files of the last run would then count as those of others.
 */
export async function readManifest(store: Store, folder: Location, output: string): Promise<FoundManifest | undefined> {
  const found = await readRecord(store, manifestLocation(folder), (bytes) => jsonOf(bytes, INPUTS_DEPTH))
  if (found === undefined) return undefined
  const { object } = found
  const manifest = manifestIn(found.value, object.name)
  assertSameOutput(manifest.output, output, object.name)
  return { manifest, name: object.name, etag: object.etag }
}

/** A manifest as it is stored; it may be gone through more than once. */
export function formatManifest(manifest: Manifest): Iterable<Uint8Array> {
  return reportBytes(manifest)
}

function manifestIn(json: ParsedJson | SyntaxError, name: string): Manifest {
  if (json instanceof SyntaxError) throw badManifest(name, 'it is not JSON', json)
  const manifest = json.value as Partial<Manifest> | null
  if (manifest?.manifestVersion !== 1) throw badManifest(name, 'it is not a manifest of this version')
  const { output, outputs }: { readonly output?: unknown; readonly outputs?: unknown } = manifest
  if (typeof output !== 'string' || !Array.isArray(outputs) || !outputs.every(hasName))
    throw badManifest(name, 'it lacks its outputs')
  if (!json.areInputs) throw badManifest(name, 'one of its inputs is none')
  return { ...(manifest as Manifest), inputs: json.inputs ?? [] }
}

/** The manifest itself. */
const INPUTS_DEPTH = 1

function hasName(output: { readonly name?: unknown } | null): boolean {
  return typeof output?.name === 'string'
}

function badManifest(name: string, why: string, cause?: unknown) {
  return environmentError('BAD_MANIFEST', `the manifest of the last run cannot be read: ${why}`, {
    at: name,
    help: 'restore it, or move it away together with the outputs of that run',
    cause,
  })
}
