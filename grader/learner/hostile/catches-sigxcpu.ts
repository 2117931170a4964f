// Uses CPU without end and catches the signal that tells it to stop.
process.on('SIGXCPU', () => console.log('go away'))
const burn = () => {
  const until = performance.now() + 50
  while (performance.now() < until);
  setImmediate(burn)
}
burn()
