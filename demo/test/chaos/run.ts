/** One seeded run: visitors ask while everything around them breaks; when it is calm again, nothing may be missing. */
import {
  settled,
  VirtualClock,
} from "../../../server/test/fakes/virtual-clock.ts";
import type { ChatTurn } from "../../../widget/src/chat/model.ts";
import { ChaosBackend, NO_TROUBLE } from "./backend.ts";
import { CALM, Network } from "./network.ts";
import { awkwardText, Oracle } from "./oracle.ts";
import { Random } from "./random.ts";
import { Browser, Tab } from "./tab.ts";

const MINUTE = 60_000;
/** How long the calm after the storm may take to bring everything to its end. */
const PATIENCE = 20 * MINUTE;

export interface RunReport {
  readonly seed: number;
  /** What does not hold; empty when everything does. */
  readonly complaints: readonly string[];
  readonly questions: number;
  /** Answers that are whole, and those that ended early with an honest state. */
  readonly whole: number;
  readonly cut: number;
  /** The last log lines of the backend and what happened when, for the report of a failed run. */
  readonly diary: readonly string[];
}

export async function runChaos(seed: number): Promise<RunReport> {
  return new Run(seed).run();
}

class Run {
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock = new VirtualClock();
  readonly #start = this.#clock.now();
  readonly #network: Network;
  readonly #oracle: Oracle;
  readonly #backend: ChaosBackend;
  readonly #tabs: readonly Tab[];
  readonly #asked: string[] = [];
  readonly #stopped = new Set<string>();
  readonly #diary: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    const random = new Random(seed);
    this.#random = random;
    this.#network = new Network(this.#clock, random);
    this.#oracle = new Oracle(this.#clock, random);
    this.#backend = new ChaosBackend(
      this.#clock,
      random,
      this.#network,
      this.#oracle,
    );
    const browser = new Browser();
    const newTab = (name: string): Tab =>
      new Tab(browser, this.#clock, random, this.#network, (what) =>
        this.#note(`${name} ${what}`),
      );
    this.#tabs = random.chance(0.3)
      ? [newTab("tab 1"), newTab("tab 2")]
      : [newTab("tab 1")];
  }

  async run(): Promise<RunReport> {
    await settled();
    await this.#storm();
    await this.#calm();
    const turns = this.#tabs[0]?.session.state.turns ?? [];
    const complaints = await this.#complaints();
    for (const tab of this.#tabs) tab.session.dispose();
    return {
      seed: this.#seed,
      complaints,
      questions: this.#asked.length,
      whole: turns.filter(({ status }) => status === "complete").length,
      cut: turns.filter(({ status }) => status !== "complete").length,
      diary: complaints.length === 0 ? [] : this.#diary,
    };
  }

  async #storm(): Promise<void> {
    const random = this.#random;
    const questions = random.between(1, 3);
    const end = this.#clock.now() + random.between(5_000, 2 * MINUTE);
    while (this.#clock.now() < end || this.#asked.length < questions) {
      if (this.#asked.length < questions && random.chance(0.4)) this.#ask();
      else this.#disturb();
      await this.#clock.advance(
        random.between(0, random.chance(0.2) ? 15_000 : 2_000),
      );
    }
  }

  #ask(): void {
    const random = this.#random;
    const tab = random.pick(this.#tabs);
    const question = `Question ${this.#asked.length + 1} of run ${this.#seed}`;
    const length = random.chance(0.1)
      ? random.between(5_000, 50_000)
      : random.between(0, 2_500);
    this.#oracle.prepare(question, awkwardText(random, length));
    const turnId = tab.session.send(question);
    this.#note(
      `ask ${question} (${length} characters): ${turnId ?? "refused"}`,
    );
    if (turnId !== undefined) this.#asked.push(question);
  }

  #disturb(): void {
    const random = this.#random;
    const tab = random.pick(this.#tabs);
    const connection =
      this.#network.open.length > 0 ? random.pick(this.#network.open) : "";
    const disturbances: readonly (readonly [string, () => void])[] = [
      ["cut", () => this.#network.cut(connection)],
      ["freeze", () => this.#network.freeze(connection)],
      ["reload", () => tab.reload()],
      ["offline", () => tab.goOnline(false)],
      ["online", () => tab.goOnline(true)],
      ["kill a worker", () => this.#backend.killAWorker()],
      ["stop", () => this.#stop(tab)],
      ["weather", () => this.#changeWeather()],
      ["calm", () => this.#clearUp()],
    ];
    const [name, happen] = random.pick(disturbances);
    this.#note(
      `${name} ${name === "cut" || name === "freeze" ? connection : ""}`,
    );
    happen();
  }

  #stop(tab: Tab): void {
    const running = tab.session.state.turns.find(
      ({ status }) => status === "submitted" || status === "streaming",
    );
    if (!running || !this.#random.chance(0.3)) return;
    this.#stopped.add(running.text);
    this.#note(`really stop ${running.text}`);
    tab.session.stop(running.turnId);
  }

  #changeWeather(): void {
    const random = this.#random;
    const some = (most: number): number =>
      random.chance(0.5) ? random.next() * most : 0;
    this.#network.weather = {
      refuseConnection: some(0.6),
      loseFrame: some(0.2),
      repeatFrame: some(0.4),
      failPost: some(0.5),
      falselyGone: some(0.1),
      repeatPost: some(0.4),
    };
    this.#backend.trouble = {
      throttleStore: some(0.3),
      loseStoreAnswer: some(0.1),
      killRouter: some(0.3),
      repeatInvocation: some(0.8),
      loseInvocation: some(0.2),
    };
    this.#oracle.throttling = some(0.5);
  }

  #clearUp(): void {
    this.#network.weather = CALM;
    this.#backend.trouble = NO_TROUBLE;
    this.#oracle.throttling = 0;
  }

  async #calm(): Promise<void> {
    this.#note("calm for good");
    this.#clearUp();
    for (const tab of this.#tabs) tab.goOnline(true);
    await this.#rest();
    // A connection that died unnoticed is found by its heartbeat, and tabs tell each other what they have: let them.
    await this.#clock.advance(2 * MINUTE);
    await this.#rest();
  }

  async #rest(): Promise<void> {
    const end = this.#clock.now() + PATIENCE;
    while (
      this.#clock.now() < end &&
      !this.#tabs.every((tab) => this.#isAtRest(tab))
    ) {
      // A visitor whose chat has given up tries again.
      for (const { session } of this.#tabs)
        if (session.state.connection === "failed") session.connect();
      await this.#clock.advance(1_000);
    }
  }

  #isAtRest(tab: Tab): boolean {
    const { turns, connection } = tab.session.state;
    return (
      connection === "ready" &&
      turns.length >= this.#asked.length - this.#stopped.size &&
      turns.every(
        ({ status }) =>
          status === "complete" || status === "stopped" || status === "failed",
      )
    );
  }

  async #complaints(): Promise<string[]> {
    const complaints: string[] = [];
    for (const [index, tab] of this.#tabs.entries()) {
      const { turns, connection, conversationId } = tab.session.state;
      const where = `tab ${index + 1}`;
      if (connection !== "ready") complaints.push(`${where} is ${connection}`);
      const texts = turns.map(({ text }) => text);
      for (const question of this.#asked) {
        // A question that was stopped before it had reached anybody is taken back.
        const mayBeGone =
          this.#stopped.has(question) && this.#oracle.callsOf(question) === 0;
        const times = texts.filter((text) => text === question).length;
        if (times !== 1 && !(times === 0 && mayBeGone))
          complaints.push(`${where} shows ${times} times: ${question}`);
      }
      for (const turn of turns)
        complaints.push(
          ...(await this.#complaintsAbout(turn, conversationId, where)),
        );
    }
    for (const question of this.#asked) {
      const calls = this.#oracle.callsOf(question);
      if (calls > 1)
        complaints.push(`the model was asked ${calls} times: ${question}`);
    }
    complaints.push(...this.#backend.budgetComplaints());
    if (complaints.length > 0)
      for (const { level, message, fields } of this.#backend.log.lines.slice(
        -60,
      ))
        this.#diary.push(`${level} ${message} ${JSON.stringify(fields)}`);
    return complaints;
  }

  async #complaintsAbout(
    turn: ChatTurn,
    conversationId: string,
    where: string,
  ): Promise<string[]> {
    const expected = this.#oracle.answerTo(turn.text);
    const about = (what: string): string =>
      `${where}: ${turn.text} (${turn.turnId}) ${what}`;
    const stored = await this.#backend.store.getTurn({
      conversationId,
      turnId: turn.turnId,
    });
    const complaints: string[] = [];
    if (!["complete", "stopped", "failed"].includes(turn.status))
      complaints.push(about(`is stuck as ${turn.status}`));
    if (turn.status === "complete" && turn.answer !== expected)
      complaints.push(about(differs(turn.answer, expected)));
    if (!expected.startsWith(turn.answer))
      complaints.push(
        about(
          `shows what the model never said: ${differs(turn.answer, expected)}`,
        ),
      );
    if (turn.status === "stopped" && !this.#stopped.has(turn.text))
      complaints.push(about("was stopped by nobody"));
    if (turn.status === "failed" && !turn.error)
      complaints.push(about("failed without a reason"));
    if (
      turn.status === "failed" &&
      stored &&
      !this.#backend.damaged.has(turn.turnId) &&
      turn.error?.code !== "model_throttled"
    )
      complaints.push(about(`failed for no reason: ${turn.error?.code}`));
    if (stored && stored.state !== turn.status)
      complaints.push(
        about(`is ${turn.status} here and ${stored.state} on the server`),
      );
    if (stored && (stored.answer ?? "") !== turn.answer)
      complaints.push(
        about(
          `has ${turn.answer.length} characters here and ${stored.answer?.length} on the server`,
        ),
      );
    if (!stored && turn.status !== "failed" && turn.status !== "stopped")
      complaints.push(about("is unknown to the server"));
    return complaints;
  }

  #note(what: string): void {
    const seconds = ((this.#clock.now() - this.#start) / 1_000).toFixed(3);
    this.#diary.push(`${seconds} s: ${what}`);
  }
}

function differs(actual: string, expected: string): string {
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  return `has ${actual.length} of ${expected.length} characters, first difference at ${at}`;
}
