// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.value.ClusterName;
import java.util.regex.Pattern;

/// Who the ledger's commits are from.
///
/// @param name not empty, without angle brackets and line breaks
/// @param email likewise
public record BotIdentity(String name, String email) {

  private static final Pattern USABLE = Pattern.compile("[^<>\\p{Cntrl}]+");

  public BotIdentity {
    if (!USABLE.matcher(name).matches() || !USABLE.matcher(email).matches()) {
      throw new IllegalArgumentException(
          "not the identity of a committer: %s <%s>".formatted(name, email));
    }
  }

  /// The usual one, with an address that can belong to nobody (RFC 2606 section 2).
  public static BotIdentity of(ClusterName cluster) {
    return new BotIdentity("gitlb", "gitlb@" + cluster + ".invalid");
  }
}
