/**
 * Tells the dispatchers: every alert becomes a message in their room. The offset is committed when the chat has stored the message; the
 * message's id is the alert's, so one that is sent again is not said again.
 * env: KAFKA_BROKERS, REGISTRY_URL, CHAT_ADDRESS, CHAT_SECRET, PORT (GET /health)
 */
import { openChat } from './chat-client.ts'
import { need, say } from './environment.ts'
import { serve } from './http.ts'
import { decode, kafka } from './kafka.ts'
import { ALERTS, type Alert, CHAT_ROOM, iso } from './names.ts'

const chat = openChat({ address: need('CHAT_ADDRESS'), secret: need('CHAT_SECRET'), user: 'watch', room: CHAT_ROOM })
let told = 0
serve(async (_, url) => (url.pathname === '/health' ? { status: chat.joined ? 200 : 503, body: { told } } : undefined))

const where = ({ vehicle_id, compartment }: Alert): string => (compartment === null ? vehicle_id : `${vehicle_id} ${compartment}`)
const consumer = kafka('dispatch').consumer({ groupId: 'dispatch', maxWaitTimeInMs: 100, sessionTimeout: 10_000 })
await consumer.connect()
await consumer.subscribe({ topic: ALERTS, fromBeginning: true })
await consumer.run({
  autoCommitThreshold: 1,
  eachMessage: async ({ message, heartbeat }) => {
    const alert = (await decode(message.value)) as unknown as Alert | null
    if (!alert) return
    const value = alert.value_c === null ? '' : `, ${alert.value_c.toFixed(2)} °C`
    const beat = setInterval(() => void heartbeat().catch(() => {}), 2_000) // The chat may be away for longer than a session.
    try {
      // Ids of the chat have at most 64 characters of a small alphabet.
      await chat.say(alert.id.replace(/[^\w-]/g, '_').slice(-64), `${alert.rule}: ${where(alert)} at ${iso(alert.due_at)}${value}`)
    } finally {
      clearInterval(beat)
    }
    told++
    say('told', { alert: alert.id })
  },
})
say('ready')
