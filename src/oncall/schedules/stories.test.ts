/** Plays the time stories of scenarios/*.scenario: who is on call when, as pages and people see it. */
import path from 'node:path';
import { playStories } from '../../../test/harness/story/play-stories.ts';
import { SCHEDULE_STEPS } from './story-steps.ts';

playStories(path.join(import.meta.dirname, 'scenarios'), { steps: SCHEDULE_STEPS });
