// Loops without end before anything else.
console.log('starting')
for (;;);
