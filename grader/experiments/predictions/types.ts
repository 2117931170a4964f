/** What a lab asks its learners to predict, and the experiment that answers each question. Shapes only. */

/** yes/no as a boolean, a number, or the text of a choice or token. */
export type Answer = boolean | number | string

/** What kind of answer a group of questions takes. */
export type Kind =
  | { type: 'yes-no' }
  /** One of the options, written as it stands there. */
  | { type: 'choice'; options: readonly string[] }
  /** `unit` may be empty. `within`: share of what was measured by which a prediction may be off; 0 for counts. */
  | { type: 'number'; unit: string; within: number }
  /** One word or path, compared without the blanks around it. `example` shows its form and is no answer. */
  | { type: 'text'; example: string }

/** Keeps what an experiment did, for the learner whose prediction was wrong. */
export interface Recorder {
  /** A command as a learner would type it, and what came of it: the lines it printed, and its exit code when it is not 0. */
  ran(command: string, output?: string, exitCode?: number): void
  /** Something seen that no command printed. */
  saw(line: string): void
}

/** One question. `Bench` is what its lab's experiments work on, e.g. a compose project. */
export interface Question<Bench = unknown> {
  /** Lower-case words joined by hyphens; the key in predictions.yaml. Unique in the lab, never reused. */
  id: string
  /** The question itself, one or two sentences. */
  ask: string
  /** Performs the experiment, from a state that other questions cannot have spoilt, and returns what happened. */
  experiment(bench: Bench, record: Recorder): Promise<Answer>
}

/** Questions about the same thing: a wrong answer is followed by another question of its group. */
export interface Group<Bench = unknown> {
  /** What a learner understands who gets these right; for instructors, never shown. */
  about: string
  kind: Kind
  /** How many of them each learner is asked. */
  take: number
  questions: readonly Question<Bench>[]
}

/** All questions of one KPI. */
export interface Pool<Bench = unknown> {
  /** Id of the KPI that judges them. */
  kpi: string
  groups: readonly Group<Bench>[]
}

/** Which questions are asked: the learner's number, and those they have seen the answer of. */
export interface QuestionSet {
  /** 0 to 4294967295. */
  set: number
  /** Ids of questions that were answered wrong, oldest first. */
  spent: readonly string[]
}

/** A question that was drawn, with its group's kind. */
export interface Drawn<Bench = unknown> extends Question<Bench> {
  kind: Kind
}
