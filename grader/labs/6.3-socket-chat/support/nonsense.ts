/** What a client must not send, and what it deserves: PROTOCOL.md, section 7. */
import { frame, header, token } from './wire.ts'

/** What is sent, after hello or instead of it, and the code of the fatal error. */
export type Nonsense = [what: string, bytes: Buffer, code: string, after: 'hello' | 'nothing']

/**
 * Every kind of nonsense that ends a connection.
 * @param max MAX_FRAME_BYTES of the node
 * @param secret its AUTH_SECRET
 */
export const nonsense = (max: number, user: string, secret: string): Nonsense[] => [
  [
    'a ping as the first frame, and a hello behind it',
    Buffer.concat([frame({ t: 'ping', n: 1 }), frame({ t: 'hello', versions: [1], token: token(user, secret) })]),
    'hello_expected',
    'nothing',
  ],
  ['a hello without a token', frame({ t: 'hello', versions: [1] }), 'hello_expected', 'nothing'],
  ['a hello for versions 2 and 3', frame({ t: 'hello', versions: [2, 3], token: token(user, secret) }), 'unsupported_version', 'nothing'],
  ['a token signed with another secret', frame({ t: 'hello', versions: [1], token: token(user, 'guessed') }), 'unauthorized', 'nothing'],
  [
    "a name with somebody else's signature",
    frame({ t: 'hello', versions: [1], token: token('mallory', secret).replace('mallory', user) }),
    'unauthorized',
    'nothing',
  ],
  ['a frame of length 0', Buffer.concat([header(0), frame({ t: 'ping', n: 7 })]), 'bad_frame', 'hello'],
  ['half of a JSON object', frame('{"t":"ping","n":'), 'bad_frame', 'hello'],
  ['a list', frame('[{"t":"ping","n":1}]'), 'bad_frame', 'hello'],
  ['an object whose t is a number', frame('{"t":1,"n":1}'), 'bad_frame', 'hello'],
  [
    'a text with a byte that UTF-8 does not have',
    frame(Buffer.concat([Buffer.from('{"t":"ping","n":1,"x":"'), Buffer.from([0xff]), Buffer.from('"}')])),
    'bad_frame',
    'hello',
  ],
  [`the 4 bytes that announce ${max + 1} bytes, and nothing more`, header(max + 1), 'frame_too_large', 'hello'],
  ['the 4 bytes ff ff ff ff', header(0xffff_ffff), 'frame_too_large', 'nothing'],
  [
    'a frame that is too large, and a megabyte behind it',
    Buffer.concat([header(max + 1), Buffer.alloc(1_000_000, 'x')]),
    'frame_too_large',
    'hello',
  ],
]
