/** One question after its experiment. */
export interface Judged {
  id: string
  ask: string
  predicted: string
  happened: string
  right: boolean
  line: number
  record: readonly string[]
}

/** What the evidence folder keeps of a KPI's predictions, and from which wrong ones are marked as spent. */
export const EVIDENCE_FILE = 'predictions.json'
