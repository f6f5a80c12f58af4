// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// Where the desired state came from.
public enum Origin {
  DISK,
  RECONCILER
}
