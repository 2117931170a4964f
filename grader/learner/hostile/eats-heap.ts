// Collects objects until the heap is full.
const kept: object[] = []
for (;;) kept.push({ at: kept.length, text: 'x'.repeat(100) + kept.length })
