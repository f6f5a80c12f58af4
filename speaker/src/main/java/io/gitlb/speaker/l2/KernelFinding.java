// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import java.util.Comparator;

/// A setting of this node's kernel that works against announcing.
///
/// @param code permanent, `GLBnnnn`
/// @param interfaceName where it is so
/// @param message what is found and what to do, for people, in one line
public record KernelFinding(String code, String interfaceName, String message)
    implements Comparable<KernelFinding> {

  private static final Comparator<KernelFinding> ORDER =
      Comparator.comparing(KernelFinding::code)
          .thenComparing(KernelFinding::interfaceName)
          .thenComparing(KernelFinding::message);

  @Override
  public int compareTo(KernelFinding other) {
    return ORDER.compare(this, other);
  }
}
