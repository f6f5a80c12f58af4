// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// Every problem that the reader and the checks can find. A code, once released, never changes its
/// meaning and is never given to another problem.
public enum ProblemCode {
  FILE_TOO_LARGE("GLB1001"),
  SYMLINK("GLB1002"),
  SUBMODULE("GLB1003"),
  NOT_TEXT("GLB1004"),
  NO_DOCUMENTS("GLB1005"),
  MORE_PROBLEMS("GLB1006"),
  NO_IGNORE_PATTERN("GLB1007"),
  NOT_YAML("GLB1101"),
  TOO_DEEP("GLB1102"),
  ALIAS("GLB1103"),
  DUPLICATE_KEY("GLB1104"),
  TAG("GLB1105"),
  KEY_NOT_TEXT("GLB1106"),
  TOO_MANY_DOCUMENTS("GLB1107"),
  NOT_A_DOCUMENT("GLB1201"),
  UNKNOWN_API_VERSION("GLB1202"),
  UNKNOWN_KIND("GLB1203"),
  UNKNOWN_FIELD("GLB1204"),
  MISSING_FIELD("GLB1205"),
  WRONG_TYPE("GLB1206"),
  WRONG_VALUE("GLB1207"),
  SECRET_IN_GIT("GLB1209"),
  DUPLICATE_NAME("GLB1301"),
  RANGE_UPSIDE_DOWN("GLB1302"),
  POOLS_OVERLAP("GLB1303"),
  DUPLICATE_ENTRY("GLB1304"),
  UNKNOWN_REFERENCE("GLB1305"),
  PIN_OUTSIDE_POOLS("GLB1306"),
  PINS_COLLIDE("GLB1307"),
  AGGREGATION_TOO_WIDE("GLB1308"),
  HOLD_TIME("GLB1309"),
  RESERVED("GLB1310"),
  PIN_EXCLUDED("GLB1311"),
  DUPLICATE_ALIAS("GLB1312"),
  PEERS_CLASH("GLB1313"),
  LOCAL_PREFERENCES_CLASH("GLB1314"),
  ECHO_WITH_IPV6("GLB1315"),
  POOL_TOO_LARGE("GLB1316"),
  TOO_MANY_TO_CHECK("GLB1317"),
  BFD_ENDS_GRACEFUL_RESTART("GLB1318"),
  BFD_TOO_FAST("GLB1319"),
  TOO_MANY_COMMUNITIES("GLB1320"),
  CLAIMED_TWICE("GLB1350"),
  SHARED_POOLS_DIFFER("GLB1351"),
  NOT_A_RECORD("GLB1401"),
  NO_EFFECT("GLB1501", Severity.WARNING),
  NO_HOLD_TIMER("GLB1502", Severity.WARNING),
  POOL_NOT_ADVERTISED("GLB1505", Severity.WARNING),
  ADVERTISES_NOTHING("GLB1506", Severity.WARNING),
  ADVERTISED_TO_NOBODY("GLB1507", Severity.WARNING),
  ON_NO_NODE("GLB1508", Severity.WARNING),
  POOL_FOR_NOBODY("GLB1509", Severity.WARNING),
  NO_ECHO("GLB1511", Severity.WARNING),
  SAME_ADVERTISEMENT("GLB1512", Severity.WARNING),
  SAME_COMMUNITY("GLB1513", Severity.WARNING),
  SECRET_ELSEWHERE("GLB1514", Severity.WARNING),
  FAMILY_WITHOUT_PEER("GLB1515", Severity.WARNING),
  BFD_PROFILES_DIFFER("GLB1516", Severity.WARNING),
  LOCAL_PREFERENCE_UNTOLD("GLB1517", Severity.WARNING),
  AGGREGATE_PARTLY_SERVED("GLB1518", Severity.WARNING);

  private final String code;
  private final Severity severity;

  ProblemCode(String code) {
    this(code, Severity.ERROR);
  }

  ProblemCode(String code, Severity severity) {
    this.code = code;
    this.severity = severity;
  }

  /// Whether a commit is refused for it.
  public Severity severity() {
    return severity;
  }

  /// `GLB` and four digits.
  public String code() {
    return code;
  }
}
