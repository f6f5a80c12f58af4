// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// How bad a [Problem] is.
public enum Severity {
  /// The commit is refused.
  ERROR,
  /// The commit is used; something in it has no effect, or not the one that it seems to have.
  WARNING
}
