// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

/// Why something outside could not be reached or used.
///
/// @param code permanent, `GLB` and four digits
/// @param message for people: where, what was found, what to do; one line, without a credential
public record Failure(String code, String message) {

  /// `CODE message`.
  @Override
  public String toString() {
    return code + " " + message;
  }
}
