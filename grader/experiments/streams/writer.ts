/** Writes framed records: a schema that the registry knows, and values as bytes. */
import avsc from 'avsc'
import type { RegistryFixture } from '../../services/types.ts'
import { frame } from '../framed.ts'

/** A schema with its id in the registry. */
export interface FramedWriter {
  id: number
  /** A framed record; throws when the value does not fit the schema. Longs are numbers. */
  write(value: unknown): Buffer
}

/**
 * Registers a schema under a subject (the same again gets the same id).
 * @throws when the registry refuses it: a defect of the grader
 */
export async function framedWriter(registry: Pick<RegistryFixture, 'ask'>, subject: string, schema: object): Promise<FramedWriter> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`
  const { status, body } = await registry.ask<{ id: number }>(path, 'POST', { schema: JSON.stringify(schema) })
  if (status !== 200) throw new Error(`the registry refused ${subject}: ${status} ${JSON.stringify(body)}`)
  const type = avsc.Type.forSchema(schema as avsc.Schema)
  return { id: body.id, write: value => frame(body.id, type.toBuffer(value)) }
}
