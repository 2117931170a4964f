/** A tree to be written as XML: [name, text or children]; `undefined` children are left out. */
export type XmlNode = readonly [name: string, content: string | number | boolean | readonly (XmlNode | undefined)[]]

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** An XML document in S3's namespace. */
export function xmlDocument(root: XmlNode): string {
  const [name, content] = root
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${inner(content)}</${name}>`
}

/** An XML document without a namespace: S3's error documents have none. */
export function plainXmlDocument(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root)}`
}

function element([name, content]: XmlNode): string {
  return `<${name}>${inner(content)}</${name}>`
}

function inner(content: XmlNode[1]): string {
  if (typeof content === 'object') return content.map(child => (child ? element(child) : '')).join('')
  return escapeXml(String(content))
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

/** Text with markup escaped. Control characters become numeric references, as S3 does it; XML 1.0 parsers refuse those: use encoding-type=url. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may contain them
  return text.replace(/[&<>"'\x00-\x1f\x7f\ufffe\uffff]/g, char => ENTITIES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)
}
