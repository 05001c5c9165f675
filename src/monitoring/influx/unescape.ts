/**
 * A measurement, tag or field name as it is meant: a backslash before a comma, an equals sign or a space is taken away; before
 * anything else it stands for itself.
 * Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/#special-characters
 */
export const unescapeKey = (text: string): string => (text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text);
