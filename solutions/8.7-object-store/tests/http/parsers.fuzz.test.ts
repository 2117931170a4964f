import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AwsChunkedDecoder } from '../../src/http/aws-chunked.ts'
import { S3Error } from '../../src/http/errors.ts'
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
