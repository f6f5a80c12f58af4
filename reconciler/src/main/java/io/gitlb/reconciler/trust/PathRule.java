// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.util.List;
import java.util.regex.Pattern;

/// Who may change what.
///
/// @param paths patterns as written
/// @param signers names, fingerprints, or names with `*`
public record PathRule(List<String> paths, List<String> signers) {

  public PathRule {
    paths = List.copyOf(paths);
    signers = List.copyOf(signers);
  }

  List<Pattern> patterns() {
    return paths.stream().map(Globs::path).toList();
  }

  boolean allows(Signer signer) {
    return signers.stream().anyMatch(signer::isCalled);
  }
}
