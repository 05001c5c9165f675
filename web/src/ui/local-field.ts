const two = (value: number): string => String(value).padStart(2, '0');

/** What a `datetime-local` field takes. */
export function localField(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
