// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// What a liveness session on one interface says.
public enum Contact {
  UP,
  DOWN
}
