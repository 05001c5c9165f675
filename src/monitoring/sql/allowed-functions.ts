/**
 * The functions that SQL may call: what computes from its arguments. Left out is what reads files, settings, other tables and the
 * machine (`file`, `dictGet`, `joinGet`, `getSetting`, `hostName`, …), what waits (`sleep`), and all that nobody needs: an engine has
 * hundreds of functions, and gets new ones.
 */
const SCALAR = `
  plus minus multiply divide intDiv intDivOrZero intDivOrNull divideOrNull modulo moduloOrZero positiveModulo negate abs gcd lcm max2 min2
  isNaN isFinite isInfinite ifNotFinite
  equals notEquals less greater lessOrEquals greaterOrEquals isDistinctFrom isNotDistinctFrom
  in notIn globalIn globalNotIn nullIn notNullIn and or xor not
  if multiIf least greatest clamp caseWithExpression transform
  isNull isNotNull coalesce ifNull nullIf assumeNotNull toNullable isZeroOrNull firstNonDefault
  exp exp2 exp10 log log2 log10 log1p ln sqrt cbrt pow power erf erfc lgamma tgamma sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh
  atanh degrees radians sign pi e hypot sigmoid widthBucket factorial
  round floor ceil ceiling trunc truncate roundBankers roundDown roundToExp2
  bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount
  array range length empty notEmpty has hasAll hasAny hasSubstr indexOf countEqual arrayElement arrayElementOrNull arrayConcat arrayPushBack
  arrayPushFront arrayPopBack arrayPopFront arraySlice arrayResize arrayUniq arrayJoin arrayDistinct arrayEnumerate arrayEnumerateUniq
  arrayReverse reverse arrayFlatten arrayCompact arrayZip arrayMap arrayFilter arrayFill arrayReverseFill arraySplit arrayFirst arrayLast
  arrayFirstIndex arrayLastIndex arrayMin arrayMax arraySum arrayAvg arrayProduct arrayCumSum arrayCumSumNonNegative arrayDifference arrayCount
  arrayExists arrayAll arraySort arrayReverseSort arrayIntersect arrayUnion arrayExcept arrayStringConcat arrayWithConstant arrayDotProduct
  arrayRotateLeft arrayRotateRight arrayShiftLeft arrayShiftRight arrayFold lambda
  map mapKeys mapValues mapContains mapContainsKey mapContainsValue mapFromArrays mapAdd mapSubtract mapApply mapFilter mapExists mapAll mapConcat
  mapUpdate mapSort mapReverseSort mapContainsKeyLike mapExtractKeyLike
  tuple tupleElement untuple tupleToNameValuePairs tupleConcat
  now now64 today yesterday toYear toQuarter toMonth toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond toMillisecond
  toStartOfYear toStartOfISOYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay toStartOfHour toStartOfMinute toStartOfSecond
  toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes toStartOfInterval toLastDayOfMonth toMonday toISOWeek toISOYear toWeek
  toYearWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss toTimeZone toTimezone timezoneOffset timeZoneOffset timeSlot timeSlots dateTrunc date_trunc
  dateDiff date_diff age dateName monthName formatDateTime addYears addQuarters addMonths addWeeks addDays addHours addMinutes addSeconds
  addMilliseconds subtractYears subtractQuarters subtractMonths subtractWeeks subtractDays subtractHours subtractMinutes subtractSeconds
  subtractMilliseconds addInterval subtractInterval makeDate makeDateTime makeDateTime64 toRelativeDayNum toRelativeHourNum toRelativeMinuteNum
  toUnixTimestamp fromUnixTimestamp toUnixTimestamp64Milli toUnixTimestamp64Second fromUnixTimestamp64Milli fromUnixTimestamp64Second
  toIntervalYear toIntervalQuarter toIntervalMonth toIntervalWeek toIntervalDay toIntervalHour toIntervalMinute toIntervalSecond
  toIntervalMillisecond tumble tumbleStart tumbleEnd hop hopStart hopEnd
  CAST cast accurateCast accurateCastOrNull accurateCastOrDefault toString toFixedString toTypeName toColumnTypeName toBool toDate toDate32
  toDateTime toDateTime64 toDateOrNull toDateTimeOrNull toDateTime64OrNull parseDateTime parseDateTimeBestEffort parseDateTimeBestEffortOrNull
  parseDateTime64BestEffort parseDateTime64BestEffortOrNull toInt8 toInt16 toInt32 toInt64 toInt128 toUInt8 toUInt16 toUInt32 toUInt64 toUInt128
  toFloat32 toFloat64 toDecimal32 toDecimal64 toDecimal128 toInt32OrNull toInt64OrNull toUInt32OrNull toUInt64OrNull toFloat64OrNull
  toInt32OrZero toInt64OrZero toUInt32OrZero toUInt64OrZero toFloat64OrZero toInt64OrDefault toUInt64OrDefault toFloat64OrDefault
  toLowCardinality reinterpretAsUInt64 reinterpretAsInt64 reinterpretAsFloat64
  lengthUTF8 lower upper lowerUTF8 upperUTF8 concat concatWithSeparator substring substr substringUTF8 left right leftUTF8 rightUTF8 leftPad rightPad
  trim trimLeft trimRight trimBoth startsWith endsWith ascii initcap substringIndex reverseUTF8 isValidUTF8 base64Encode base64Decode hex unhex bin
  position positionCaseInsensitive positionUTF8 locate like notLike ilike notILike match extract extractAll extractGroups countSubstrings countMatches
  multiSearchAny multiSearchAnyCaseInsensitive multiMatchAny multiMatchAnyIndex hasToken replaceOne replaceAll replaceRegexpOne replaceRegexpAll
  replace translate format printf splitByChar splitByString splitByRegexp splitByWhitespace alphaTokens editDistance
  jaroWinklerSimilarity regexpExtract domain domainWithoutWWW topLevelDomain path pathFull protocol port netloc queryString extractURLParameter
  extractKeyValuePairs toIPv4 toIPv6 toIPv4OrNull toIPv6OrNull IPv4NumToString IPv4StringToNum isIPAddressInRange isIPv4String isIPv6String
  JSONExtract JSONExtractString JSONExtractInt JSONExtractUInt JSONExtractFloat JSONExtractBool JSONExtractRaw JSONExtractKeys JSONHas JSONLength
  JSONType isValidJSON toJSONString JSON_VALUE
  cityHash64 sipHash64 xxHash32 xxHash64 farmHash64 murmurHash3_64 intHash32 intHash64 MD5 SHA1 SHA256 halfMD5 CRC32
  formatReadableSize formatReadableDecimalSize formatReadableQuantity formatReadableTimeDelta bar materialize identity ignore toUUID
  runningDifference runningAccumulate neighbor rowNumberInAllBlocks grouping finalizeAggregation seriesDecomposeSTL seriesOutliersDetectTukey
  seriesPeriodDetectFFT timeSeriesRange
`;

