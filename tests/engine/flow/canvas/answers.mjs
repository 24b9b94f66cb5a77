// Answers questions, one JSON a line, as the editor's canvas does.
import { createInterface } from "node:readline";
import { answerOf } from "../../../../editor/src/model/flow/sharedCases.ts";

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = { answer: answerOf(JSON.parse(line)) };
  } catch (error) {
    said = { error: String(error.stack ?? error) };
  }
  console.log(JSON.stringify(said));
}
