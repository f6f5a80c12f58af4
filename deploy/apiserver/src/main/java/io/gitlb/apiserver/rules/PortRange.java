// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

/// Ports from `first` to `last`, both included.
public record PortRange(int first, int last) {
  /// What a cluster uses unless told otherwise: 30000 to 32767, 2,768 ports.
  public static final PortRange DEFAULT = new PortRange(30000, 32767);

  public PortRange {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException("not a port range: %d-%d".formatted(first, last));
    }
  }

  int size() {
    return last - first + 1;
  }
}
