// Prints without end and without a newline, with bytes that are not UTF-8.
const bytes = Buffer.alloc(64 * 1024, 0xff)
const flood = () => process.stderr.write(bytes, flood)
flood()
