import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AwsChunkedDecoder } from '../../src/http/aws-chunked.ts'
import { S3Error } from '../../src/http/errors.ts'
import { readForm } from '../../src/http/form-body.ts'
import { parseRange } from '../../src/http/range.ts'
import { parseQuery, uriDecode, uriEncode } from '../../src/http/uri.ts'
import { childText, parseXml } from '../../src/http/xml-parser.ts'
import { escapeXml, plainXmlDocument } from '../../src/http/xml-writer.ts'
import { compareKeys } from '../../src/metadata/key-order.ts'

/** OBJECT_STORE_FUZZ=100000 for a long soak. */
const numRuns = Number(process.env['OBJECT_STORE_FUZZ'] ?? 500)

/** Runs a parser: an S3 error is an answer, anything else a bug. */
function answers(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof S3Error)) throw error
  }
}

/** Pieces as a socket brings them: cut wherever. */
async function* inPieces(data: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const at = [...cuts.map(cut => cut % (data.length + 1)), data.length].sort((a, b) => a - b)
  for (const [i, end] of at.entries()) yield data.subarray(at[i - 1] ?? 0, end)
}

describe('forms', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 })

  test('whatever comes in, the answer is a form or an S3 error', async () => {
    const token = fc.oneof(
      fc.constantFrom(
        '--b',
        '\r\n',
        '\r\n--b',
        '--',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="a"',
        '; filename="x',
        'name="file"',
      ),
      fc.string({ maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 30 }), cuts, async (tokens, where) => {
        try {
          const { file } = await readForm(inPieces(Buffer.from(tokens.join('')), where), 'b', undefined)
          await Array.fromAsync(file.bytes())
        } catch (error) {
          if (!(error instanceof S3Error)) throw error
        }
      }),
      { numRuns },
    )
  })

  test('fields and file come out as they went in, however they are cut', async () => {
    const text = fc.string({ maxLength: 40 }).filter(value => !value.includes('--b'))
    await fc.assert(
      fc.asyncProperty(text, fc.uint8Array({ maxLength: 300 }), cuts, async (value, bytes, where) => {
        const part = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`
        const body = Buffer.concat([Buffer.from(`${part('Key')}${value}\r\n${part('file')}`), bytes, Buffer.from('\r\n--b--\r\n')])
        const { fields, file } = await readForm(inPieces(body, where), 'b', body.length)
        expect(fields.get('key')).toBe(value)
        expect(Buffer.concat(await Array.fromAsync(file.bytes())).equals(bytes)).toBe(true)
      }),
      { numRuns },
    )
  })

  test('fields without end are refused before they are held', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n')
      for (;;) {
        given++
        yield Buffer.alloc(1000, 'x')
      }
    }
    await expect(readForm(endless(), 'b', undefined)).rejects.toMatchObject({ code: 'MaxPostPreDataLengthExceeded' })
    expect(given).toBeLessThan(25)
  })
})

describe('XML', () => {
  test('whatever comes in, the answer is a document or an S3 error', () => {
    const token = fc.constantFrom(
      '<',
      '>',
      '/',
      '</',
      '<a>',
      '</a>',
      '<b/>',
      '&',
      '&lt;',
      '&#x41;',
      '&#xD800;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<!DOCTYPE a [',
      '<?xml?>',
      '"',
      '=',
      ' ',
      'é',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 5 })), { maxLength: 60 }), tokens =>
        answers(() => parseXml(tokens.join(''))),
      ),
      { numRuns },
    )
  })

  test('text survives writing and reading', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(childText(parseXml(plainXmlDocument(['a', [['b', text]]])), 'b')).toBe(text)
        expect(escapeXml(text)).not.toMatch(/[<>]/)
      }),
      { numRuns },
    )
  })

  test('nothing is expanded, nested without end, or taken from a DTD', () => {
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toThrow(S3Error)
    expect(() => parseXml('<a>&b;</a>')).toThrow(S3Error)
    expect(() => parseXml('<a>'.repeat(1000) + '</a>'.repeat(1000))).toThrow(S3Error)
    expect(() => parseXml(`<a>${'<b/>'.repeat(100_000)}</a>`)).toThrow(S3Error)
  })

  test('hostile input is read in linear time: quadratic would not end before the deadline', () => {
    for (const text of [
      '<a '.repeat(300_000),
      `<a>${'&'.repeat(1_000_000)}`,
      `<a ${'b="c" '.repeat(200_000)}`,
      `<a>${'&#x'.repeat(300_000)}`,
      `<${'a:'.repeat(500_000)}`,
      `<a${' '.repeat(1_000_000)}`,
    ]) {
      answers(() => parseXml(text))
    }
  })
})

test('aws-chunked: whatever comes in, in whatever pieces, the answer is data or an S3 error', () => {
  const token = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '0',
    '5\r\nhello\r\n',
    '0\r\n',
    ';chunk-signature=',
    'x-amz-checksum-crc32:AAAAAA==',
    'ffffffffffff\r\n',
    'a'.repeat(64),
    '-1\r\n',
    '\0',
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(token, fc.string({ maxLength: 3 })), { maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (tokens, step, trailer) => {
        const input = Buffer.from(tokens.join(''))
        answers(() => {
          const decoder = new AwsChunkedDecoder(undefined, trailer)
          let output = 0
          for (let at = 0; at < input.length; at += step)
            for (const data of decoder.push(input.subarray(at, at + step))) output += data.length
          decoder.end()
          expect(output).toBeLessThan(input.length)
        })
      },
    ),
    { numRuns },
  )
})

test('queries, paths and ranges', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, size) => {
      answers(() => parseQuery(text))
      answers(() => uriDecode(text))
      answers(() => {
        const range = parseRange(`bytes=${text}`, size)
        if (range) expect(range.from >= 0 && range.from < range.to && range.to <= size).toBe(true)
      })
      if (text.isWellFormed()) expect(uriDecode(uriEncode(text))).toBe(text)
    }),
    { numRuns },
  )
})

test('keys are ordered by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns },
  )
})
