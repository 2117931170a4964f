/** Invented customers and notes. They hold what breaks careless CSV code: commas, quotes, semicolons, line breaks, letters beyond ASCII. */
export const CUSTOMERS = [
  'Nordhav Laks AS',
  'Skjærgård Sjømat, Avd. Sør',
  'Apotek "Fyrlykta"',
  'Helse Fjord; Innkjøp',
  'Brødrene Øyås Fisk',
  'Vaksinelageret Midt',
  "L'Océan Import SARL",
  'Müller & Söhne Feinkost',
  'Kjølekjeden AS',
  'Łosoś Bałtycki Sp. z o.o.',
] as const

export const NOTES = [
  'Ring before arrival.',
  'Use gate 4, not gate 5.',
  'Marked "FRAGILE" on two sides.',
  'Do not stack.\nKeep upright.',
  'Leveres til nattåpen mottak; spør etter Åse.',
  '  two spaces before and after  ',
  'Temperature log wanted – mail it the same day.',
  'Kjølt vare: 2–8 °C ❄',
  'NULL',
  '007',
  'true',
  '"',
] as const
