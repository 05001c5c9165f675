import { type Duty, isNight } from './duty.ts';

export interface Service {
  readonly person: string;
  readonly layer: 'primary' | 'secondary';
  /** What it is the shift of: the same through a shift, whatever happens in it. */
  readonly shift: string;
  readonly duties: readonly Duty[];
}

/** A critical page that called someone. */
export interface Woken {
  readonly person: string;
  readonly page: string;
  readonly at: number;
}

/** What on-call took of one person. Times are hours. */
export interface Share {
  readonly person: string;
  readonly shifts: number;
  readonly primary: number;
  readonly secondary: number;
  readonly nights: number;
  readonly weekends: number;
  readonly holidays: number;
  /** Critical pages that called them. */
  readonly pages: number;
  /** Of these, nights (22:00 to 07:00 of theirs) on which they were called at least once. */
  readonly wakes: number;
}

const HOUR_MS = 3_600_000;

/** What each person had, whoever had most hours as primary first. Pure. */
export function sharesOf(services: readonly Service[], woken: readonly Woken[], zoneOf: (person: string) => string): Share[] {
  const people = new Set([...services, ...woken].map(({ person }) => person));
  const shares = [...people].map((person): Share => {
    const mine = services.filter((one) => one.person === person);
    const hours = (fits: (duty: Duty, service: Service) => boolean): number =>
      mine.reduce((sum, one) => sum + one.duties.reduce((all, duty) => all + (fits(duty, one) ? duty.ms : 0), 0), 0) / HOUR_MS;
    const called = woken.filter((one) => one.person === person);
    return {
      person,
      shifts: new Set(mine.filter(({ layer }) => layer === 'primary').map(({ shift }) => shift)).size,
      primary: hours((_, { layer }) => layer === 'primary'),
      secondary: hours((_, { layer }) => layer === 'secondary'),
      nights: hours(({ night }, { layer }) => night && layer === 'primary'),
      weekends: hours(({ weekend }, { layer }) => weekend && layer === 'primary'),
      holidays: hours(({ holiday }, { layer }) => holiday && layer === 'primary'),
      pages: new Set(called.map(({ page }) => page)).size,
      wakes: nightsOf(called, zoneOf(person)),
    };
  });
  return shares.sort((a, b) => b.primary - a.primary || b.secondary - a.secondary || a.person.localeCompare(b.person));
}

/** Nights, not calls: three calls between midnight and seven are one night that was broken. Noon to noon is a night. */
function nightsOf(called: readonly Woken[], timeZone: string): number {
  const nights = called.filter(({ at }) => isNight(at, timeZone)).map(({ at }) => nightNumber(at, timeZone));
  return new Set(nights).size;
}

const nightNumber = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at - 12 * HOUR_MS);