const AGGREGATE = `
  count sum avg min max any anyLast any_value first_value last_value first_value_respect_nulls last_value_respect_nulls argMin argMax uniq uniqExact
  uniqCombined uniqCombined64 uniqHLL12 uniqTheta quantile quantiles quantileExact quantilesExact quantileExactLow quantileExactHigh
  quantileExactInclusive quantileExactExclusive quantileExactWeighted quantileTDigest quantilesTDigest quantileTDigestWeighted quantileTiming
  quantilesTiming quantileInterpolatedWeighted quantileBFloat16 quantileDD quantilesDD median medianExact medianTDigest stddevPop stddevSamp
  stddevPopStable stddevSampStable varPop varSamp varPopStable varSampStable covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp sumKahan
  sumWithOverflow sumMap minMap maxMap sumCount avgWeighted deltaSum deltaSumTimestamp groupArray groupArrayLast groupArraySorted groupArraySample
  groupUniqArray groupArrayMovingSum groupArrayMovingAvg groupBitAnd groupBitOr groupBitXor groupConcat topK topKWeighted entropy simpleLinearRegression
  exponentialMovingAverage exponentialTimeDecayedAvg exponentialTimeDecayedCount exponentialTimeDecayedMax exponentialTimeDecayedSum
  boundingRatio histogram mannWhitneyUTest studentTTest welchTTest kolmogorovSmirnovTest rankCorr intervalLengthSum maxIntersections
  maxIntersectionsPosition retention windowFunnel sequenceMatch sequenceCount largestTriangleThreeBuckets lttb singleValueOrNull
  row_number rank dense_rank percent_rank cume_dist ntile lag lead lagInFrame leadInFrame nth_value nonNegativeDerivative
  timeSeriesRateToGrid timeSeriesDeltaToGrid timeSeriesInstantRateToGrid timeSeriesInstantDeltaToGrid timeSeriesResampleToGridWithStaleness
`;

const names = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const scalar = new Set(names(SCALAR));
const aggregate = new Set(names(AGGREGATE));
const insensitive = new Set([...scalar, ...aggregate].map((name) => name.toLowerCase()));

/** What may stand after an aggregation's name, one after the other: `sumIf`, `avgOrNullIf`. */
const COMBINATORS = ['If', 'OrNull', 'OrDefault', 'Array', 'Distinct', 'Map'];

/** Whether SQL may call the function. */
export function isAllowedFunction(name: string): boolean {
  if (scalar.has(name) || aggregate.has(name) || insensitive.has(name.toLowerCase())) return true;
  for (const combinator of COMBINATORS) {
    if (name.length > combinator.length && name.endsWith(combinator)) {
      const inner = name.slice(0, -combinator.length);
      if (aggregate.has(inner) || (/[a-z]/.test(inner) && isAggregate(inner))) return true;
    }
  }
  return false;
}

function isAggregate(name: string): boolean {
  if (aggregate.has(name)) return true;
  const combinator = COMBINATORS.find((one) => name.length > one.length && name.endsWith(one));
  return combinator !== undefined && isAggregate(name.slice(0, -combinator.length));
}
