import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { commandFile, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const RUN_ENDED = 'the run was ended before it showed anything; the outputs of the last run are as they were\n'
const run = (input: string) => ['run', JOB, '--S3_JSON_INPUT_PATH', input, '--S3_CSV_OUTPUT_PATH', 'out']

/** Starts the command, lets `attend` send it a signal, and waits for its end. Standard input stays open. */
async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  attend: (child: ChildProcess) => void,
) {
  return inFolder(async (cwd) => {
    const child = spawn(process.execPath, [commandFile, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
    })
    const stderr: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    attend(child)
    const code = await new Promise((resolve) => child.on('close', resolve))
    return { code, stderr: Buffer.concat(stderr).toString() }
  })
}

/** The command on an S3 server that answers as `listener` does, with the child at hand. */
async function onServer(args: readonly string[], listener: (child: ChildProcess) => RequestListener) {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const env = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIATESTMARK',
    AWS_SECRET_ACCESS_KEY: 'secret-test-mark',
  }
  try {
    return await command(args, env, (child) => server.on('request', listener(child)))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a signal ends the command', () => {
  it('while a store does not answer', async () => {
    const outcome = await onServer(run('s3://bucket/in'), (child) => () => child.kill('SIGTERM'))
    expect(outcome).toEqual({ code: 143, stderr: `SIGTERM: ${RUN_ENDED}` })
  })

  it('while a body does not come', async () => {
    const outcome = await onServer(run('s3://bucket/in'), (child) => (request, response) => {
      response.writeHead(200, { 'content-length': 1000, etag: '"x"' })
      if (request.method === 'HEAD') response.end()
      else response.write('{"event":"x"}\n', () => child.kill('SIGINT'))
    })
    expect(outcome).toEqual({ code: 130, stderr: `SIGINT: ${RUN_ENDED}` })
  })

  it('while nobody writes to standard input', async () => {
    const outcome = await command(run('-'), {}, (child) => child.stdout?.once('data', () => child.kill('SIGHUP')))
    expect(outcome).toEqual({ code: 129, stderr: `SIGHUP: ${RUN_ENDED}` })
  })

  it('between two generated objects, and tells what is there', async () => {
    const sizes = new Map<string, number>()
    const outcome = await onServer(
      ['gen', '--to', 's3://bucket/events', '--bytes', '50MB'],
      (child) => (request, response) => {
        const { pathname } = new URL(request.url ?? '', 'http://localhost')
        if (request.method === 'PUT') sizes.set(pathname, Number(request.headers['content-length']))
        if (request.method === 'HEAD' && !child.killed) child.kill('SIGTERM')
        response.writeHead(200, {
          etag: '"x"',
          'content-length': request.method === 'HEAD' ? (sizes.get(pathname) ?? 0) : 0,
        })
        request.resume().on('end', () => response.end())
      },
    )
    expect(outcome.code).toBe(143)
    expect(outcome.stderr).toBe(
      `SIGTERM: gen was ended before its last object; ${sizes.size} objects, each whole, are below s3://bucket/events\n`,
    )
  })
})
