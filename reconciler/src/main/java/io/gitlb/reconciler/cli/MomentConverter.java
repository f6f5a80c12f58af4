// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a moment as RFC 3339 writes it; seconds may be left out, a space may stand for the T, and
/// without an offset it is UTC, as everything in the ledger.
final class MomentConverter implements ITypeConverter<Instant> {

  private static final Pattern OFFSET = Pattern.compile(".*(Z|[+-][0-9]{2}:[0-9]{2})");

  @Override
  public Instant convert(String text) {
    String joined = text.strip().replaceFirst("(?<=[0-9]) (?=[0-9])", "T");
    try {
      return OFFSET.matcher(joined).matches() && joined.contains("T")
          ? OffsetDateTime.parse(joined).toInstant()
          : LocalDateTime.parse(joined).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException _) {
      throw new TypeConversionException(
          "'%s' is not a time such as 2026-05-03T14:05:00Z or 2026-05-03 14:05 (UTC)"
              .formatted(text));
    }
  }
}
