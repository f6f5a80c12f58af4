// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

/// Whether a speaker takes part.
public enum Presence {
  STARTING,
  PRESENT,
  LEAVING
}
