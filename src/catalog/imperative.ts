/** What makes a good subject: it fits a locked phone's screen, and says what to do: it begins with a verb. */

/** Characters of the longest subject: the linter asks for it, on-call keeps to it. */
export const LONGEST_SUBJECT = 50;

/** What people are asked to do at night, in the imperative. */
const VERBS: ReadonlySet<string> = new Set(
  (
    'abort accept acknowledge activate add adjust allocate analyse analyze answer apply approve archive ask assign attach audit balance block ' +
    'bring call cancel change check clean clear close collect configure confirm contact continue copy correct create cut deactivate ' +
    'debug decommission decrease defragment delete deploy detach detect diagnose disable disconnect discard drain drop edit eject ' +
    'empty enable end escalate evacuate evict examine exchange expand export extend fail failover file fill find finish fix flush ' +
    'force free freeze get give grant grow halt handle identify import increase inform inspect install investigate isolate join keep ' +
    'kill launch lift limit list locate lock log look lower make mend merge migrate mitigate monitor mount move mute notify open ' +
    'order patch pause pin plan power prepare prevent promote provision prune purge put quarantine raise reach read rebalance ' +
    'rebase reboot rebuild recover recreate recycle redeploy redirect reduce refill refresh register reindex reject release reload ' +
    'relocate remount remove rename renew repair repeat replace replay replenish report request requeue reroute rescale reset ' +
    'resize resolve restart restore restrict resume retire retry return revert review revive revoke rewind roll rollback rotate ' +
    'route run save scale schedule see send set shard shed ship shift shrink shut silence split start stop stabilise stabilize ' +
    'store submit suspend swap switch sync take tell terminate test throttle track transfer trim truncate tune turn unblock undo ' +
    'unlock unmount unplug unpause unstick update upgrade use vacuum validate verify wait wake warm warn watch widen wipe write'
  ).split(' '),
);

/** Words that may stand before the verb. */
const BEFORE: ReadonlySet<string> = new Set(['please', 'now', 'immediately', 'urgently', 'first', 'quickly', 'manually']);
/** After these a word that isn't in the list is still one that asks: 'Tail the log', 'Ping why …'. */
const OBJECTS: ReadonlySet<string> = new Set(['the', 'a', 'an', 'all', 'every', 'each', 'more', 'why', 'whether', 'who', 'your', 'its', 'our', 'any']); // prettier-ignore
/** Endings that no imperative has: 'Failing', 'Failed', 'Saturation', 'Availability', 'Slowness'. */
const NO_VERB = /(?:ing|ed|tion|sion|ity|ness|ment|ance|ence|less|ful|ous|able|ly)$/;

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[\s:,;.!()[\]/]+/).filter((word) => word !== ''); // prettier-ignore

const inList = (word: string): boolean => VERBS.has(word) || (/^re-?[a-z]/.test(word) && VERBS.has(word.replace(/^re-?/, '')));

/**
 * True where the first word is a verb of the list (or `re` and one), or where it could be one and is followed by what such a verb
 * takes: an article, `why`, `all`. Words before it that only hurry the reader are passed over.
 */
export function isImperative(text: string): boolean {
  const words = wordsOf(text);
  const at = words.findIndex((word) => !BEFORE.has(word));
  const first = words[at];
  if (first === undefined) return false;
  if (inList(first)) return true;
  const next = words[at + 1];
  return (
    next !== undefined &&
    OBJECTS.has(next) &&
    /^[a-z]{2,}$/.test(first) &&
    !(first.length > 5 && NO_VERB.test(first)) &&
    !NOT_VERBS.has(first)
  );
}

/** Words that stand before an article without asking for anything: 'On the …', 'Is the …'. */
const NOT_VERBS: ReadonlySet<string> = new Set(
  (
    'is are was were on in at of for from with without by to and or but not if when while no some many much too high low big ' +
    'slow bad the a an this that these those there here it all every each more less than over under above below'
  ).split(' '),
);
