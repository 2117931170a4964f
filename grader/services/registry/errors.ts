import { HttpError } from '../json-http.ts'
import { LEVELS } from './compatibility.ts'

/** The registry's refusals: status, code and words of Confluent's (https://docs.confluent.io/platform/current/schema-registry/develop/api.html). */
export const refuse = {
  noSubject: (subject: string) => new HttpError(404, `Subject '${subject}' not found.`, 40401),
  noVersion: (version: number | string) => new HttpError(404, `Version ${version} not found.`, 40402),
  noSchema: (id?: number) => new HttpError(404, id === undefined ? 'Schema not found' : `Schema ${id} not found`, 40403),
  subjectDeleted: (subject: string) =>
    new HttpError(404, `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`, 40404),
  subjectNotDeleted: (subject: string) =>
    new HttpError(404, `Subject '${subject}' was not deleted first before being permanently deleted`, 40405),
  versionDeleted: (subject: string, version: number) =>
    new HttpError(404, `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`, 40406),
  versionNotDeleted: (subject: string, version: number) =>
    new HttpError(404, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`, 40407),
  noLevel: (subject: string) => new HttpError(404, `Subject '${subject}' does not have subject-level compatibility configured`, 40408),
  noMode: (subject: string) => new HttpError(404, `Subject '${subject}' does not have subject-level mode configured`, 40409),
  incompatible: (subject: string, details: string[]) =>
    new HttpError(
      409,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(', ')}]`,
    ),
  badRequest: (what: string) => new HttpError(422, what, 422),
  badSchema: (why: string) => new HttpError(422, `Invalid schema: ${why}`, 42201),
  badVersion: (text: string) =>
    new HttpError(422, `The specified version '${text}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`, 42202), // biome-ignore format: one line
  badLevel: () => new HttpError(422, `Invalid compatibility level. Valid values are ${LEVELS.join(', ').toLowerCase()}`, 42203),
  badMode: () => new HttpError(422, 'Invalid mode. Valid values are readwrite, readonly, readonly_override and import', 42204),
  notPermitted: (why: string) => new HttpError(422, why, 42205),
  store: (why: string) => new HttpError(500, `Error in the backend data store: ${why}`, 50001),
}
