// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

/// When a local copy is packed.
public enum PackNeed {
  /// Unless there is nothing to pack.
  ANY,
  /// When it has so many files that looking something up takes long.
  MANY_FILES
}
