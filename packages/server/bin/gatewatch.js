#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { findNode, run, runsTypeScript } from './runtime.js'

const main = new URL('../src/cli/main.ts', import.meta.url)

if (runsTypeScript(process.versions.node)) {
  await import(main.href)
} else {
  const node = findNode()
  if (node === undefined) {
    console.error(`gatewatch needs Node 22.18 or newer; this is ${process.versions.node}.`)
    process.exitCode = 1
  } else {
    process.exitCode = await run(node, [fileURLToPath(main), ...process.argv.slice(2)])
  }
}
