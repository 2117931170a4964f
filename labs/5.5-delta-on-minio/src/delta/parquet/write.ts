import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Field } from '../schema/types.ts'
import { codecOf } from '../values/codec.ts'
import type { Physical } from '../values/compare.ts'

/** Columns of one row group, in the order of the fields. */
export type Columns = (Physical | null)[][]

/** Writes one Parquet file into memory, a row group at a time, compressed with Snappy. */
export class ParquetFile {
  readonly #fields: readonly Field[]
  readonly #bytes = new ByteWriter()
  readonly #writer: ParquetWriter

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: elementsOf(fields), codec: 'SNAPPY', createdBy: 'millrace' })
  }

  /** Bytes so far. */
  get size(): number {
    return this.#bytes.offset
  }

  /** One row group; every column has the same length. */
  write(columns: Columns): void {
    const rows = columns[0]!.length
    if (rows === 0) return
    const columnData = this.#fields.map(({ name }, index) => ({ name, data: columns[index]! }))
    this.#writer.write({ columnData, rowGroupSize: rows })
  }

  /** The finished file. */
  finish(): Uint8Array {
    this.#writer.finish()
    return this.#bytes.getBytes()
  }
}

function elementsOf(fields: readonly Field[]): SchemaElement[] {
  return [
    { name: 'spark_schema', num_children: fields.length },
    ...fields.map(({ name, type, nullable }) => ({
      ...codecOf(type, name).element,
      name,
      repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
    })),
  ]
}
