/** What a page can be answered with from where it is read, and what becomes of an answer. */
export { answerAddress, readAnswerAddress, type AnswerAddress } from './answer-address.ts';
export { answerButtons, isCall, signCommand } from './answer-buttons.ts';
export { createAnswerDesk, type AnswerDesk, type Answered, type Answers } from './answers.ts';
