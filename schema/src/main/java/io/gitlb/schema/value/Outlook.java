// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// What the reconciler expects of a node's route. It says so by itself: the community
/// GRACEFUL_SHUTDOWN may as well be one that a document asks for.
public enum Outlook {
  STAYING,

  /// The node is cordoned, and routers are asked to prefer others (RFC 8326).
  LEAVING
}
