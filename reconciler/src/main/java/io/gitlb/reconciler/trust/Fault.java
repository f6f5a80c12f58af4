// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import io.gitlb.schema.model.SourcePlace;

/// One thing that is wrong with the policy's files, for people.
///
/// @param message what was found, what is allowed; one line
public record Fault(SourcePlace place, String message) {

  /// `file:line:column: message`.
  @Override
  public String toString() {
    return place + ": " + message;
  }
}
