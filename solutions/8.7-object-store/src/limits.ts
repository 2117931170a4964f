const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

/** Every limit of the store in one place. Sizes in bytes, times in milliseconds. S3's own limits keep S3's values. */
export const LIMITS = {
  keyBytes: 1024,
  userMetadataBytes: 2 * KiB,
  headerSectionBytes: 16 * KiB,
  xmlBodyBytes: 4 * MiB,
  xmlDepth: 16,
  xmlElements: 60_000,
  putBytes: 5 * GiB,
  partBytes: 5 * GiB,
  minPartBytes: 5 * MiB,
  parts: 10_000,
  objectBytes: 5 * 1024 * GiB,
  listPage: 1000,
  deleteKeys: 1000,
  objectTags: 10,
  bucketTags: 50,
  tagKeyLength: 128,
  tagValueLength: 256,
  buckets: 1000,
  /** Most buckets in one answer of ListBuckets, as in S3. */
  bucketsPage: 10_000,
  users: 10_000,
  /** Open TCP connections; further ones are closed at once. */
  connections: 1024,
  /** Requests that move object data at the same time (each holds at most about 2 MiB); further ones wait in turn. */
  transfers: 48,
  transferWaitMs: 60_000,
  /** A client that neither sends nor takes a byte for this long is cut off. */
  idleMs: 120_000,
  headersMs: 20_000,
  clockSkewMs: 15 * 60_000,
  presignSeconds: 7 * 24 * 3600,
  /** All fields of a form together, without its file: S3 takes 20 KB. */
  formFieldBytes: 20 * KiB,
  awsChunkHeaderBytes: 1 * KiB,
  trailerBytes: 4 * KiB,
  /** How much of a refused body is still read, so that the client gets to see the answer. */
  lingerBytes: 16 * MiB,
  lingerMs: 2_000,
} as const
