// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// An Approval to paste.
///
/// @param addresses what it lets go of, at least one
/// @param digest of the consequences that it approves, `sha256:` and 64 hexadecimal digits
/// @param expires a proposal
public record ApprovalDraft(SortedSet<IpAddress> addresses, String digest, Instant expires) {

  public ApprovalDraft {
    addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    expires = expires.truncatedTo(ChronoUnit.HOURS);
  }

  /// The document, ending in a line feed.
  public String yaml() {
    String digits = digest.substring(digest.indexOf(':') + 1);
    return "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata:\n  name: approve-"
        + digits.substring(0, Math.min(12, digits.length()))
        + "\nspec:\n  addresses:\n"
        + addresses.stream()
            .map(address -> "    - \"" + address + "\"\n")
            .collect(Collectors.joining())
        + "  digest: "
        + digest
        + "\n  expires: \""
        + expires
        + "\"\n  reason: say here why\n";
  }
}
