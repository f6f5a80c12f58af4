// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

/// One of the two connections that there can be with a peer at a time.
public enum Line {
  ONE,
  TWO;

  Line other() {
    return switch (this) {
      case ONE -> TWO;
      case TWO -> ONE;
    };
  }
}
