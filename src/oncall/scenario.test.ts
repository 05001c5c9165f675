/** Plays the time stories of scenarios/*.scenario. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { playStories } from '../../test/harness/story/play-stories.ts';

const play = playStories(path.join(import.meta.dirname, 'scenarios'));

test('a story that expects what does not happen fails', async () => {
  await expect(play('begins 2026-11-24 02:55\nat 03:00 alert errors fires\nat 03:00 expect page to ben by email')).rejects.toThrow(
    'expected now',
  );
  await expect(play('begins 2026-11-24 02:55\nat 03:00 alert errors fires')).rejects.toThrow('not expected');
});
