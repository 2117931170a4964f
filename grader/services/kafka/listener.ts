/** Container port of a broker's listener for programs of this machine; it announces 127.0.0.1 and the port that KAFKA_PORT says. */
export const HOST_LISTENER = 9094

/** KAFKA_PORT for the first broker, KAFKA_PORT_2 … for the others: at which port of 127.0.0.1 its container port 9094 is published. */
export const portVariables = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, i) => [i === 0 ? 'KAFKA_PORT' : `KAFKA_PORT_${i + 1}`, `${name}:${HOST_LISTENER}`]))
