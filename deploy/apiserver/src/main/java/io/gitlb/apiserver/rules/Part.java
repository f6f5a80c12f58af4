// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

/// Which part of an object a request may change.
public enum Part {
  /// Everything but the status.
  MAIN,
  /// The status (and, as on a real server, labels and annotations).
  STATUS
}
