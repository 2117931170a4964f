/** Actions of the transaction log (protocol: Actions). Unknown fields are ignored, as the protocol asks. */

export interface Protocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}

export interface Metadata {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime?: number
}

export interface Add {
  /** URI-encoded, relative to the table's root. */
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON text (protocol: Per-file Statistics). */
  readonly stats?: string
  readonly tags?: Readonly<Record<string, string | null>>
}

export interface Remove {
  readonly path: string
  readonly deletionTimestamp?: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: Readonly<Record<string, string | null>>
  readonly size?: number
}

export interface Txn {
  readonly appId: string
  readonly version: number
  readonly lastUpdated?: number
}

/** Provenance; `txnId` is unique to one commit, by which its writer recognizes it. */
export interface CommitInfo {
  readonly timestamp?: number
  readonly operation?: string
  readonly isBlindAppend?: boolean
  readonly readVersion?: number
  readonly txnId?: string
  readonly [key: string]: unknown
}

/** One line of a commit: exactly one of these, or one that is not known here. */
export interface Action {
  readonly protocol?: Protocol
  readonly metaData?: Metadata
  readonly add?: Add
  readonly remove?: Remove
  readonly txn?: Txn
  readonly commitInfo?: CommitInfo
}
