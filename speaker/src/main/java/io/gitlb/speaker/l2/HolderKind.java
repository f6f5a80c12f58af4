// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

/// What kind of station uses an address that it should not use.
public enum HolderKind {
  /// No node of ours.
  FOREIGN,
  /// One node of ours, whose speaker does not claim the address: other software announces it there,
  /// or its kernel alone answers for it.
  OTHER_ANNOUNCER_ON_NODE,
  /// Several nodes of ours at once, whose speakers do not claim it: software that elects an
  /// announcer would have chosen one, so their kernels answer (the address is on an interface of
  /// each, and `arp_ignore` is 0).
  KERNEL_ANSWERS
}
