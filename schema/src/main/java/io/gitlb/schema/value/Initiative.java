// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// Who makes the connection of a BGP session.
public enum Initiative {
  /// We dial.
  ACTIVE,
  /// The peer dials; we listen at its port.
  PASSIVE
}
