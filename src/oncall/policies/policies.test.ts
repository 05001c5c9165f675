/** Plays the time stories of scenarios/*.scenario: what policies and people's own rules can say. */
import path from 'node:path';
import { playStories } from '../../../test/harness/story/play-stories.ts';

playStories(path.join(import.meta.dirname, 'scenarios'));
