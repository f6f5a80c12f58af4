// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// When what happened in one round of [ApplyBench], in milliseconds since the request.
///
/// @param asked first probe of the address on the link: the reconciler has seen the Service,
///   planned and asked a speaker
/// @param probed last probe; a speaker waits for an answer to it for some time yet
/// @param recorded the ledger's branch moved, to some milliseconds
/// @param shown the status has the address
/// @param told first gratuitous frame
/// @param answered first ARP answer for somebody who began to ask at `shown`
record ApplyRound(
    OptionalDouble asked,
    OptionalDouble probed,
    OptionalDouble recorded,
    double shown,
    OptionalDouble told,
    double answered) {

  static final String HEADER = "round,asked,probed,recorded,shown,told,answered";

  /// As a line of the raw data; what is not known is empty there.
  String line(int round) {
    return round
        + ","
        + Stream.of(
                asked,
                probed,
                recorded,
                OptionalDouble.of(shown),
                told,
                OptionalDouble.of(answered))
            .map(ApplyRound::text)
            .collect(Collectors.joining(","));
  }

  private static String text(OptionalDouble millis) {
    return millis.isPresent() ? String.format(Locale.ROOT, "%.2f", millis.getAsDouble()) : "";
  }

  /// From the first of two moments to the second.
  static OptionalDouble between(OptionalDouble from, OptionalDouble to) {
    return from.isPresent() && to.isPresent()
        ? OptionalDouble.of(to.getAsDouble() - from.getAsDouble())
        : OptionalDouble.empty();
  }
}
