// Prints in a loop that never lets the output drain: it collects in the program's own memory.
for (;;) process.stdout.write('noise '.repeat(10_000))
