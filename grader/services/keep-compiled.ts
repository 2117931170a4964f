/**
 * Loaded into each server before its own code: keeps what Node has compiled for the next start (NODE_COMPILE_CACHE). Node does so only at
 * an orderly end, and these processes are ended by kill -9.
 */
import module from 'node:module'

/** Milliseconds after which everything of a start has been loaded. */
const LOADED_AFTER = 1_000

setTimeout(() => module.flushCompileCache(), LOADED_AFTER).unref()
