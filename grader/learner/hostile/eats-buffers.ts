// Collects memory outside the heap, which --max-old-space-size does not count.
const kept: Buffer[] = []
for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1))
