/** Sizes as the course states them: whole megabytes of 10^6 bytes, layers of the base included. */
import type { BuiltImage } from '../../../engines/docker/built-image.ts'

export const NAIVE = 'Dockerfile.naive'
export const SMALL = 'Dockerfile.small'

/** Size of an image in whole megabytes (10^6 bytes). */
export const megabytes = ({ bytes }: BuiltImage): number => Math.round(bytes / 1e6)
