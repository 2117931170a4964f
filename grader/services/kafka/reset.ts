import type { ServiceEndpoint } from '../types.ts'
import { deleteWhere, graderKafka } from './client.ts'

/** Topics in which other services of the engine keep their state; those services reset themselves. */
const STATE = /^(_schemas|connect-(configs|offsets|status))$/

/** Makes a broker as new: every topic and group of KPIs goes. */
export async function resetKafka({ host, port }: ServiceEndpoint): Promise<void> {
  const admin = graderKafka([`${host}:${port}`]).admin()
  await admin.connect()
  try {
    await deleteWhere(admin, name => !STATE.test(name))
  } finally {
    await admin.disconnect()
  }
}
